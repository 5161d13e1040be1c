"""What tells one installation from another, in one cluster and with one owner id: the name by which replicas meet.

People run several, for two providers, two domains or two classes of Ingresses. They must not take each other for
replicas: all but one of them would publish nothing. So every setting counts of which it is not known that it does not.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

from zonewright.model.shard import Shard
from zonewright.settings.fields import Settings
from zonewright.settings.flag import Flag, Theme, flags_of

# Of these themes, nothing says what is published where.
_THEMES = frozenset({Theme.WORK, Theme.CLUSTER, Theme.OBSERVATION})

# Neither do these, which are changed while an installation stays the same one: how fast, how much at a time, how long.
UNCHANGED_BY = frozenset(
    {
        "aws-api-retries",
        "aws-batch-change-interval",
        "aws-batch-change-size",
        "aws-batch-change-size-bytes",
        "aws-batch-change-size-values",
        "aws-zones-cache-duration",
        "azure-maxretries-count",
        "azure-zones-cache-duration",
        "batch-change-interval",
        "batch-change-size",
        "cloudflare-dns-records-per-page",
        "digitalocean-api-page-size",
        "google-batch-change-interval",
        "google-batch-change-size",
        "rfc2136-axfr",
        "rfc2136-batch-change-size",
        "rfc2136-load-balancing-strategy",
        "rfc2136-tsig-axfr",
        "txt-cache-interval",
        "webhook-provider-max-body-size",
    }
)

# Variables that say which account or server a provider writes to: often nothing else differs.
VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AZURE_CLIENT_ID",
    "AZURE_TENANT_ID",
    "CF_API_EMAIL",
    "CF_API_KEY",
    "CF_API_TOKEN",
    "DO_TOKEN",
    "ETCD_URLS",
    "ETCD_USERNAME",
    "GOOGLE_APPLICATION_CREDENTIALS",
)


def elects(settings: Settings) -> bool:
    """Whether replicas agree on one of them that works."""
    return settings.leader_election and not settings.once and not settings.dry_run


def lease_name(settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """--leader-election-lease-name, or one that follows from what is published where; of each shard another one.

    How many shards there are does not count: when that changes, the next one of an index waits for the one before.
    """
    base = settings.leader_election_lease_name or f"zonewright-{_digest(settings, environ)}"
    return of_shard(base, Shard.parse(settings.shard).index) if settings.shard else base


def of_shard(lease: str, index: int) -> str:
    """The Lease of a shard."""
    return f"{lease}-shard-{index}"


def given_lease_names(settings: Settings) -> tuple[str, ...]:
    """Those of all shards, where they follow from --leader-election-lease-name; else none."""
    name = settings.leader_election_lease_name
    if not name or not settings.shard:
        return (name,) if name else ()
    return tuple(of_shard(name, index) for index in range(Shard.parse(settings.shard).count))


def _digest(settings: Settings, environ: Mapping[str, str]) -> str:
    """Flags that have their default do not count: a new one, in a new version, changes nothing for those without it."""
    said = {
        flag.name: value
        for flag in flags_of(Settings)
        if _tells_apart(flag) and (value := getattr(settings, flag.field)) != flag.default
    }
    given = {name: environ[name] for name in VARIABLES if environ.get(name)}
    return hashlib.sha256(repr((sorted(said.items()), sorted(given.items()))).encode()).hexdigest()[:8]


def _tells_apart(flag: Flag) -> bool:
    return flag.theme not in _THEMES and not flag.secret and flag.name not in UNCHANGED_BY
