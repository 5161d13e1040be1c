"""Which zones a record set goes to."""

from __future__ import annotations

import pytest

from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Visibility, Zone
from zonewright.zones.routing import Routes, Routing, private_targets

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
ORG = Zone("example.org", "Z1", PUBLIC)
ORG_WITHIN = Zone("example.org", "Z2", PRIVATE)
ORG_WITHIN_TOO = Zone("example.org", "Z3", PRIVATE)
DEEP = Zone("a.example.org", "Z4", PUBLIC)
DEEP_WITHIN = Zone("a.example.org", "Z5", PRIVATE)
PLAIN = Zone("example.org", "any")
EVERYTHING = Zone("", "memory")
AWS = Routing(every_private=True, pin="aws/hosted-zone-id")


def routes(*zones: Zone, routing: Routing = Routing()) -> Routes:  # noqa: B008  # frozen
    return routing.among(zones)


def a(*targets: str, name: str = "www.example.org", **properties: str) -> Endpoint:
    named = {key.replace("__", "/").replace("_", "-"): value for key, value in properties.items()}
    return Endpoint.wanted(name, "A", targets, properties=named)


@pytest.mark.parametrize(
    ("zones", "routing", "name", "expected"),
    [
        pytest.param([ORG, DEEP], Routing(), "x.a.example.org", [DEEP], id="longest name"),
        pytest.param([ORG, DEEP], Routing(), "a.example.org", [DEEP], id="name of the zone itself"),
        pytest.param([ORG, DEEP], Routing(), "xa.example.org", [ORG], id="whole labels"),
        pytest.param([ORG], Routing(), "example.com", [], id="none"),
        pytest.param([ORG, EVERYTHING], Routing(), "example.com", [EVERYTHING], id="zone of any name"),
        pytest.param([ORG_WITHIN, ORG], Routing(), "www.example.org", [ORG, ORG_WITHIN], id="twins"),
        pytest.param(
            [ORG, ORG_WITHIN_TOO, ORG_WITHIN],
            Routing(),
            "www.example.org",
            [ORG, ORG_WITHIN, ORG_WITHIN_TOO],
            id="several private networks",
        ),
        pytest.param([PLAIN, Zone("example.org", "z")], Routing(), "www.example.org", [PLAIN], id="two of one name"),
        pytest.param([ORG, DEEP_WITHIN], Routing(), "x.a.example.org", [DEEP_WITHIN], id="longer private name"),
        pytest.param([ORG, DEEP_WITHIN], AWS, "x.a.example.org", [ORG, DEEP_WITHIN], id="AWS: both"),
        pytest.param(
            [ORG, DEEP, ORG_WITHIN, DEEP_WITHIN],
            AWS,
            "x.a.example.org",
            [DEEP, DEEP_WITHIN, ORG_WITHIN],
            id="AWS: longest public, every private",
        ),
    ],
)
def test_zones_of_a_name(zones: list[Zone], routing: Routing, name: str, expected: list[Zone]) -> None:
    assert list(routing.among(zones).of(name)) == expected


def test_all_zones_have_a_record_set_whole_unless_addresses_are_split() -> None:
    found = routes(ORG, ORG_WITHIN)
    wanted = a("10.0.0.1", "203.0.113.1")
    assert [found.share(zone, wanted) for zone in (ORG, ORG_WITHIN)] == [wanted, wanted]


@pytest.mark.parametrize(
    ("targets", "public", "private"),
    [
        pytest.param(("10.0.0.1", "203.0.113.1"), ("203.0.113.1",), ("10.0.0.1",), id="both"),
        pytest.param(("10.0.0.1",), None, ("10.0.0.1",), id="private alone"),
        pytest.param(("203.0.113.1",), ("203.0.113.1",), ("203.0.113.1",), id="public alone: inside as well"),
    ],
)
def test_split_addresses_go_where_they_fit(
    targets: tuple[str, ...], public: tuple[str, ...] | None, private: tuple[str, ...]
) -> None:
    found = routes(ORG, ORG_WITHIN, routing=Routing(split=True))
    shares = [found.share(zone, a(*targets)) for zone in (ORG, ORG_WITHIN)]
    assert [share and share.targets for share in shares] == [public, private]
    assert not found.is_lost(a(*targets))


def test_a_single_zone_has_all_addresses_though_they_are_to_be_split() -> None:
    wanted = a("10.0.0.1")
    assert routes(ORG, routing=Routing(split=True)).share(ORG, wanted) == wanted


def test_names_are_not_split() -> None:
    wanted = Endpoint.wanted("www.example.org", "CNAME", ["lb.example.com"])
    found = routes(ORG, ORG_WITHIN, routing=Routing(split=True))
    assert [found.share(zone, wanted) for zone in (ORG, ORG_WITHIN)] == [wanted, wanted]


@pytest.mark.parametrize("asked", ["Z2", "/hostedzone/Z2"])
def test_a_record_set_may_name_its_only_zone(asked: str) -> None:
    wanted = a("203.0.113.1", aws__hosted_zone_id=asked)
    found = routes(ORG, ORG_WITHIN, routing=AWS)
    assert [found.share(zone, wanted) for zone in (ORG, ORG_WITHIN)] == [None, wanted]
    assert not found.is_lost(wanted)


def test_a_record_set_that_names_a_zone_that_does_not_hold_it_is_lost() -> None:
    assert routes(ORG, DEEP, routing=AWS).is_lost(a("203.0.113.1", aws__hosted_zone_id="Z4"))


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "169.254.1.1"],
)
def test_private_addresses_are_known(address: str) -> None:
    assert private_targets(a(address, "203.0.113.1")) == (address,)


@pytest.mark.parametrize("address", ["fd00::1", "fe80::1", "::1"])
def test_private_addresses_of_ipv6_are_known(address: str) -> None:
    assert private_targets(Endpoint.wanted("www.example.org", "AAAA", [address])) == (address,)
