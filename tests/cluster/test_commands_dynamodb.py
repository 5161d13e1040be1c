"""Commands where ownership stands in a table of DynamoDB: what they show of its rows, and what becomes of them."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cluster.manifests import dnsendpoint, entry, ga, ingress
from cluster.test_commands import give as given
from cluster.test_commands import looked, versions
from cluster.testsite import CRD, Site
from localcluster import dynamodb
from localcluster.wait import wait_until
from unit.commands.shape import documented, misfits

pytestmark = pytest.mark.cluster
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host"
OLD, NEW = "192.0.2.1", "192.0.2.2"

Rows = Mapping[str, tuple[str, dict[str, str]]]  # owner and labels by key


class Table:
    """A table as an administrator sees it, without the code under test; moto looks at no signature."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self.flags = ("--registry=dynamodb", f"--dynamodb-table={name}")
        keys = [{"AttributeName": "k", "KeyType": "HASH"}]
        self._ask("CreateTable", KeySchema=keys, AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])

    def rows(self) -> Rows:
        items = self._ask("Scan", ConsistentRead=True)["Items"]
        return {
            item["k"]["S"]: (item["o"]["S"], {name: value["S"] for name, value in item["l"]["M"].items()})
            for item in items
        }

    def put(self, key: str, owner: str, **labels: str) -> None:
        fields = {name: {"S": value} for name, value in labels.items()}
        self._ask("PutItem", Item={"k": {"S": key}, "o": {"S": owner}, "l": {"M": fields}})

    def remove(self, key: str) -> None:
        self._ask("DeleteItem", Key={"k": {"S": key}})

    def _ask(self, call: str, **fields: Any) -> Any:
        body = json.dumps({"TableName": self._name, "BillingMode": "PAY_PER_REQUEST", **fields}).encode()
        target = f"DynamoDB_20120810.{call}"
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0", "Authorization": SIGNED}
        request = urllib.request.Request(self._url, body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    with dynamodb.serving() as url:
        yield url


@pytest.fixture
def table(aws: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> Table:
    """A table of this test's own. The programs find it by the environment, as at a user's."""
    for name, value in dynamodb.environment(aws).items():
        monkeypatch.setenv(name, value)
    return Table(aws, site.namespace)


def give(site: Site, table: Table, command: str, *args: str) -> subprocess.CompletedProcess[str]:
    return given(site, command, *args, *table.flags)


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What it says, line by line."""
    assert done.stderr == ""
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def shop(site: Site, target: str = OLD, **annotations: str) -> dict[str, Any]:
    return ingress("shop", site.name("shop"), annotations=ga(target=target, **annotations))


def ours(site: Site, name: str = "shop", **labels: str) -> Rows:
    """The row of the record of `shop`."""
    return {f"{site.name(name)}#A#": (site.owner, {"resource": f"ingress/{site.namespace}/shop", **labels})}


# -- plan


def prepared(site: Site, table: Table) -> None:
    """Something to create, to update, to delete and to release."""
    web = entry(site.name("app"), OLD)
    site.apply(dnsendpoint("web", web, entry(site.name("gone"), "192.0.2.9")), shop(site, retain="true"))
    site.publish(*table.flags)
    site.apply(
        dnsendpoint("web", web | {"targets": [NEW]}), ingress("new", site.name("new"), annotations=ga(target=OLD))
    )
    site.delete("ingress", "shop")
    wait_until(lambda: len(site.cluster.objects(CRD, site.namespace)) == 1, 30, what="the generated DNSEndpoint to go")


def test_plan_shows_rows_by_their_keys_and_writes_neither_the_zone_nor_the_table(site: Site, table: Table) -> None:
    prepared(site, table)
    before = site.stored(), versions(site), table.rows()
    done = give(site, table, "plan", "--detailed-exitcode")
    where = site.namespace
    assert done.returncode == 2
    assert told(done) == [
        f"{site.domain}  (coredns)",
        f"~ {site.name('app')}  A  {OLD} → {NEW}  crd/{where}/web",
        f"- {site.name('gone')}  A  192.0.2.9  crd/{where}/web",
        f"- {site.name('gone')}#A#  ownership",
        f"+ {site.name('new')}  A  {OLD}  ingress/{where}/new",
        f"+ {site.name('new')}#A#  ownership",
        f"~ {site.name('shop')}  A  {OLD}  released: it outlasts ingress/{where}/shop, and is nobody's from then on",
        f"- {site.name('shop')}#A#  ownership",
        "1 to create, 1 to update, 1 to delete, 1 to release (with 3 ownership records).",
        "In the cluster, DNSEndpoints would be written: 1 created.",
    ]
    assert (site.stored(), versions(site), table.rows()) == before


def test_plan_as_json_has_the_same_form_and_counts_a_release(site: Site, table: Table) -> None:
    prepared(site, table)
    found = looked(site, "plan", *table.flags)
    assert misfits(found, documented("The plan as JSON")) == []
    counts = {"create": 1, "update": 1, "delete": 1, "release": 1, "ownershipRecords": 3, "refused": 0}
    assert (found["summary"], found["complete"], found["owner"]) == (counts, True, site.owner)
    (release,) = (change for change in found["zones"][0]["changes"] if change["action"] == "release")
    assert (release["name"], release["type"], release["targets"]) == (site.name("shop"), "A", [OLD])
    assert (release["owner"], release["resource"]) == (site.owner, f"ingress/{site.namespace}/shop")
    assert [(row["action"], row["name"]) for row in release["ownershipRecords"]] == [
        ("delete", f"{site.name('shop')}#A#")
    ]


def test_what_plan_has_shown_is_what_run_does_to_zone_and_table_and_then_nothing_is_left(
    site: Site, table: Table
) -> None:
    prepared(site, table)
    site.publish(*table.flags)
    assert site.standing() == {"app": [NEW], "new": [OLD], "shop": [OLD]}
    assert set(table.rows()) == {f"{site.name(short)}#A#" for short in ("app", "new")}
    done = give(site, table, "plan", "--detailed-exitcode")
    assert (done.returncode, told(done)) == (0, ["Nothing to do: DNS is as it should be."])


def test_plan_without_the_table_is_no_plan(site: Site, table: Table) -> None:
    site.apply(shop(site))
    done = given(site, "plan", "--registry=dynamodb", "--dynamodb-table=nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--dynamodb-table: there is no table nowhere" in done.stderr


def test_plan_of_a_table_that_does_not_answer_is_not_complete(
    site: Site, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.apply(shop(site))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    done = give(site, table, "plan", "--detailed-exitcode")
    assert done.returncode == 1
    assert "DynamoDB does not answer" in done.stdout
    assert "Nothing to do" not in done.stdout
    assert "not-a-secret" not in done.stdout + done.stderr


# -- explain


def test_explain_names_the_row_that_says_whose_a_record_is(site: Site, table: Table) -> None:
    site.apply(shop(site))
    site.publish(*table.flags)
    name, resource = site.name("shop"), f"ingress/{site.namespace}/shop"
    found = looked(site, "explain", name, *table.flags)
    assert misfits(found, documented("The explanation as JSON")) == []
    (stands,) = found["dns"]
    assert (stands["ours"], stands["owner"], stands["resource"]) == (True, site.owner, resource)
    assert [row["name"] for row in stands["ownershipRecords"]] == [f"{name}#A#"]
    assert f"ours: owner {site.owner}, {resource}; said by {name}#A#" in told(give(site, table, "explain", name))


def test_explain_tells_a_release_and_rows_whose_record_is_missing(site: Site, table: Table) -> None:
    prepared(site, table)
    (release,) = looked(site, "explain", site.name("shop"), *table.flags)["changes"]
    assert (release["action"], release["targets"]) == ("release", [OLD])
    table.put(f"{site.name('lost')}#A#", "somebody", resource="ingress/x/y")
    said = told(give(site, table, "explain", site.name("lost")))
    assert f"no A, though {site.name('lost')}#A# says whose it is" in said
    assert "somebody else's: owner somebody, ingress/x/y; said by" in "\n".join(said)


# -- adopt


def test_adopt_takes_over_a_record_without_a_row(site: Site, table: Table) -> None:
    site.put("shop", host=OLD)
    site.apply(shop(site))
    site.publish(*table.flags)
    assert table.rows() == {}
    done = give(site, table, "adopt", site.name("shop"), "--yes")
    assert done.returncode == 0
    assert [line for line in told(done) if "ownership" in line] == [
        "nobody's: there is no ownership record",
        f"{site.name('shop')}  only ownership changes",
        f"+ {site.name('shop')}#A#  ownership",
    ]
    site.publish(*table.flags)
    assert (site.standing(), table.rows()) == ({"shop": [OLD]}, ours(site))


def test_adopt_leaves_alone_what_another_owner_has_a_row_of(site: Site, table: Table) -> None:
    site.put("shop", host=OLD)
    site.apply(shop(site))
    site.publish(*table.flags)
    table.put(f"{site.name('shop')}#A#", "somebody")
    before = versions(site), table.rows(), site.stored()
    done = give(site, table, "adopt", site.name("shop"), "--always", "--yes")
    assert done.returncode == 1
    assert "it belongs to somebody else, who has to give it up first" in done.stdout
    assert (versions(site), table.rows(), site.stored()) == before


# -- purge


def buried(site: Site, table: Table) -> tuple[Rows, dict[str, list[str]]]:
    """Rows and records of a cluster that is gone, beside those of others; returns what is to stay."""
    old = dnsendpoint("old", entry(site.name("app"), OLD), entry(site.name("*.old"), NEW))
    site.apply(old, shop(site, retain="true"))
    site.publish(*table.flags, "--txt-owner-id=dead")
    site.delete(CRD, "old")
    site.delete("ingress", "shop")
    wait_until(lambda: not site.cluster.objects(CRD, site.namespace), 30, what="the generated DNSEndpoint to go")
    table.put(f"{site.name('lost')}#AAAA#blue", "dead", resource="crd/x/lost")  # its record is missing
    table.put("www.elsewhere.example#A#", "dead")
    table.put(f"{site.name('live')}#A#", "live")
    site.put("live", host="192.0.2.3")
    site.put("by-hand", host="192.0.2.4")
    stay = {key: row for key, row in table.rows().items() if row[0] == "live" or "elsewhere" in key}
    standing = site.standing()
    return stay, {name: standing[name] for name in ("shop", "live", "by-hand")}


def test_purge_takes_the_rows_of_a_dead_owner_with_its_records(site: Site, table: Table) -> None:
    rows, standing = buried(site, table)
    done = give(site, table, "purge", "--txt-owner-id=dead", "--yes", "--kubeconfig=/nowhere")
    assert done.returncode == 0
    where = site.namespace
    assert told(done) == [
        f"{site.domain}  (coredns)",
        f"- *.old.{site.domain}  A  {NEW}  crd/{where}/old",
        f"- *.old.{site.domain}#A#  ownership",
        f"- {site.name('app')}  A  {OLD}  crd/{where}/old",
        f"- {site.name('app')}#A#  ownership",
        f"{site.name('lost')}  only ownership changes",
        f"- {site.name('lost')}#AAAA#blue  ownership",
        f"~ {site.name('shop')}  A  {OLD}  released: it outlasts ingress/{where}/shop, and is nobody's from then on",
        f"- {site.name('shop')}#A#  ownership",
        "0 to create, 0 to update, 2 to delete, 1 to release (with 4 ownership records).",
        "Where a program with this owner id still runs, it will write them again.",
        "2 record sets deleted.",
    ]
    assert (table.rows(), site.standing()) == (rows, standing)
    again = give(site, table, "purge", "--txt-owner-id=dead", "--yes")
    assert told(again) == ["Nothing to do: there is nothing of the owner 'dead'."]


def test_purge_that_is_not_confirmed_leaves_zone_and_table(site: Site, table: Table) -> None:
    buried(site, table)
    before = site.stored(), table.rows()
    found = looked(site, "purge", "--txt-owner-id=dead", *table.flags, code=1)
    assert (found["summary"]["delete"], found["deleted"], found["left"]) == (2, 0, [])
    assert (site.stored(), table.rows()) == before


def test_purge_leaves_a_row_that_another_owner_has_by_now(site: Site, table: Table) -> None:
    site.apply(dnsendpoint("old", entry(site.name("app"), OLD)))
    site.publish(*table.flags, "--txt-owner-id=dead")
    site.delete(CRD, "old")
    table.put(f"{site.name('app')}#A#", "live")
    before = site.stored(), table.rows()
    assert give(site, table, "purge", "--txt-owner-id=dead", "--yes").returncode == 0
    assert (site.stored(), table.rows()) == before


def test_purge_takes_what_the_txt_registry_of_the_owner_has_left(site: Site, table: Table) -> None:
    """Rows and ownership TXT records of one owner in one zone, as after a change of registry that was cut short."""
    site.apply(dnsendpoint("old", entry(site.name("app"), OLD), entry(site.name("two"), NEW)))
    site.publish("--txt-owner-id=dead")
    types = [f"--managed-record-types={rtype}" for rtype in ("A", "AAAA", "CNAME", "TXT")]
    site.publish(*table.flags, "--txt-owner-id=dead")  # writes rows, and leaves the TXT records
    assert len(table.rows()) == 2
    table.remove(f"{site.name('two')}#A#")
    site.delete(CRD, "old")
    assert give(site, table, "purge", "--txt-owner-id=dead", "--yes").returncode == 0
    assert (set(site.standing()), table.rows()) == ({"a-app", "a-two"}, {})
    found = looked(site, "purge", "--txt-owner-id=dead", "--yes", *table.flags)
    assert [(one["name"], one["why"]) for one in found["stays"]] == [
        (site.name(name), "TXT is not among --managed-record-types") for name in ("app", "two")
    ]
    done = give(site, table, "purge", "--txt-owner-id=dead", "--yes", *types)
    assert done.returncode == 0, done.stdout
    assert (site.standing(), table.rows()) == ({}, {})
