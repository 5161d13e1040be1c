from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.hostname import spelled
from zonewright.model.ownership import Ownership
from zonewright.registry.dynamodb.rows import Item, Row, about, as_endpoint, read_item, said
from zonewright.registry.dynamodb.schema import fault
from zonewright.registry.dynamodb.statements import Statement, Verb, deletes, records_only, writes

WWW = Key("www.example.org", "A", "")
MINE = Ownership("me", "ingress/default/web")
RECORD = Change(None, Endpoint.found("www.example.org", "A", ["192.0.2.1"]))

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
names = texts.map(spelled).filter(lambda name: name == spelled(name) and "#" not in name)
keys = st.builds(Key, names, st.sampled_from(["A", "CNAME", "TXT"]), st.text(max_size=5) | texts)
labels = st.dictionaries(texts.filter(lambda k: k not in ("owner", "resource", "txt-encryption-nonce")), texts)
ownerships = st.builds(
    lambda owner, resource, extra: Ownership(owner, resource, tuple(sorted(extra.items()))),
    texts,
    st.just("") | texts,
    labels,
)


def item(k: str, owner: str = "me", **labels: str) -> Item:
    fields = {name: {"S": value} for name, value in labels.items()}
    return {"k": {"S": k}, "o": {"S": owner}, "l": {"M": fields}}


# -- rows


@given(keys, ownerships)
def test_what_is_written_is_read_as_it_was(key: Key, ownership: Ownership) -> None:
    request = Statement(Verb.INSERT, Row.of(key, ownership)).request("t")
    written = dict(zip("kol", request["Parameters"], strict=True))
    assert read_item(written) == Row.of(key, ownership)


@given(keys, ownerships)
def test_a_row_in_the_shape_of_a_record_set_says_the_same(key: Key, ownership: Ownership) -> None:
    row = as_endpoint(key, ownership)
    assert (about(row), said(row)) == (key, ownership)


def test_key_has_the_spelling_of_externaldns() -> None:
    assert Row.of(WWW, MINE).text == "www.example.org#A#"
    assert Row.of(Key("*.example.org", "CNAME", "blue"), MINE).text == "*.example.org#CNAME#blue"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(item("www.example.org#A#"), Row(WWW, "www.example.org#A#", Ownership("me")), id="no labels"),
        pytest.param(
            item("x.org#A#a#b"), Row(Key("x.org", "A", "a#b"), "x.org#A#a#b", Ownership("me")), id="# in an identifier"
        ),
        pytest.param(
            item("WWW.Example.Org.#a#"), Row(WWW, "WWW.Example.Org.#a#", Ownership("me")), id="another spelling"
        ),
        pytest.param(
            item("www.example.org#A#", resource="service/a/b", team="x"),
            Row(WWW, "www.example.org#A#", Ownership("me", "service/a/b", (("team", "x"),))),
            id="labels",
        ),
        pytest.param({"k": {"S": "www.example.org#A#"}}, Row(WWW, "www.example.org#A#", Ownership("")), id="key alone"),
        pytest.param(item("www.example.org"), None, id="no key of a record set"),
        pytest.param(item("www.example.org#A"), None, id="half a key"),
        pytest.param({"k": {"N": "1"}}, None, id="a number for a key"),
        pytest.param({}, None, id="nothing"),
        pytest.param(
            {"k": {"S": "www.example.org#A#"}, "o": {"S": "me"}, "l": {"L": []}},
            Row(WWW, "www.example.org#A#", Ownership("me")),
            id="labels of another type",
        ),
        pytest.param(
            {"k": {"S": "www.example.org#A#"}, "o": {"S": "me"}, "l": {"M": {"a": {"N": "1"}, "owner": {"S": "x"}}}},
            Row(WWW, "www.example.org#A#", Ownership("me")),
            id="label of another type, owner among the labels",
        ),
    ],
)
def test_a_row_is_read_whatever_stands_in_it(found: Item, expected: Row | None) -> None:
    assert read_item(found) == expected


# -- statements


def insert(ownership: Ownership = MINE) -> Change:
    return Change(None, as_endpoint(WWW, ownership))


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        pytest.param(None, Verb.INSERT, id="no row: insert"),
        pytest.param(Row.of(WWW, MINE), None, id="a row that says it: nothing"),
        pytest.param(
            Row.of(WWW, Ownership("me", "ingress/x/y")), Verb.UPDATE, id="a row with another resource: update"
        ),
        pytest.param(
            Row.of(WWW, Ownership("other")), Verb.INSERT, id="another owner's: an insert, for the table to refuse"
        ),
    ],
)
def test_what_is_written_depends_on_the_row_that_stands(standing: Row | None, expected: Verb | None) -> None:
    rows = {WWW: standing} if standing else {}
    assert [s.verb for s in writes([insert(), RECORD], rows)] == ([expected] if expected else [])


def test_an_update_keeps_the_spelling_of_the_key() -> None:
    standing = Row(WWW, "WWW.example.org#A#", Ownership("me", "ingress/x/y"))
    (statement,) = writes([insert()], {WWW: standing})
    assert statement.row == Row(WWW, "WWW.example.org#A#", MINE)


@pytest.mark.parametrize(
    ("standing", "count"),
    [
        pytest.param(None, 0, id="no row"),
        pytest.param(Row.of(WWW, Ownership("me", "ingress/x/y")), 1, id="ours, whatever else it says"),
        pytest.param(Row.of(WWW, Ownership("other")), 0, id="another owner's"),
    ],
)
def test_only_rows_of_ours_are_deleted(standing: Row | None, count: int) -> None:
    gone = [Change(as_endpoint(WWW, MINE), None), Change(RECORD.new, None)]
    found = list(deletes(gone, {WWW: standing} if standing else {}))
    assert [(s.verb, s.row) for s in found] == [(Verb.DELETE, standing)] * count


def test_rows_are_no_business_of_dns() -> None:
    assert records_only([insert(), RECORD]) == (RECORD,)


@pytest.mark.parametrize(
    ("verb", "text", "parameters"),
    [
        pytest.param(Verb.INSERT, "INSERT INTO \"t\" VALUE {'k':?, 'o':?, 'l':?}", ["k", "o", "l"], id="insert"),
        pytest.param(Verb.UPDATE, 'UPDATE "t" SET "l"=? WHERE "k"=? AND "o"=?', ["l", "k", "o"], id="update"),
        pytest.param(Verb.DELETE, 'DELETE FROM "t" WHERE "k"=? AND "o"=?', ["k", "o"], id="delete"),
    ],
)
def test_statements_have_externaldns_s_form(verb: Verb, text: str, parameters: list[str]) -> None:
    values = {
        "k": {"S": "www.example.org#A#"},
        "o": {"S": "me"},
        "l": {"M": {"resource": {"S": "ingress/default/web"}}},
    }
    request = Statement(verb, Row.of(WWW, MINE)).request("t")
    assert request == {"Statement": text, "Parameters": [values[name] for name in parameters]}


# -- the table


def described(*keys: tuple[str, str, str]) -> dict[str, object]:
    return {
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind, _ in keys],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": rtype} for name, _, rtype in keys],
    }


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(described(("k", "HASH", "S")), None, id="as ExternalDNS asks for it"),
        pytest.param(described(("id", "HASH", "S")), "its hash key must be k, not id", id="another key"),
        pytest.param(described(("k", "HASH", "B")), "its hash key k must have the type S, a text", id="bytes"),
        pytest.param(
            described(("k", "HASH", "S"), ("o", "RANGE", "S")), "it must not have a range key; it has o", id="range key"
        ),
        pytest.param({}, "its hash key must be k, not None", id="nothing is told"),
    ],
)
def test_only_a_table_with_the_key_k_alone_will_do(table: dict[str, object], expected: str | None) -> None:
    assert fault(table) == expected
