from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.ownership import Ownership
from zonewright.registry.catalog import build
from zonewright.registry.dynamodb.rows import as_endpoint
from zonewright.registry.noop import NoopRegistry
from zonewright.settings import Settings

SETTINGS = Settings(provider="inmemory")
KEY = "0123456789abcdef0123456789abcdef"
SAME_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def test_txt_is_the_default_and_has_the_owner_of_the_settings() -> None:
    assert build(replace(SETTINGS, txt_owner_id="me")).owner_id == "me"
    assert build(SETTINGS).owner_id == "default"


def test_noop_has_no_owner() -> None:
    assert isinstance(build(replace(SETTINGS, registry="noop")), NoopRegistry)


def test_affixes_are_written_in_lower_case() -> None:
    registry = build(replace(SETTINGS, txt_prefix="OWN-%{record_type}.", txt_wildcard_replacement="ANY"))
    star = Endpoint.wanted("*.example.com", "A", ["192.0.2.1"])
    assert registry.create(star, Ownership("me"), ())[0].key.name == "own-a.any.example.com"


def created(settings: Settings) -> tuple[Change, ...]:
    return build(settings).create(Endpoint.wanted("www.example.com", "A", ["192.0.2.1"]), Ownership("default"), ())


def test_ownership_is_encrypted_where_that_is_asked_for() -> None:
    plain = created(replace(SETTINGS, txt_encrypt_aes_key=(KEY,)))
    assert plain == created(SETTINGS)
    proof, record = created(replace(SETTINGS, txt_encrypt_enabled=True, txt_encrypt_aes_key=(KEY,)))
    assert proof.endpoint.targets != plain[0].endpoint.targets
    assert record == plain[1]
    reader = build(replace(SETTINGS, txt_encrypt_aes_key=("x" * 32, SAME_KEY)))
    assert reader.is_ownership(proof.endpoint)


def test_encryption_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match=r"--txt-encrypt-enabled: needs --txt-encrypt-aes-key"):
        build(replace(SETTINGS, txt_encrypt_enabled=True))


@pytest.mark.parametrize("owner", ["", "a,b", "x" * 300])
def test_owner_id_that_cannot_be_written_is_refused_by_the_name_of_its_flag(owner: str) -> None:
    with pytest.raises(ValueError, match=r"--txt-owner-id"):
        build(replace(SETTINGS, txt_owner_id=owner))


WWW = Key("www.example.com", "A", "")
FORMER = '"heritage=external-dns,external-dns/owner=former,external-dns/resource=ingress/default/web"'


@pytest.mark.parametrize(
    ("fields", "place", "is_heir"),
    [
        pytest.param({}, "a-www.example.com", False, id="no migration"),
        pytest.param({"migrate_from_txt_owner": "former"}, "a-www.example.com", True, id="another owner"),
        pytest.param(
            {"migrate_from_txt_owner": "former"}, "old.a-www.example.com", False, id="of the same scheme alone"
        ),
        pytest.param(
            {"migrate_from_txt_owner": "former", "txt_migrate": True, "txt_migrate_from_prefix": "OLD."},
            "old.a-www.example.com",
            True,
            id="another owner under another prefix",
        ),
        pytest.param({"txt_migrate": True}, "a-www.example.com", False, id="another owner is not a matter of names"),
    ],
)
def test_migration_is_that_of_the_settings(fields: dict[str, Any], place: str, is_heir: bool) -> None:
    registry = build(replace(SETTINGS, txt_owner_id="me", **fields))
    zone = MemoryZone(
        [Endpoint.found("www.example.com", "A", ["192.0.2.1"]), Endpoint.found(place, "TXT", [FORMER])],
    )
    assert [heir.endpoint.key for heir in registry.heirs("www.example.com", {WWW}, zone)] == [WWW] * is_heir


TABLE = replace(SETTINGS, registry="dynamodb", txt_owner_id="me")


def test_dynamodb_takes_any_owner_id_that_is_not_empty() -> None:
    assert build(replace(TABLE, txt_owner_id="a,b" * 200)).owner_id == "a,b" * 200
    with pytest.raises(ValueError, match=r"--txt-owner-id"):
        build(replace(TABLE, txt_owner_id=""))


@pytest.mark.parametrize(
    ("settings", "removed"),
    [
        pytest.param({}, False, id="TXT is not managed"),
        pytest.param({"managed_record_types": ("A", "TXT")}, True, id="TXT is managed"),
        pytest.param({"managed_record_types": ("A", "TXT"), "exclude_record_types": ("TXT",)}, False, id="excluded"),
        pytest.param({"managed_record_types": ("A", "TXT"), "policy": "upsert-only"}, False, id="nothing is deleted"),
    ],
)
def test_txt_records_go_for_rows_where_txt_may_be_deleted(settings: dict[str, Any], removed: bool) -> None:
    registry = build(replace(TABLE, **settings))
    zone = MemoryZone(
        [
            Endpoint.found("www.example.com", "A", ["192.0.2.1"]),
            Endpoint.found("a-www.example.com", "TXT", ['"heritage=external-dns,external-dns/owner=me"']),
            as_endpoint(Key("www.example.com", "A", ""), Ownership("me")),
        ]
    )
    (held,) = registry.held("www.example.com", zone)
    changes = registry.update(held, held.endpoint, Ownership("me"))
    assert [change.key.name for change in changes] == ["a-www.example.com"] * removed
