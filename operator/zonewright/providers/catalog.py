"""Which provider a name stands for. A provider's module is imported when it is chosen, so that no SDK is needed, and
none costs time, that is not in use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from zonewright.model.domain_filter import DomainFilter
from zonewright.providers.base import Provider
from zonewright.settings import Settings


class MissingExtra(ValueError):
    """A provider's packages are not installed. Remedy: install the extra that the text names."""

    def __init__(self, provider: str, extra: str, module: str) -> None:
        super().__init__(
            f"--provider={provider} needs the Python package {module}, which is not installed: "
            f"pip install 'zonewright[{extra}]'"
        )


def build(settings: Settings) -> Provider:
    """The provider of --provider. No I/O.

    Raises ValueError for what its flags or its environment have wrong; it is a MissingExtra when packages are missing.
    """
    try:
        builder = PROVIDERS[settings.provider]
    except KeyError:
        names = ", ".join(sorted(PROVIDERS))
        raise ValueError(f"--provider: there is no {settings.provider!r}; there are {names}") from None
    return builder(settings)


def needs(provider: str, extra: str, *modules: str) -> None:
    """For builders of providers with an SDK, before they import it. Raises MissingExtra."""
    for module in modules:
        if not _is_installed(module):
            raise MissingExtra(provider, extra, module)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it would be in
        return False


def _inmemory(settings: Settings) -> Provider:
    from zonewright.providers.inmemory import InMemory

    return InMemory(settings.inmemory_zone)


def _coredns(settings: Settings) -> Provider:
    from zonewright.providers.coredns.client import EtcdClient
    from zonewright.providers.coredns.connection import from_environment
    from zonewright.providers.coredns.provider import CoreDNS

    return CoreDNS(EtcdClient(from_environment()), settings.coredns_prefix, _names(settings).domains)


def _webhook(settings: Settings) -> Provider:
    from zonewright.providers.webhook.client import WebhookClient
    from zonewright.providers.webhook.provider import Webhook

    return Webhook(WebhookClient(settings.webhook_provider_url, settings.webhook_provider_max_body_size))


def _pdns(settings: Settings) -> Provider:
    from zonewright.providers import tls
    from zonewright.providers.pdns.client import PdnsClient
    from zonewright.providers.pdns.connection import Connection
    from zonewright.providers.pdns.provider import PowerDNS

    context = tls.context(
        settings.tls_ca,
        settings.tls_client_cert,
        settings.tls_client_cert_key,
        verify=not settings.pdns_skip_tls_verify,
    )
    connection = Connection(settings.pdns_server, settings.pdns_server_id, settings.pdns_api_key, context)
    return PowerDNS(PdnsClient(connection), _names(settings))


def _cloudflare(settings: Settings) -> Provider:
    from zonewright.providers.cloudflare.beside import Features
    from zonewright.providers.cloudflare.client import CloudflareClient
    from zonewright.providers.cloudflare.credentials import from_environment
    from zonewright.providers.cloudflare.provider import Cloudflare, Options
    from zonewright.providers.cloudflare.records import Defaults

    authority = settings.cloudflare_custom_hostnames_certificate_authority
    features = Features(
        settings.cloudflare_custom_hostnames,
        settings.cloudflare_custom_hostnames_min_tls_version,
        "" if authority == "none" else authority,
        settings.cloudflare_regional_services or bool(settings.cloudflare_region_key),
        settings.cloudflare_region_key,
    )
    options = Options(
        _names(settings),
        settings.zone_id_filter,
        Defaults(settings.cloudflare_proxied, settings.cloudflare_record_comment),
        features,
        settings.cloudflare_dns_records_per_page,
        settings.batch_change_size,
        settings.batch_change_interval,
    )
    return Cloudflare(CloudflareClient(from_environment()), options)


def _aws(settings: Settings) -> Provider:
    from zonewright.providers.aws.batches import Limits
    from zonewright.providers.aws.client import Route53Client
    from zonewright.providers.aws.provider import Options, Route53
    from zonewright.providers.awsclients import access

    options = Options(
        _names(settings),
        settings.zone_id_filter,
        settings.aws_zone_type,
        settings.aws_zone_tags,
        settings.aws_prefer_cname,
        settings.aws_evaluate_target_health,
        Limits(
            settings.aws_batch_change_size, settings.aws_batch_change_size_values, settings.aws_batch_change_size_bytes
        ),
        settings.aws_batch_change_interval,
        settings.aws_zones_cache_duration,
    )
    profiles = settings.aws_profile or ("",)
    return Route53([Route53Client(access(settings, one), settings.aws_api_retries) for one in profiles], options)


def _google(settings: Settings) -> Provider:
    needs("google", "google", "google.auth", "requests")
    from zonewright.providers.google.client import CloudDns, endpoint
    from zonewright.providers.google.credentials import Credentials, check_file
    from zonewright.providers.google.provider import Google, Options

    options = Options(
        _names(settings),
        settings.zone_id_filter,
        settings.google_zone_visibility,
        settings.google_batch_change_size,
        settings.google_batch_change_interval,
    )
    check_file()
    return Google(CloudDns(Credentials(settings.google_project), endpoint()), options)


def _digitalocean(settings: Settings) -> Provider:
    from zonewright.providers.digitalocean.provider import DigitalOcean, Options, token_of

    return DigitalOcean(token_of(), Options(_names(settings), settings.digitalocean_api_page_size))


def _azure(settings: Settings, *, private: bool = False) -> Provider:
    needs(settings.provider, "azure", "azure.identity")
    from zonewright.providers.azure import settings as azure
    from zonewright.providers.azure.client import AzureClient
    from zonewright.providers.azure.credentials import Tokens, credential
    from zonewright.providers.azure.provider import Azure, Options

    config = azure.over(
        azure.read(settings.azure_config_file),
        subscription=settings.azure_subscription_id,
        group=settings.azure_resource_group,
        identity=settings.azure_user_assigned_identity_client_id,
    )
    tokens = Tokens(credential(config), config.audience)
    options = Options(
        _names(settings), settings.zone_id_filter, settings.zone_name_filter, settings.azure_zones_cache_duration
    )
    return Azure(AzureClient(config, tokens, private=private), options, private=private)


def _azure_private(settings: Settings) -> Provider:
    return _azure(settings, private=True)


def _alibabacloud(settings: Settings) -> Provider:
    needs("alibabacloud", "alibabacloud", "alibabacloud_credentials")
    from zonewright.providers.alibabacloud.client import PRIVATE_ZONE, AlidnsClient
    from zonewright.providers.alibabacloud.credentials import source, vpc_of
    from zonewright.providers.alibabacloud.private import PrivateZones
    from zonewright.providers.alibabacloud.provider import AlibabaCloud
    from zonewright.providers.alibabacloud.public import PublicDomains

    file = settings.alibaba_cloud_config_file
    keys, names, ids = source(file), _names(settings), settings.zone_id_filter
    if settings.alibaba_cloud_zone_type == "private":
        return AlibabaCloud(PrivateZones(AlidnsClient(keys, PRIVATE_ZONE), vpc_of(file)), names, ids)
    return AlibabaCloud(PublicDomains(AlidnsClient(keys)), names, ids)


def _rfc2136(settings: Settings) -> Provider:
    needs("rfc2136", "rfc2136", "dns")
    from zonewright.providers import tls
    from zonewright.providers.rfc2136.connection import Connection, key
    from zonewright.providers.rfc2136.provider import Options, Rfc2136

    context = None
    if settings.rfc2136_use_tls:
        context = tls.context(
            settings.tls_ca,
            settings.tls_client_cert,
            settings.tls_client_cert_key,
            verify=not settings.rfc2136_skip_tls_verify,
        )
    signed_by = None
    if not settings.rfc2136_insecure:
        signed_by = key(settings.rfc2136_tsig_keyname, settings.rfc2136_tsig_secret, settings.rfc2136_tsig_secret_alg)
    port = settings.rfc2136_port or (853 if settings.rfc2136_use_tls else 53)
    options = Options(
        _names(settings),
        settings.rfc2136_zone,
        int(settings.rfc2136_min_ttl),
        settings.rfc2136_batch_change_size,
        settings.rfc2136_load_balancing_strategy,
    )
    return Rfc2136(Connection(settings.rfc2136_host, port, signed_by, context), options)


def _names(settings: Settings) -> DomainFilter:
    return DomainFilter.of(
        settings.domain_filter, settings.exclude_domains, settings.regex_domain_filter, settings.regex_domain_exclusion
    )


PROVIDERS: Mapping[str, Callable[[Settings], Provider]] = {
    "inmemory": _inmemory,
    "coredns": _coredns,
    "skydns": _coredns,
    "webhook": _webhook,
    "pdns": _pdns,
    "cloudflare": _cloudflare,
    "aws": _aws,
    "google": _google,
    "azure": _azure,
    "azure-dns": _azure,
    "azure-private-dns": _azure_private,
    "digitalocean": _digitalocean,
    "alibabacloud": _alibabacloud,
    "rfc2136": _rfc2136,
}
