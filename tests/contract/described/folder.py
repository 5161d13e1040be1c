"""Where the publishers' API descriptions are kept: outside of this repository, like the conformance suite."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "API_DESCRIPTIONS"  # of the environment: another folder than the one beside the repository
_BESIDE = Path(__file__).resolve().parents[4] / "shared" / "api"


def folder() -> Path:
    """Fails the test where there is none: without the descriptions a test server would prove nothing."""
    found = Path(os.environ.get(VARIABLE) or _BESIDE)
    if not found.is_dir():
        pytest.fail(f"there are no API descriptions in {found}; {VARIABLE} says where else they are")
    return found
