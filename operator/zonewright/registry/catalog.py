"""Which registries there are, by the names of --registry."""

from __future__ import annotations

from collections.abc import Iterable

from zonewright.model.endpoint import RecordType
from zonewright.registry.base import Registry
from zonewright.registry.dynamodb.registry import DynamoDBRegistry
from zonewright.registry.noop import NoopRegistry
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import Migration, TxtRegistry
from zonewright.registry.txt.values import PlainTexts, Texts, valid_owner
from zonewright.settings import Settings
from zonewright.settings.values import key_octets


def build(settings: Settings) -> Registry:
    """The registry that the settings ask for. Raises ValueError, which names the flag."""
    match settings.registry:
        case "txt":
            return _txt(settings)
        case "noop":
            return NoopRegistry()
        case "dynamodb":
            return _dynamodb(settings)
        case unknown:
            raise ValueError(f"--registry: there is no registry {unknown!r}; use txt, dynamodb or noop")


def _dynamodb(settings: Settings) -> DynamoDBRegistry:
    if not settings.txt_owner_id:
        raise ValueError("--txt-owner-id: must not be empty with --registry=dynamodb")
    managed = set(settings.managed_record_types) - set(settings.exclude_record_types)
    removes = settings.policy == "sync" and RecordType.TXT in managed
    return DynamoDBRegistry(settings.txt_owner_id, _reader(settings), removes_texts=removes)


def _txt(settings: Settings) -> TxtRegistry:
    if not valid_owner(settings.txt_owner_id):
        raise ValueError("--txt-owner-id: an ownership record cannot hold this text, or not in one piece; shorten it")
    return _reader(settings)


def _reader(settings: Settings) -> TxtRegistry:
    affixes = (settings.txt_prefix, settings.txt_suffix, settings.txt_wildcard_replacement)
    return TxtRegistry(settings.txt_owner_id, _names(affixes), _texts(settings), _migration(settings))


def _names(affixes: Iterable[str]) -> OwnershipNames:
    """DNS names are compared without regard to case, and zones are read in lower case."""
    return OwnershipNames(*(affix.lower() for affix in affixes))


def _migration(settings: Settings) -> Migration | None:
    if not (settings.txt_migrate or settings.migrate_from_txt_owner):
        return None
    before = (
        settings.txt_migrate_from_prefix,
        settings.txt_migrate_from_suffix,
        settings.txt_migrate_from_wildcard_replacement,
    )
    return Migration(settings.migrate_from_txt_owner, _names(before) if settings.txt_migrate else None)


def _texts(settings: Settings) -> Texts:
    keys = [key_octets(key) for key in settings.txt_encrypt_aes_key]
    if settings.txt_encrypt_enabled and not keys:
        raise ValueError("--txt-encrypt-enabled: needs --txt-encrypt-aes-key")
    if not keys:
        return PlainTexts()
    from zonewright.registry.txt.encryption import EncryptedTexts, keyed_nonces  # its library takes 7 MB of memory

    return EncryptedTexts(keys, encrypts=settings.txt_encrypt_enabled, nonces=keyed_nonces())
