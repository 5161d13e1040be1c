"""What is asked of servers and of the kernel, and how answers are read."""

from __future__ import annotations

import asyncio
from collections import Counter

import dns.message
import dns.rrset
import pytest

from benchmarks.apiserver import parse_requests
from benchmarks.backends.motoserver import operation
from benchmarks.backends.pdns import parse_log
from benchmarks.backends.question import leads_to, question
from benchmarks.plan import WORKS, Stage, profile
from benchmarks.population import Item, Population, address
from benchmarks.processes import parse
from benchmarks.watching import TooSlow, next_pause, settled


def test_question_is_one_that_dns_understands() -> None:
    message = dns.message.from_wire(question(7, "app-1.bench.example.org"))
    assert (message.id, str(message.question[0])) == (7, "app-1.bench.example.org. IN A")


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        pytest.param(["198.18.0.1"], True, id="the address alone"),
        pytest.param(["198.18.0.2"], False, id="another one"),
        pytest.param(["198.18.0.1", "198.18.0.2"], False, id="both of them"),
        pytest.param([], False, id="none"),
    ],
)
def test_name_leads_to_an_address(addresses: list[str], expected: bool) -> None:
    response = dns.message.make_response(dns.message.from_wire(question(7, "a.example.org")))
    if addresses:
        response.answer.append(dns.rrset.from_text("a.example.org.", 5, "IN", "A", *addresses))
    assert leads_to(response.to_wire(), "198.18.0.1") == expected


def test_pdns_log_is_counted_by_method_and_zone() -> None:
    text = """\
[webserver] 1 127.0.0.1:3 "GET /api/v1/servers/localhost/zones HTTP/1.1" 200 9
[webserver] 2 127.0.0.1:3 "PATCH /api/v1/servers/localhost/zones/bench.example.org. HTTP/1.1" 204 9
[webserver] 4 127.0.0.1:3 "GET /api/v1/servers/localhost/zones/bench.example.org.?rrset_name=a. HTTP/1.1" 200 9
[webserver] 3 127.0.0.1:3 "PATCH /api/v1/servers/localhost/zones/bench.example.org. HTTP/1.1" 204 9
"""
    assert parse_log(text) == Counter({"GET zones": 1, "PATCH zone": 2, "GET rrset": 1})


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/2013-04-01/hostedzone/Z1/rrset/", "ChangeResourceRecordSets"),
        ("GET", "/2013-04-01/hostedzone/Z1/rrset", "ListResourceRecordSets"),
        ("GET", "/2013-04-01/hostedzone", "ListHostedZones"),
    ],
)
def test_operations_of_route53_by_their_names(method: str, path: str, name: str) -> None:
    assert operation(method, path) == name


def test_requests_are_counted_by_verb_and_resource() -> None:
    text = """\
apiserver_request_total{code="200",resource="services",subresource="",verb="LIST"} 2
apiserver_request_total{code="404",resource="services",subresource="",verb="LIST"} 1
apiserver_request_total{code="200",resource="services",subresource="status",verb="PATCH"} 5
apiserver_request_total{code="200",resource="",subresource="/readyz",verb="GET"} 9
"""
    assert parse_requests(text) == Counter({"LIST services": 2, "LIST services refused": 1, "PATCH services/status": 5})


def test_usage_of_a_process_whose_name_has_blanks_and_brackets() -> None:
    stat = "7 (a) b) S " + " ".join(["0"] * 10) + " 150 50 0 0"
    used = parse(stat, "VmHWM:\t  200 kB\nVmRSS:\t 100 kB\nRssAnon:\t 50 kB\n")
    assert (used.peak, used.resident, used.anonymous) == (204800, 102400, 51200)
    assert used.cpu > 0


def test_objects_are_a_third_of_each_kind_and_have_names_and_addresses_of_their_own() -> None:
    population = Population(300)
    items = population.base()
    assert Counter(item.kind for item in items) == {"ingresses": 100, "services": 100, "httproutes": 100}
    assert len({item.hostname for item in items}) == 300
    own = [population.place(item) for item in population.changeable()]
    assert len(set(own)) == 200


def test_objects_of_a_kind_are_spread_over_namespaces() -> None:
    assert len({Item(number).namespace for number in range(0, 300, 3)}) == 10


def test_there_are_so_many_addresses_and_no_more() -> None:
    assert (address(0), address((1 << 17) - 1)) == ("198.18.0.0", "198.19.255.255")
    with pytest.raises(ValueError, match="no address"):
        address(1 << 17)


def test_pause_between_questions_is_a_fiftieth_of_what_is_measured() -> None:
    assert (next_pause(0.0), next_pause(5.0)) == (0.001, 0.1)


async def test_moment_is_that_of_the_last_change_not_of_the_end_of_waiting() -> None:
    seen = iter([1, 2, 3, *([3] * 1000)])

    async def value() -> int:
        return next(seen)

    begun = asyncio.get_running_loop().time()
    moment = await settled(value, lambda n: n >= 3, 5, "three", quiet=0.2, least_pause=0.001)
    assert moment - begun < 0.1
    assert asyncio.get_running_loop().time() - begun >= 0.2


async def test_what_does_not_come_in_time_is_told_with_what_was_seen() -> None:
    async def value() -> int:
        return 2

    with pytest.raises(TooSlow, match="for three; last seen: 2"):
        await settled(value, lambda n: n >= 3, 0.05, "three", quiet=0.01, least_pause=0.001)


def test_unknown_work_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense: not one of"):
        Stage(1000, "coredns", 1, works=("nonsense",))


def test_profiles_end_when_they_say() -> None:
    assert profile("short").seconds() < 6 * 60
    assert profile("standard").seconds() < 60 * 60
    assert all(set(stage.works) <= set(WORKS) for stage in profile("full").stages)
