from __future__ import annotations

import pytest

from zonewright.kube.api import ApiError, Conflict, Forbidden, Invalid, NotFound, Unreachable, parse


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Invalid),
        (401, Forbidden),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (413, Invalid),
        (418, Invalid),
        (422, Invalid),
        (429, Unreachable),
        (500, Unreachable),
        (504, Unreachable),
    ],
)
def test_the_error_follows_from_the_status_code(status: int, error: type[ApiError]) -> None:
    with pytest.raises(error, match="it is so") as caught:
        parse("GET /x", status, {"Retry-After": "7"}, b'{"kind": "Status", "message": "it is so"}')
    assert caught.value.retry_after == 7.0


def test_an_object_is_handed_out_as_it_is() -> None:
    assert parse("GET /x", 200, {}, b'{"kind": "Ingress"}') == {"kind": "Ingress"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null"])
def test_an_answer_without_an_object_is_no_answer(body: bytes) -> None:
    with pytest.raises(Unreachable, match="no JSON object"):
        parse("GET /x", 200, {}, body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"text"'])
def test_an_error_in_another_form_than_status_is_told_by_its_code(body: bytes) -> None:
    with pytest.raises(Unreachable, match="503"):
        parse("GET /x", 503, {"Retry-After": "soon"}, body)
