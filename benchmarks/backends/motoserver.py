"""The process behind `route53`: moto's server, with an index and a layer that counts.

moto keeps the records of a zone in a list, and looks through all of it, and through all changes there ever were, at
each change. That is quadratic, and would be measured in place of the tools: here the zone has an index. What it
answers is the same.
"""

from __future__ import annotations

import bisect
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

from localcluster.ports import LOOPBACK

_NAMESPACE = "{https://route53.amazonaws.com/doc/2013-04-01/}"
Key = tuple[str, str, str]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Mapping[str, Any], StartResponse], Iterable[bytes]]


def operation(method: str, path: str) -> str:
    """The name of a request in Route 53's API reference."""
    words = path.strip("/").split("/")[1:]
    match method, words:
        case "POST", ["hostedzone", _, "rrset"]:
            return "ChangeResourceRecordSets"
        case "GET", ["hostedzone", _, "rrset"]:
            return "ListResourceRecordSets"
        case "GET", ["hostedzone"]:
            return "ListHostedZones"
        case "GET", ["hostedzonesbyname"]:
            return "ListHostedZonesByName"
        case "GET", ["hostedzone", _]:
            return "GetHostedZone"
        case "GET", ["tags", *_]:
            return "ListTagsForResource"
        case "POST", ["tags", *_]:
            return "ListTagsForResources"
        case _:
            return f"{method} {'/'.join(words[:1])}"


class Layer:
    """Counts what passes, and notes when an address has landed: after moto has answered, before the caller hears it."""

    def __init__(self, inner: Wsgi, zone: Any) -> None:
        self._inner = inner
        self._zone = zone
        self._calls: Counter[str] = Counter()
        self._landed: dict[tuple[str, str], float] = {}
        # moto has no locks: one request at a time.
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/benchmark/"):
            fields = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
            with self._lock:
                text = json.dumps(self._answer(path.rpartition("/")[2], fields)).encode()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
            return [text]
        name = operation(environ["REQUEST_METHOD"], path)
        body = b""
        if name == "ChangeResourceRecordSets":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = _Again(body)
        with self._lock:
            answer = list(self._inner(environ, start_response))
            self._calls[name] += 1
            if body:
                self._note(body)
        return answer

    def _note(self, body: bytes) -> None:
        moment = time.monotonic()
        for change in ElementTree.fromstring(body).iter(f"{_NAMESPACE}Change"):
            action, rtype = change.findtext(f"{_NAMESPACE}Action"), change.findtext(f".//{_NAMESPACE}Type")
            if rtype == "A" and action != "DELETE":
                name = (change.findtext(f".//{_NAMESPACE}Name") or "").removesuffix(".")
                for value in change.iter(f"{_NAMESPACE}Value"):
                    self._landed[name, value.text or ""] = moment

    def _answer(self, what: str, fields: Mapping[str, str]) -> Any:
        index = self._zone.index
        if what == "landed":
            standing = index.found.get((f"{fields['name']}.", "A", ""))
            there = standing is not None and standing.records == [fields["value"]]
            return {"at": self._landed.get((fields["name"], fields["value"])) if there else None}
        if what == "addresses":
            return {
                name.removesuffix("."): " ".join(one.records) for (name, t, _), one in index.found.items() if t == "A"
            }
        if what == "spoil":
            index.remove((f"{fields['name']}.", "A", ""))
            return {}
        return {"records": len(index.found), "writes": self._calls["ChangeResourceRecordSets"], "calls": self._calls}


class _Again:
    """A body that has been read once."""

    def __init__(self, body: bytes) -> None:
        self._rest = body

    def read(self, size: int = -1) -> bytes:
        size = len(self._rest) if size < 0 else size
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


class Index:
    """Record sets by key, and their order."""

    def __init__(self, turned: Callable[[str], str]) -> None:
        self.found: dict[Key, Any] = {}
        self._order: list[tuple[str, str, str, Key]] = []
        self._turned = turned

    def put(self, record_set: Any) -> Any:
        key = (record_set.name, record_set.type, record_set.set_identifier or "")
        if key not in self.found:
            bisect.insort(self._order, self._place(key))
        self.found[key] = record_set
        return record_set

    def remove(self, key: Key) -> None:
        if self.found.pop(key, None) is not None:
            del self._order[bisect.bisect_left(self._order, self._place(key))]

    def _place(self, key: Key) -> tuple[str, str, str, Key]:
        return self._turned(key[0]), key[1], key[2], key

    def following(self, start_type: str, start_name: str) -> list[Any]:
        begin = (self._turned(start_name), start_type or "") if start_name else ("", "")
        first = bisect.bisect_left(self._order, (*begin, "", ("", "", "")))
        return [self.found[place[3]] for place in self._order[first:]]


class _Changes:
    """In the place of the journal of all changes there ever were: what stands there."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def append(self, item: Any) -> None:
        """Kept nowhere."""

    def __contains__(self, change: Any) -> bool:
        return change["Action"] == "CREATE" and _key(change["ResourceRecordSet"]) in self._index.found

    def has_insert_or_update(self, wanted: Mapping[str, Any]) -> bool:
        standing = self._index.found.get(_key(wanted))
        if standing is None:
            return False
        values = [one["Value"] for one in wanted.get("ResourceRecords") or ()]
        return bool(standing.alias_target) or sorted(values) == sorted(standing.records or ())


def _key(record_set: Mapping[str, Any]) -> Key:
    return f"{record_set['Name'].removesuffix('.')}.", record_set["Type"], record_set.get("SetIdentifier") or ""


def _give_index(zone: Any, record_set: Callable[[dict[str, Any]], Any], turned: Callable[[str], str]) -> None:
    index = Index(turned)
    for one in zone.rrsets:
        index.put(one)
    zone.index = index
    zone.rr_changes = _Changes(index)
    zone.add_rrset = zone.upsert_rrset = lambda given: index.put(record_set(given))
    zone.delete_rrset = lambda given: index.remove(_key(given))
    zone.get_record_sets = index.following


def _main(domain: str, port: int) -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from moto.route53 import models
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"  # connections are kept, as those of AWS are

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """A line for each would be measured, too."""

    backend = models.route53_backends["123456789012"]["aws"]
    zone = backend.create_hosted_zone(f"{domain}.", False, "benchmark", "", None, None)
    _give_index(zone, models.RecordSet, models.reverse_domain_name)
    layer = Layer(DomainDispatcherApplication(create_backend_app), zone)
    server = make_server(LOOPBACK, port, layer, threaded=True, request_handler=Quiet)
    server.serve_forever()


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
