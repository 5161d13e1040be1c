"""--policy and --dry-run on a real CoreDNS and a real webhook: what may be done, and what statuses say of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.manifests import dnsendpoint, entry, ga, ingress, record
from cluster.testsite import CRD, Site
from cluster.webhook import webhook
from contract.webhook_server import WebhookServer
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
OLD, NEW = "192.0.2.1", "192.0.2.2"


def address(site: Site, target: str) -> dict[str, Any]:
    return dnsendpoint("web", entry(site.name("app"), target))


def alias(site: Site) -> dict[str, Any]:
    return dnsendpoint("web", entry(site.name("app"), "www.example.com", rtype="CNAME"))


# -- policies


@pytest.mark.parametrize(
    ("policy", "changed", "deleted"),
    [
        pytest.param("sync", True, True, id="sync creates, changes and deletes"),
        pytest.param("upsert-only", True, False, id="upsert-only creates and changes"),
        pytest.param("create-only", False, False, id="create-only creates"),
    ],
)
def test_policy_says_what_may_be_done(site: Site, policy: str, changed: bool, deleted: bool) -> None:
    ownership = {"a-app": [site.ownership("crd/web")]}
    flag = f"--policy={policy}"
    site.apply(address(site, OLD))
    site.publish(flag)
    assert site.standing() == {"app": [OLD], **ownership}
    site.apply(address(site, NEW))
    site.publish(flag)
    assert site.standing() == {"app": [NEW if changed else OLD], **ownership}
    about = record(site.told("web", "Synced" if changed else "Policy"), site.name("app"), "A")
    assert ("--policy=create-only" in about["message"]) is not changed
    assert about["ownership"]["owner"] == site.owner
    site.delete(CRD, "web")
    before = site.stored()
    site.publish(flag)
    assert site.stored() == ({} if deleted else before)


@pytest.mark.parametrize("policy", ["upsert-only", "create-only"])
def test_without_deletes_a_change_of_type_is_held_and_says_so(site: Site, policy: str) -> None:
    site.apply(address(site, OLD))
    site.publish()
    before = site.stored()
    site.apply(alias(site))
    site.publish(f"--policy={policy}")
    message = record(site.told("web", "Policy"), site.name("app"), "CNAME")["message"]
    assert f"--policy={policy} deletes nothing" in message
    assert site.stored() == before


def test_under_sync_what_a_stricter_policy_has_held_is_made_up_for(site: Site) -> None:
    site.apply(address(site, OLD), dnsendpoint("gone", entry(site.name("gone"), OLD)))
    site.publish()
    site.apply(alias(site))
    site.delete(CRD, "gone")
    site.publish("--policy=upsert-only")
    assert site.standing().keys() == {"app", "a-app", "gone", "a-gone"}
    site.publish("--policy=sync")
    site.told("web")
    assert site.standing() == {"app": ["www.example.com"], "cname-app": [site.ownership("crd/web")]}


# -- dry run


def published_before(site: Site) -> None:
    """Three names, two of which are then wanted otherwise, and a fourth that is new."""
    site.apply(
        dnsendpoint("kept", entry(site.name("kept"), OLD)),
        dnsendpoint("web", entry(site.name("app"), OLD)),
        dnsendpoint("gone", entry(site.name("gone"), OLD)),
    )


def wanted_now(site: Site) -> None:
    site.apply(
        dnsendpoint("web", entry(site.name("app"), NEW)),
        ingress("shop", site.name("new"), annotations=ga(target=NEW)),
    )
    site.delete(CRD, "gone")


def announced(site: Site, log: str) -> list[str]:
    """The changes in a log of a dry run, as "UPDATE app A"."""
    marked = [line.partition("Desired change: ")[2] for line in log.splitlines() if "(dry run)" in line]
    return sorted(line.partition(" [Id")[0].replace(f".{site.domain}", "") for line in marked)


CHANGES = [
    "CREATE a-new TXT",
    "CREATE new A",
    "DELETE a-gone TXT",
    "DELETE gone A",
    "UPDATE app A",
]


def test_dry_run_writes_nothing_to_dns_and_says_what_it_would_do(site: Site) -> None:
    published_before(site)
    site.publish()
    before = site.stored()
    wanted_now(site)
    assert announced(site, site.publish("--dry-run")) == CHANGES
    assert site.stored() == before
    assert_told_of_dry_run(site)
    site.publish()
    assert site.standing().keys() == {"app", "a-app", "kept", "a-kept", "new", "a-new"}
    site.told("web")
    site.told(site.name("new"))


def assert_told_of_dry_run(site: Site) -> None:
    for name, short in (("web", "app"), (site.name("new"), "new")):
        about = record(site.told(name, "DryRun"), site.name(short), "A")
        assert (about["state"], about["message"]) == ("Pending", "would be written; --dry-run is on")
    site.told("kept")


def test_dry_run_never_sends_a_change_to_a_webhook(site: Site) -> None:
    """ExternalDNS leaves --dry-run to the webhook, which does not hear of it."""
    with webhook() as server:
        url = f"--webhook-provider-url={server.url}"
        published_before(site)
        site.publish(url, provider="webhook")
        before, sent = dict(server.records), len(server.applied)
        wanted_now(site)
        assert announced(site, site.publish(url, "--dry-run", provider="webhook")) == CHANGES
        assert (server.records, len(server.applied)) == (before, sent)
        assert_told_of_dry_run(site)
        site.publish(url, provider="webhook")
        assert names_of(site, server) == {"app", "a-app", "kept", "a-kept", "new", "a-new"}


def names_of(site: Site, server: WebhookServer) -> set[str]:
    return {name.removesuffix(f".{site.domain}") for name, _, _ in server.records}


def test_a_running_dry_run_follows_the_cluster_and_never_writes(site: Site) -> None:
    site.apply(address(site, OLD))
    with site.operator("--dry-run", "--interval=1s") as operator:
        site.told("web", "DryRun")
        site.apply(address(site, NEW))
        assert site.told("web", "DryRun")["status"]["records"][0]["targets"] == [NEW]
        site.delete(CRD, "web")
        wait_until(lambda: operator.log().count(f"Desired change: CREATE {site.name('app')} A") >= 2)
    assert site.stored() == {}
