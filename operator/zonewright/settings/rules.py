"""What a whole set of settings must keep to, beyond each flag by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zonewright import gotemplate
from zonewright.model.endpoint import RecordType
from zonewright.model.hostname import printable
from zonewright.model.selector import Selector
from zonewright.settings.fields import Settings
from zonewright.settings.installation import given_lease_names

CLASS_ANNOTATION = "kubernetes.io/ingress.class"
_UNREADABLE = re.compile(r"""[,="\\]|[^\x20-\x7e]""")
_LONGEST_NAME = 253  # of an object
# An ownership record is one character-string of TXT data (RFC 1035, section 3.3) with these words before the id.
_LONGEST_OWNER = 255 - len("heritage=external-dns,external-dns/owner=")


def contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Flags that do not go together, each with what to do; empty when all is well."""
    if settings.registry == "txt":
        yield from _ownership(settings)
    if settings.registry == "dynamodb" and not settings.txt_owner_id.strip():
        yield "txt-owner-id", "must not be empty with --registry=dynamodb; give this installation a name of its own"
    if settings.registry in ("txt", "dynamodb"):
        yield from _ownership_texts(settings)
    yield from _migration(settings)
    if settings.ingress_class and _reads_class(settings.annotation_filter):
        yield "ingress-class", f"cannot be combined with an --annotation-filter on {CLASS_ANNOTATION}; use one of them"
    yield from _template("fqdn-template", settings.fqdn_template)
    yield from _template("fqdn-target-template", settings.fqdn_target_template)
    if settings.ignore_hostname_annotation and not settings.fqdn_template:
        yield "ignore-hostname-annotation", "needs --fqdn-template: there would be no hostnames at all"
    if settings.create_ptr and RecordType.PTR not in settings.managed_record_types:
        yield "create-ptr", "needs --managed-record-types=PTR, besides the types that are wanted otherwise"
    if settings.force_default_targets and not settings.default_targets:
        yield "force-default-targets", "needs --default-targets"
    if settings.provider == "webhook" and not settings.webhook_provider_url:
        yield "webhook-provider-url", "must not be empty with --provider=webhook"
    if settings.provider == "pdns":
        yield from _powerdns(settings)
    if settings.provider == "rfc2136":
        yield from _rfc2136(settings)
    if any(len(name) > _LONGEST_NAME for name in given_lease_names(settings)):
        yield "leader-election-lease-name", "is too long for --shard, which adds -shard-INDEX to it"
    if bool(settings.tls_client_cert) != bool(settings.tls_client_cert_key):
        yield "tls-client-cert", "goes together with --tls-client-cert-key: only one of them is given"


def _powerdns(settings: Settings) -> Iterator[tuple[str, str]]:
    if not settings.pdns_server:
        yield "pdns-server", "must not be empty with --provider=pdns"
    if not settings.pdns_api_key:
        yield "pdns-api-key", "must be given with --provider=pdns"
    if not settings.pdns_server_id:
        yield "pdns-server-id", "must not be empty with --provider=pdns"


def _rfc2136(settings: Settings) -> Iterator[tuple[str, str]]:
    if not settings.rfc2136_host:
        yield "rfc2136-host", "must be given with --provider=rfc2136"
    if not settings.rfc2136_zone:
        yield "rfc2136-zone", "must be given with --provider=rfc2136: DNS does not tell which zones a server has"


def _template(flag: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The values are one template, joined by commas: what one of them defines is known in those after it. What a
    template refers to is known only when it meets an object."""
    for count, value in enumerate(values, 1):
        try:
            gotemplate.parse(",".join(values[:count]))
        except gotemplate.Malformed as e:
            yield flag, f"{printable(value)!r} is no template: {e}"
            return


def _ownership(settings: Settings) -> Iterator[tuple[str, str]]:
    """An id that the text of an ownership record cannot carry would never be recognised again."""
    owner = settings.txt_owner_id
    if not owner.strip():
        yield "txt-owner-id", "must not be empty with --registry=txt; give this installation a name of its own"
    elif _UNREADABLE.search(owner) or owner != owner.strip():
        yield "txt-owner-id", 'an ownership record cannot hold a comma, =, ", \\, space at an end, or other than ASCII'
    elif len(owner) > _LONGEST_OWNER:
        yield "txt-owner-id", f"has {len(owner)} characters; an ownership record can hold {_LONGEST_OWNER}"


def _ownership_texts(settings: Settings) -> Iterator[tuple[str, str]]:
    """With dynamodb they are read as well: that is how records come over from txt."""
    if settings.txt_prefix and settings.txt_suffix:
        yield "txt-suffix", "cannot be combined with --txt-prefix; use one of them"
    if settings.txt_encrypt_enabled and not settings.txt_encrypt_aes_key:
        yield "txt-encrypt-enabled", "needs --txt-encrypt-aes-key"


def _migration(settings: Settings) -> Iterator[tuple[str, str]]:
    """A flag that would do nothing is most likely a mistake about what it does."""
    before = {
        "txt-migrate-from-prefix": settings.txt_migrate_from_prefix,
        "txt-migrate-from-suffix": settings.txt_migrate_from_suffix,
        "txt-migrate-from-wildcard-replacement": settings.txt_migrate_from_wildcard_replacement,
    }
    for flag, value in before.items():
        if value and not settings.txt_migrate:
            yield flag, "needs --txt-migrate"
    if settings.txt_migrate_from_prefix and settings.txt_migrate_from_suffix:
        yield "txt-migrate-from-suffix", "cannot be combined with --txt-migrate-from-prefix; use one of them"
    if settings.registry != "txt":
        given = {"txt-migrate": settings.txt_migrate, "migrate-from-txt-owner": settings.migrate_from_txt_owner}
        for flag in (flag for flag, value in given.items() if value):
            yield flag, "needs --registry=txt"


def _reads_class(annotation_filter: str) -> bool:
    requirements = Selector.parse(annotation_filter).requirements
    return any(requirement.key == CLASS_ANNOTATION for requirement in requirements)
