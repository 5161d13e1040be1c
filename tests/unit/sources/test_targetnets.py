from __future__ import annotations

import pytest

from unit.sources.builders import settings
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.sources.targetnets import kept, nothing_left

V4, V6 = "192.0.2.0/24", "2001:db8::/32"


@pytest.mark.parametrize(
    ("include", "exclude", "rtype", "targets", "left"),
    [
        pytest.param([], [], "A", ["192.0.2.1"], ["192.0.2.1"], id="no filter"),
        pytest.param([V4], [], "A", ["192.0.2.1", "10.0.0.1"], ["192.0.2.1"], id="inside and outside"),
        pytest.param([V4, "10.0.0.0/8"], [], "A", ["192.0.2.1", "10.0.0.1"], ["192.0.2.1", "10.0.0.1"], id="either"),
        pytest.param([V4], [], "AAAA", ["2001:db8::1"], [], id="the other family"),
        pytest.param([V4, V6], [], "AAAA", ["2001:db8::1"], ["2001:db8::1"], id="both families"),
        pytest.param([V4], [], "AAAA", ["::ffff:192.0.2.1"], ["::ffff:192.0.2.1"], id="IPv4 in IPv6 clothes"),
        pytest.param([V4], [], "CNAME", ["lb.example.com"], [], id="a filter drops names"),
        pytest.param([V4], [], "MX", ["10 mail.example.org"], [], id="and all other targets"),
        pytest.param([V4], [], "TXT", ["192.0.2.1"], ["192.0.2.1"], id="save those that look like an address"),
        pytest.param([], ["10.0.0.0/8"], "A", ["192.0.2.1", "10.0.0.1"], ["192.0.2.1"], id="exclusion"),
        pytest.param([], ["10.0.0.0/8"], "CNAME", ["lb.example.com"], ["lb.example.com"], id="exclusion leaves names"),
        pytest.param([V4], ["192.0.2.128/25"], "A", ["192.0.2.1", "192.0.2.200"], ["192.0.2.1"], id="exclusion wins"),
        pytest.param(["192.0.2.1/32"], [], "A", ["192.0.2.1", "192.0.2.2"], ["192.0.2.1"], id="a single address"),
        pytest.param(["::/0"], [], "A", ["192.0.2.1"], [], id="all of IPv6 is none of IPv4"),
    ],
)
def test_targets_pass_by_their_network(
    include: list[str], exclude: list[str], rtype: str, targets: list[str], left: list[str]
) -> None:
    flags = settings(target_net_filter=tuple(include), exclude_target_net=tuple(exclude))
    endpoint = Endpoint("a.example.org", rtype, tuple(targets), ttl=60)
    assert kept(endpoint, flags) == Endpoint("a.example.org", rtype, tuple(left), ttl=60)


def test_message_names_the_flags_and_the_targets_and_is_bounded() -> None:
    flags = settings(target_net_filter=(V4, V6), exclude_target_net=("10.0.0.0/8",))
    problem = nothing_left(Endpoint("a.example.org", "A", tuple(f"10.0.0.{n}" for n in range(1, 6))), flags)
    assert problem.reason is Reason.FILTERED
    assert problem.message == (
        f"no A target passes --target-net-filter={V4} --target-net-filter={V6} --exclude-target-net=10.0.0.0/8:"
        " 10.0.0.1, 10.0.0.2, 10.0.0.3 and 2 more"
    )
