"""Two installations on one zone and one cluster, some hundred random changes: neither ever writes what is the other's,
and in the end DNS holds what each of them wants.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest

from cluster.api import Api, api
from cluster.manifests import dnsendpoint, entry, ga, ingress
from cluster.testsite import Site
from cluster.witness import Event, Witness, overwrite, witnessing
from localcluster.operator_process import Operator
from localcluster.wait import NotYet, wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]
OWNERS = ("one", "two")
OPERATIONS = 400
KILLED = {130: "one", 260: "two"}  # after so many operations; it is started again some operations later
AWAY = 15
CAUGHT_UP = 40  # after so many operations names that only one can want have to be as they are wanted
CONTESTED = ("www", "api", "*.apps", "shop")
TARGETS = {
    "A": (("192.0.2.1",), ("192.0.2.2", "192.0.2.3"), ("192.0.2.2",)),
    "AAAA": (("2001:db8::1",), ("2001:db8::1", "2001:db8::2")),
    "CNAME": (("lb.example.net",), ("other.example.net",)),
}
BY_HAND = {"A": "192.0.2.66", "AAAA": "2001:db8::66", "CNAME": "hand.example.net"}
SAYS = re.compile(r"external-dns/owner=([^,\"]+),external-dns/resource=\w+/[^/]+/([^,\"]+)")


class Place(NamedTuple):
    """A record set."""

    name: str
    rtype: str


class Wish(NamedTuple):
    kind: str
    rtype: str
    targets: tuple[str, ...]


Standing = dict[Place, tuple[str, ...]]


@dataclass(slots=True)
class Play:
    """wishes: by owner and short name, as the objects that are there now have them. done: operations by their kind."""

    site: Site
    api: Api
    dice: random.Random
    wishes: dict[tuple[str, str], Wish] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def step(self) -> None:
        """One random operation."""
        owner = self.dice.choice(OWNERS)
        short = self.dice.choice([*CONTESTED, *(f"{owner}-{number}" for number in range(8))])
        match self.dice.choices(("wish", "drop", "edit", "remove"), (6, 3, 1, 1))[0]:
            case "wish":
                self._wish(owner, short)
            case "drop":
                self.drop(owner, short)
            case what:
                self.done[what] += self._by_hand(short, what)

    def _wish(self, owner: str, short: str) -> None:
        """A name, or another type or target for it; now and then by an object of another kind."""
        rtype = self.dice.choice(("A", "A", "AAAA", "CNAME"))
        wish = Wish(self.dice.choice(("Ingress", "DNSEndpoint")), rtype, self.dice.choice(TARGETS[rtype]))
        before = self.wishes.get((owner, short))
        if before and before.kind != wish.kind:
            self.drop(owner, short)
        self.api.apply(self._object(owner, short, wish, self.dice.choice((60, 120))))
        self.wishes[owner, short] = wish
        self.done["wish"] += 1

    def drop(self, owner: str, short: str) -> None:
        if wish := self.wishes.pop((owner, short), None):
            self.api.delete(wish.kind, _called(owner, short))
            self.done["drop"] += 1

    def _by_hand(self, short: str, what: str) -> int:
        """A person edits a record, whoever has made it, or removes it and leaves its ownership record."""
        done = 0
        for key, (value, revision) in self.site.stored().items():
            for place, _ in _parts(key, value):
                if place.name == self.site.name(short) and place.rtype != "TXT":
                    new = value | {"host": BY_HAND[place.rtype]} if what == "edit" else None
                    done = max(done, overwrite(self.site.dns.etcd, key, revision, new))
        return done

    def end_contests(self) -> None:
        """Of names that both want, one of them wants it no more."""
        for short in CONTESTED:
            if all((owner, short) in self.wishes for owner in OWNERS):
                self.drop(self.dice.choice(OWNERS), short)

    def wanted(self) -> Standing:
        """Records, and for each the owner, as the target of a text."""
        found: Standing = {}
        for (owner, short), wish in self.wishes.items():
            name = self.site.name(short)
            found[Place(name, wish.rtype)] = wish.targets
            found[Place(f"{wish.rtype.lower()}-{name}", "TXT")] = (f"{owner} {_called(owner, short)}",)
        return found

    def standing(self) -> Standing:
        """What etcd holds, in the form of `wanted`."""
        found: dict[Place, list[str]] = {}
        for key, (value, _) in self.site.stored().items():
            for place, target in _parts(key, value):
                found.setdefault(place, []).append(target)
        return {place: tuple(sorted(targets)) for place, targets in found.items()}

    def _object(self, owner: str, short: str, wish: Wish, ttl: int) -> dict[str, Any]:
        name, called = self.site.name(short), _called(owner, short)
        if wish.kind == "Ingress":
            obj = ingress(called, name, annotations=ga(target=",".join(wish.targets), ttl=str(ttl)))
        else:
            obj = dnsendpoint(called, entry(name, *wish.targets, rtype=wish.rtype, recordTTL=ttl))
        obj["metadata"]["labels"] = {"tenant": owner}
        return obj


def test_neither_of_two_operators_ever_writes_what_is_the_others(site: Site) -> None:
    path = "/".join([site.dns.path, *reversed(site.domain.split("."))])
    with witnessing(site.dns.etcd, path, *OWNERS) as witness, api(site.cluster, site.namespace) as objects:
        play = Play(site, objects, random.Random(20260101))
        act(play, witness)
    written = Counter(witness.writer(event) or "people" for event in witness.events)
    print(f"{dict(play.done)}; keys written: {dict(written)}")
    assert play.done.total() >= OPERATIONS * 3 // 4
    assert min(written[owner] for owner in OWNERS) >= OPERATIONS // 8
    assert list(offences(witness)) == []


def act(play: Play, witness: Witness) -> None:
    """All operations, with both operators at work; and the end."""

    def operator(owner: str) -> Operator:
        flags = (f"--txt-owner-id={owner}", f"--label-filter=tenant={owner}", "--interval=1s")
        sources = ("--source=ingress", "--source=crd")
        return play.site.operator(*flags, *sources, etcd=witness.ways[owner].url, ready=False)

    with ExitStack() as stack:
        running = {owner: stack.enter_context(operator(owner)) for owner in OWNERS}
        for one in running.values():
            one.wait_ready()
        for number in range(OPERATIONS):
            play.step()
            if owner := KILLED.get(number):
                running[owner].kill()
            if owner := KILLED.get(number - AWAY):
                running[owner] = stack.enter_context(operator(owner))
            if number % CAUGHT_UP == 0:
                wait_until(lambda: agree(own(play.standing()), own(play.wanted())), 30, what="own names")
        play.end_contests()
        wait_until(lambda: agree(play.standing(), play.wanted()), 60, what="DNS to hold all that is wanted")


def agree(standing: Standing, wanted: Standing) -> bool:
    """True; raises NotYet, which shows them, where there are any."""
    found = {
        p: (standing.get(p, ()), wanted.get(p, ())) for p in {*standing, *wanted} if standing.get(p) != wanted.get(p)
    }
    if found:
        raise NotYet(
            "; ".join(f"{place.rtype} {place.name} is {a}, not {b}" for place, (a, b) in sorted(found.items()))
        )
    return True


def own(found: Standing) -> Standing:
    """Without the names that both may want."""
    ends = tuple(f"{contested}." for contested in CONTESTED)
    return {place: targets for place, targets in found.items() if not any(end in place.name for end in ends)}


def offences(witness: Witness) -> Iterator[str]:
    """Whatever an operator has written of a record set that the other has made, or in the other's name."""
    makers: dict[Place, dict[str, str]] = {}  # who has made each key of a record set
    for event in witness.events:
        writer = witness.writer(event)
        touched = {place for value in (event.before, event.value) if value for place, _ in _parts(event.key, value)}
        maker = next((m for place in touched if (m := makers.get(place, {}).get(event.key))), writer)
        for place in touched:
            if writer and (others := {*makers.get(place, {}).values()} - {writer}):
                yield f"{writer} writes {place} of {others}: {event}"
            makers.setdefault(place, {}).pop(event.key, None)
        for place, target in _parts(event.key, event.value or {}):
            makers[place][event.key] = maker
            if writer and place.rtype == "TXT" and not re.fullmatch(rf"{writer} {writer}-\S+", target):
                yield f"{writer} writes in the name of {target}: {event}"


def _parts(key: str, value: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    """The record sets that a value in etcd is part of, and its target there; of an ownership, owner and object."""
    labels = key.split("/")[2:-1]  # /skydns/org/example/NAME/made-up
    name = ".".join(reversed(labels))
    if host := value.get("host"):
        yield Place(name, "AAAA" if ":" in host else "A" if host.replace(".", "").isdigit() else "CNAME"), host
    if text := value.get("text"):
        said = SAYS.search(text)
        yield Place(name, "TXT"), " ".join(said.groups()) if said else text


def _called(owner: str, short: str) -> str:
    """The name of the object that asks for a name."""
    return f"{owner}-{short.replace('*', 'star')}"


# -- whether the witness sees what it has to see


def host(number: int, revision: int, *, before: int = 0) -> Event:
    """A target of one name is written, instead of another one or newly; 0 is none."""
    value, old = ({"host": f"192.0.2.{n}"} if n else None for n in (number, before))
    return Event("/skydns/org/example/www/1", value, old, revision)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([host(1, 1), host(2, 1, before=1)], 0, id="one writes its own"),
        pytest.param([host(1, 1), host(2, 2, before=1)], 1, id="two writes over it"),
        pytest.param([host(1, 1), host(0, 2, before=1)], 1, id="two deletes it"),
        pytest.param([host(1, 1), host(0, 9, before=1), host(2, 2)], 0, id="two comes after a person has deleted it"),
        pytest.param([host(1, 1), host(3, 9, before=1), host(2, 2, before=3)], 1, id="an edit leaves it to its maker"),
        pytest.param([host(1, 1), host(2, 2)._replace(key="/skydns/org/example/www/2")], 1, id="two adds a target"),
    ],
)
def test_writes_over_records_of_the_other_are_seen(events: list[Event], expected: int) -> None:
    assert len(list(offences(Witness({}, {1: "one", 2: "two"}, events)))) == expected


def test_ownership_in_the_name_of_the_other_is_seen() -> None:
    text = '"heritage=external-dns,external-dns/owner=two,external-dns/resource=ingress/shop/two-www"'
    event = Event("/skydns/org/example/a-www/1", {"text": text}, None, 1)
    assert len(list(offences(Witness({}, {1: "one"}, [event])))) == 1
