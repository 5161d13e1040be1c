"""Two live installations of one owner id on one zone: both notice it, and neither deletes the other's names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cluster.manifests import ga, ingress
from cluster.testsite import Site
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
WARNING = "somebody else writes under our owner id"


@pytest.fixture
def both(site: Site, elsewhere: str) -> Iterator[tuple[Operator, Operator]]:
    """The second one sees another namespace: as good as another cluster."""
    flags = ("--interval=1s", "--source=ingress")
    with site.operator(*flags) as one, site.operator(*flags, f"--namespace={elsewhere}") as other:
        yield one, other


def test_what_one_writes_stops_the_deletes_of_the_other(
    site: Site, elsewhere: str, both: tuple[Operator, Operator]
) -> None:
    one, other = both
    site.apply(ingress("web", site.name("one"), annotations=ga(target="192.0.2.1")))
    site.told(site.name("one"))
    wait_until(lambda: WARNING in other.log(), 15)
    site.cluster.apply(ingress("web", site.name("two"), annotations=ga(target="192.0.2.2")), namespace=elsewhere)
    wait_until(lambda: WARNING in one.log(), 15)
    assert other.metric("zonewright_foreign_writer", zone=site.domain) == 1
    assert [operator.log().count("DELETE") for operator in both] == [0, 0]
    for name, address in (("one", "192.0.2.1"), ("two", "192.0.2.2")):
        assert site.standing()[name] == [address]
