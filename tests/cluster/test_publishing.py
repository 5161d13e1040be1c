"""From a DNSEndpoint to records in DNS and back to its status, on a real API server and a real CoreDNS."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.manifests import condition, dnsendpoint, entry, ga, record
from cluster.testsite import CRD, Site

pytestmark = pytest.mark.cluster
ALL_TYPES = tuple(f"--managed-record-types={rtype}" for rtype in ("A", "AAAA", "CNAME", "TXT"))


def every_type(site: Site) -> dict[str, Any]:
    return dnsendpoint(
        "web",
        entry(site.name("app"), "192.0.2.2", "192.0.2.1", recordTTL=60),
        entry(site.name("app"), "2001:db8::1", rtype="AAAA"),
        entry(site.name("docs"), site.name("app"), rtype="CNAME"),
        entry(site.name("note"), "v=spf1 -all", rtype="TXT"),
        entry(site.name("*.wild"), "192.0.2.3"),
    )


def without_times(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "lastTransitionTime"}


# -- by hand


def test_every_type_written_by_hand_is_answered(site: Site) -> None:
    with site.operator(*ALL_TYPES):
        site.apply(every_type(site))
        site.told("web")
    answers = {
        (short, rtype): site.dns.query(site.name(short), rtype)
        for short, rtype in (("app", "A"), ("app", "AAAA"), ("docs", "A"), ("note", "TXT"), ("*.wild", "A"))
    }
    assert {question: answer.records for question, answer in answers.items()} == {
        ("app", "A"): ("192.0.2.1", "192.0.2.2"),
        ("app", "AAAA"): ("2001:db8::1",),
        ("docs", "A"): ("192.0.2.1", "192.0.2.2"),
        ("note", "TXT"): ("v=spf1 -all",),
        ("*.wild", "A"): ("192.0.2.3",),
    }
    assert answers["docs", "A"].aliases == (site.name("app"),)
    assert answers["app", "A"].ttl == 60


def test_status_says_where_each_record_stands_and_whose_it_is(site: Site) -> None:
    site.apply(every_type(site))
    site.publish(*ALL_TYPES)
    found = site.told("web")
    for kind in ("Ready", "Accepted", "Programmed"):
        about = condition(found, kind)
        assert (about["status"], about["reason"], about["observedGeneration"]) == ("True", "Synced", 1)
    assert found["status"]["observedGeneration"] == 1
    assert without_times(record(found, site.name("app"), "A")) == {
        "dnsName": site.name("app"),
        "recordType": "A",
        "recordTTL": 60,
        "targets": ["192.0.2.1", "192.0.2.2"],
        "provider": "coredns",
        "zone": site.domain,
        "resource": f"crd/{site.namespace}/web",
        "state": "Synced",
        "reason": "Synced",
        "message": "",
        "ownership": {
            "owner": site.owner,
            "resource": f"crd/{site.namespace}/web",
            "recordName": site.name("a-app"),
            "value": site.ownership("crd/web"),
        },
    }


def test_every_entry_has_its_line_in_the_order_of_the_object_and_plain_get_a_summary(site: Site) -> None:
    site.apply(every_type(site))
    site.publish(*ALL_TYPES)
    shown = [
        (one["dnsName"], one["recordType"], one["targets"], one["ownership"]["recordName"])
        for one in site.told("web")["status"]["records"]
    ]
    assert shown == [
        (site.name("app"), "A", ["192.0.2.1", "192.0.2.2"], site.name("a-app")),
        (site.name("app"), "AAAA", ["2001:db8::1"], site.name("aaaa-app")),
        (site.name("docs"), "CNAME", [site.name("app")], site.name("cname-docs")),
        (site.name("note"), "TXT", ["v=spf1 -all"], site.name("txt-note")),
        (site.name("*.wild"), "A", ["192.0.2.3"], site.name("a-*.wild")),
    ]
    head, row = site.cluster.kubectl("get", CRD, f"--namespace={site.namespace}").splitlines()
    assert head.split() == ["NAME", "HOSTNAME", "TYPES", "TARGETS", "ZONE", "OWNER", "READY", "REASON", "AGE"]
    hostnames = ",".join([site.name("app"), site.name("docs"), site.name("note"), "+1"])
    assert row.split()[:-1] == [
        "web",
        hostnames,
        "A,AAAA,CNAME,+1",
        "192.0.2.1,192.0.2.2,2001:db8::1,+3",
        site.domain,
        site.owner,
        "True",
        "Synced",
    ]


def test_a_bad_entry_leaves_the_others_published_and_is_named(site: Site) -> None:
    good, bad = site.name("good"), site.name("bad")
    site.apply(dnsendpoint("web", entry(bad, "no-address"), entry(good, "192.0.2.1")))
    site.publish()
    found = site.told("web", "InvalidTarget")
    assert site.standing() == {"good": ["192.0.2.1"], "a-good": [site.ownership("crd/web")]}
    assert record(found, good, "A")["state"] == "Synced"
    assert (record(found, bad, "A")["state"], record(found, bad, "A")["reason"]) == ("Failed", "InvalidTarget")
    assert (condition(found, "Accepted")["status"], condition(found, "Programmed")["status"]) == ("False", "True")


# -- ownership records


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        pytest.param((), ("a-app", "cname-docs", "a-*.wild"), id="no affix"),
        pytest.param(("--txt-prefix=txt.",), ("txt.a-app", "txt.cname-docs", "txt.a-*.wild"), id="prefix with a dot"),
        pytest.param(("--txt-suffix=-txt",), ("a-app-txt", "cname-docs-txt", "a-*-txt.wild"), id="suffix"),
        pytest.param(("--txt-prefix=%{record_type}.",), ("a.app", "cname.docs", "a.*.wild"), id="type in the prefix"),
        pytest.param(("--txt-suffix=-%{record_type}",), ("app-a", "docs-cname", "*-a.wild"), id="type in the suffix"),
        pytest.param(
            ("--txt-wildcard-replacement=star",), ("a-app", "cname-docs", "a-star.wild"), id="wildcard replaced"
        ),
    ],
)
def test_ownership_stands_where_externaldns_writes_it_and_is_found_again(
    site: Site, flags: tuple[str, ...], names: tuple[str, ...]
) -> None:
    records = {"app": ["192.0.2.1"], "docs": ["www.example.com"], "*.wild": ["192.0.2.2"]}
    docs = entry(site.name("docs"), "www.example.com", rtype="CNAME")
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1"), docs, entry(site.name("*.wild"), "192.0.2.2")))
    site.publish(*flags)
    text = site.ownership("crd/web")
    assert site.standing() == records | {name: [text] for name in names}
    written = [value for value, _ in site.stored().values() if "text" in value]
    assert written == [{"text": text, "targetstrip": 1}] * len(names)
    told = [one["ownership"]["recordName"] for one in site.told("web")["status"]["records"]]
    assert told == [site.name(name) for name in names]
    site.delete(CRD, "web")
    site.publish(*flags)
    assert site.standing() == {}


# -- zones


def test_a_name_belongs_to_the_zone_with_the_longest_name(site: Site) -> None:
    inner = site.name("sub")
    zones = {
        site.domain: site.domain,
        site.name("www"): site.domain,
        site.name("xsub"): site.domain,
        inner: inner,
        f"a.b.{inner}": inner,
    }
    site.apply(dnsendpoint("web", *(entry(name, "192.0.2.1") for name in zones)))
    flags = (f"--inmemory-zone={site.domain}", f"--inmemory-zone={inner}", "--txt-prefix=%{record_type}.")
    site.publish(*flags, provider="inmemory")
    found = site.told("web")
    assert {one["dnsName"]: one["zone"] for one in found["status"]["records"]} == zones
    assert {one["provider"] for one in found["status"]["records"]} == {"inmemory"}
    assert found["status"]["summary"]["zones"] == f"{site.domain},{inner}"


def test_a_name_without_a_zone_says_so_beside_one_that_has_one(site: Site) -> None:
    homeless, housed = site.name("app"), site.name("app.sub")
    site.apply(dnsendpoint("web", entry(homeless, "192.0.2.1"), entry(housed, "192.0.2.1")))
    site.publish(f"--inmemory-zone={site.name('sub')}", provider="inmemory")
    found = site.told("web", "NoMatchingZone")
    assert record(found, housed, "A")["reason"] == "Synced"
    about = record(found, homeless, "A")
    assert (about["reason"], about.get("zone")) == ("NoMatchingZone", None)
    assert f"there are {site.name('sub')}" in about["message"]


# -- records of others


def test_the_record_of_another_owner_is_never_touched(site: Site) -> None:
    theirs = site.ownership("ingress/shop", owner="somebody")
    site.put("app", host="192.0.2.9")
    site.put("a-app", text=theirs)
    before = site.stored()
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
    site.publish()
    about = record(site.told("web", "OwnedByOther"), site.name("app"), "A")
    assert about["ownership"] == {
        "owner": "somebody",
        "resource": f"ingress/{site.namespace}/shop",
        "recordName": site.name("a-app"),
        "value": theirs,
    }
    assert "belongs to the owner 'somebody'" in about["message"]
    site.delete(CRD, "web")
    site.publish()
    assert site.stored() == before


def test_of_two_installations_the_first_has_the_name_and_the_second_is_told(site: Site) -> None:
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
    site.publish()
    before = site.stored()
    second = "--txt-owner-id=second"
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.2")))
    site.publish(second)
    assert record(site.told("web", "OwnedByOther"), site.name("app"), "A")["ownership"]["owner"] == site.owner
    site.delete(CRD, "web")
    site.publish(second)
    assert site.stored() == before
    site.publish()
    assert site.standing() == {}


def test_a_record_without_owner_is_left_alone_until_it_is_adopted_as_its_status_says(site: Site) -> None:
    site.put("app", host="192.0.2.9")
    before = site.stored()
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
    site.publish()
    message = record(site.told("web", "NotOwned"), site.name("app"), "A")["message"]
    assert site.stored() == before
    assert "give the object the annotation adopt (equal or always)" in message
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1"), annotations=ga(adopt="always")))
    site.publish()
    site.told("web")
    assert site.standing() == {"app": ["192.0.2.1"], "a-app": [site.ownership("crd/web")]}


# -- changes, as they come


def test_changes_reach_dns_and_nothing_else_is_written_for_them(site: Site) -> None:
    ownership = site.ownership("crd/web")
    site.apply(
        dnsendpoint("web", entry(site.name("app"), "192.0.2.1")),
        dnsendpoint("other", entry(site.name("other"), "192.0.2.9")),
    )
    with site.operator():
        bystanders = {key: stored for key, stored in site.stored().items() if "other" in key}
        assert len(bystanders) == 2
        ownership_stays = {key: stored for key, stored in site.stored().items() if "a-app" in key}
        site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1", "192.0.2.2")))
        found = site.told("web")
        assert found["status"]["observedGeneration"] == 2
        assert site.standing()["app"] == ["192.0.2.1", "192.0.2.2"]
        assert ownership_stays.items() <= site.stored().items()
        site.apply(dnsendpoint("web", entry(site.name("www"), "192.0.2.1")))
        site.told("web")
        assert site.standing().keys() == {"www", "a-www", "other", "a-other"}
        assert site.standing()["a-www"] == [ownership]
        site.delete(CRD, "web")
        site.expect({"other": ["192.0.2.9"], "a-other": [site.ownership("crd/other")]})
        assert site.stored() == bystanders


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(("A", "192.0.2.1"), ("CNAME", "www.example.com"), id="A to CNAME"),
        pytest.param(("CNAME", "www.example.com"), ("A", "192.0.2.1"), id="CNAME to A"),
    ],
)
def test_a_change_of_type_takes_the_old_record_and_its_ownership_along(
    site: Site, before: tuple[str, str], after: tuple[str, str]
) -> None:
    with site.operator():
        for rtype, target in (before, after):
            site.apply(dnsendpoint("web", entry(site.name("app"), target, rtype=rtype)))
            found = site.told("web")
            assert site.standing() == {"app": [target], f"{rtype.lower()}-app": [site.ownership("crd/web")]}
            assert [one["recordType"] for one in found["status"]["records"]] == [rtype]


def test_what_a_foreign_hand_has_done_to_our_records_is_repaired(site: Site) -> None:
    names = ("deleted", "edited", "joined", "untouched")
    site.apply(dnsendpoint("web", *(entry(site.name(name), "192.0.2.1", recordTTL=60) for name in names)))
    with site.operator("--interval=1s"):
        wanted = site.standing()
        before = site.stored()
        site.edit("edited", host="198.51.100.1", ttl=5)
        site.remove("deleted")
        site.put("joined", host="198.51.100.1", ttl=60)
        site.expect(wanted)
    assert all(value.get("ttl", 60) == 60 for value, _ in site.stored().values())
    untouched = {key: stored for key, stored in before.items() if "untouched" in key or "/a-" in key}
    assert untouched.items() <= site.stored().items()
    assert len(untouched) == 5


# -- which names


def test_names_outside_the_filters_are_not_published_and_say_so(site: Site) -> None:
    inside, excluded, outside = site.name("app"), site.name("app.inner"), "app.elsewhere.example.org"
    site.apply(dnsendpoint("web", *(entry(name, "192.0.2.1") for name in (inside, excluded, outside))))
    site.publish(f"--exclude-domains={site.name('inner')}")
    found = site.told("web", "Filtered")
    assert [one["reason"] for one in found["status"]["records"]] == ["Synced", "Filtered", "Filtered"]
    assert site.standing().keys() == {"app", "a-app"}
    assert site.dns.query(outside).rcode == "NXDOMAIN"


def test_records_in_an_excluded_domain_stay_though_they_are_ours_and_unwanted(site: Site) -> None:
    inner = site.name("inner")
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1"), entry(f"app.{inner}", "192.0.2.1")))
    site.publish()
    site.delete(CRD, "web")
    site.publish(f"--exclude-domains={inner}")
    assert site.standing() == {"app.inner": ["192.0.2.1"], "a-app.inner": [site.ownership("crd/web")]}
