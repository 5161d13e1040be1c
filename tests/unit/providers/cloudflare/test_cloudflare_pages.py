"""How many pages a list has."""

from __future__ import annotations

from typing import Any

import pytest

from zonewright.providers.cloudflare.client import pages


@pytest.mark.parametrize(
    ("info", "page", "shown", "expected"),
    [
        pytest.param({"total_pages": 7}, 1, 100, 7, id="told"),
        pytest.param({"total_count": 101}, 1, 100, 2, id="by the number of all"),
        pytest.param({"total_pages": 0, "total_count": 0}, 1, 0, 1, id="an empty list"),
        pytest.param({}, 3, 100, 4, id="not told, and the page is full"),
        pytest.param({}, 3, 99, 3, id="not told, and the page is not full"),
    ],
)
def test_a_list_is_read_to_its_end(info: dict[str, Any], page: int, shown: int, expected: int) -> None:
    assert pages(info, page, shown, 100) == expected
