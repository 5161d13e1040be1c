"""From objects of the cluster to answers of a real PowerDNS, as the document of the provider sets it up."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cluster.manifests import dnsendpoint, entry, ga, ingress, record
from cluster.testsite import Site
from localcluster.operator_process import run_once
from localcluster.pdns import PowerDns

pytestmark = pytest.mark.cluster


@dataclass(frozen=True)
class Pdns:
    """A site whose domain is a zone of PowerDNS."""

    site: Site
    server: PowerDns

    def once(self, *flags: str, key: str = "") -> subprocess.CompletedProcess[str]:
        """The command of docs/providers/pdns.md."""
        ours = (
            "--provider=pdns",
            f"--pdns-server={self.server.url}",
            f"--domain-filter={self.site.domain}",
            f"--namespace={self.site.namespace}",
            f"--txt-owner-id={self.site.owner}",
        )
        return run_once(self.site.cluster, *ours, *flags, env={"EXTERNAL_DNS_PDNS_API_KEY": key or self.server.key})

    def publish(self, *flags: str) -> str:
        done = self.once(*flags)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def ask(self, short: str, rtype: str = "A") -> tuple[str, ...]:
        return self.server.query(self.site.name(short), rtype).records

    def serial(self) -> str:
        """It goes up with every write, even one that changes nothing."""
        return self.ask("", "SOA")[0]


@pytest.fixture
def pdns(site: Site, powerdns: PowerDns) -> Iterator[Pdns]:
    powerdns.add_zone(site.domain)
    yield Pdns(site, powerdns)
    powerdns.delete_zone(site.domain)


def test_an_ingress_is_answered_changes_its_type_and_goes(pdns: Pdns) -> None:
    site = pdns.site
    site.apply(ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.1")))
    pdns.publish()
    assert pdns.ask("shop") == ("192.0.2.1",)
    assert pdns.ask("a-shop", "TXT") == (site.ownership("ingress/shop").strip('"'),)
    site.apply(ingress("shop", site.name("shop"), annotations=ga(target="lb.example.com")))
    pdns.publish()
    assert (pdns.ask("shop", "CNAME"), pdns.ask("a-shop", "TXT")) == (("lb.example.com",), ())
    site.delete("ingress", "shop")
    pdns.publish()
    assert {rrset["type"] for rrset in pdns.server.rrsets(site.domain)} == {"SOA", "NS"}


def test_a_second_pass_and_a_dry_run_write_nothing(pdns: Pdns) -> None:
    site = pdns.site
    before = pdns.serial()
    targets = [("A", "192.0.2.1"), ("AAAA", "2001:db8::1"), ("TXT", "a text"), ("MX", "10 mail.example.com")]
    entries = [entry(site.name(f"n{rtype.lower()}"), target, rtype=rtype) for rtype, target in targets]
    site.apply(dnsendpoint("web", *entries))
    types = [f"--managed-record-types={rtype}" for rtype, _ in targets]
    pdns.publish("--dry-run", *types)
    assert pdns.serial() == before
    pdns.publish(*types)
    after = pdns.serial()
    assert after != before
    pdns.publish(*types)
    assert pdns.serial() == after


def test_the_name_of_the_zone_and_a_wildcard_are_published_with_the_flags_that_they_need(pdns: Pdns) -> None:
    site = pdns.site
    site.apply(
        dnsendpoint(
            "web",
            entry(site.domain, site.name("lb"), rtype="CNAME"),
            entry(site.name("lb"), "192.0.2.1"),
            entry(site.name("*"), "192.0.2.2"),
        )
    )
    flags = ("--txt-prefix=%{record_type}.", "--txt-wildcard-replacement=any")
    pdns.publish(*flags)
    assert (pdns.ask(""), pdns.ask("whatever")) == (("192.0.2.1",), ("192.0.2.2",))
    after = pdns.serial()
    pdns.publish(*flags)
    assert pdns.serial() == after
    site.told("web")


def test_a_wildcard_whose_ownership_powerdns_refuses_is_told_and_the_rest_is_published(pdns: Pdns) -> None:
    site = pdns.site
    site.apply(dnsendpoint("web", entry(site.name("*"), "192.0.2.2"), entry(site.name("app"), "192.0.2.1")))
    assert pdns.once().returncode == 1
    assert (pdns.ask("app"), pdns.ask("whatever")) == (("192.0.2.1",), ())
    found = site.told("web", "Rejected")
    assert "contains unsupported characters" in record(found, site.name("*"), "A")["message"]


def test_a_wrong_key_is_told_on_the_name_and_shown_nowhere(pdns: Pdns) -> None:
    site = pdns.site
    site.apply(ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.1")))
    done = pdns.once("--log-level=debug", key="hunter2-hunter2")
    assert done.returncode == 1
    assert "401" in done.stdout
    assert "hunter2-hunter2" not in done.stdout
