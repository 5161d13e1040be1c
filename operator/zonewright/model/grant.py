"""A grant: which names the objects of a namespace may have."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from zonewright.model.hostname import InvalidName, canonical, printable

EVERY = "*"  # as a domain: every name
_NAMESPACE = "{namespace}"


@dataclass(frozen=True, slots=True)
class Grant:
    """namespaces: a name, with * and ? for any characters; domains: with {namespace} for its name, or EVERY."""

    namespaces: str
    domains: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Grant:
        """`NAMESPACE=DOMAIN[,DOMAIN]`. Raises ValueError."""
        namespaces, separator, rest = text.partition("=")
        domains = tuple(domain.strip() for domain in rest.split(","))
        if not separator or not namespaces.strip() or not all(domains):
            raise ValueError(f"{printable(text)!r} is not NAMESPACE=DOMAIN, such as team-a=a.example.org")
        return cls(namespaces.strip(), tuple(map(_checked, domains)))

    def domains_of(self, namespace: str) -> tuple[str, ...]:
        """What it gives a namespace; nothing where it is about others."""
        if not fnmatchcase(namespace, self.namespaces):
            return ()
        return tuple(domain.replace(_NAMESPACE, namespace) for domain in self.domains)


def _checked(domain: str) -> str:
    if domain == EVERY:
        return domain
    try:
        probe = canonical(domain.replace(_NAMESPACE, "namespace"))
    except InvalidName as e:
        raise ValueError(f"{printable(domain)!r} is no domain: {e}") from None
    if probe.startswith("*"):
        raise ValueError(f"{printable(domain)!r}: a domain holds all names below it; leave the asterisk out")
    return domain.lower() if _NAMESPACE in domain else probe
