"""What the settings allow: which names are looked after, and what may be done with them."""

from __future__ import annotations

from zonewright.model.domain_filter import DomainFilter
from zonewright.model.shard import Shard
from zonewright.planning.plan import Policy, Rules
from zonewright.providers.base import Provider
from zonewright.settings import Settings
from zonewright.zones.routing import Routing
from zonewright.zones.shards import Shards


def domain_filter(settings: Settings) -> DomainFilter:
    """The four flags as one filter."""
    return DomainFilter.of(
        settings.domain_filter,
        settings.exclude_domains,
        settings.regex_domain_filter,
        settings.regex_domain_exclusion,
    )


def routing(settings: Settings, provider: Provider) -> Routing:
    """Which zones a name goes to."""
    capabilities = provider.capabilities
    return Routing(capabilities.every_private_zone, capabilities.zone_property, settings.split_targets_by_visibility)


def shards(settings: Settings) -> Shards | None:
    """Which names are ours; None is all."""
    return Shards(Shard.parse(settings.shard)) if settings.shard else None


def rules(settings: Settings, provider: Provider) -> Rules:
    """What planning needs to know of settings and provider."""
    managed = frozenset(settings.managed_record_types) - frozenset(settings.exclude_record_types)
    return Rules(
        policy=Policy(settings.policy),
        managed=managed,
        set_identifiers=provider.capabilities.set_identifiers,
        across_namespaces=settings.allow_cross_namespace_merge,
        apex_cname=provider.capabilities.apex_cname,
        aliases=provider.capabilities.aliases,
        wildcards=provider.capabilities.wildcards,
        inner_asterisk=provider.capabilities.inner_asterisk,
    )
