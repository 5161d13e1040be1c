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


# -- a cluster that is given the owner id of another

DOUBT = "may be another cluster's"


def newcomer(site: Site, elsewhere: str, interval: str) -> Operator:
    """Another cluster, by the interval of which the calm is measured: ten of them, twice."""
    return site.operator(f"--interval={interval}", "--source=ingress", f"--namespace={elsewhere}")


def publish_three(site: Site) -> dict[str, list[str]]:
    """What the first cluster has published."""
    site.apply(ingress("web", *map(site.name, ("one", "two", "three")), annotations=ga(target="192.0.2.1")))
    site.publish("--source=ingress")
    standing = site.standing()
    assert len(standing) == 6
    return standing


def test_a_newcomer_with_the_owner_id_of_another_deletes_nothing_at_its_start_nor_at_the_next(
    site: Site, elsewhere: str
) -> None:
    standing = publish_three(site)
    site.cluster.apply(ingress("web", site.name("new"), annotations=ga(target="192.0.2.2")), namespace=elsewhere)
    for _ in range(2):  # what it has published itself is no proof
        with newcomer(site, elsewhere, "1m") as other:
            assert DOUBT in other.log()
            assert other.metric("zonewright_foreign_writer", zone=site.domain) == 1
            assert "DELETE" not in other.log()
    assert standing.items() <= site.standing().items()
    assert site.standing()["new"] == ["192.0.2.2"]


def test_a_newcomer_deletes_one_name_at_most_as_long_as_the_other_cluster_lives(site: Site, elsewhere: str) -> None:
    standing = publish_three(site)
    with site.operator("--interval=0.2s", "--source=ingress") as one, newcomer(site, elsewhere, "1s") as other:
        wait_until(lambda: WARNING in other.log(), 60)
        assert other.log().partition(WARNING)[0].count("DELETE") == 2  # with its ownership record
        assert other.metric("zonewright_foreign_writer", zone=site.domain) == 1
        site.expect(standing)
        assert "DELETE" not in one.log()


def test_left_overs_of_a_cluster_that_is_gone_go_in_the_end(site: Site, elsewhere: str) -> None:
    publish_three(site)
    with newcomer(site, elsewhere, "0.5s") as other:
        site.expect({}, timeout=60)
        wait_until(lambda: other.metric("zonewright_foreign_writer", zone=site.domain) == 0, 15)


def test_left_overs_go_at_once_where_a_person_asks_for_one_run(site: Site, elsewhere: str) -> None:
    publish_three(site)
    site.publish("--source=ingress", f"--namespace={elsewhere}")
    assert site.standing() == {}
