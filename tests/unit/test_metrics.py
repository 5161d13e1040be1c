from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from zonewright import __version__
from zonewright.metrics import Counts, Metrics
from zonewright.providers.traffic import Traffic

COUNTS = Counts(source={"A": 3, "AAAA": 2, "CNAME": 1}, registry={"A": 5, "TXT": 4}, verified={"A": 2})


def series(metrics: Metrics) -> dict[str, float]:
    """Every line of the exposition that is no comment."""
    lines = metrics.text().decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def ours(metrics: Metrics) -> dict[str, float]:
    return {name: value for name, value in series(metrics).items() if name.startswith("external_dns_")}


def counted(counts: Counts = COUNTS) -> Metrics:
    metrics = Metrics()
    metrics.set_counts(counts)
    return metrics


def test_names_and_values_are_those_that_externaldns_s_users_watch() -> None:
    metrics = counted()
    metrics.synced(1000.5)
    metrics.reconciled(2000.5)
    metrics.source_error()
    metrics.registry_error()
    metrics.registry_error()
    found = ours(metrics)
    (build,) = [name for name in found if name.startswith("external_dns_build_info{")]
    assert f'version="{__version__}"' in build
    assert found.pop(build) == 1
    assert found == {
        "external_dns_controller_last_sync_timestamp_seconds": 1000.5,
        "external_dns_controller_last_reconcile_timestamp_seconds": 2000.5,
        'external_dns_controller_verified_records{record_type="a"}': 2,
        "external_dns_source_endpoints_total": 6,
        "external_dns_source_errors_total": 1,
        'external_dns_source_records{record_type="a"}': 3,
        'external_dns_source_records{record_type="aaaa"}': 2,
        'external_dns_source_records{record_type="cname"}': 1,
        "external_dns_source_a_records": 3,
        "external_dns_source_aaaa_records": 2,
        "external_dns_registry_endpoints_total": 9,
        "external_dns_registry_errors_total": 2,
        'external_dns_registry_records{record_type="a"}': 5,
        'external_dns_registry_records{record_type="txt"}': 4,
        "external_dns_registry_a_records": 5,
        "external_dns_registry_aaaa_records": 0,
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("external_dns_source_endpoints_total", "gauge"),
        ("external_dns_registry_endpoints_total", "gauge"),
        ("external_dns_source_errors_total", "counter"),
        ("external_dns_registry_errors_total", "counter"),
        ("external_dns_controller_verified_records", "gauge"),
        ("external_dns_controller_last_sync_timestamp_seconds", "gauge"),
    ],
)
def test_kinds_are_externaldns_s(name: str, kind: str) -> None:
    assert f"# TYPE {name} {kind}" in counted().text().decode().splitlines()


def test_types_that_are_gone_disappear() -> None:
    metrics = counted()
    metrics.set_counts(Counts(source={"MX": 1}))
    records = {name: value for name, value in ours(metrics).items() if "record_type" in name}
    assert records == {'external_dns_source_records{record_type="mx"}': 1}
    assert ours(metrics)["external_dns_source_a_records"] == 0


def test_nothing_but_errors_counts_up_from_zero_before_the_first_round() -> None:
    found = ours(Metrics())
    assert found["external_dns_registry_errors_total"] == 0
    assert found["external_dns_controller_last_sync_timestamp_seconds"] == 0


def test_no_series_tells_when_a_counter_was_created() -> None:
    assert not [name for name in series(counted()) if "_created" in name]


def test_exposition_can_be_parsed_and_has_the_process() -> None:
    families = {family.name for family in text_string_to_metric_families(counted().text().decode())}
    assert {"process_resident_memory_bytes", "process_cpu_seconds"} <= families


def test_two_operators_in_one_process_count_apart() -> None:
    one, other = counted(), Metrics()
    assert ours(one)["external_dns_source_endpoints_total"] == 6
    assert ours(other)["external_dns_source_endpoints_total"] == 0


def test_traffic_is_shown_as_it_is_when_asked() -> None:
    metrics, traffic = Metrics(), Traffic()
    metrics.watch("aws", traffic)
    traffic.requests, traffic.throttled, traffic.waited = 7, 2, 0.5
    text = metrics.text().decode()
    assert 'zonewright_provider_requests_total{provider="aws"} 7.0' in text
    assert 'zonewright_provider_throttled_total{provider="aws"} 2.0' in text
    assert 'zonewright_provider_wait_seconds_total{provider="aws"} 0.5' in text
