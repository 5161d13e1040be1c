from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from zonewright.claims.book import Book, Slot
from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import Endpoint

WEB, API = Resource("Ingress", "one", "web"), Resource("Ingress", "one", "api")
A, B = Slot("one", "a.io"), Slot("one", "b.io")


def claim(resource: Resource, hostname: str, target: str = "192.0.2.1") -> Claim:
    return Claim(hostname, (Endpoint.wanted(hostname, "A", [target]),), resource)


def test_new_claims_change_their_slots() -> None:
    book = Book()
    assert book.put("web", [claim(WEB, "a.io"), claim(WEB, "b.io")]) == {A, B}
    assert book.slots() == {A, B}


def test_equal_claims_change_nothing() -> None:
    book = Book()
    book.put("web", [claim(WEB, "a.io"), claim(WEB, "b.io")])
    assert book.put("web", [claim(WEB, "b.io"), claim(WEB, "a.io")]) == set()


def test_only_what_differs_is_changed() -> None:
    book = Book()
    book.put("web", [claim(WEB, "a.io"), claim(WEB, "b.io")])
    assert book.put("web", [claim(WEB, "a.io"), claim(WEB, "b.io", "192.0.2.2")]) == {B}
    assert book.put("web", [claim(WEB, "b.io", "192.0.2.2")]) == {A}
    assert book.at(A) == ()


def test_slot_outlives_the_first_of_two_claimants() -> None:
    book = Book()
    book.put("web", [claim(WEB, "a.io")])
    book.put("api", [claim(API, "a.io")])
    assert book.drop("web") == {A}
    assert book.at(A) == (claim(API, "a.io"),)
    assert book.drop("api") == {A}
    assert (book.slots(), book.claimed("a.io")) == (set(), False)


def test_unknown_object_is_dropped_without_change() -> None:
    assert Book().drop("web") == set()


def test_order_does_not_depend_on_arrival() -> None:
    one, other = Book(), Book()
    for key, resource in (("api", API), ("web", WEB)):
        one.put(key, [claim(resource, "a.io")])
    for key, resource in (("web", WEB), ("api", API)):
        other.put(key, [claim(resource, "a.io")])
    assert one.at(A) == other.at(A) == (claim(API, "a.io"), claim(WEB, "a.io"))


def test_hostname_is_claimed_by_any_namespace() -> None:
    book = Book()
    far = Resource("Ingress", "two", "web")
    book.put("one", [claim(WEB, "a.io")])
    book.put("two", [claim(far, "a.io")])
    assert book.slots_of("a.io") == {A, Slot("two", "a.io")}
    book.drop("one")
    assert book.claimed("a.io")
    assert not book.claimed("b.io")


class BookMachine(RuleBasedStateMachine):
    """The book against the plainest model: a dict of all claims by object."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.model: dict[str, list[Claim]] = {}

    @rule(
        key=st.sampled_from("abc"),
        namespace=st.sampled_from(["one", "two"]),
        wanted=st.dictionaries(st.sampled_from(["a.io", "b.io", "c.io"]), st.sampled_from(["192.0.2.1", "192.0.2.2"])),
    )
    def put(self, key: str, namespace: str, wanted: dict[str, str]) -> None:
        resource = Resource("Ingress", namespace, key)
        before = self.snapshot()
        self.model[key] = [claim(resource, hostname, target) for hostname, target in wanted.items()]
        changed = self.book.put(key, self.model[key])
        after = self.snapshot()
        assert changed == {slot for slot in before.keys() | after.keys() if before.get(slot) != after.get(slot)}

    @rule(key=st.sampled_from("abc"))
    def drop(self, key: str) -> None:
        self.model.pop(key, None)
        self.book.drop(key)

    def snapshot(self) -> dict[Slot, list[Claim]]:
        found: dict[Slot, list[Claim]] = {}
        for _, claims in sorted(self.model.items()):
            for one in claims:
                found.setdefault(Slot(one.resource.namespace, one.hostname), []).append(one)
        return found

    @invariant()
    def book_holds_what_was_put(self) -> None:
        model = self.snapshot()
        assert self.book.slots() == model.keys()
        assert {slot: list(self.book.at(slot)) for slot in model} == model
        for hostname in ("a.io", "b.io", "c.io"):
            expected = {slot for slot in model if slot.hostname == hostname}
            assert self.book.slots_of(hostname) == expected
            assert self.book.claimed(hostname) is bool(expected)


TestBook = BookMachine.TestCase
TestBook.settings = settings(max_examples=30, stateful_step_count=20)
