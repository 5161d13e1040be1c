"""Records that are taken over on purpose, and records that outlast their object: on a real API server and CoreDNS."""

from __future__ import annotations

import pytest

from cluster.manifests import Manifest, dnsendpoint, entry, ga, ingress, record
from cluster.testsite import CRD, Site
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
OLD, NEW = "192.0.2.1", "192.0.2.2"
MARK, FROM = "zonewright.io/adopt", "zonewright.io/adopt-from"
RETAIN = ",external-dns/retain=true"


def shop(site: Site, target: str = OLD, **notes: str) -> Manifest:
    return ingress("shop", site.name("shop"), annotations=ga(target=target, **notes))


def ownership(site: Site, *, retained: bool = False) -> dict[str, list[str]]:
    text = site.ownership("ingress/shop")
    return {"a-shop": [text[:-1] + RETAIN + '"' if retained else text]}


def marks(site: Site, name: str) -> tuple[str | None, str | None]:
    """What the generated DNSEndpoint says, and whose word it is."""
    annotations = site.endpoint(name)["metadata"]["annotations"]
    return annotations.get(MARK), annotations.get(FROM)


# -- adopt


def test_record_of_nobody_is_taken_over_when_its_ingress_says_so(site: Site) -> None:
    name = site.name("shop")
    site.put("shop", host=OLD)
    site.apply(shop(site))
    with site.operator():
        message = record(site.told(name, "NotOwned"), name, "A")["message"]
        assert f"zonewright adopt {name}" in message
        assert site.standing() == {"shop": [OLD]}
        site.apply(shop(site, adopt="equal"))
        site.expect({"shop": [OLD], **ownership(site)})
        assert record(site.told(name), name, "A")["ownership"]["owner"] == site.owner
        assert marks(site, name) == ("equal", f"ingress/{site.namespace}/shop")
        site.apply(shop(site, NEW))
        site.expect({"shop": [NEW], **ownership(site)})
        wait_until(lambda: marks(site, name) == (None, None), 15)


def test_record_that_differs_is_taken_over_and_changed_only_with_always(site: Site) -> None:
    name = site.name("shop")
    site.put("shop", host=OLD)
    site.apply(shop(site, NEW, adopt="equal"))
    site.publish()
    assert OLD in record(site.told(name, "NotOwned"), name, "A")["message"]
    assert site.standing() == {"shop": [OLD]}
    site.apply(shop(site, NEW, adopt="always"))
    site.publish()
    assert site.standing() == {"shop": [NEW], **ownership(site)}
    site.told(name)


def test_record_of_another_type_gives_way_only_with_always(site: Site) -> None:
    name = site.name("shop")
    site.put("shop", host="lb.example.net")
    site.apply(shop(site, adopt="equal"))
    site.publish()
    assert "CNAME" in record(site.told(name, "NotOwned"), name, "A")["message"]
    site.apply(shop(site, adopt="always"))
    site.publish()
    assert site.standing() == {"shop": [OLD], **ownership(site)}


def test_mark_that_a_person_has_set_on_a_generated_object_stays(site: Site) -> None:
    name = site.name("shop")
    site.put("shop", host=OLD)
    site.apply(shop(site))
    with site.operator():
        site.told(name, "NotOwned")
        site.cluster.kubectl("annotate", CRD, name, f"{MARK}=equal", f"--namespace={site.namespace}")
        site.expect({"shop": [OLD], **ownership(site)})
        site.apply(shop(site, NEW))  # written anew for another reason
        site.expect({"shop": [NEW], **ownership(site)})
        assert marks(site, name) == ("equal", None)


def test_hand_written_object_takes_over_by_either_annotation(site: Site) -> None:
    for short, note in (("one", ga(adopt="equal")), ("two", {MARK: "always"})):
        site.put(short, host=OLD)
        site.apply(dnsendpoint(short, entry(site.name(short), OLD), annotations=note))
    site.publish()
    assert site.standing() == {
        "one": [OLD],
        "a-one": [site.ownership("crd/one")],
        "two": [OLD],
        "a-two": [site.ownership("crd/two")],
    }


def test_word_that_means_nothing_takes_over_nothing_and_says_so(site: Site) -> None:
    name = site.name("shop")
    site.put("shop", host=OLD)
    site.apply(shop(site, adopt="yes"))
    site.publish()
    assert site.standing() == {"shop": [OLD]}
    messages = [line["message"] for line in site.endpoint(name)["status"]["records"]]
    assert any("annotation adopt: 'yes'" in message for message in messages)


def test_record_of_another_owner_is_never_taken_over(site: Site) -> None:
    site.apply(dnsendpoint("web", entry(site.name("shop"), OLD)))
    site.publish("--txt-owner-id=somebody-else")
    site.delete(CRD, "web")
    before = site.stored()
    site.apply(shop(site, NEW, adopt="always"))
    site.publish()
    site.told(site.name("shop"), "OwnedByOther")
    assert site.stored() == before


# -- retain


@pytest.mark.parametrize("down", [pytest.param(True, id="while it is down"), pytest.param(False, id="while it runs")])
def test_records_outlast_an_ingress_that_goes(site: Site, down: bool) -> None:
    """Another name stays: where nothing is left that was published, what stands might be another cluster's."""
    names = ("gone", "kept")
    site.apply(shop(site, retain="true"), *(dnsendpoint(name, entry(site.name(name), OLD)) for name in names))
    kept = {"kept": [OLD], "a-kept": [site.ownership("crd/kept")]}
    with site.operator() as operator:
        gone = {"gone": [OLD], "a-gone": [site.ownership("crd/gone")]}
        site.expect({"shop": [OLD], **ownership(site, retained=True), **gone, **kept})
        if not down:
            site.delete("ingress", "shop")
            site.delete(CRD, "gone")
            site.expect({"shop": [OLD], **kept})
        operator.stop()
    if down:
        site.delete("ingress", "shop")
        site.delete(CRD, "gone")
    with site.operator() as operator:
        site.expect({"shop": [OLD], **kept})
        if down:
            assert f"Retained: {site.name('shop')} A: ingress/{site.namespace}/shop is gone" in operator.log()
    standing = site.stored()
    site.publish()
    assert site.stored() == standing


def test_label_comes_and_goes_with_the_annotation(site: Site) -> None:
    site.apply(shop(site))
    with site.operator():
        site.expect({"shop": [OLD], **ownership(site)})
        site.apply(shop(site, retain="true"))
        site.expect({"shop": [OLD], **ownership(site, retained=True)})
        site.apply(shop(site))
        site.expect({"shop": [OLD], **ownership(site)})
        site.delete("ingress", "shop")
        site.expect({})


def test_while_the_ingress_is_there_its_records_change_and_go_as_always(site: Site) -> None:
    site.apply(shop(site, retain="true"))
    with site.operator():
        site.expect({"shop": [OLD], **ownership(site, retained=True)})
        site.apply(shop(site, NEW, retain="true"))
        site.expect({"shop": [NEW], **ownership(site, retained=True)})
        site.apply(ingress("shop", site.name("other"), annotations=ga(target=OLD, retain="true")))
        text = ownership(site, retained=True)["a-shop"]
        site.expect({"other": [OLD], "a-other": text})


def test_released_record_is_taken_over_again_when_its_ingress_comes_back(site: Site) -> None:
    site.apply(shop(site, retain="true", adopt="equal"))
    site.publish()
    site.delete("ingress", "shop")
    wait_until(lambda: not site.cluster.objects(CRD, site.namespace), 30, what="the generated DNSEndpoint to go")
    site.publish()
    assert site.standing() == {"shop": [OLD]}
    site.apply(shop(site, retain="true", adopt="equal"))
    site.publish()
    assert site.standing() == {"shop": [OLD], **ownership(site, retained=True)}
