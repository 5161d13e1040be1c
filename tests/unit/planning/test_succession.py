"""Record sets that become ours since they are wanted: by a migration, or since their status says that they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from unit.planning.builders import RULES, WEB, WWW, lines, owned, plan, proof, record, says, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.ownership import Ownership
from zonewright.model.reason import Reason
from zonewright.planning.plan import Policy, Wanted
from zonewright.registry.txt.encryption import EncryptedTexts, keyed_nonces
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import Migration, TxtRegistry

NONE, NEW = OwnershipNames(), OwnershipNames("new.")
OWNER = TxtRegistry("me", NONE, migration=Migration("former"))
PREFIX = TxtRegistry("me", NEW, migration=Migration(names=NONE))
BOTH = TxtRegistry("me", NEW, migration=Migration("former", NONE))
UPSERT, CREATE = replace(RULES, policy=Policy.UPSERT_ONLY), replace(RULES, policy=Policy.CREATE_ONLY)
HOLDING = replace(RULES, hold_deletes=True)


def new(rtype: str, owner: str = "me") -> Endpoint:
    """The ownership record of WWW under the new prefix."""
    return Endpoint.found(f"new.{rtype.lower()}-{WWW}" if rtype else f"new.{WWW}", "TXT", [says(owner)])


def settled(zone: Sequence[Endpoint], *wanted: Wanted, registry: TxtRegistry) -> MemoryZone:
    """The zone after the plan; there must be nothing left to do."""
    after = MemoryZone(zone).carry_out(plan(zone, *wanted, registry=registry).units)
    assert plan(after, *wanted, registry=registry).units == ()
    return after


class TestAnotherOwner:
    def test_only_the_ownership_record_of_what_is_wanted_is_rewritten(self) -> None:
        found = plan(owned("A", owner="former"), want("A"), registry=OWNER)
        assert lines(found.units) == [["UPDATE a-www TXT"]]
        assert [verdict.reason for verdict in found.verdicts] == [Reason.SYNCED]
        assert settled(owned("A", owner="former"), want("A"), registry=OWNER) == MemoryZone(owned("A"))

    def test_ownership_is_rewritten_before_the_record_changes(self) -> None:
        found = plan(owned("A", owner="former"), want("A", "192.0.2.9"), registry=OWNER)
        assert lines(found.units) == [["UPDATE a-www TXT", "UPDATE www A"]]

    def test_an_ownership_record_whose_record_is_missing_serves_the_one_that_comes(self) -> None:
        zone = [proof("A", "former")]
        assert lines(plan(zone, want("A"), registry=OWNER).units) == [["UPDATE a-www TXT", "CREATE www A"]]
        assert settled(zone, want("A"), registry=OWNER) == MemoryZone(owned("A"))

    @pytest.mark.parametrize(
        ("standing", "wanted", "reason"),
        [
            pytest.param(owned("A", owner="former"), [], None, id="nothing is wanted"),
            pytest.param([proof("A", "former")], [], None, id="only its ownership record is there"),
            pytest.param(
                owned("AAAA", owner="former"), [want("A")], Reason.OWNED_BY_OTHER, id="another type is wanted"
            ),
            pytest.param(owned("A", owner="former"), [want("CNAME")], Reason.OWNED_BY_OTHER, id="a CNAME is wanted"),
            pytest.param(
                owned("A", owner="former", set_identifier="x"), [want("A")], None, id="another set identifier is wanted"
            ),
            pytest.param(owned("MX", owner="former"), [want("MX")], Reason.UNSUPPORTED_TYPE, id="type is not managed"),
            pytest.param(owned("A", owner="third"), [want("A")], Reason.OWNED_BY_OTHER, id="of a third owner"),
            pytest.param(
                [record("A"), record("TXT", says("former"), says("third"), name=f"a-{WWW}")],
                [want("A")],
                Reason.OWNED_BY_OTHER,
                id="of a third owner as well",
            ),
            pytest.param([record("A")], [want("A")], Reason.NOT_OWNED, id="of nobody"),
        ],
    )
    def test_what_is_not_wanted_or_not_the_former_owners_is_left(
        self, standing: list[Endpoint], wanted: list[Wanted], reason: Reason | None
    ) -> None:
        found = plan(standing, *wanted, registry=OWNER)
        touched = {change.key for unit in found.units for change in unit.changes}
        assert touched.isdisjoint(endpoint.key for endpoint in standing)
        if reason:
            assert [verdict.reason for verdict in found.verdicts] == [reason]

    def test_an_untyped_ownership_record_stays_as_long_as_another_record_leans_on_it(self) -> None:
        zone = [record("A"), record("MX"), proof("", "former")]
        after = settled(zone, want("A"), registry=OWNER)
        assert after == MemoryZone([*zone, proof("A")])
        alone = settled([record("A"), proof("", "former")], want("A"), registry=OWNER)
        assert alone == MemoryZone(owned("A"))

    def test_ownership_cannot_be_rewritten_where_nothing_may_change(self) -> None:
        found = plan(owned("A", owner="former"), want("A"), registry=OWNER, rules=CREATE)
        assert (found.units, [verdict.reason for verdict in found.verdicts]) == ((), [Reason.POLICY])

    def test_without_the_flag_the_record_belongs_to_the_other(self) -> None:
        (verdict,) = plan(owned("A", owner="former"), want("A")).verdicts
        assert verdict.reason is Reason.OWNED_BY_OTHER


class TestAnotherScheme:
    def test_todays_ownership_record_is_written_before_the_old_one_goes_and_the_record_is_left(self) -> None:
        found = plan(owned("A"), want("A"), registry=PREFIX)
        assert lines(found.units) == [["CREATE new.a-www TXT", "DELETE a-www TXT"]]
        assert settled(owned("A"), want("A"), registry=PREFIX) == MemoryZone([record("A"), new("A")])

    def test_record_that_changes_does_so_in_the_same_unit(self) -> None:
        found = plan(owned("A"), want("A", "192.0.2.9"), registry=PREFIX)
        assert lines(found.units) == [["CREATE new.a-www TXT", "DELETE a-www TXT", "UPDATE www A"]]

    @pytest.mark.parametrize("rules", [UPSERT, HOLDING], ids=["upsert-only", "deletes wait"])
    def test_the_old_one_stays_where_nothing_may_be_deleted(self, rules: object) -> None:
        found = plan(owned("A"), want("A"), registry=PREFIX, rules=rules)  # type: ignore[arg-type]
        assert lines(found.units) == [["CREATE new.a-www TXT"]]
        after = MemoryZone(owned("A")).carry_out(found.units)
        assert plan(after, want("A"), registry=PREFIX, rules=rules).units == ()  # type: ignore[arg-type]
        assert lines(plan(after, want("A"), registry=PREFIX).units) == [["DELETE a-www TXT"]]

    @pytest.mark.parametrize(
        ("standing", "wanted"),
        [
            pytest.param(owned("A"), [], id="nothing is wanted"),
            pytest.param([proof("A")], [], id="only its ownership record is there"),
            pytest.param(owned("A", owner="other"), [want("A")], id="of another owner"),
            pytest.param([record("A")], [want("A")], id="of nobody"),
            pytest.param([*owned("A"), new("A", "other")], [want("A")], id="of another owner under the new scheme"),
            pytest.param([*owned("A"), new("", "other")], [want("A")], id="of another owner in the new untyped form"),
            pytest.param(
                [record("A"), proof("A", "other"), proof("")],
                [want("A")],
                id="of another owner under the old scheme, whatever an older form says",
            ),
        ],
    )
    def test_what_is_not_wanted_or_not_ours_is_left(self, standing: list[Endpoint], wanted: list[Wanted]) -> None:
        assert plan(standing, *wanted, registry=PREFIX).units == ()

    def test_all_older_forms_go_together(self) -> None:
        alias = record("A", properties={"alias": "true"})
        zone = [alias, proof("A"), proof("CNAME"), proof(""), new("")]
        after = settled(zone, want("A", properties={"alias": "true"}), registry=PREFIX)
        assert [e.name for e in after if e.rtype == "TXT"] == [f"new.a-{WWW}"]

    def test_a_missing_record_comes_under_the_new_scheme_and_nothing_is_left_of_the_old(self) -> None:
        zone = [proof("A"), proof("")]
        assert settled(zone, want("A"), registry=PREFIX) == MemoryZone([record("A"), new("A")])

    def test_another_owner_under_another_scheme_at_once(self) -> None:
        after = settled(owned("A", owner="former"), want("A"), registry=BOTH)
        assert after == MemoryZone([record("A"), new("A")])

    def test_what_nobody_wants_goes_with_all_its_ownership_records_once_it_is_ours_under_the_new_scheme(self) -> None:
        assert settled([*owned("A"), new("A")], registry=PREFIX) == MemoryZone()

    def test_types_that_give_way_to_each_other_are_migrated_with_their_name(self) -> None:
        zone = owned("CNAME")
        after = settled(zone, want("CNAME"), want("A"), registry=PREFIX)
        assert after == MemoryZone([record("A"), new("A")])

    def test_record_whose_new_place_is_taken_keeps_what_it_has(self) -> None:
        zone = [*owned("A"), record("TXT", name=f"new.a-{WWW}")]
        found = plan(zone, want("A"), registry=PREFIX)
        assert (found.units, [verdict.reason for verdict in found.verdicts]) == ((), [Reason.NOT_OWNED])

    def test_name_that_has_a_typed_reading_under_the_old_scheme_does_not_own_the_name_that_it_resembles(self) -> None:
        """Without prefix, a.www is where ownership of a record a.www once stood; here it is that of www."""
        registry = TxtRegistry("me", NONE, migration=Migration(names=OwnershipNames("%{record_type}.")))
        place = f"a.{WWW}"
        zone = [record("A"), record("A", name=place), record("TXT", says("me"), name=place)]
        (verdict,) = plan(zone, want("A", name=place), registry=registry).verdicts
        assert verdict.reason is Reason.NOT_OWNED
        assert lines(plan(zone, want("A"), registry=registry).units) == [["CREATE a-www TXT", "DELETE a.www TXT"]]

    @pytest.mark.parametrize(
        ("old", "today", "name", "place"),
        [
            pytest.param(OwnershipNames("old."), NONE, WWW, f"old.a-{WWW}", id="a prefix is given up"),
            pytest.param(
                OwnershipNames("%{record_type}."), OwnershipNames("x-%{record_type}."), WWW, f"a.{WWW}", id="template"
            ),
            pytest.param(OwnershipNames(suffix="-txt"), NEW, WWW, "a-www-txt.example.com", id="suffix to prefix"),
            pytest.param(
                NONE, OwnershipNames(wildcard="any"), "*.example.com", "a-*.example.com", id="wildcard is replaced"
            ),
            pytest.param(
                OwnershipNames(wildcard="any"),
                OwnershipNames(wildcard="all"),
                "*.example.com",
                "a-any.example.com",
                id="wildcard is replaced otherwise",
            ),
        ],
    )
    def test_any_scheme_leads_to_any_other(
        self, old: OwnershipNames, today: OwnershipNames, name: str, place: str
    ) -> None:
        registry = TxtRegistry("me", today, migration=Migration(names=old))
        zone = [record("A", name=name), record("TXT", says("me"), name=place)]
        after = settled(zone, want("A", name=name), registry=registry)
        assert after == MemoryZone([zone[0], record("TXT", says("me"), name=today.typed(name, "A"))])

    def test_legacy_form_goes_at_once(self) -> None:
        registry = TxtRegistry("me", NONE, migration=Migration(names=NONE))
        assert lines(plan([*owned("A"), proof("")], want("A"), registry=registry).units) == [["DELETE www TXT"]]


KEY, OLD_KEY = b"k" * 32, b"o" * 32


def texts(*keys: bytes) -> EncryptedTexts:
    return EncryptedTexts(keys, encrypts=True, nonces=keyed_nonces())


class TestEncryption:
    registry = TxtRegistry("me", NONE, texts(KEY, OLD_KEY), Migration(names=NONE))
    reader = TxtRegistry("me", NONE, texts(KEY))

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(says("me"), id="plain"),
            pytest.param(texts(OLD_KEY).write(Ownership("me", WEB), Key("", "", "")), id="under an old key"),
        ],
    )
    def test_text_is_written_anew_under_the_first_key_and_the_record_is_left(self, text: str) -> None:
        zone = [record("A"), record("TXT", text, name=f"a-{WWW}")]
        assert lines(plan(zone, want("A"), registry=self.registry).units) == [["UPDATE a-www TXT"]]
        after = settled(zone, want("A"), registry=self.registry)
        (held,) = self.reader.held(WWW, after)
        assert held.ownership
        assert (held.ownership.owner, held.ownership.resource) == ("me", WEB)

    def test_under_create_only_a_record_is_none_the_worse_for_an_old_text(self) -> None:
        found = plan(owned("A"), want("A"), registry=self.registry, rules=CREATE)
        assert (found.units, [verdict.reason for verdict in found.verdicts]) == ((), [Reason.SYNCED])

    def test_what_nobody_wants_or_another_owns_is_left(self) -> None:
        zone = owned("A", owner="other")
        assert plan(zone, want("A"), registry=self.registry).units == ()


class TestLostOwnership:
    ours = replace(want("A"), owned_before=True)

    def test_it_is_written_again_where_the_record_is_what_is_wanted(self) -> None:
        found = plan([record("A")], self.ours)
        assert lines(found.units) == [["CREATE a-www TXT"]]
        assert found.verdicts[0].reason is Reason.SYNCED
        assert found.verdicts[0].ownership
        assert found.verdicts[0].ownership.name == f"a-{WWW}"

    @pytest.mark.parametrize(
        ("standing", "wanted", "reason"),
        [
            pytest.param([record("A", "192.0.2.9")], ours, Reason.NOT_OWNED, id="other targets"),
            pytest.param(
                [record("A", ttl=300)],
                replace(ours, endpoint=replace(ours.endpoint, ttl=60)),
                Reason.NOT_OWNED,
                id="another ttl",
            ),
            pytest.param([record("A", properties={"w": "1"})], ours, Reason.NOT_OWNED, id="other properties"),
            pytest.param(owned("A", owner="other"), ours, Reason.OWNED_BY_OTHER, id="another owner by now"),
            pytest.param([record("A")], want("A"), Reason.NOT_OWNED, id="never ours"),
            pytest.param(
                [record("A"), record("TXT", name=f"a-{WWW}")], ours, Reason.NOT_OWNED, id="its place is taken"
            ),
        ],
    )
    def test_it_is_not_where_that_is_not_certain(
        self, standing: list[Endpoint], wanted: Wanted, reason: Reason
    ) -> None:
        found = plan(standing, wanted)
        assert (found.units, [verdict.reason for verdict in found.verdicts]) == ((), [reason])

    def test_targets_that_several_objects_ask_for_together_are_those_that_must_stand(self) -> None:
        other = want("A", "192.0.2.2", resource="ingress/default/app")
        assert lines(plan([record("A", "192.0.2.1", "192.0.2.2")], self.ours, other).units) == [["CREATE a-www TXT"]]

    def test_ownership_without_its_record_brings_the_record_back_or_goes(self) -> None:
        assert lines(plan([proof("A")], self.ours).units) == [["CREATE www A"]]
        assert lines(plan([proof("A")]).units) == [["DELETE a-www TXT"]]
