"""Where etcd is and how to get in: from the environment, by the names that ExternalDNS reads."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Connection:
    """urls: one after another is tried; tls: None for http; server_name: instead of the URL's in the certificate."""

    urls: tuple[str, ...]
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None
    server_name: str | None = None


def from_environment(environment: Mapping[str, str] = os.environ) -> Connection:
    """ETCD_URLS (comma-separated), ETCD_USERNAME, ETCD_PASSWORD; for https also ETCD_CA_FILE, ETCD_CERT_FILE,
    ETCD_KEY_FILE, ETCD_TLS_SERVER_NAME, ETCD_TLS_INSECURE.

    Raises ValueError, which names the variable.
    """
    text = environment.get("ETCD_URLS", "") or "http://localhost:2379"
    urls = tuple(url.strip().rstrip("/") for url in text.split(",") if url.strip())
    if not urls or not all(url.lower().startswith(("http://", "https://")) for url in urls):
        raise ValueError("ETCD_URLS: each URL must begin with http:// or https://")
    secure = any(url.lower().startswith("https://") for url in urls)
    return Connection(
        urls,
        environment.get("ETCD_USERNAME", ""),
        environment.get("ETCD_PASSWORD", ""),
        tls(environment) if secure else None,
        environment.get("ETCD_TLS_SERVER_NAME") or None,
    )


def tls(environment: Mapping[str, str]) -> ssl.SSLContext:
    """The certificate of etcd is checked against the system's authorities and ETCD_CA_FILE. Raises ValueError."""
    context = ssl.create_default_context()
    if environment.get("ETCD_TLS_INSECURE", "").lower() in _TRUE:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    authority, certificate, key = (environment.get(f"ETCD_{part}_FILE", "") for part in ("CA", "CERT", "KEY"))
    if bool(certificate) != bool(key):
        raise ValueError("ETCD_CERT_FILE and ETCD_KEY_FILE go together: only one of them is set")
    if authority:
        _load("ETCD_CA_FILE", lambda: context.load_verify_locations(cafile=authority))
    if certificate:
        _load("ETCD_CERT_FILE, ETCD_KEY_FILE", lambda: context.load_cert_chain(certificate, key))
    return context


def _load(variables: str, load: Callable[[], None]) -> None:
    try:
        load()
    except (OSError, ssl.SSLError) as e:
        raise ValueError(f"{variables}: {e}") from e
