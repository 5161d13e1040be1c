import dns.message
import dns.rrset
import pytest

from localcluster.dnsserver import Answer, parse
from localcluster.stage import Expected


def response(*answer: str, rcode: str = "NOERROR") -> dns.message.Message:
    text = [f"id 1\nopcode QUERY\nrcode {rcode}\nflags QR\n;QUESTION\nwww.example.org. IN A\n;ANSWER", *answer]
    return dns.message.from_text("\n".join(text))


def test_records_of_the_type_that_was_asked_for_are_sorted() -> None:
    two = response("www.example.org. 60 IN A 192.0.2.2", "www.example.org. 60 IN A 192.0.2.1")
    assert parse(two, "A") == Answer("NOERROR", ("192.0.2.1", "192.0.2.2"), 60)
    assert parse(two, "AAAA") == Answer("NOERROR", (), None)


def test_an_alias_is_told_apart_from_the_records_it_leads_to() -> None:
    chain = response("docs.example.org. 300 IN CNAME www.example.org.", "www.example.org. 60 IN A 192.0.2.1")
    assert parse(chain, "A") == Answer("NOERROR", ("192.0.2.1",), 60, aliases=("www.example.org",))
    assert parse(chain, "CNAME") == Answer("NOERROR", ("www.example.org",), 300)


def test_texts_are_joined_without_quotes() -> None:
    assert parse(response('www.example.org. 0 IN TXT "heritage=" "external-dns"'), "TXT").records == (
        "heritage=external-dns",
    )


def test_a_name_that_does_not_exist_has_no_records() -> None:
    assert parse(response(rcode="NXDOMAIN"), "A") == Answer("NXDOMAIN", (), None)


FOUND = Answer("NOERROR", ("192.0.2.1",), 60)


@pytest.mark.parametrize(
    ("expected", "answer", "right"),
    [
        pytest.param(Expected("a", "A", ("192.0.2.1",)), FOUND, True, id="any ttl"),
        pytest.param(Expected("a", "A", ("192.0.2.1",), ttl=60), FOUND, True, id="the ttl"),
        pytest.param(Expected("a", "A", ("192.0.2.1",), ttl=61), FOUND, False, id="another ttl"),
        pytest.param(Expected("a", "A", ("192.0.2.1", "192.0.2.2")), FOUND, False, id="one address of two"),
        pytest.param(Expected("a", "A", ("192.0.2.1",), alias="b"), FOUND, False, id="no alias"),
        pytest.param(Expected("a", "A", ()), FOUND, False, id="still there"),
        pytest.param(Expected("a", "A", ()), Answer("NXDOMAIN", (), None), True, id="gone"),
        pytest.param(Expected("a", "A", ()), Answer("NOERROR", (), None), True, id="gone, others of the name stay"),
        pytest.param(Expected("a", "A", ()), Answer("SERVFAIL", (), None), False, id="a broken server proves nothing"),
    ],
)
def test_the_demonstration_takes_right_answers_only(expected: Expected, answer: Answer, right: bool) -> None:
    assert expected.matches(answer) is right
