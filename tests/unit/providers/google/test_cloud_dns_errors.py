"""What Cloud DNS's refusals mean."""

from __future__ import annotations

from typing import Any

import pytest

from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.google.errors import Blamed, TokenRefused, refusal
from zonewright.providers.rest import Answer

ADDITION, DELETION = "entity.change.additions[3]", "entity.change.deletions[1]"


def answer(status: int, reason: str, *messages: str, retry_after: str = "") -> Answer:
    listed = [{"message": message, "domain": "global", "reason": reason} for message in messages]
    error = {"code": status, "message": messages[0] if messages else "", "errors": listed}
    return Answer(status, {"error": error}, {"Retry-After": retry_after} if retry_after else {})


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        pytest.param(answer(403, "rateLimitExceeded", "Rate Limit Exceeded"), Throttled, id="too many requests"),
        pytest.param(answer(403, "userRateLimitExceeded", "…"), Throttled, id="too many requests of one user"),
        pytest.param(answer(403, "quotaExceeded", "The quota is used up"), Throttled, id="a quota"),
        pytest.param(answer(429, "whatever", "…"), Throttled, id="429 of any reason"),
        pytest.param(answer(403, "forbidden", "Forbidden"), Denied, id="no right"),
        pytest.param(answer(403, "accessNotConfigured", "…"), Denied, id="API not enabled"),
        pytest.param(answer(401, "authError", "Invalid Credentials"), TokenRefused, id="token"),
        pytest.param(answer(400, "invalidParameter", "Invalid resource field value"), Rejected, id="of no record set"),
        pytest.param(
            answer(404, "notFound", "The 'parameters.managedZone' resource named 'changes' does not exist."),
            Unavailable,
            id="a zone that has gone, whatever its name",
        ),
        pytest.param(answer(503, "backendError", f"'{ADDITION}'"), Unavailable, id="trouble at Google's"),
        pytest.param(Answer(502, None, {}), Unavailable, id="no JSON"),
        pytest.param(Answer(403, {"error": "odd"}, {}), Denied, id="an error of another form"),
        pytest.param(Answer(400, {"error": {"errors": [None]}}, {}), Rejected, id="errors that are none"),
    ],
)
def test_a_refusal_has_its_remedy(given: Answer, kind: type[ProviderError]) -> None:
    assert type(refusal("change zone x", given)) is kind


@pytest.mark.parametrize(
    ("status", "reason", "message", "place", "kind"),
    [
        pytest.param(
            409,
            "alreadyExists",
            f"The resource '{ADDITION}' named 'a.example.org. (A)' already exists",
            ("additions", "3", ""),
            Changed,
            id="there already",
        ),
        pytest.param(
            412,
            "conditionNotMet",
            f"Precondition not met for '{DELETION}'",
            ("deletions", "1", ""),
            Changed,
            id="not what it was",
        ),
        pytest.param(
            404, "notFound", f"The '{DELETION}' resource …", ("deletions", "1", ""), Changed, id="gone already"
        ),
        pytest.param(
            400,
            "invalid",
            f"Invalid value for '{ADDITION}.rrdata[0]': 'x'",
            ("additions", "3", ""),
            Rejected,
            id="no address",
        ),
        pytest.param(
            400,
            "invalid",
            "Invalid value for 'entity.change.additions[a.example.org.][TXT].name': 'x'",
            ("additions", "a.example.org.", "TXT"),
            Rejected,
            id="by name and type",
        ),
        pytest.param(
            403, "quotaExceeded", f"'{ADDITION}' exceeds …", ("additions", "3", ""), Rejected, id="too many values"
        ),
    ],
)
def test_the_record_set_to_blame_is_known(
    status: int, reason: str, message: str, place: tuple[str, str, str], kind: type[ProviderError]
) -> None:
    error = refusal("change zone x", answer(status, reason, message))
    assert isinstance(error, Blamed)
    (fault,) = error.faults
    assert ((fault.part, fault.which, fault.rtype), type(fault.error)) == (place, kind)
    assert message[:40] in str(fault.error)


def test_all_that_are_to_blame_are_known_each_once_with_its_own_words() -> None:
    texts = [f"The resource 'entity.change.additions[{number}]' already exists" for number in (3, 4, 7)]
    error = refusal("change zone x", answer(409, "alreadyExists", *texts, "something else"))
    assert isinstance(error, Blamed)
    assert [(fault.which, str(fault.error).partition(": ")[2]) for fault in error.faults] == list(
        zip(("3", "4", "7"), texts, strict=True)
    )


def test_a_quota_that_is_none_of_requests_is_told_in_googles_words() -> None:
    error = refusal("change zone x", answer(403, "quotaExceeded", "too many record sets in the zone", retry_after="7"))
    assert isinstance(error, Throttled)
    assert (error.retry_after, "too many record sets in the zone" in str(error)) == (7.0, True)


@pytest.mark.parametrize("value", [None, [], "x", {"error": None}, {"error": {"errors": 7}}], ids=repr)
def test_whatever_comes_is_an_error_of_ours(value: Any) -> None:
    assert isinstance(refusal("list zones", Answer(418, value, {})), ProviderError)
