"""The same way there and back, where ownership stands in a table of DynamoDB and the provider is a webhook."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.webhook import webhook
from contract.webhook_server import WebhookServer
from handover.inventory import Key, Record, Scope, edits, inventory, records_of
from handover.programs import OWNER, Site
from localcluster import dynamodb
from localcluster.cluster import Cluster
from localcluster.wait import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
TABLE = "ownership"
KEY = {"AttributeName": "k", "AttributeType": "S"}
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host"

Row = tuple[str, str]  # owner, resource


class WebhookAndTable:
    """Implements `handover.backends.Backend`."""

    dual = True
    deletes_whole = True
    any_label = True

    def __init__(self, server: WebhookServer, aws: str) -> None:
        self._server = server
        self._aws = aws
        self.env = dynamodb.environment(aws)
        provider = ("--provider=webhook", f"--webhook-provider-url={server.url}")
        self.flags: tuple[str, ...] = (*provider, "--registry=dynamodb", f"--dynamodb-table={TABLE}")

    def prepare(self, domain: str) -> None:
        self._ask("CreateTable", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], AttributeDefinitions=[KEY])

    def state(self) -> object:
        return len(self._server.applied), self.rows()

    def standing(self, domain: str) -> dict[Key, Record]:
        found = {}
        for record in self._server.records.values():
            targets = tuple(sorted(target.removesuffix(".") for target in record["targets"]))
            found[Key(record["dnsName"], record["recordType"])] = Record(targets, record.get("recordTTL", 0))
        return found

    def rows(self) -> dict[str, Row]:
        """All that the table holds, by its key."""
        items = self._ask("Scan", ConsistentRead=True)["Items"]
        return {item["k"]["S"]: (item["o"]["S"], item["l"]["M"].get("resource", {}).get("S", "")) for item in items}

    def _ask(self, call: str, **fields: Any) -> Any:
        """A request without the code under test; moto looks at no signature."""
        body = json.dumps({"TableName": TABLE, "BillingMode": "PAY_PER_REQUEST", **fields}).encode()
        target = f"DynamoDB_20120810.{call}"
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0", "Authorization": SIGNED}
        request = urllib.request.Request(self._aws, body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@pytest.fixture
def backend() -> Iterator[WebhookAndTable]:
    with webhook() as server, dynamodb.serving() as aws:
        server.needs_accept = False
        yield WebhookAndTable(server, aws)


@pytest.fixture
def site(cluster: Cluster, backend: WebhookAndTable, namespace: str, domain: str, externaldns: Path) -> Site:
    backend.prepare(domain)
    return Site(cluster, backend, namespace, Scope(domain, dual=True, apex=True), (), externaldns)


def test_there_and_back_without_a_write_to_the_zone_or_the_table(site: Site, backend: WebhookAndTable) -> None:
    pieces = inventory(site.scope)
    site.create(pieces)
    site.run_externaldns()
    asked = records_of(pieces)
    assert site.records() == asked
    assert told(backend) == asked.keys()
    before = backend.state()
    with site.zonewright() as operator:
        site.all_synced(asked)
        assert backend.state() == before
        assert "Desired change" not in operator.log()
        planned = edits(site.scope, pieces)
        site.delete(planned.deleted)
        site.change(planned.changed)
        site.create(planned.created)
        wanted = records_of(planned.carried_out(pieces))
        site.all_synced(wanted)
        wait_until(lambda: site.records() == wanted and told(backend) == wanted.keys(), 30, what="DNS to follow")
    before = backend.state()
    log = site.run_externaldns()
    assert backend.state() == before, log
    site.delete_all()
    site.run_externaldns()
    assert (site.records(), backend.rows()) == ({}, {})


def test_records_of_the_txt_registry_come_over(site: Site, backend: WebhookAndTable) -> None:
    """ExternalDNS has published with TXT records; with the table, Zonewright writes rows and takes those away."""
    pieces = inventory(site.scope)
    site.create(pieces)
    backend.flags = (*backend.flags[:2], "--registry=txt")
    site.run_externaldns()
    asked = records_of(pieces)
    assert len(site.texts()) == len(asked)
    types = [f"--managed-record-types={rtype}" for rtype in ("A", "AAAA", "CNAME", "TXT")]
    backend.flags = (*backend.flags[:2], "--registry=dynamodb", f"--dynamodb-table={TABLE}", "--interval=1s", *types)
    with site.zonewright():
        site.all_synced(asked)
        wait_until(lambda: not site.texts(), 30, what="the ownership TXT records to go")
        assert site.records() == asked
        assert told(backend) == asked.keys()


def told(backend: WebhookAndTable) -> set[Key]:
    """The record sets of which the table says that they are ours."""
    return {
        Key(*key.split("#")[:2]) for key, (owner, resource) in backend.rows().items() if owner == OWNER and resource
    }
