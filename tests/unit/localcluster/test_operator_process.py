import pytest

from localcluster.operator_process import environment, metric

METRICS = """\
# TYPE external_dns_registry_errors_total counter
external_dns_registry_errors_total 3.0
# TYPE external_dns_registry_records gauge
external_dns_registry_records{record_type="a",zone="example.org"} 2.0
external_dns_registry_records{record_type="aaaa",zone="example.org"} 5.0
"""


def test_the_operator_inherits_no_setting_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EXTERNAL_DNS_POLICY", "KUBECONFIG", "ETCD_URLS", "ETCD_CA_FILE"):
        monkeypatch.setenv(name, "foreign")
    monkeypatch.setenv("HOME", "/home/user")
    given = environment({"ETCD_URLS": "ours"})
    assert "foreign" not in given.values()
    assert (given["ETCD_URLS"], given["HOME"]) == ("ours", "/home/user")


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("external_dns_registry_errors_total", {}, 3),
        ("external_dns_registry_records", {"zone": "example.org", "record_type": "aaaa"}, 5),
        ("external_dns_registry_records", {"record_type": "aaaa"}, None),
        ("external_dns_nothing", {}, None),
    ],
)
def test_a_metric_is_found_by_all_its_labels(name: str, labels: dict[str, str], value: float | None) -> None:
    assert metric(METRICS, name, labels) == value
