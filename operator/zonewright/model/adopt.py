"""Whether a record that stands without an owner may be taken over: what the annotation `adopt` says."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Adopt(StrEnum):
    """The values are those of the annotation.

    NONE    the record is left alone
    EQUAL   it is taken over where it is what is asked for already: only ownership is written
    ALWAYS  it is taken over and changed, and gives way where it has another type
    """

    NONE = ""
    EQUAL = "equal"
    ALWAYS = "always"


ADOPT_WORDS = (Adopt.EQUAL, Adopt.ALWAYS)  # what may be written down, the stronger one last


def strongest(wishes: Iterable[Adopt]) -> Adopt:
    """Of several who speak for one record set; NONE where nobody does."""
    return max(wishes, key=list(Adopt).index, default=Adopt.NONE)
