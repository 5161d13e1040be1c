"""Which zones of an account are ours to look after: by the domain filter and by ids."""

from __future__ import annotations

from collections.abc import Sequence

from zonewright.model.domain_filter import DomainFilter
from zonewright.model.hostname import is_under


def admits(names: DomainFilter, zone: str) -> bool:
    """Whether a zone can have names that pass: it passes itself, or a domain of the filter lies in it.

    Of regular expressions nobody can say what passes, so the zone's own name has to (as with ExternalDNS).
    """
    below = (f"*.{domain}" for domain in names.domains if is_under(domain, zone))
    return names.matches(zone) or any(map(names.matches, below))


def admits_id(ids: Sequence[str], zone_id: str) -> bool:
    """Whether --zone-id-filter lets a zone through: it is the end of the id (ExternalDNS), or there is none."""
    return not any(ids) or any(zone_id.endswith(wanted) for wanted in ids if wanted)
