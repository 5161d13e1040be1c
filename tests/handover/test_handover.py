"""From ExternalDNS to Zonewright and back, with the same flags and no ripple: neither start writes anything to DNS."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from handover.backends import BACKENDS, Backend
from handover.inventory import HOSTNAMES, Scope, edits, inventory, records_of
from handover.programs import Site
from localcluster.cluster import Cluster
from localcluster.wait import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]
AFFIXES = {
    "no-affix": (),
    "prefix": ("--txt-prefix=own.",),
    "suffix": ("--txt-suffix=-own",),
    "template": ("--txt-prefix=%{record_type}.own.",),
    "wildcard-replacement": ("--txt-wildcard-replacement=any",),
    "encryption": ("--txt-encrypt-enabled", "--txt-encrypt-aes-key=01234567890123456789012345678901"),
}
INSIDE_APEX = "template"  # where the ownership record of the domain itself lies inside the domain
WITHOUT_STAR = "wildcard-replacement"  # where that of a wildcard is a name for any server


@pytest.fixture(scope="module", params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with BACKENDS[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture(params=AFFIXES)
def site(request: pytest.FixtureRequest, cluster: Cluster, backend: Backend, namespace: str, externaldns: Path) -> Site:
    domain = f"handover-{secrets.token_hex(4)}.example.org"
    backend.prepare(domain)
    wild = backend.any_label or request.param == WITHOUT_STAR
    scope = Scope(domain, backend.dual, apex=request.param == INSIDE_APEX, wild=wild)
    return Site(cluster, backend, namespace, scope, AFFIXES[request.param], externaldns)


def test_there_and_back_without_a_ripple(site: Site) -> None:
    pieces = inventory(site.scope)
    asked = records_of(pieces)
    assert len({key.name for key in asked}) == HOSTNAMES
    site.create(pieces)
    site.run_externaldns()
    assert site.records() == asked
    assert len(site.texts()) == len(asked)
    taken_over(site)
    given_back(site)


def taken_over(site: Site) -> None:
    """Zonewright starts, finds all in order, and then carries out changes."""
    pieces, texts, before = inventory(site.scope), site.texts(), site.backend.state()
    with site.zonewright() as operator:
        site.all_synced(records_of(pieces))
        assert site.backend.state() == before
        assert "Desired change" not in operator.log()
        planned = edits(site.scope, pieces)
        site.delete(planned.deleted)
        site.change(planned.changed)
        site.create(planned.created)
        wanted = records_of(planned.carried_out(pieces))
        site.all_synced(wanted)
        wait_until(lambda: site.records() == wanted, 30, what="DNS to follow")
    assert len(site.texts()) == len(wanted)
    assert texts != site.texts()


def given_back(site: Site) -> None:
    """ExternalDNS starts again, finds all in order, and takes all of it for its own: it removes what nobody wants."""
    before = site.backend.state()
    log = site.run_externaldns()
    assert site.backend.state() == before, log
    standing = site.records()
    site.delete_all()
    site.run_externaldns()
    assert [key for key, record in site.records().items() if record == standing[key]] == []
    if site.backend.deletes_whole:
        assert site.records() == {}
