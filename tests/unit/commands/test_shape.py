from __future__ import annotations

from typing import Any

import pytest

from unit.commands.shape import documented, misfits


@pytest.mark.parametrize("title", ["The plan as JSON", "The explanation as JSON"])
def test_examples_fit_themselves(title: str) -> None:
    example = documented(title)
    assert example["version"] == 1
    assert misfits(example, example) == []


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        pytest.param({"a": [{"b": 1}, {"b": "x"}]}, [".a[1].b: str, not int"], id="a value of another kind"),
        pytest.param({"a": [], "c": 1}, [".c"], id="a field too many"),
        pytest.param({}, [".a"], id="a field too few"),
        pytest.param({"a": None}, [], id="null"),
    ],
)
def test_misfits_are_named(found: Any, wrong: list[str]) -> None:
    assert misfits(found, {"a": [{"b": 1}]}) == wrong
