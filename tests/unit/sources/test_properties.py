from __future__ import annotations

import pytest

from unit.sources.builders import PREFIX
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.sources import properties

PROXIED = PREFIX + "cloudflare-proxied"
ALL = ("alias", "aws/weight", "azure/tags", "coredns/group", "record-type", "scw/priority", "webhook/x", PROXIED)


def record(rtype: str = "A", **found: str) -> Endpoint:
    """ "__" in the name of a property stands for "/", "_" for "-"."""
    named = {name.replace("__", "/").replace("_", "-"): value for name, value in found.items()}
    return Endpoint("a.example.org", rtype, ("x",)).with_properties(named)


@pytest.mark.parametrize(
    ("provider", "kept"),
    [
        ("webhook", {"webhook/x"}),
        ("aws", {"aws/weight"}),
        ("azure", {"azure/tags"}),
        ("azure-dns", {"azure/tags"}),
        ("azure-private-dns", {"azure/tags"}),
        ("coredns", {"coredns/group"}),
        ("skydns", {"coredns/group"}),
        ("inmemory", set()),
        ("cloudflare", set(ALL)),
    ],
)
def test_properties_of_other_providers_are_dropped(provider: str, kept: set[str]) -> None:
    endpoint = record().with_properties(dict.fromkeys(ALL, "v"))
    found = dict(properties.own(endpoint, provider).properties)
    assert found.keys() == kept | {"alias", "record-type"}
    assert set(found.values()) == {"v"}


@pytest.mark.parametrize(
    ("endpoint", "alias"),
    [
        (record("CNAME"), "true"),
        (record("CNAME", alias="false"), "false"),
        (record("CNAME", alias=""), ""),
        (record("A"), None),
        (record("DNAME"), None),
    ],
)
def test_prefer_alias_is_for_cnames_about_which_nothing_is_said(endpoint: Endpoint, alias: str | None) -> None:
    assert dict(properties.preferring_alias(endpoint).properties).get("alias") == alias


@pytest.mark.parametrize("rtype", ["A", "AAAA", "CNAME"])
def test_alias_is_for_three_types(rtype: str) -> None:
    assert properties.misplaced_alias(record(rtype, alias="true")) is None


@pytest.mark.parametrize("value", ["true", "false", "A"])
def test_alias_of_another_type_is_refused_whatever_its_value(value: str) -> None:
    problem = properties.misplaced_alias(record("SRV", alias=value))
    assert problem is not None
    assert problem.reason is Reason.UNSUPPORTED_TYPE
    assert properties.misplaced_alias(record("SRV")) is None


@pytest.mark.parametrize(
    ("provider", "name", "value", "says"),
    [
        ("aws", "aws/weight", "10", None),
        ("aws", "aws/weight", "0", None),
        ("aws", "aws/weight", "256", "from 0 to 255"),
        ("aws", "aws/weight", "heavy", "from 0 to 255"),
        ("aws", "aws/weight", "", "from 0 to 255"),
        ("aws", "aws/evaluate-target-health", "false", None),
        ("aws", "aws/evaluate-target-health", "True", "true or false"),
        ("aws", "aws/failover", "SECONDARY", None),
        ("aws", "aws/failover", "primary", "PRIMARY or SECONDARY"),
        ("aws", "aws/geoproximity-bias", "-99", None),
        ("aws", "aws/geoproximity-bias", "100", "from -99 to 99"),
        ("aws", "aws/geoproximity-coordinates", "52.52,-13.405", None),
        ("aws", "aws/geoproximity-coordinates", "91,0", "latitude"),
        ("aws", "aws/geoproximity-coordinates", "0,181", "latitude"),
        ("aws", "aws/geoproximity-coordinates", "52.52", "latitude"),
        ("aws", "aws/region", "nowhere", None),
        ("aws", "aws/multi-value-answer", "", None),
        ("cloudflare", PROXIED, "True", None),
        ("cloudflare", PROXIED, "1", None),
        ("cloudflare", PROXIED, "yes", "true or false"),
        ("cloudflare", "dns.acme.test/cloudflare-proxied", "", "true or false"),
        ("cloudflare", PREFIX + "cloudflare-tags", "", None),
        ("cloudflare", "aws/weight", "heavy", None),
        ("webhook", "webhook/cloudflare-proxied", "yes", None),
        ("webhook", "alias", "AAAA", None),
        ("webhook", "alias", "yes", "true or false or A or AAAA"),
        ("webhook", "record-type", "x", None),
    ],
)
def test_value_that_the_provider_will_not_understand_is_told_and_passed_on(
    provider: str, name: str, value: str, says: str | None
) -> None:
    endpoint = record("CNAME").with_properties({name: value})
    found = list(properties.doubts(endpoint, provider))
    assert [p.reason for p in found] == [Reason.INVALID_ANNOTATION] * (says is not None)
    assert all(name in p.message and str(says) in p.message for p in found)
    assert properties.own(endpoint, provider) == endpoint
