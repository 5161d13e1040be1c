from __future__ import annotations

import contextlib
from base64 import b64encode, urlsafe_b64encode
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.duration import spelled
from zonewright.registry.txt.values import valid_owner
from zonewright.settings import Settings, SettingsError, externaldns, from_args
from zonewright.settings.flag import variable
from zonewright.settings.reading import FLAGS

Environ = dict[str, str]


def read(*args: str, **environ: str) -> Settings:
    """Settings from flags and variables, with the provider that must be given."""
    return from_args(["--provider=inmemory", *args], environ)


def problems(*args: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(*args, **environ)
    return str(caught.value).splitlines()


# -- defaults

OURS = {
    "namespace-domains",
    "sweep-interval",
    "brake-least-records",
    "brake-percent",
    "hold-missing-targets",
    "allow-cross-namespace-merge",
    "split-targets-by-visibility",
    "digitalocean-api-page-size",  # of older versions
    "txt-migrate",
    "txt-migrate-from-prefix",
    "txt-migrate-from-suffix",
    "txt-migrate-from-wildcard-replacement",
    "leader-election",
    "leader-election-lease-name",
    "leader-election-namespace",
    "shard",
}  # flags that ExternalDNS does not have


def test_defaults_are_those_that_the_documents_promise() -> None:
    assert read() == Settings(
        source=(
            "ingress",
            "service",
            "gateway-httproute",
            "gateway-grpcroute",
            "gateway-tlsroute",
            "gateway-tcproute",
            "gateway-udproute",
            "crd",
        ),
        namespace="",
        annotation_filter="",
        label_filter="",
        ingress_class=(),
        ignore_ingress_tls_spec=False,
        ignore_ingress_rules_spec=False,
        service_type_filter=(),
        publish_internal_services=False,
        publish_host_ip=False,
        always_publish_not_ready_addresses=False,
        resolve_service_load_balancer_hostname=False,
        exclude_unschedulable=True,
        expose_internal_ipv6=False,
        ignore_non_host_network_pods=False,
        pod_source_domain="",
        compatibility="",
        gateway_name="",
        gateway_namespace="",
        gateway_label_filter="",
        gateway_listener_sets=False,
        allow_cross_namespace_merge=False,
        split_targets_by_visibility=False,
        ignore_hostname_annotation=False,
        fqdn_template=(),
        combine_fqdn_annotation=False,
        fqdn_target_template=(),
        default_targets=(),
        force_default_targets=False,
        target_net_filter=(),
        exclude_target_net=(),
        nat64_networks=(),
        create_ptr=False,
        prefer_alias=False,
        min_ttl=0.0,
        min_event_sync_interval=5.0,
        listen_endpoint_events=False,
        annotation_prefix=("external-dns.kubernetes.io/", "external-dns.alpha.kubernetes.io/"),
        domain_filter=(),
        exclude_domains=(),
        regex_domain_filter="",
        regex_domain_exclusion="",
        managed_record_types=("A", "AAAA", "CNAME"),
        exclude_record_types=(),
        provider="inmemory",
        coredns_prefix="/skydns/",
        webhook_provider_url="http://localhost:8888",
        webhook_provider_max_body_size=33_554_432,
        pdns_server="http://localhost:8081",
        pdns_server_id="localhost",
        pdns_api_key="",
        pdns_skip_tls_verify=False,
        tls_ca="",
        tls_client_cert="",
        tls_client_cert_key="",
        zone_id_filter=(),
        aws_zone_type="",
        aws_zone_tags=(),
        aws_zone_match_parent=False,
        aws_prefer_cname=False,
        aws_evaluate_target_health=True,
        aws_batch_change_size=1000,
        aws_batch_change_size_bytes=32_000,
        aws_batch_change_size_values=1000,
        aws_batch_change_interval=1.0,
        aws_zones_cache_duration=0.0,
        google_project="",
        google_zone_visibility="",
        google_batch_change_size=1000,
        google_batch_change_interval=1.0,
        alibaba_cloud_config_file="/etc/kubernetes/alibaba-cloud.json",
        alibaba_cloud_zone_type="",
        digitalocean_api_page_size=50,
        rfc2136_host=(),
        rfc2136_port=0,
        rfc2136_zone=(),
        rfc2136_insecure=False,
        rfc2136_tsig_keyname="",
        rfc2136_tsig_secret="",
        rfc2136_tsig_secret_alg="hmac-sha256",
        rfc2136_axfr=False,
        rfc2136_tsig_axfr=False,
        rfc2136_min_ttl=0.0,
        rfc2136_batch_change_size=50,
        rfc2136_use_tls=False,
        rfc2136_skip_tls_verify=False,
        rfc2136_load_balancing_strategy="disabled",
        azure_config_file="/etc/kubernetes/azure.json",
        azure_resource_group="",
        azure_subscription_id="",
        azure_user_assigned_identity_client_id="",
        azure_zones_cache_duration=0.0,
        azure_maxretries_count=3,
        zone_name_filter=(),
        batch_change_size=200,
        batch_change_interval=1.0,
        cloudflare_proxied=False,
        cloudflare_record_comment="",
        cloudflare_dns_records_per_page=100,
        cloudflare_custom_hostnames=False,
        cloudflare_custom_hostnames_min_tls_version="1.0",
        cloudflare_custom_hostnames_certificate_authority="none",
        cloudflare_regional_services=False,
        cloudflare_region_key="",
        inmemory_zone=(),
        registry="txt",
        dynamodb_table="external-dns",
        dynamodb_region="",
        aws_profile=(),
        aws_assume_role="",
        aws_assume_role_external_id="",
        aws_api_retries=3,
        txt_owner_id="default",
        txt_prefix="",
        txt_suffix="",
        txt_wildcard_replacement="",
        txt_encrypt_enabled=False,
        txt_encrypt_aes_key=(),
        migrate_from_txt_owner="",
        txt_cache_interval=0.0,
        txt_migrate=False,
        txt_migrate_from_prefix="",
        txt_migrate_from_suffix="",
        txt_migrate_from_wildcard_replacement="",
        policy="sync",
        interval=60.0,
        events=False,
        once=False,
        dry_run=False,
        leader_election=True,
        leader_election_lease_name="",
        leader_election_namespace="",
        kubeconfig="",
        server="",
        kube_api_request_timeout=30.0,
        log_level="info",
        log_format="text",
        metrics_address=":7979",
    )


def test_every_field_is_a_flag_that_externaldns_alone_does_not_have() -> None:
    assert {field.name for field in fields(Settings)} == {flag.field for flag in FLAGS.values()}
    assert not FLAGS.keys() & externaldns.FLAGS


def test_every_flag_of_externaldns_is_known() -> None:
    """v0.22.0 has 180 flags; --version is the one that is no setting."""
    assert len((FLAGS.keys() - OURS) | externaldns.FLAGS) == 179


# -- forms


@pytest.mark.parametrize(
    ("args", "field", "value"),
    [
        pytest.param(["--policy=upsert-only"], "policy", "upsert-only", id="value after ="),
        pytest.param(["--policy", "upsert-only"], "policy", "upsert-only", id="value as next argument"),
        pytest.param(["--txt-prefix="], "txt_prefix", "", id="empty value"),
        pytest.param(["--namespace", ""], "namespace", "", id="empty value as next argument"),
        pytest.param(["--label-filter=a=b"], "label_filter", "a=b", id="only the first = divides"),
        pytest.param(["--once"], "once", True, id="switch"),
        pytest.param(["--no-once"], "once", False, id="negated switch"),
        pytest.param(["--once=true"], "once", True, id="switch with true"),
        pytest.param(["--once=0"], "once", False, id="switch with a Go false"),
        pytest.param(["--source=crd", "--source", "ingress"], "source", ("crd", "ingress"), id="list by repeating"),
        pytest.param(["--source=crd", "--source=crd"], "source", ("crd",), id="a value twice counts once"),
        pytest.param(["--domain-filter="], "domain_filter", (), id="empty filter is none"),
        pytest.param(["--domain-filter= a.org "], "domain_filter", ("a.org",), id="space around a domain is cut"),
        pytest.param(["--interval=1m30s"], "interval", 90.0, id="duration in seconds"),
        pytest.param(["--managed-record-types=mx"], "managed_record_types", ("MX",), id="types in capitals"),
        pytest.param(["--annotation-prefix=d.org/"], "annotation_prefix", ("d.org/",), id="one prefix replaces both"),
        pytest.param(["--webhook-provider-max-body-size=0"], "webhook_provider_max_body_size", 0, id="number"),
    ],
)
def test_flag_is_read(args: list[str], field: str, value: object) -> None:
    assert getattr(read(*args), field) == value


@pytest.mark.parametrize(
    ("environ", "field", "value"),
    [
        pytest.param({"EXTERNAL_DNS_POLICY": "create-only"}, "policy", "create-only", id="text"),
        pytest.param({"EXTERNAL_DNS_DRY_RUN": "1"}, "dry_run", True, id="switch on"),
        pytest.param({"EXTERNAL_DNS_DRY_RUN": "false"}, "dry_run", False, id="switch off"),
        pytest.param({"EXTERNAL_DNS_SOURCE": "crd\ningress\n"}, "source", ("crd", "ingress"), id="list by lines"),
        pytest.param({"EXTERNAL_DNS_SOURCE": "crd\r\ningress"}, "source", ("crd", "ingress"), id="list, Windows lines"),
        pytest.param({"EXTERNAL_DNS_POLICY": ""}, "policy", "sync", id="empty counts as unset"),
        pytest.param({"EXTERNAL_DNS_PORT": "tcp://10.0.0.1"}, "policy", "sync", id="what Kubernetes sets is no flag"),
    ],
)
def test_variable_is_read(environ: Environ, field: str, value: object) -> None:
    assert getattr(read(**environ), field) == value


def test_flag_beats_its_variable_even_a_wrong_one() -> None:
    assert read("--policy=upsert-only", EXTERNAL_DNS_POLICY="mirror").policy == "upsert-only"


def test_list_of_a_flag_replaces_that_of_its_variable() -> None:
    assert read("--source=crd", EXTERNAL_DNS_SOURCE="ingress").source == ("crd",)


# -- refusals


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["--policy=mirror"], "--policy: 'mirror' is not allowed; choose sync, upsert-only or create-only"),
        (
            ["--source=ingresses"],
            "--source: 'ingresses' is not allowed; choose ingress, service, gateway-httproute",
        ),
        (
            ["--source=traefik-proxy"],
            "--source: ExternalDNS has 'traefik-proxy', Zonewright does not have it yet",
        ),
        (["--source=ingress,crd"], "--source: 'ingress,crd' is not allowed; give the flag once for each value"),
        (["--source="], "--source: '' is not allowed; choose"),
        (["--registry=dynamodb", "--txt-owner-id= "], "--txt-owner-id: must not be empty with --registry=dynamodb"),
        (["--registry=dynamodb", "--txt-prefix=a", "--txt-suffix=b"], "--txt-suffix: cannot be combined with"),
        (["--dynamodb-table=a"], "--dynamodb-table: 'a' is not the name of a table: 3 to 255 letters"),
        (['--dynamodb-table=a"b c'], "--dynamodb-table: "),
        (["--registry=aws-sd"], "--registry: ExternalDNS has 'aws-sd', Zonewright does not have it yet"),
        (["--managed-record-types=AA"], "--managed-record-types: 'AA' is not allowed; choose A, AAAA"),
        (["--interval=1d"], "--interval: '1d' is not a duration"),
        (["--interval=60"], "--interval: '60' is not a duration"),
        (["--interval=0s"], "--interval: '0s' is out of range; it must be at least 100ms"),
        (["--kube-api-request-timeout=-1s"], "--kube-api-request-timeout: '-1s' is out of range"),
        (["--webhook-provider-max-body-size=1k"], "--webhook-provider-max-body-size: '1k' is not a whole number"),
        (["--once=perhaps"], "--once: 'perhaps' is neither true nor false"),
        (["--annotation-filter=a in b"], "--annotation-filter: 'a in b' is not a selector"),
        (["--label-filter=a=b=c"], "--label-filter: 'a=b=c' is not a selector"),
        (["--annotation-prefix=d.org"], "--annotation-prefix: 'd.org' does not end in /"),
        (["--annotation-prefix="], "--annotation-prefix: '' does not end in /"),
        (["--regex-domain-filter=("], "--regex-domain-filter: '(' is not a regular expression"),
        (["--regex-domain-filter=[[:alpha:]]"], "--regex-domain-filter: '[[:alpha:]]' is not a regular expression"),
        (["--namespace=A_b"], "--namespace: 'A_b' is not the name of a namespace"),
        (["--txt-prefix=a b"], "--txt-prefix: 'a b' has other than letters"),
        (["--txt-prefix=%{type}."], "--txt-prefix: '%{type}.' has other than letters"),
        (["--metrics-address=7979"], "--metrics-address: '7979' is no address to listen on"),
        (["--metrics-address=:70000"], "--metrics-address: ':70000' is no address to listen on"),
        (["--server=localhost"], "--server: not a URL"),
        (["--policy"], "--policy: needs a value: --policy=…"),
        (["--policy", "--once"], "--policy: needs a value: --policy=…"),
        (["--policy=sync", "--policy=sync"], "--policy: cannot be given more than once"),
        (["--once", "--no-once"], "--once: cannot be given more than once"),
        (["--annotation-prefix=a/", "--annotation-prefix=b/"], "--annotation-prefix: cannot be given more than once"),
        (["--no-policy"], "--no-policy: --policy takes a value and cannot be negated"),
        (["--polcy=sync"], "--polcy: there is no such flag; did you mean --policy?"),
        (["--qqqqqq"], "--qqqqqq: there is no such flag"),
        (["sync"], "sync: not expected here"),
        (["-v"], "-v: not expected here"),
        (["--target-template=x"], "--target-template: ExternalDNS has this flag, Zonewright does not have it yet"),
        (["--ovh-enable-cname-relative"], "--ovh-enable-cname-relative: ExternalDNS has this flag"),
        (["--no-ovh-enable-cname-relative"], "--ovh-enable-cname-relative: ExternalDNS has this flag"),
    ],
)
def test_wrong_flag_is_named_with_what_is_allowed(args: list[str], problem: str) -> None:
    (said,) = problems(*args)
    assert said.startswith(problem)


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        ({"EXTERNAL_DNS_POLICY": "mirror"}, "EXTERNAL_DNS_POLICY: 'mirror' is not allowed"),
        ({"EXTERNAL_DNS_SOURCE": "crd\nnope"}, "EXTERNAL_DNS_SOURCE: 'nope' is not allowed"),
        ({"EXTERNAL_DNS_TXT_OWNER_ID": " "}, "EXTERNAL_DNS_TXT_OWNER_ID: must not be empty"),
        (
            {"EXTERNAL_DNS_TARGET_TEMPLATE": "x"},
            "EXTERNAL_DNS_TARGET_TEMPLATE: ExternalDNS has this flag, --target-template",
        ),
    ],
)
def test_wrong_variable_is_named_itself(environ: Environ, problem: str) -> None:
    (said,) = problems(**environ)
    assert said.startswith(problem)


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["--txt-owner-id="], "--txt-owner-id: must not be empty with --registry=txt"),
        (["--txt-owner-id=a,b"], "--txt-owner-id: an ownership record cannot hold"),
        (["--txt-encrypt-enabled"], "--txt-encrypt-enabled: needs --txt-encrypt-aes-key"),
        (["--txt-encrypt-enabled", "--txt-encrypt-aes-key="], "--txt-encrypt-enabled: needs --txt-encrypt-aes-key"),
        (["--txt-prefix=a", "--txt-suffix=b"], "--txt-suffix: cannot be combined with --txt-prefix"),
        (["--txt-migrate-from-prefix=a"], "--txt-migrate-from-prefix: needs --txt-migrate"),
        (["--txt-migrate-from-wildcard-replacement=a"], "--txt-migrate-from-wildcard-replacement: needs --txt-migrate"),
        (
            ["--txt-migrate", "--txt-migrate-from-prefix=a", "--txt-migrate-from-suffix=b"],
            "--txt-migrate-from-suffix: cannot be combined with --txt-migrate-from-prefix",
        ),
        (["--txt-migrate", "--registry=noop"], "--txt-migrate: needs --registry=txt"),
        (["--migrate-from-txt-owner=a", "--registry=noop"], "--migrate-from-txt-owner: needs --registry=txt"),
        (
            ["--ingress-class=nginx", "--annotation-filter=kubernetes.io/ingress.class=nginx"],
            "--ingress-class: cannot be combined with an --annotation-filter on kubernetes.io/ingress.class",
        ),
    ],
)
def test_contradiction_is_named(args: list[str], problem: str) -> None:
    (said,) = problems(*args)
    assert said.startswith(problem)


def test_webhook_without_a_url_is_refused() -> None:
    with pytest.raises(SettingsError, match="--webhook-provider-url: must not be empty"):
        from_args(["--provider=webhook", "--webhook-provider-url="], {})


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ([], "--pdns-api-key: must be given with --provider=pdns"),
        (["--pdns-api-key= \n"], "--pdns-api-key: must be given with --provider=pdns"),
        (["--pdns-api-key=k", "--pdns-server="], "--pdns-server: must not be empty"),
        (["--pdns-api-key=k", "--pdns-server=localhost:8081"], "--pdns-server: not a URL"),
        (["--pdns-api-key=k", "--pdns-server-id="], "--pdns-server-id: must not be empty"),
        (["--pdns-api-key=k", "--tls-client-cert=f"], "--tls-client-cert: goes together with --tls-client-cert-key"),
        (["--pdns-api-key=k", "--tls-client-cert-key=f"], "--tls-client-cert: goes together"),
        (["--pdns-api-key=é"], "--pdns-api-key: has characters other than"),
    ],
)
def test_what_powerdns_needs_is_named(args: list[str], problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_args(["--provider=pdns", *args], {})
    (said,) = str(caught.value).splitlines()
    assert said.startswith(problem)


def test_a_key_in_a_variable_may_have_a_line_end_behind_it() -> None:
    settings = from_args(["--provider=pdns"], {"EXTERNAL_DNS_PDNS_API_KEY": "secret-key\n"})
    assert settings.pdns_api_key == "secret-key"
    assert "secret-key" not in repr(settings)


@pytest.mark.parametrize("args", [["--txt-owner-id="], ["--txt-prefix=a", "--txt-suffix=b"], ["--txt-encrypt-enabled"]])
def test_rules_of_ownership_records_do_not_count_without_them(args: list[str]) -> None:
    assert read("--registry=noop", *args).registry == "noop"


@given(st.text(min_size=1, max_size=300).filter(lambda text: "\0" not in text))
def test_owner_id_is_taken_only_if_the_registry_can_write_it(owner: str) -> None:
    try:
        assert valid_owner(read(f"--txt-owner-id={owner}").txt_owner_id)
    except SettingsError:
        assert not valid_owner(owner)


@pytest.mark.parametrize("length", [214, 215])
def test_owner_id_may_be_as_long_as_a_record_can_hold(length: int) -> None:
    owner = "o" * length
    if valid_owner(owner):
        assert read(f"--txt-owner-id={owner}").txt_owner_id == owner
    else:
        assert problems(f"--txt-owner-id={owner}")[0].startswith(f"--txt-owner-id: has {length} characters")


def test_provider_must_be_given() -> None:
    with pytest.raises(SettingsError, match="--provider: must be given; choose inmemory, coredns, skydns"):
        from_args([], {})


def test_all_problems_are_told_at_once() -> None:
    said = problems("--policy=x", "--log-level=x", "--target-template=x", EXTERNAL_DNS_INTERVAL="x")
    assert [line.split(":")[0] for line in said] == [
        "--target-template",
        "--policy",
        "EXTERNAL_DNS_INTERVAL",
        "--log-level",
    ]


@pytest.mark.parametrize("name", sorted(externaldns.FLAGS))
def test_flag_that_only_externaldns_has_is_refused_in_every_form(name: str) -> None:
    expected = f"ExternalDNS has this flag, --{name}, Zonewright does not have it yet; unset the variable"
    assert problems(f"--{name}=x") == [f"--{name}: ExternalDNS has this flag, Zonewright does not have it yet"]
    assert problems(**{variable(name): "x"}) == [f"{variable(name)}: {expected}"]


@pytest.mark.parametrize(
    "secret",
    [
        "--pdns-api-key=hunter2\x07",
        "--exoscale-apisecret=hunter2",
        "--server=hunter2",
        "--webhook-provider-url=x://hunter2",
    ],
)
def test_no_secret_is_repeated(secret: str) -> None:
    assert "hunter2" not in "\n".join(problems(secret))


# -- keys for ownership records

RAW_KEY = "-~~>>?hunter2?>>~~-0123456789abc"
KEY = b64encode(RAW_KEY.encode()).decode()
URL_SAFE_KEY = urlsafe_b64encode(RAW_KEY.encode()).decode()
OTHER_KEY = b64encode(b"o" * 32).decode()


@pytest.mark.parametrize(
    ("args", "keys"),
    [
        pytest.param([f"--txt-encrypt-aes-key={RAW_KEY}"], (KEY,), id="32 octets"),
        pytest.param([f"--txt-encrypt-aes-key={'o' * 32}"], (OTHER_KEY,), id="32 octets that could be base64 of 24"),
        pytest.param([f"--txt-encrypt-aes-key={KEY}"], (KEY,), id="base64"),
        pytest.param([f"--txt-encrypt-aes-key={URL_SAFE_KEY}"], (KEY,), id="base64 for URLs"),
        pytest.param([f"--txt-encrypt-aes-key={URL_SAFE_KEY.rstrip('=')}"], (KEY,), id="base64 without ="),
        pytest.param([f"--txt-encrypt-aes-key= {KEY}\n"], (KEY,), id="base64 with space around it"),
        pytest.param(
            [f"--txt-encrypt-aes-key=\udcff{'x' * 31}"], (b64encode(b"\xff" + b"x" * 31).decode(),), id="no text"
        ),
        pytest.param(["--txt-encrypt-aes-key", KEY], (KEY,), id="next argument"),
        pytest.param(["--txt-encrypt-aes-key", f"-{'x' * 31}"], (b64encode(b"-" + b"x" * 31).decode(),), id="hyphen"),
        pytest.param(
            [f"--txt-encrypt-aes-key={key}" for key in (OTHER_KEY, KEY, RAW_KEY)], (OTHER_KEY, KEY), id="several"
        ),
        pytest.param(["--txt-encrypt-aes-key="], (), id="empty is none"),
    ],
)
def test_key_is_read(args: list[str], keys: tuple[str, ...]) -> None:
    assert read(*args).txt_encrypt_aes_key == keys


def test_keys_stand_on_lines_of_the_variable() -> None:
    environ = {"EXTERNAL_DNS_TXT_ENCRYPT_AES_KEY": f"{KEY}\n{'o' * 32}\n"}
    assert read(**environ).txt_encrypt_aes_key == (KEY, OTHER_KEY)


@pytest.mark.parametrize(
    ("key", "octets"),
    [
        pytest.param("x" * 31, 31, id="short"),
        pytest.param("ü" * 32, 64, id="letters are no octets"),
        pytest.param(b64encode(b"x" * 16).decode(), 24, id="base64 of too little"),
        pytest.param(b64encode(b"x" * 48).decode(), 64, id="base64 of too much"),
    ],
)
def test_key_of_another_length_is_refused(key: str, octets: int) -> None:
    assert problems(f"--txt-encrypt-aes-key={key}") == [
        f"--txt-encrypt-aes-key: has {octets} octets; a key has 32, or is base64 of 32, 44 characters"
    ]


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["--txt-encrypt-aes-key=hunter2"], id="too short"),
        pytest.param(["--txt-encrypt-aes-key", "hunter2"], id="next argument"),
        pytest.param(["--txt-encrypt-aes-key", "-hunter2"], id="with a hyphen"),
        pytest.param(["--txt-encrypt-aes-key", "--hunter2"], id="like a flag"),
        pytest.param([f"--txt-encrypt-aes-key={KEY}", "hunter2"], id="a second one behind the first"),
        pytest.param(["--txt-encrypt-aes-key", KEY, "hunter2"], id="a second argument"),
        pytest.param(["-txt-encrypt-aes-key=hunter2"], id="flag with one hyphen"),
        pytest.param(["--txt-encrypt-aes-keys=hunter2"], id="flag that does not exist"),
        pytest.param(["--no-txt-encrypt-aes-key=hunter2"], id="negated"),
        pytest.param(["--registry=noop", f"--txt-encrypt-aes-key={'hunter2' * 9}"], id="not even needed"),
    ],
)
def test_no_error_repeats_a_key(args: list[str]) -> None:
    assert "hunter2" not in "\n".join(problems(*args))


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_command_line_gives_settings_or_a_settings_error(args: list[str]) -> None:
    with contextlib.suppress(SettingsError):
        assert isinstance(from_args(args, {}), Settings)


@given(st.integers(min_value=100, max_value=10**9))
def test_duration_survives_the_way_through_a_flag(milliseconds: int) -> None:
    assert read(f"--interval={spelled(milliseconds / 1000)}").interval == pytest.approx(milliseconds / 1000)
