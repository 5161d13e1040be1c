"""What nobody should write and everybody does: each wrong thing has its reason, and all that is right is in DNS."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from cluster.manifests import condition, dnsendpoint, entry, ga, ingress, record
from cluster.sharedsite import SharedSite
from cluster.testsite import CRD, Site
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
DEFAULT_TTL = 300  # CoreDNS's own


def reasons(site: Site) -> Counter[str]:
    """How many DNSEndpoints of the namespace say what of themselves."""
    return Counter(condition(one, "Ready")["reason"] for one in site.cluster.objects(CRD, site.namespace))


# -- annotations


@pytest.mark.parametrize(
    ("annotations", "reason", "message"),
    [
        pytest.param({"ttl": "1d"}, "InvalidTTL", "annotation ttl: '1d' is not understood", id="ttl in days"),
        pytest.param({"ttl": "-5"}, "InvalidTTL", "annotation ttl: '-5' is not between 1", id="negative ttl"),
        pytest.param({"ttl": "9" * 40}, "InvalidTTL", "annotation ttl: '9999999", id="endless ttl"),
        pytest.param(
            {"ingress_hostname_source": "annotations"},
            "InvalidAnnotation",
            "annotation ingress-hostname-source: 'annotations' means nothing, it is read as if absent",
            id="unknown source of hostnames",
        ),
        pytest.param(
            {"ignore": "yes"},
            "InvalidAnnotation",
            "annotation ignore: 'yes' means nothing, it is read as if absent",
            id="a yes that is no true",
        ),
        pytest.param(
            {"target": "192.0.2.1,999.1.1.1"},
            "InvalidTarget",
            "target '999.1.1.1' is neither an address nor a DNS name",
            id="one target that is neither address nor name",
        ),
        pytest.param(
            {"target": "192.0.2.1,http://lb.example.net/"},
            "InvalidTarget",
            "target 'http://lb.example.net/' is neither an address nor a DNS name",
            id="one target that is a URL",
        ),
    ],
)
def test_a_wrong_annotation_is_told_at_each_name_and_all_are_published(
    shared_site: SharedSite, annotations: dict[str, str], reason: str, message: str
) -> None:
    given = ga(**{"target": "192.0.2.1", "hostname": shared_site.name("shop")} | annotations)
    shared_site.apply(ingress("web", shared_site.name("app"), annotations=given))
    for short in ("app", "shop"):
        told = shared_site.told(shared_site.name(short), reason)
        assert message in condition(told, "Ready")["message"]
        assert condition(told, "Programmed")["status"] == "True"
        shared_site.answers(short, "192.0.2.1", ttl=DEFAULT_TTL)


def test_without_any_good_target_nothing_is_published_and_each_is_told(shared_site: SharedSite) -> None:
    targets = ga(target="999.1.1.1,192.0.2.1/32")
    shared_site.apply(ingress("web", shared_site.name("app"), annotations=targets))
    told = shared_site.told(shared_site.name("app"), "InvalidTarget")
    message = condition(told, "Ready")["message"]
    assert ("'999.1.1.1'" in message, "'192.0.2.1/32'" in message) == (True, True)
    assert shared_site.standing() == {}


# -- names

GOOD_NAMES = {
    "{}": "",
    "app.{}": "app",
    "SHOP.{}.": "shop",
    "bücher.{}": "xn--bcher-kva",
    "ＦＵＬＬ.{}": "full",
    "_srv._tcp.{}": "_srv._tcp",
    "*.{}": "*",
    "s p a c e.{}": "space",  # blanks do not count in the annotation, as in ExternalDNS
    "ta\tb.{}": "tab",
    "zero\u200bwidth.{}": "zerowidth",  # UTS 46 leaves it out
}
BAD_NAMES = (
    "a..b.{}",
    "-app.{}",
    "app-.{}",
    "a/b.{}",
    "a.*.{}",
    "*",
    "..",
    "192.0.2.1",
    "2001:db8::1",
    "zone%eth0",
    "https://app.{}",
    "emoji😀.{}",
    "\u202eright-to-left.{}",
    "nul\0.{}",
    "escape\x1b[31m.{}",
    "line\u2028.{}",
    "x" * 64 + ".{}",
    "x" * 300,
    ".".join(["x" * 60] * 5) + ".{}",
)


def test_of_strange_names_each_is_published_or_says_why(shared_site: SharedSite) -> None:
    names = [name.format(shared_site.domain) for name in (*GOOD_NAMES, *BAD_NAMES)]
    shared_site.apply(ingress("web", annotations=ga(hostname=",".join(names), target="192.0.2.1")))
    wait_until(lambda: reasons(shared_site) == {"Synced": len(GOOD_NAMES), "InvalidName": len(BAD_NAMES)}, 15)
    assert {short: shared_site.dns.query(shared_site.name(short)).records for short in GOOD_NAMES.values()} == (
        dict.fromkeys(GOOD_NAMES.values(), ("192.0.2.1",))
    )
    for status in (one["status"] for one in shared_site.cluster.objects(CRD, shared_site.namespace)):
        assert all(len(one["message"]) < 400 for one in (*status["conditions"], *status["records"]))
    table = shared_site.cluster.kubectl("get", CRD, f"--namespace={shared_site.namespace}")
    assert all(character.isprintable() for line in table.splitlines() for character in line)


def test_a_name_that_is_asked_for_often_and_in_many_spellings_is_one(shared_site: SharedSite) -> None:
    name = shared_site.name("app")
    spellings = ",".join([name, name.upper(), f"{name}.", f" {name}", "", name])
    tls = [{"hosts": [name, name]}]
    shared_site.apply(ingress("web", name, name, tls=tls, annotations=ga(hostname=spellings, target="192.0.2.1")))
    assert len(shared_site.told(name)["status"]["records"]) == 1
    assert list(shared_site.hostnames().values()) == [name]
    assert shared_site.standing() == {"app": ["192.0.2.1"], "a-app": [shared_site.ownership("ingress/web")]}


# -- DNSEndpoints by hand


def test_of_strange_entries_by_hand_each_is_published_or_says_why(shared_site: SharedSite) -> None:
    name = shared_site.name
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        (entry(name("good"), "192.0.2.1"), "Synced"),
        (entry(name("ttl"), "192.0.2.2", recordTTL=-5), "InvalidTTL"),
        (entry(name("long-ttl"), "192.0.2.2", recordTTL=2**40), "InvalidTTL"),
        (entry("sp ace." + name("x"), "192.0.2.3"), "InvalidName"),
        (entry("nul\0." + name("x"), "192.0.2.3"), "InvalidName"),
        (entry("\u202e." + name("x"), "192.0.2.3"), "InvalidName"),
        (entry("x" * 300, "192.0.2.3"), "InvalidName"),
        (entry("", "192.0.2.3"), "InvalidName"),
        (entry(name("half"), "192.0.2.4", "999.1.1.1"), "InvalidTarget"),
        (entry(name("v6"), "2001:db8::1"), "InvalidTarget"),
        (entry(name("control"), "\x1b[31m", rtype="CNAME"), "InvalidTarget"),
        (entry(name("huge"), "x" * 5000, rtype="CNAME"), "InvalidTarget"),
        (entry(name("mail"), "mail", rtype="MX"), "InvalidTarget"),
        (entry(name("type"), "192.0.2.5", rtype="BOGUS"), "UnsupportedType"),
        (entry(name("none")), "NoTargets"),
        ({}, "InvalidName"),
        (entry("BÜRO." + name(""), "192.0.2.6"), "Synced"),
    )
    shared_site.apply(dnsendpoint("hand", *(written for written, _ in cases)))
    status = shared_site.told("hand", "InvalidTTL")["status"]
    assert [one["reason"] for one in status["records"]] == [reason for _, reason in cases]
    assert all(character.isprintable() for one in status["records"] for character in str(one["message"]))
    published = {"good": "192.0.2.1", "ttl": "192.0.2.2", "long-ttl": "192.0.2.2", "xn--bro-hoa": "192.0.2.6"}
    assert {short: shared_site.dns.query(name(short)).records for short in published} == {
        short: (target,) for short, target in published.items()
    }
    assert len(shared_site.standing()) == 2 * len(published)  # each with its ownership record


def test_the_same_entry_twice_is_one_record_and_different_ones_are_united(shared_site: SharedSite) -> None:
    """As in ExternalDNS: two entries of one name and type in one object are not two parties."""
    name = shared_site.name
    twice = entry(name("twice"), "192.0.2.1")
    halves = entry(name("halves"), "192.0.2.1"), entry(name("halves").upper(), "192.0.2.2")
    shared_site.apply(dnsendpoint("hand", twice, twice, *halves))
    assert [one["reason"] for one in shared_site.told("hand")["status"]["records"]] == ["Synced"] * 4
    shared_site.answers("twice", "192.0.2.1")
    shared_site.answers("halves", "192.0.2.1", "192.0.2.2")


def test_a_wrong_annotation_of_a_dnsendpoint_is_told_and_all_is_published(shared_site: SharedSite) -> None:
    hand = dnsendpoint("hand", entry(shared_site.name("app"), "192.0.2.1"), annotations=ga(ignore="yes"))
    shared_site.apply(hand)
    told = shared_site.told("hand", "InvalidAnnotation")
    assert record(told, shared_site.name("app"), "A")["state"] == "Synced"
    shared_site.answers("app", "192.0.2.1")


# -- too much


def test_an_annotation_with_hundreds_of_names_is_worked_off(site: Site) -> None:
    """It may have thousands: the API server takes 256 KiB. They take as long as so many objects take."""
    good, bad = [f"n{number}.{site.domain}" for number in range(270)], [f"n{n}..{site.domain}" for n in range(30)]
    site.apply(ingress("web", annotations=ga(hostname=",".join([*good, *bad]), target="192.0.2.1")))
    site.publish()
    assert reasons(site) == {"Synced": len(good), "InvalidName": len(bad)}
    assert {f"{name}.{site.domain}" for name in site.standing() if not name.startswith("a-")} == set(good)


def test_a_dnsendpoint_with_a_thousand_entries_tells_the_bad_ones_wherever_they_stand(site: Site) -> None:
    good = [entry(f"n{number}.{site.domain}", "192.0.2.1") for number in range(980)]
    bad = [entry(f"bad{number}.{site.domain}", "999.1.1.1") for number in range(20)]
    site.apply(dnsendpoint("hand", *good, *bad))
    site.publish()
    status = site.told("hand", "InvalidTarget")["status"]
    assert [one["dnsName"] for one in status["records"] if one["reason"] != "Synced"] == [one["dnsName"] for one in bad]
    assert status["summary"]["hostnames"].endswith(",+997")
    assert (len(status["records"]), len(json.dumps(status)) < 2**19) == (500, True)
    assert len(site.standing()) == 2 * len(good)


def test_a_record_set_that_is_too_large_for_dns_is_told_and_holds_up_nobody(site: Site) -> None:
    addresses = [f"10.{number // 65536}.{number // 256 % 256}.{number % 256}" for number in range(20_000)]
    site.apply(dnsendpoint("hand", entry(site.name("large"), *addresses), entry(site.name("app"), "192.0.2.1")))
    with site.operator("--source=crd") as operator:
        status = site.told("hand", "Rejected")["status"]
        assert [one["reason"] for one in status["records"]] == ["Rejected", "Synced"]
        site.apply(dnsendpoint("next", entry(site.name("next"), "192.0.2.2")))
        site.told("next")
        assert operator.status("/healthz") == 200
    assert {name for name in site.standing() if not name.startswith("a-")} == {"app", "next"}
