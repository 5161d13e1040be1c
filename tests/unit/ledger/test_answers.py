from __future__ import annotations

import pytest

from zonewright.ledger.answers import Missing, Taken, failure, of_response, of_statements
from zonewright.model.reason import Reason
from zonewright.providers.base import Denied, ProviderError, Rejected, Throttled, Unavailable


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        pytest.param("DuplicateItem", Taken, Reason.OWNED_BY_OTHER, id="a row that is there"),
        pytest.param("ConditionalCheckFailed", Taken, Reason.OWNED_BY_OTHER, id="a row that has changed hands"),
        pytest.param("ProvisionedThroughputExceededException", Throttled, Reason.THROTTLED, id="capacity of a request"),
        pytest.param("ProvisionedThroughputExceeded", Throttled, Reason.THROTTLED, id="capacity of a statement"),
        pytest.param("ThrottlingException", Throttled, Reason.THROTTLED, id="rate of requests"),
        pytest.param("ThrottlingError", Throttled, Reason.THROTTLED, id="rate of statements"),
        pytest.param("RequestLimitExceeded", Throttled, Reason.THROTTLED, id="limit of the account"),
        pytest.param("AccessDeniedException", Denied, Reason.DENIED, id="a right is missing"),
        pytest.param("AccessDenied", Denied, Reason.DENIED, id="a right is missing for a statement"),
        pytest.param("ExpiredTokenException", Denied, Reason.DENIED, id="old credentials"),
        pytest.param("UnrecognizedClientException", Denied, Reason.DENIED, id="wrong credentials"),
        pytest.param("ResourceNotFoundException", Missing, Reason.DENIED, id="no table"),
        pytest.param("ValidationException", Rejected, Reason.REJECTED, id="a wrong request"),
        pytest.param("ValidationError", Rejected, Reason.REJECTED, id="a wrong statement"),
        pytest.param("InternalServerError", Unavailable, Reason.PROVIDER_UNAVAILABLE, id="their fault"),
        pytest.param("TransactionConflict", Unavailable, Reason.PROVIDER_UNAVAILABLE, id="worth another try"),
        pytest.param("500", Unavailable, Reason.PROVIDER_UNAVAILABLE, id="no code but a status"),
    ],
)
def test_each_code_has_its_remedy(code: str, kind: type[ProviderError], reason: Reason) -> None:
    error = failure("t", "Scan", code, "their words")
    assert (type(error), error.reason) == (kind, reason)


def test_an_error_tells_what_was_asked_and_their_words() -> None:
    error = of_response("t", "Scan", {"Error": {"Code": "AccessDeniedException", "Message": "no dynamodb:Scan"}})
    assert str(error) == "DynamoDB answered AccessDeniedException to Scan of table t: no dynamodb:Scan"


@pytest.mark.parametrize("code", ["InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature"])
def test_answers_that_quote_the_request_are_not_shown(code: str) -> None:
    error = of_response("t", "Scan", {"Error": {"Code": code, "Message": "x-amz-security-token:SECRET"}})
    assert isinstance(error, Denied)
    assert "SECRET" not in str(error)


def test_each_statement_has_its_own_fate() -> None:
    busy = {"Error": {"Code": "ThrottlingError", "Message": "slow down"}}
    first, second = of_statements("t", "BatchExecuteStatement", {"Responses": [{"TableName": "t"}, busy]})
    assert first is None
    assert isinstance(second, Throttled)
