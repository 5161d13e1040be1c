"""The backends of all providers, by the name of the provider."""

from __future__ import annotations

from collections.abc import Mapping

from contract.backends import (
    alibabacloud,
    aws,
    azure,
    cloudflare,
    coredns,
    digitalocean,
    google,
    inmemory,
    pdns,
    rfc2136,
    webhook,
)
from contract.backends.base import Maker

BACKENDS: Mapping[str, Maker] = {
    "inmemory": inmemory.make,
    "webhook": webhook.make,
    "coredns": coredns.make,
    "pdns": pdns.make,
    "rfc2136": rfc2136.make,
    "cloudflare": cloudflare.make,
    "aws": aws.make,
    "google": google.make,
    "azure": azure.maker(private=False),
    "azure-private-dns": azure.maker(private=True),
    "digitalocean": digitalocean.make,
    "alibabacloud": alibabacloud.maker(private=False),
    "alibabacloud, private": alibabacloud.maker(private=True),
}
