"""Cloudflare's errors, by code and by status."""

from __future__ import annotations

from typing import Any

import pytest

from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.cloudflare.errors import refusal


def answer(*codes: object) -> dict[str, Any]:
    return {"success": False, "errors": [{"code": code, "message": f"message {code}"} for code in codes]}


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        pytest.param(400, answer(81057), Changed, id="record exists"),
        pytest.param(400, answer(81058), Changed, id="identical record exists"),
        pytest.param(404, answer(81044), Changed, id="record is gone"),
        pytest.param(404, answer(7003), Changed, id="zone is gone"),
        pytest.param(400, answer(81053), Rejected, id="address records beside a CNAME"),
        pytest.param(400, answer(81054), Rejected, id="a CNAME beside address records"),
        pytest.param(400, answer(9005), Rejected, id="content"),
        pytest.param(403, answer(10000), Denied, id="authentication"),
        pytest.param(400, answer(9109), Denied, id="invalid token, whatever the status"),
        pytest.param(400, answer(6003), Denied, id="headers"),
        pytest.param(403, answer(), Denied, id="forbidden, without a code"),
        pytest.param(429, answer(971), Throttled, id="too many"),
        pytest.param(429, None, Throttled, id="too many, from the edge"),
        pytest.param(400, answer(971), Throttled, id="too many, by its code"),
        pytest.param(500, answer(1000), Unavailable, id="server error"),
        pytest.param(520, None, Unavailable, id="no answer behind the edge"),
        pytest.param(302, None, Unavailable, id="a redirect"),
        pytest.param(200, answer(9005), Rejected, id="no success in spite of the status"),
        pytest.param(400, {"errors": "junk"}, Rejected, id="errors that are none"),
        pytest.param(400, answer("text", None), Rejected, id="codes that are none"),
    ],
)
def test_each_error_has_its_remedy(status: int, said: object, expected: type[ProviderError]) -> None:
    assert type(refusal("change zone z", status, said, {})) is expected


def test_the_text_has_status_codes_and_messages_and_no_control_characters() -> None:
    said = {"errors": [{"code": 81058, "message": "it\nexists"}, {"code": 1, "message": "x" * 1000}]}
    text = str(refusal("change zone z", 400, said, {}))
    assert text.startswith("Cloudflare answered 400 to change zone z: ")
    assert "(81058)" in text
    assert "\n" not in text
    assert len(text) < 700


def test_how_long_to_wait_is_taken_from_the_answer() -> None:
    error = refusal("list zones", 429, None, {"Retry-After": "21"})
    assert isinstance(error, Throttled)
    assert error.retry_after == 21
