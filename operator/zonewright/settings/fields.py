"""Every flag, once. Names, meanings and defaults are ExternalDNS's; where ours differ, the comment says why."""

from __future__ import annotations

from dataclasses import dataclass

from zonewright.model.endpoint import MAX_TTL, RecordType
from zonewright.settings import externaldns
from zonewright.settings.flag import Theme, flag
from zonewright.settings.values import (
    address,
    aes_key,
    affix,
    grant,
    header_text,
    name_filter,
    namespace_name,
    nat64_network,
    network,
    object_name,
    prefix,
    regex,
    selector,
    shard_place,
    table_name,
    url,
)

DEFAULT_SOURCES = (
    "ingress",
    "service",
    "gateway-httproute",
    "gateway-grpcroute",
    "gateway-tlsroute",
    "gateway-tcproute",
    "gateway-udproute",
    "crd",
)
SOURCES = (*DEFAULT_SOURCES, "node", "pod")
SERVICE_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
PREFIXES = ("external-dns.kubernetes.io/", "external-dns.alpha.kubernetes.io/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the operator was asked to do. Field names are flag names with underscores; durations are in seconds.

    Built by `from_args`, which checks; a test builds it by hand, with valid values.
    """

    # -- what to publish

    source: tuple[str, ...] = flag(  # ExternalDNS demands it; these are the kinds that carry hostnames of their own
        Theme.SOURCES,
        default=DEFAULT_SOURCES,
        choices=SOURCES,
        elsewhere=externaldns.SOURCES,
        help="Kinds of objects to publish names for. Hand-written DNSEndpoints count only if crd is among them.",
    )
    namespace: str = flag(
        Theme.SOURCES,
        default="",
        shown="all",
        check=namespace_name,
        help="Publish for objects in this namespace only.",
    )
    annotation_filter: str = flag(
        Theme.SOURCES,
        default="",
        shown="all",
        check=selector,
        help="Publish only for objects whose annotations match this selector, written as a label selector.",
    )
    label_filter: str = flag(
        Theme.SOURCES, default="", shown="all", check=selector, help="Publish only for objects whose labels match."
    )
    ingress_class: tuple[str, ...] = flag(
        Theme.SOURCES, default=(), shown="all", help="Publish only for Ingresses of this class."
    )
    ignore_ingress_tls_spec: bool = flag(
        Theme.SOURCES, default=False, help="Take no hostnames from spec.tls of Ingresses."
    )
    ignore_ingress_rules_spec: bool = flag(
        Theme.SOURCES, default=False, help="Take no hostnames from spec.rules of Ingresses."
    )
    service_type_filter: tuple[str, ...] = flag(
        Theme.SOURCES,
        default=(),
        shown="all",
        choices=("", *SERVICE_TYPES),
        help="Publish only for Services of this type. Pods, nodes and EndpointSlices are watched only where a type"
        " needs them.",
    )
    publish_internal_services: bool = flag(
        Theme.SOURCES, default=False, help="Publish the cluster addresses of Services of type ClusterIP."
    )
    publish_host_ip: bool = flag(
        Theme.SOURCES, default=False, help="For headless Services, publish the addresses of the hosts of their pods."
    )
    always_publish_not_ready_addresses: bool = flag(
        Theme.SOURCES, default=False, help="For headless Services, publish pods that are not ready as well."
    )
    resolve_service_load_balancer_hostname: bool = flag(
        Theme.SOURCES,
        default=False,
        help="For Services of type LoadBalancer, publish the addresses of the load balancer's name instead of a CNAME.",
    )
    exclude_unschedulable: bool = flag(Theme.SOURCES, default=True, help="Leave out nodes that are cordoned.")
    expose_internal_ipv6: bool = flag(
        Theme.SOURCES, default=False, help="Publish the internal IPv6 addresses of nodes with the external ones."
    )
    ignore_non_host_network_pods: bool = flag(
        Theme.SOURCES, default=False, help="Source pod: publish only for pods in the network of their host."
    )
    pod_source_domain: str = flag(
        Theme.SOURCES, default="", check=name_filter, help="Source pod: publish each pod by its name below this domain."
    )
    compatibility: str = flag(
        Theme.SOURCES,
        default="",
        choices=("", "mate", "molecule", "kops-dns-controller"),
        help="Read the annotations of an older tool on Services that have none of ours (kops-dns-controller: on pods,"
        " too).",
    )
    gateway_name: str = flag(
        Theme.SOURCES, default="", shown="all", help="Publish only for routes of Gateways with this name."
    )
    gateway_namespace: str = flag(
        Theme.SOURCES,
        default="",
        shown="all",
        check=namespace_name,
        help="Publish only for routes of Gateways in this namespace.",
    )
    gateway_label_filter: str = flag(
        Theme.SOURCES,
        default="",
        shown="all",
        check=selector,
        help="Publish only for routes of Gateways whose labels match.",
    )
    gateway_listener_sets: bool = flag(
        Theme.SOURCES, default=False, help="Publish for routes of ListenerSets as well; their kind must be installed."
    )
    allow_cross_namespace_merge: bool = flag(  # ExternalDNS always does; anybody could add addresses to any name
        Theme.SOURCES,
        default=False,
        help="Let objects of several namespaces share a hostname, as ExternalDNS does. Otherwise the first one has it.",
    )
    namespace_domains: tuple[str, ...] = flag(
        Theme.SOURCES,
        default=(),
        shown="every namespace may have every name",
        check=grant,
        help="NAMESPACE=DOMAIN: objects of this namespace may have names in this domain. Once it is given, no namespace"
        ' may have other names. Both * and {namespace} count: "*={namespace}.apps.example.org", "ops=*".',
    )
    split_targets_by_visibility: bool = flag(  # ExternalDNS puts all addresses into each
        Theme.SOURCES,
        default=False,
        help="Of a public and a private zone of one name, give each the addresses that fit: the public one no private"
        " addresses, the private one those alone where there are any.",
    )
    ignore_hostname_annotation: bool = flag(
        Theme.SOURCES, default=False, help="Take no hostnames from annotations; needs --fqdn-template."
    )
    fqdn_template: tuple[str, ...] = flag(
        Theme.SOURCES,
        default=(),
        help="Go template for the hostnames of objects that have none; a comma separates several.",
    )
    combine_fqdn_annotation: bool = flag(
        Theme.SOURCES, default=False, help="Publish the names of --fqdn-template besides those that objects have."
    )
    fqdn_target_template: tuple[str, ...] = flag(
        Theme.SOURCES,
        default=(),
        help="Go template for pairs hostname:target of Services, nodes and pods; a comma separates several.",
    )
    annotation_prefix: tuple[str, ...] = flag(  # ExternalDNS reads one; objects in use carry older and newer
        Theme.SOURCES,
        default=PREFIXES,
        repeats=False,
        check=prefix,
        help="What annotation keys begin with. Both are read by default, the first wins; when given, only this one.",
    )

    # -- which names and types

    domain_filter: tuple[str, ...] = flag(
        Theme.NAMES,
        default=(),
        shown="all",
        check=name_filter,
        help="Publish names at or below this domain only; with a leading dot, only below it.",
    )
    exclude_domains: tuple[str, ...] = flag(
        Theme.NAMES, default=(), check=name_filter, help="Never touch names at or below this domain."
    )
    regex_domain_filter: str = flag(
        Theme.NAMES,
        default="",
        check=regex,
        help="Publish only names that match this regular expression; --domain-filter and --exclude-domains then do not"
        " count.",
    )
    regex_domain_exclusion: str = flag(
        Theme.NAMES,
        default="",
        check=regex,
        help="Never touch names that match this regular expression; wins over --regex-domain-filter.",
    )
    managed_record_types: tuple[str, ...] = flag(
        Theme.NAMES,
        default=("A", "AAAA", "CNAME"),
        choices=tuple(RecordType),
        check=str.upper,
        help="Record types to create, change and delete; others are left alone.",
    )
    exclude_record_types: tuple[str, ...] = flag(
        Theme.NAMES,
        default=(),
        choices=tuple(RecordType),
        check=str.upper,
        help="Record types to leave alone; wins over --managed-record-types.",
    )

    # -- which targets, and what goes with them

    default_targets: tuple[str, ...] = flag(
        Theme.TARGETS,
        default=(),
        help="Targets of entries of DNSEndpoints that have none.",
    )
    force_default_targets: bool = flag(
        Theme.TARGETS, default=False, help="Use --default-targets for everything, also where there are targets."
    )
    target_net_filter: tuple[str, ...] = flag(
        Theme.TARGETS,
        default=(),
        shown="all",
        check=network,
        help="Publish only addresses in this network; then names are no targets either.",
    )
    exclude_target_net: tuple[str, ...] = flag(
        Theme.TARGETS, default=(), check=network, help="Never publish addresses in this network."
    )
    nat64_networks: tuple[str, ...] = flag(
        Theme.TARGETS,
        default=(),
        check=nat64_network,
        help="A /96 of NAT64: for each AAAA target in it, the IPv4 address within is published as well.",
    )
    create_ptr: bool = flag(
        Theme.TARGETS,
        default=False,
        help="Publish the reverse names of addresses; needs PTR among --managed-record-types.",
    )
    prefer_alias: bool = flag(
        Theme.TARGETS, default=False, help="Ask for aliases instead of CNAMEs, where the provider has them."
    )
    min_ttl: float = flag(  # ExternalDNS fills in what is unset, and leaves what is less
        Theme.TARGETS,
        default=0.0,
        between=(0, MAX_TTL),
        help="Least ttl of a record: what is less, or not set, becomes this. 0: none.",
    )

    # -- where to publish

    provider: str = flag(
        Theme.PROVIDER,
        choices=(
            "inmemory",
            "coredns",
            "skydns",
            "webhook",
            "pdns",
            "aws",
            "google",
            "azure",
            "azure-dns",
            "azure-private-dns",
            "cloudflare",
            "digitalocean",
            "alibabacloud",
            "rfc2136",
        ),
        elsewhere=externaldns.PROVIDERS,
        help="Who serves the zones. inmemory keeps them in memory, for trying things out.",
    )
    coredns_prefix: str = flag(
        Theme.PROVIDER,
        default="/skydns/",
        help="Provider coredns: what keys in etcd begin with, the path of CoreDNS's etcd plugin. The server is set in"
        " the environment: ETCD_URLS and its like.",
    )
    webhook_provider_url: str = flag(
        Theme.PROVIDER, default="http://localhost:8888", check=url, help="Provider webhook: where it listens."
    )
    webhook_provider_max_body_size: int = flag(  # 32 MiB: some 60,000 records, half a KiB each
        Theme.PROVIDER,
        default=32 * 2**20,
        unit="bytes",
        between=(0, None),
        help="Provider webhook: largest answer that is read. 0: no limit.",
    )
    pdns_server: str = flag(
        Theme.PROVIDER,
        default="http://localhost:8081",
        check=url,
        help="Provider pdns: URL of PowerDNS's API, without /api/v1; a path before that may be in it.",
    )
    pdns_server_id: str = flag(
        Theme.PROVIDER, default="localhost", help="Provider pdns: the id of the server, if a proxy serves several."
    )
    pdns_api_key: str = flag(
        Theme.PROVIDER, default="", check=header_text, secret=True, help="Provider pdns: the key for the API."
    )
    pdns_skip_tls_verify: bool = flag(
        Theme.PROVIDER, default=False, help="Provider pdns: take any certificate of the server."
    )
    tls_ca: str = flag(
        Theme.PROVIDER,
        default="",
        help="Providers pdns and rfc2136, with TLS: file with the certificates of authorities that count besides the"
        " system's.",
    )
    tls_client_cert: str = flag(
        Theme.PROVIDER, default="", help="Providers pdns and rfc2136, with TLS: file with a certificate to show."
    )
    tls_client_cert_key: str = flag(
        Theme.PROVIDER, default="", help="Providers pdns and rfc2136, with TLS: file with the key of --tls-client-cert."
    )
    rfc2136_host: tuple[str, ...] = flag(
        Theme.PROVIDER,
        default=(),
        shown="none",
        help="Provider rfc2136: a server that takes updates. May be given several times, for the same zones.",
    )
    rfc2136_port: int = flag(
        Theme.PROVIDER,
        default=0,
        shown="53, with TLS 853",
        between=(0, 65_535),
        help="Provider rfc2136: the port of the servers.",
    )
    rfc2136_zone: tuple[str, ...] = flag(
        Theme.PROVIDER,
        default=(),
        shown="none",
        help="Provider rfc2136: a zone to look after. May be given several times.",
    )
    rfc2136_insecure: bool = flag(
        Theme.PROVIDER, default=False, help="Provider rfc2136: sign nothing; the servers let everybody in."
    )
    rfc2136_tsig_keyname: str = flag(Theme.PROVIDER, default="", help="Provider rfc2136: the name of the TSIG key.")
    rfc2136_tsig_secret: str = flag(
        Theme.PROVIDER, default="", secret=True, help="Provider rfc2136: the TSIG key, in base64."
    )
    rfc2136_tsig_secret_alg: str = flag(
        Theme.PROVIDER,
        default="hmac-sha256",
        choices=("hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"),
        help="Provider rfc2136: what the TSIG key is for.",
    )
    rfc2136_axfr: bool = flag(
        Theme.PROVIDER,
        default=False,
        help="Provider rfc2136: accepted, without effect: zones are always read by transfer.",
    )
    rfc2136_tsig_axfr: bool = flag(
        Theme.PROVIDER, default=False, help="Provider rfc2136: accepted, without effect, as --rfc2136-axfr."
    )
    rfc2136_min_ttl: float = flag(
        Theme.PROVIDER, default=0.0, between=(0, MAX_TTL), help="Provider rfc2136: least ttl of a record. 0: none."
    )
    rfc2136_batch_change_size: int = flag(
        Theme.PROVIDER, default=50, between=(1, 1000), help="Provider rfc2136: record sets in one update."
    )
    rfc2136_use_tls: bool = flag(Theme.PROVIDER, default=False, help="Provider rfc2136: DNS over TLS.")
    rfc2136_skip_tls_verify: bool = flag(
        Theme.PROVIDER, default=False, help="Provider rfc2136: take any certificate of the servers."
    )
    rfc2136_load_balancing_strategy: str = flag(
        Theme.PROVIDER,
        default="disabled",
        choices=("disabled", "round-robin", "random"),
        help="Provider rfc2136: which of several servers is asked; disabled: the first one that answers.",
    )
    zone_id_filter: tuple[str, ...] = flag(
        Theme.PROVIDER,
        default=(),
        shown="all",
        help="Look after zones with these ids only; the end of an id is enough. May be given several times.",
    )
    aws_zone_type: str = flag(
        Theme.PROVIDER, default="", choices=("", "public", "private"), shown="both", help="Provider aws: which zones."
    )
    aws_zone_tags: tuple[str, ...] = flag(
        Theme.PROVIDER,
        default=(),
        shown="all",
        help="Provider aws: zones with all of these tags only, each as key or key=value. May be given several times.",
    )
    aws_zone_match_parent: bool = flag(
        Theme.PROVIDER,
        default=False,
        help="Provider aws: accepted, without effect: a zone that a domain of the filter lies in is served anyhow.",
    )
    aws_prefer_cname: bool = flag(
        Theme.PROVIDER, default=False, help="Provider aws: CNAMEs for names of AWS's services, in place of aliases."
    )
    aws_evaluate_target_health: bool = flag(
        Theme.PROVIDER, default=True, help="Provider aws: aliases answer only while their target is healthy."
    )
    aws_batch_change_size: int = flag(
        Theme.PROVIDER, default=1000, between=(1, 1000), help="Provider aws: changes in a batch."
    )
    aws_batch_change_size_bytes: int = flag(
        Theme.PROVIDER, default=32_000, between=(1, 32_000), help="Provider aws: octets of values in a batch."
    )
    aws_batch_change_size_values: int = flag(
        Theme.PROVIDER, default=1000, between=(1, 1000), help="Provider aws: values in a batch."
    )
    aws_batch_change_interval: float = flag(
        Theme.PROVIDER, default=1.0, between=(0, None), help="Provider aws: pause between batches of a round."
    )
    aws_zones_cache_duration: float = flag(
        Theme.PROVIDER, default=0.0, between=(0, None), help="Provider aws: how long a list of zones serves."
    )
    google_project: str = flag(
        Theme.PROVIDER, default="", shown="that of the credentials", help="Provider google: the project with the zones."
    )
    google_zone_visibility: str = flag(
        Theme.PROVIDER,
        default="",
        choices=("", "public", "private"),
        shown="both",
        help="Provider google: which zones.",
    )
    google_batch_change_size: int = flag(
        Theme.PROVIDER, default=1000, between=(1, 1000), help="Provider google: record sets in a change."
    )
    google_batch_change_interval: float = flag(
        Theme.PROVIDER, default=1.0, between=(0, None), help="Provider google: pause between changes of a round."
    )
    alibaba_cloud_config_file: str = flag(
        Theme.PROVIDER,
        default="/etc/kubernetes/alibaba-cloud.json",
        help='Provider alibabacloud: the file with its keys. "": the RAM role of the machine.',
    )
    alibaba_cloud_zone_type: str = flag(
        Theme.PROVIDER,
        default="",
        choices=("", "public", "private"),
        shown="public",
        help="Provider alibabacloud: public domains, or private zones (PrivateZone).",
    )
    digitalocean_api_page_size: int = flag(
        Theme.PROVIDER, default=50, between=(1, 200), help="Provider digitalocean: records in one page of a list."
    )
    azure_config_file: str = flag(
        Theme.PROVIDER, default="/etc/kubernetes/azure.json", help="Provider azure: the file that says where and who."
    )
    azure_resource_group: str = flag(
        Theme.PROVIDER, default="", shown="of the file", help="Provider azure: the resource group of the zones."
    )
    azure_subscription_id: str = flag(
        Theme.PROVIDER, default="", shown="of the file", help="Provider azure: the subscription of the zones."
    )
    azure_user_assigned_identity_client_id: str = flag(
        Theme.PROVIDER, default="", shown="of the file", help="Provider azure: the client id of the identity."
    )
    azure_zones_cache_duration: float = flag(
        Theme.PROVIDER, default=0.0, between=(0, None), help="Provider azure: how long a list of zones serves."
    )
    azure_maxretries_count: int = flag(
        Theme.PROVIDER,
        default=3,
        help="Provider azure: accepted, without effect: what fails is tried again with growing pauses.",
    )
    zone_name_filter: tuple[str, ...] = flag(
        Theme.PROVIDER,
        default=(),
        shown="all",
        help="Provider azure: look after the zones with these names only. May be given several times.",
    )
    batch_change_size: int = flag(
        Theme.PROVIDER, default=200, between=(1, None), help="Provider cloudflare: records in a batch, at least 200."
    )
    batch_change_interval: float = flag(
        Theme.PROVIDER, default=1.0, between=(0, None), help="Provider cloudflare: pause between batches of a round."
    )
    cloudflare_proxied: bool = flag(
        Theme.PROVIDER, default=False, help="Provider cloudflare: names go through its proxy, unless they say no."
    )
    cloudflare_record_comment: str = flag(
        Theme.PROVIDER, default="", help="Provider cloudflare: the comment of records that have none of their own."
    )
    cloudflare_dns_records_per_page: int = flag(
        Theme.PROVIDER, default=100, between=(5, 5000), help="Provider cloudflare: records in one page of a list."
    )
    cloudflare_custom_hostnames: bool = flag(
        Theme.PROVIDER, default=False, help="Provider cloudflare: look after custom hostnames (Cloudflare for SaaS)."
    )
    cloudflare_custom_hostnames_min_tls_version: str = flag(
        Theme.PROVIDER,
        default="1.0",
        choices=("1.0", "1.1", "1.2", "1.3"),
        help="Provider cloudflare: least version of TLS of a new custom hostname.",
    )
    cloudflare_custom_hostnames_certificate_authority: str = flag(
        Theme.PROVIDER,
        default="none",
        choices=("google", "ssl_com", "lets_encrypt", "none"),
        help="Provider cloudflare: who issues the certificate of a new custom hostname; none: Cloudflare's choice.",
    )
    cloudflare_regional_services: bool = flag(
        Theme.PROVIDER, default=False, help="Provider cloudflare: look after the regions that names are served in."
    )
    cloudflare_region_key: str = flag(
        Theme.PROVIDER,
        default="",
        shown="none",
        help="Provider cloudflare: region of names that have none of their own; with --cloudflare-regional-services,"
        " which it stands for.",
    )
    inmemory_zone: tuple[str, ...] = flag(
        Theme.PROVIDER, default=(), check=name_filter, help="Provider inmemory: a zone to begin with."
    )

    # -- whose records are whose

    registry: str = flag(
        Theme.OWNERSHIP,
        default="txt",
        choices=("txt", "dynamodb", "noop"),
        elsewhere=externaldns.REGISTRIES,
        help="Where the owner of a record is kept: in a TXT record beside it, in a table (dynamodb), or nowhere (noop),"
        " and then every record counts as owned.",
    )
    dynamodb_table: str = flag(
        Theme.OWNERSHIP,
        default="external-dns",
        check=table_name,
        help="Registry dynamodb: the table, with the hash key k (a text) and no range key.",
    )
    dynamodb_region: str = flag(
        Theme.OWNERSHIP,
        default="",
        shown="$AWS_REGION",
        help="Registry dynamodb: the region of the table. Credentials are those of AWS's own tools.",
    )
    aws_profile: tuple[str, ...] = flag(
        Theme.OWNERSHIP,
        default=(),
        shown="$AWS_PROFILE",
        help="AWS: the profile of its shared files to take credentials from. Registry dynamodb: of several, the first.",
    )
    aws_assume_role: str = flag(
        Theme.OWNERSHIP,
        default="",
        help="AWS: ARN of a role to take on, with the credentials that are found; it is taken on anew before it ends.",
    )
    aws_assume_role_external_id: str = flag(
        Theme.OWNERSHIP, default="", help="AWS: the external id that --aws-assume-role asks for, if it does."
    )
    aws_api_retries: int = flag(
        Theme.OWNERSHIP,
        default=3,
        between=(1, 100),
        help="AWS: how often a request that only reads is tried in all, before its zone or table counts as unavailable"
        " until the next round.",
    )
    txt_owner_id: str = flag(
        Theme.OWNERSHIP,
        default="default",
        help="The id of this installation. Records of another id are never touched; give each cluster its own.",
    )
    txt_prefix: str = flag(
        Theme.OWNERSHIP,
        default="",
        check=affix,
        help="Put before the name of an ownership record; %{record_type} in it stands for the type. Not together with"
        " --txt-suffix.",
    )
    txt_suffix: str = flag(
        Theme.OWNERSHIP,
        default="",
        check=affix,
        help="Put after the first label of the name of an ownership record. Not together with --txt-prefix.",
    )
    txt_wildcard_replacement: str = flag(
        Theme.OWNERSHIP,
        default="",
        check=affix,
        help="Stands for the * of a wildcard in the name of its ownership record, where a provider refuses it.",
    )
    txt_encrypt_enabled: bool = flag(
        Theme.OWNERSHIP, default=False, help="Encrypt the text of ownership records; needs --txt-encrypt-aes-key."
    )
    txt_encrypt_aes_key: tuple[str, ...] = flag(  # ExternalDNS has one: with another, it forgets what is its own
        Theme.OWNERSHIP,
        default=(),
        check=aes_key,
        secret=True,
        help="Key for ownership records: 32 octets, or base64 of 32. The first one encrypts; all of them decrypt, also"
        " without --txt-encrypt-enabled.",
    )

    migrate_from_txt_owner: str = flag(  # ExternalDNS deletes what the old owner has and nobody wants (issue 5993)
        Theme.OWNERSHIP,
        default="",
        help="An owner id that this installation had before, or whose place it takes: its records that are wanted here"
        " become ours. All others of it are left alone.",
    )
    txt_cache_interval: float = flag(
        Theme.OWNERSHIP,
        default=0.0,
        between=(0, None),
        help="Accepted, without effect: what has been read of a zone serves until the next --interval anyhow.",
    )
    txt_migrate: bool = flag(
        Theme.OWNERSHIP,
        default=False,
        help="Bring ownership records of what is wanted to today's form: from the names that --txt-migrate-from-prefix,"
        " --txt-migrate-from-suffix and --txt-migrate-from-wildcard-replacement describe, and to today's encryption.",
    )
    txt_migrate_from_prefix: str = flag(
        Theme.OWNERSHIP,
        default="",
        check=affix,
        help="With --txt-migrate: what --txt-prefix was before. Empty: there was none.",
    )
    txt_migrate_from_suffix: str = flag(
        Theme.OWNERSHIP,
        default="",
        check=affix,
        help="With --txt-migrate: what --txt-suffix was before. Empty: there was none.",
    )
    txt_migrate_from_wildcard_replacement: str = flag(
        Theme.OWNERSHIP,
        default="",
        check=affix,
        help="With --txt-migrate: what --txt-wildcard-replacement was before. Empty: there was none.",
    )

    # -- how to work

    policy: str = flag(  # ExternalDNS demands it; without deletes, DNS fills with names that lead nowhere
        Theme.WORK,
        default="sync",
        choices=("sync", "upsert-only", "create-only"),
        help="What may be done: everything (sync), no deletes (upsert-only), or neither changes nor deletes"
        " (create-only).",
    )
    interval: float = flag(
        Theme.WORK,
        default=60.0,
        between=(0.1, None),
        help="How often each zone is read again, to find and repair what others have changed. Changes in the cluster"
        " are followed at once.",
    )
    hold_missing_targets: float = flag(
        Theme.WORK,
        default=1800.0,
        between=(0, None),
        help="How long an object that is there and has no targets for now, such as an Ingress whose controller"
        " restarts, keeps the ones that it had last; 0 follows at once.",
    )
    brake_percent: int = flag(
        Theme.WORK,
        default=30,
        between=(0, 100),
        help="Deletes wait for a person, who lets them go with `zonewright approve`, when they are more than so many"
        " percent of our record sets in a zone; 100 never holds.",
    )
    brake_least_records: int = flag(
        Theme.WORK, default=10, between=(1, None), help="Zones with fewer of our record sets are never held."
    )
    sweep_interval: float = flag(
        Theme.WORK,
        default=600.0,
        between=(0, None),
        help="How often the names and versions of all objects are compared with what the watches have told; 0 never.",
    )
    events: bool = flag(
        Theme.WORK, default=False, help="Accepted, without effect: changes in the cluster are always followed at once."
    )
    min_event_sync_interval: float = flag(
        Theme.WORK, default=5.0, between=(0, None), help="Accepted, without effect, like --events."
    )
    listen_endpoint_events: bool = flag(
        Theme.WORK, default=False, help="Accepted, without effect: EndpointSlices that count are always followed."
    )
    once: bool = flag(
        Theme.WORK, default=False, help="Bring everything up to date once and exit: 0, or 1 when something failed."
    )
    dry_run: bool = flag(
        Theme.WORK, default=False, help="Change nothing in DNS; logs and statuses say what would be done."
    )

    # -- the Kubernetes API

    leader_election: bool = flag(  # ExternalDNS has one replica, and two of it for a while at each rollout
        Theme.CLUSTER,
        default=True,
        help="Of several replicas, one works, and another takes its place when it is gone. Without it there must never"
        " be two. --once and --dry-run do not take part.",
    )
    leader_election_lease_name: str = flag(
        Theme.CLUSTER,
        default="",
        shown="by what is published where",
        check=object_name,
        help="The Lease by which replicas find each other. Two installations must not have the same.",
    )
    leader_election_namespace: str = flag(
        Theme.CLUSTER,
        default="",
        shown="that of its pod",
        check=namespace_name,
        help="The namespace of that Lease.",
    )
    shard: str = flag(
        Theme.CLUSTER,
        default="",
        shown="one with everything",
        check=shard_place,
        help="INDEX/COUNT, such as 0/4: of COUNT processes that share the zones among them, this is INDEX, counted"
        " from 0. Each has a Lease of its own, and may have standbys.",
    )
    kubeconfig: str = flag(
        Theme.CLUSTER,
        default="",
        shown="$KUBECONFIG, the cluster that it runs in, or ~/.kube/config",
        help="File that says how to reach the cluster.",
    )
    server: str = flag(Theme.CLUSTER, default="", shown="from the kubeconfig", check=url, help="URL of the API server.")
    kube_api_request_timeout: float = flag(
        Theme.CLUSTER,
        default=30.0,
        between=(0, None),
        help="How long one request to the Kubernetes API may take. 0: no limit.",
    )

    # -- what can be seen

    log_level: str = flag(
        Theme.OBSERVATION,
        default="info",
        choices=("panic", "fatal", "error", "warning", "info", "debug", "trace"),
        help="Least level of what is logged; debug says why a name was left out.",
    )
    log_format: str = flag(Theme.OBSERVATION, default="text", choices=("text", "json"), help="Form of a log line.")
    metrics_address: str = flag(
        Theme.OBSERVATION,
        default=":7979",
        check=address,
        help="Where /metrics, /healthz and /readyz are served; port 0 takes a free one.",
    )
