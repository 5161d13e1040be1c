from __future__ import annotations

import re
from dataclasses import replace

import pytest

from unit.planning.builders import RULES, plan, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Action, Change
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.hostname import canonical
from zonewright.model.outcome import OwnershipRecord
from zonewright.model.ownership import Held, Ownership
from zonewright.model.reason import Reason
from zonewright.planning.plan import plan_name
from zonewright.registry.txt.encryption import EncryptedTexts, keyed_nonces
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry

WEB = "ingress/default/web"
MINE = Ownership("me", WEB)
REGISTRY = TxtRegistry("me", OwnershipNames())


def says(owner: str, resource: str = WEB) -> str:
    return f'"heritage=external-dns,external-dns/owner={owner},external-dns/resource={resource}"'


def txt(name: str, *targets: str, set_identifier: str = "") -> Endpoint:
    return Endpoint.found(name, "TXT", targets, set_identifier=set_identifier)


def a(name: str = "www.example.com", target: str = "192.0.2.1", **fields: object) -> Endpoint:
    return Endpoint.found(name, "A", [target], **fields)  # type: ignore[arg-type]


def held(zone: MemoryZone, name: str = "www.example.com", rtype: str = "A") -> Held:
    return next(h for h in REGISTRY.held(name, zone) if h.endpoint.rtype == rtype)


def summary(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.action, change.key.name, change.key.rtype) for change in changes]


@pytest.mark.parametrize(
    ("proofs", "owner", "complete"),
    [
        pytest.param([], None, False, id="no ownership record: no owner"),
        pytest.param([txt("a-www.example.com", says("me"))], "me", True, id="today's form"),
        pytest.param([txt("a-www.example.com", says("other"))], "other", True, id="another owner"),
        pytest.param([txt("a-www.example.com", says("me").strip('"'))], "me", True, id="unquoted"),
        pytest.param([txt("www.example.com", says("me"))], "me", False, id="name without type"),
        pytest.param(
            [txt("a-www.example.com", says("other")), txt("www.example.com", says("me"))],
            "other",
            True,
            id="today's form is believed before the older one",
        ),
        pytest.param([txt("aaaa-www.example.com", says("me"))], None, False, id="ownership of another type"),
        pytest.param(
            [txt("cname-www.example.com", says("me"))], None, False, id="ownership of a CNAME is not for an A"
        ),
        pytest.param([txt("a-www.example.com", "hello")], None, True, id="text that says nothing about owners"),
        pytest.param(
            [txt("a-www.example.com", says("me"), set_identifier="x")], None, False, id="another set identifier"
        ),
        pytest.param([txt("a-www.example.com", "hello", says("me"))], "me", True, id="among other text"),
        pytest.param([txt("a-www.example.com", says("other"), says("me"))], "other", True, id="two owners: not us"),
        pytest.param(
            [txt("a-www.example.com", says("me"), says("zzz"))], "zzz", True, id="two owners: not us either way"
        ),
    ],
)
def test_owner_is_what_the_ownership_records_say(proofs: list[Endpoint], owner: str | None, complete: bool) -> None:
    zone = MemoryZone([a(), *proofs])
    found = held(zone)
    assert (found.ownership.owner if found.ownership else None) == owner
    if owner:
        assert found.complete is complete
        assert found.endpoint.label("owner") == owner
        assert found.endpoint.label("resource") == WEB


@pytest.mark.parametrize(
    ("hostname", "record", "proof"),
    [
        pytest.param("WWW.Example.com", "WWW.Example.com", "a-WWW.Example.com", id="case is preserved"),
        pytest.param(
            "www.example.com", "WWW.EXAMPLE.COM.", "A-WWW.EXAMPLE.COM.", id="all in capitals, with final dots"
        ),
        pytest.param("bücher.example.com", "bücher.example.com", "a-bücher.example.com", id="letters are preserved"),
        pytest.param("Bücher.example.com", "Bücher.example.com", "a-Bücher.example.com", id="letters and case"),
        pytest.param(
            "bücher.example.com", "xn--bcher-kva.example.com", "xn--a-bcher-p2a.example.com", id="labels are encoded"
        ),
        pytest.param(
            "xn--bcher-kva.example.com",
            "xn--bcher-kva.example.com",
            "a-xn--bcher-kva.example.com",
            id="asked for by its A-label",
        ),
        pytest.param("www.bücher.example", "www.bücher.example", "a-www.bücher.example", id="letters of the domain"),
    ],
)
def test_names_are_recognised_however_a_zone_spells_them(hostname: str, record: str, proof: str) -> None:
    """The first plan after ExternalDNS must be empty, and the record can be changed and deleted."""
    name, zone = canonical(hostname), MemoryZone([a(record), txt(proof, says("me"))])
    wanted = want("A", name=name)
    assert plan(zone, wanted).units == ()
    changed = zone.carry_out(plan(zone, want("A", "192.0.2.9", name=name)).units)
    assert plan(changed, want("A", "192.0.2.9", name=name)).units == ()
    assert list(REGISTRY.owned_names(zone)) == [name]
    assert zone.carry_out(plan_name(name, [], REGISTRY, zone, RULES).units) == MemoryZone()
    orphan = MemoryZone([txt(proof, says("me"))])
    assert orphan.carry_out(plan_name(name, [], REGISTRY, orphan, RULES).units) == MemoryZone()
    created = orphan.carry_out(plan(orphan, wanted).units)
    assert plan(created, wanted).units == ()


def test_ownership_records_are_no_records_of_their_own() -> None:
    zone = MemoryZone([a(), txt("www.example.com", says("other")), txt("a-www.example.com", says("me"))])
    assert [h.endpoint.rtype for h in REGISTRY.held("www.example.com", zone)] == ["A"]
    assert REGISTRY.held("a-www.example.com", zone) == ()
    assert [h.endpoint.rtype for h in REGISTRY.held("x.example.com", MemoryZone([txt("x.example.com", "hi")]))] == [
        "TXT"
    ]


def test_untyped_ownership_does_not_count_for_aaaa() -> None:
    aaaa = Endpoint.found("www.example.com", "AAAA", ["2001:db8::1"])
    zone = MemoryZone([aaaa, txt("www.example.com", says("me"))])
    assert held(zone, rtype="AAAA").ownership is None


def test_alias_is_owned_by_the_ownership_of_a_cname() -> None:
    alias = a(properties={"alias": "true"})
    zone = MemoryZone([alias, txt("cname-www.example.com", says("me"))])
    assert (held(zone).ownership, held(zone).complete) == (MINE, False)
    assert REGISTRY.orphans("www.example.com", zone) == ()


def test_leftover_with_a_typed_name_does_not_give_away_the_name_that_it_resembles() -> None:
    zone = MemoryZone([a("a-www.example.com"), txt("a-www.example.com", says("me"))])
    assert held(zone, "a-www.example.com").ownership is None


def test_record_whose_ownership_has_no_place_is_not_incomplete_for_ever() -> None:
    taken = MemoryZone([a(), txt("www.example.com", says("me")), txt("a-www.example.com", "hello")])
    assert held(taken).complete


def test_create_writes_ownership_first() -> None:
    new = a(ttl=60, set_identifier="blue", properties={"webhook/k": "v"})
    proof, record = REGISTRY.create(new, MINE, ())
    assert proof.old is None
    assert proof.new == Endpoint(
        "a-www.example.com",
        "TXT",
        (says("me"),),
        None,
        "blue",
        (("webhook/k", "v"),),
        (("ownedRecord", "www.example.com"),),
    )
    assert record == Change(None, new.with_labels({"owner": "me", "resource": WEB}))


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        pytest.param(says("me"), ["CREATE A"], id="says the same: left"),
        pytest.param(says("me").strip('"'), ["CREATE A"], id="says the same unquoted: left"),
        pytest.param(
            says("me", "ingress/default/old"), ["UPDATE TXT", "CREATE A"], id="says another resource: updated"
        ),
    ],
)
def test_create_uses_an_ownership_record_that_is_there(standing: str, expected: list[str]) -> None:
    changes = REGISTRY.create(a(), MINE, [txt("a-www.example.com", standing)])
    assert [f"{c.action} {c.key.rtype}" for c in changes] == expected


OWNED = MemoryZone([a(), txt("a-www.example.com", says("me"))])


def test_update_of_nothing_is_empty() -> None:
    assert REGISTRY.update(held(OWNED), held(OWNED).endpoint, MINE) == ()


def test_another_resource_alone_is_no_update() -> None:
    assert REGISTRY.update(held(OWNED), held(OWNED).endpoint, replace(MINE, resource="service/default/app")) == ()


def test_ownership_is_updated_only_when_it_says_something_else() -> None:
    new = a(target="192.0.2.2")
    assert summary(REGISTRY.update(held(OWNED), new, MINE)) == [("UPDATE", "www.example.com", "A")]
    changes = REGISTRY.update(held(OWNED), new, replace(MINE, resource="service/default/app"))
    assert summary(changes) == [("UPDATE", "a-www.example.com", "TXT"), ("UPDATE", "www.example.com", "A")]
    assert changes[0].endpoint.targets == (says("me", "service/default/app"),)
    assert changes[1].old == held(OWNED).endpoint
    assert changes[1].endpoint.label("resource") == "service/default/app"


def test_ownership_follows_the_properties_of_its_record_where_it_has_the_same() -> None:
    same = Endpoint.found("a-www.example.com", "TXT", [says("me")], properties={"webhook/w": "1"})
    zone = MemoryZone([a(properties={"webhook/w": "1"}), same])
    changes = REGISTRY.update(held(zone), a(properties={"webhook/w": "2"}), MINE)
    assert [change.endpoint.properties for change in changes] == [(("webhook/w", "2"),)] * 2
    stripped = MemoryZone([a(properties={"proxied": "true"}), txt("a-www.example.com", says("me"))])
    changes = REGISTRY.update(held(stripped), a(properties={"proxied": "false"}), MINE)
    assert summary(changes) == [("UPDATE", "www.example.com", "A")]


def test_missing_typed_ownership_is_added_though_nothing_else_changes() -> None:
    zone = MemoryZone([a(), txt("www.example.com", says("me"))])
    changes = REGISTRY.update(held(zone), held(zone).endpoint, MINE)
    assert summary(changes) == [("CREATE", "a-www.example.com", "TXT")]
    after = held(zone.change(changes))
    assert [proof.name for proof in after.proofs] == ["a-www.example.com", "www.example.com"]
    assert after.complete


def test_delete_takes_the_record_first_and_proofs_as_they_stand() -> None:
    zone = MemoryZone([a(), txt("a-www.example.com", says("me").strip('"')), txt("www.example.com", says("me"))])
    changes = REGISTRY.delete(held(zone))
    assert summary(changes) == [
        ("DELETE", "www.example.com", "A"),
        ("DELETE", "a-www.example.com", "TXT"),
        ("DELETE", "www.example.com", "TXT"),
    ]
    assert zone.change(changes) == MemoryZone()


def test_text_of_others_in_an_ownership_record_is_kept() -> None:
    zone = MemoryZone([a(), txt("a-www.example.com", "v=spf1 -all", says("me"))])
    changed = zone.change(REGISTRY.update(held(zone), a(target="192.0.2.2"), replace(MINE, resource="crd/ns/d")))
    assert changed.at("a-www.example.com") == [txt("a-www.example.com", "v=spf1 -all", says("me", "crd/ns/d"))]
    gone = changed.change(REGISTRY.delete(held(changed)))
    assert gone == MemoryZone([txt("a-www.example.com", "v=spf1 -all")])


def test_orphans_are_ownership_records_without_their_record() -> None:
    zone = MemoryZone(
        [
            a(),
            txt("a-www.example.com", says("me")),
            txt("cname-www.example.com", says("other")),
            txt("aaaa-www.example.com", says("me"), set_identifier="x"),
        ]
    )
    orphans = REGISTRY.orphans("www.example.com", zone)
    found = {(o.endpoint.rtype, o.endpoint.set_identifier, o.ownership and o.ownership.owner) for o in orphans}
    assert found == {("CNAME", "", "other"), ("AAAA", "x", "me")}
    assert all(o.endpoint.targets == () and len(o.proofs) == 1 for o in orphans)
    assert summary(REGISTRY.delete(orphans[0])) == [("DELETE", "aaaa-www.example.com", "TXT")]


def test_untyped_orphan_is_one_of_unknown_type() -> None:
    zone = MemoryZone([txt("www.example.com", says("me"))])
    assert [(o.endpoint.rtype, o.proofs[0].name) for o in REGISTRY.orphans("www.example.com", zone)] == [
        ("", "www.example.com")
    ]
    assert REGISTRY.orphans("www.example.com", MemoryZone([a(), *zone.at("www.example.com")])) == ()


def test_owned_names_are_those_that_ownership_records_of_ours_are_about() -> None:
    zone = MemoryZone(
        [
            *OWNED.at("www.example.com"),
            *OWNED.at("a-www.example.com"),
            txt("cname-gone.example.com", says("me")),
            txt("old.example.com", says("me")),
            txt("a-theirs.example.com", says("other")),
            txt("a-text.example.com", "hello"),
            a("nobodys.example.com"),
        ]
    )
    assert set(REGISTRY.owned_names(zone)) == {"www.example.com", "gone.example.com", "old.example.com"}


@pytest.mark.parametrize(
    ("name", "standing", "reason"),
    [
        pytest.param("www.example.com", [], None, id="free"),
        pytest.param(f"{'x' * 61}.example.com", [], None, id="label just short enough"),
        pytest.param(f"{'x' * 62}.example.com", [], None, id="label too long with the type: there is a shorter name"),
        pytest.param(
            "www.example.com", [txt("a-www.example.com", "hi")], Reason.HOSTNAME_CONFLICT, id="place has text"
        ),
        pytest.param("www.example.com", [txt("a-www.example.com", says("me"))], None, id="our own orphan is welcome"),
        pytest.param(
            "www.example.com",
            [Endpoint.found("a-www.example.com", "CNAME", ["x.example.net"])],
            Reason.CNAME_CONFLICT,
            id="place is a CNAME",
        ),
    ],
)
def test_obstacle_to_an_ownership_record_is_told(name: str, standing: list[Endpoint], reason: Reason | None) -> None:
    problem = REGISTRY.obstacle(a(name), MemoryZone(standing))
    assert (problem.reason if problem else None) == reason


class TestNameWhoseOwnershipRecordWouldBeTooLong:
    """It has a shorter one, and the text says what it is about."""

    name = f"{'long-' * 11}label-no-1.shop.example.com"

    def created(self) -> MemoryZone:
        return MemoryZone().carry_out(plan(MemoryZone(), want("A", name=self.name)).units)

    def test_record_is_created_and_owned(self) -> None:
        zone = self.created()
        (proof,) = [record for record in zone if record.rtype == "TXT"]
        assert re.fullmatch(r"a-(long-)+[0-9a-f]{16}\.shop\.example\.com", proof.name)
        label = self.name.partition(".")[0]
        assert proof.targets == (
            f'"heritage=external-dns,external-dns/owner=me,external-dns/record={label},external-dns/resource={WEB}"',
        )
        assert (held(zone, self.name).ownership, held(zone, self.name).complete) == (MINE, True)
        assert held(zone, self.name).endpoint.labels == (("owner", "me"), ("resource", WEB))
        assert REGISTRY.orphans(self.name, zone) == ()

    def test_it_is_found_by_its_text(self) -> None:
        assert list(REGISTRY.owned_names(self.created())) == [self.name]
        orphan = self.created().without((self.name, "A"))
        assert list(REGISTRY.owned_names(orphan)) == [self.name]
        assert [(o.endpoint.key, o.ownership) for o in REGISTRY.orphans(self.name, orphan)] == [
            (a(self.name).key, MINE)
        ]

    def test_it_is_changed_and_deleted_as_any_other(self) -> None:
        zone = self.created()
        assert plan(zone, want("A", name=self.name)).units == ()
        changed = plan(zone, want("A", "192.0.2.7", name=self.name))
        assert [c.key.rtype for unit in changed.units for c in unit.changes] == ["A"]
        gone = plan_name(self.name, [], REGISTRY, zone, RULES)
        assert zone.carry_out(gone.units) == MemoryZone()

    def test_text_that_does_not_say_so_is_about_the_name_that_it_resembles(self) -> None:
        (proof,) = [record for record in self.created() if record.rtype == "TXT"]
        alike = proof.name.removeprefix("a-")
        zone = MemoryZone([a(self.name), a(alike), txt(proof.name, says("me"))])
        assert [held(zone, name).ownership for name in (self.name, alike)] == [None, MINE]
        problem = REGISTRY.obstacle(a(self.name), zone)
        assert problem
        assert problem.reason is Reason.HOSTNAME_CONFLICT
        assert REGISTRY.obstacle(a(alike), self.created()) is not None
        ours = MemoryZone([*self.created(), a(alike)])
        assert [held(ours, name).ownership for name in (self.name, alike)] == [MINE, None]

    def test_label_of_an_object_does_not_make_a_text_about_another_name(self) -> None:
        lead = self.name.partition(".")[0]
        forged = Ownership("me", WEB, (("record", lead),))
        (proof, _) = REGISTRY.create(a("x.example.com"), forged, ())
        assert "external-dns/record" not in proof.endpoint.targets[0]

    def test_where_there_is_no_room_for_a_hash_the_record_is_not_created(self) -> None:
        registry = TxtRegistry("me", OwnershipNames("p" * 50))
        found = plan(MemoryZone(), want("A", name=self.name), registry=registry)
        assert (found.units, found.verdicts[0].reason) == ((), Reason.INVALID_NAME)
        assert "too long" in found.verdicts[0].message

    def test_where_there_is_no_room_for_the_label_in_the_text_the_record_is_not_created(self) -> None:
        registry = TxtRegistry("o" * 190, OwnershipNames())
        found = plan(MemoryZone(), want("A", name=self.name), registry=registry)
        assert (found.units, found.verdicts[0].reason) == ((), Reason.INVALID_NAME)


class TestWildcardThatIsReplaced:
    """Its ownership record has the same name as that of the literal name: it speaks for one of them only."""

    registry = TxtRegistry("me", OwnershipNames(wildcard="any"))
    proof = txt("a-any.example.com", says("me"))
    star, literal = a("*.example.com"), a("any.example.com")

    @pytest.mark.parametrize(
        ("standing", "owned"),
        [
            pytest.param([star], ["*.example.com"], id="the wildcard alone"),
            pytest.param([literal], ["any.example.com"], id="the literal name alone"),
            pytest.param([star, literal], [], id="both: nobody can tell which"),
        ],
    )
    def test_at_most_one_of_the_two_is_owned(self, standing: list[Endpoint], owned: list[str]) -> None:
        zone = MemoryZone([*standing, self.proof])
        names = ("*.example.com", "any.example.com")
        assert [n for n in names for h in self.registry.held(n, zone) if h.ownership] == owned
        assert [o for n in names for o in self.registry.orphans(n, zone)] == []

    def test_orphan_is_that_of_the_wildcard(self) -> None:
        zone = MemoryZone([self.proof])
        assert self.registry.orphans("any.example.com", zone) == ()
        assert [o.endpoint.rtype for o in self.registry.orphans("*.example.com", zone)] == ["A"]

    def test_second_of_the_two_is_not_created(self) -> None:
        for first, second in ((self.star, self.literal), (self.literal, self.star)):
            problem = self.registry.obstacle(second, MemoryZone([first, self.proof]))
            assert problem
            assert problem.reason is Reason.HOSTNAME_CONFLICT


def test_changes_of_a_create_land_in_a_strict_zone() -> None:
    zone = MemoryZone().change(REGISTRY.create(a(), MINE, ()))
    assert held(zone).ownership == MINE
    assert all(change.action is Action.DELETE for change in REGISTRY.delete(held(zone)))


KEY, OLD_KEY = b"k" * 32, b"o" * 32
NONCES = keyed_nonces()


def encrypted(owner: str = "me", resource: str = WEB, key: bytes = KEY) -> str:
    """What another process than ours wrote."""
    texts = EncryptedTexts([key], encrypts=True, nonces=lambda place, text: b"another one!")
    return texts.write(Ownership(owner, resource), Key("", "", ""))


def with_keys(*keys: bytes, encrypts: bool = True) -> TxtRegistry:
    return TxtRegistry("me", OwnershipNames(), EncryptedTexts(keys, encrypts=encrypts, nonces=NONCES))


class TestEncryptedOwnership:
    registry = with_keys(KEY, OLD_KEY)

    def said(self, zone: MemoryZone) -> list[str]:
        """The texts of the ownership record of www."""
        proof = zone.get("a-www.example.com", "TXT")
        return list(proof.targets) if proof else []

    def test_created_record_is_ours_and_tells_nothing_to_others(self) -> None:
        zone = MemoryZone().carry_out(plan(MemoryZone(), want("A"), registry=self.registry).units)
        (text,) = self.said(zone)
        assert "heritage" not in text
        assert [h.ownership for h in self.registry.held("www.example.com", zone)] == [MINE]
        assert [h.ownership for h in REGISTRY.held("www.example.com", zone)] == [None]
        assert REGISTRY.held("a-www.example.com", zone) != ()

    def test_planning_twice_gives_the_same_changes(self) -> None:
        first, second = (plan(MemoryZone(), want("A"), registry=self.registry) for _ in range(2))
        assert first == second

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(encrypted(), id="another nonce"),
            pytest.param(encrypted(key=OLD_KEY), id="an old key"),
            pytest.param(says("me"), id="plain"),
            pytest.param(encrypted(resource="service/default/app"), id="another resource"),
        ],
    )
    @pytest.mark.parametrize("encrypts", [True, False])
    def test_nothing_is_written_where_the_record_is_what_it_should_be(self, text: str, encrypts: bool) -> None:
        zone = MemoryZone([a(), txt("a-www.example.com", text)])
        found = plan(zone, want("A", "192.0.2.1"), registry=with_keys(KEY, OLD_KEY, encrypts=encrypts))
        assert found.units == ()
        assert [verdict.reason for verdict in found.verdicts] == [Reason.SYNCED]

    @pytest.mark.parametrize(
        ("text", "stays"),
        [
            pytest.param(encrypted(), True, id="another nonce: left"),
            pytest.param(encrypted().strip('"'), True, id="unquoted: left"),
            pytest.param(encrypted(key=OLD_KEY), False, id="an old key: the first key"),
            pytest.param(says("me"), False, id="plain: encrypted"),
        ],
    )
    def test_ownership_takes_the_new_form_with_its_record(self, text: str, stays: bool) -> None:
        zone = MemoryZone([a(), txt("a-www.example.com", text)])
        wanted = want("A", "192.0.2.2")
        after = zone.carry_out(plan(zone, wanted, registry=self.registry).units)
        assert (self.said(after) == [text]) is stays
        assert [h.ownership for h in with_keys(KEY).held("www.example.com", after)] == [MINE]
        assert plan(after, wanted, registry=self.registry).units == ()

    def test_an_orphan_takes_the_new_form_when_its_record_is_created(self) -> None:
        zone = MemoryZone([txt("a-www.example.com", says("me"))])
        after = zone.carry_out(plan(zone, want("A"), registry=self.registry).units)
        assert [h.ownership for h in with_keys(KEY).held("www.example.com", after)] == [MINE]
        assert says("me") not in self.said(after)

    def test_key_without_encryption_turns_a_record_back_to_plain_text(self) -> None:
        zone = MemoryZone([a(), txt("a-www.example.com", encrypted())])
        registry = with_keys(KEY, encrypts=False)
        assert self.said(zone.carry_out(plan(zone, want("A", "192.0.2.2"), registry=registry).units)) == [says("me")]
        created = MemoryZone().carry_out(plan(MemoryZone(), want("A"), registry=registry).units)
        assert self.said(created) == [says("me")]

    @pytest.mark.parametrize("text", [encrypted(), encrypted(key=OLD_KEY), says("me"), encrypted().strip('"')])
    def test_delete_names_the_value_that_stands(self, text: str) -> None:
        zone = MemoryZone([a(), txt("a-www.example.com", text), txt("www.example.com", encrypted())])
        assert zone.carry_out(plan(zone, registry=self.registry).units) == MemoryZone()

    def test_text_of_others_is_kept(self) -> None:
        zone = MemoryZone([a(), txt("a-www.example.com", "v=spf1 -all", encrypted(key=OLD_KEY))])
        changed = zone.carry_out(plan(zone, want("A", "192.0.2.2"), registry=self.registry).units)
        assert len(self.said(changed)) == 2
        gone = changed.carry_out(plan(changed, registry=self.registry).units)
        assert gone == MemoryZone([txt("a-www.example.com", "v=spf1 -all")])

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            pytest.param(encrypted("other"), Reason.OWNED_BY_OTHER, id="another owner"),
            pytest.param(encrypted(key=b"u" * 32), Reason.NOT_OWNED, id="a key that we do not have"),
        ],
    )
    def test_record_that_is_not_known_to_be_ours_is_left(self, text: str, reason: Reason) -> None:
        zone = MemoryZone([a(), txt("a-www.example.com", text)])
        assert plan(zone, registry=self.registry).units == ()
        found = plan(zone, want("A", "192.0.2.2"), registry=self.registry)
        assert (found.units, [verdict.reason for verdict in found.verdicts]) == ((), [reason])

    def test_orphans_and_owned_names_are_known(self) -> None:
        zone = MemoryZone([txt("a-www.example.com", encrypted()), txt("a-theirs.example.com", encrypted("other"))])
        assert [o.ownership for o in self.registry.orphans("www.example.com", zone)] == [MINE]
        assert set(self.registry.owned_names(zone)) == {"www.example.com"}

    def test_status_shows_the_text_that_is_in_dns(self) -> None:
        zone = MemoryZone([a(), txt("a-www.example.com", encrypted())])
        (verdict,) = plan(zone, want("A", "192.0.2.1"), registry=self.registry).verdicts
        assert verdict.ownership == OwnershipRecord("me", WEB, "a-www.example.com", encrypted())
