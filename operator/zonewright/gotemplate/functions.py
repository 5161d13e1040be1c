"""Functions that templates call: what arguments they take, and Go's own ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from zonewright.gotemplate import comparison, escaping, indexing
from zonewright.gotemplate.budget import Budget
from zonewright.gotemplate.errors import Exhausted, Failed
from zonewright.gotemplate.formatting import sprintf
from zonewright.gotemplate.printing import NO_VALUE, shown
from zonewright.gotemplate.schema import STRINGS
from zonewright.gotemplate.values import MISSING, Map, Value, kind, pointee, truth


class Takes(Enum):
    """What one argument has to be."""

    TEXT = "string"
    TEXTS = "map[string]string"
    ANYTHING = "any"


@dataclass(frozen=True, slots=True)
class Function:
    """takes: its arguments in their order; rest: what any more have to be, None where there may be no more."""

    call: Callable[..., Value]
    takes: tuple[Takes, ...]
    rest: Takes | None = None

    def check_count(self, name: str, count: int) -> None:
        wanted = len(self.takes)
        if count < wanted or (count > wanted and self.rest is None):
            least = "at least " if self.rest else ""
            raise Failed(f"wrong number of args for {name}: want {least}{wanted} got {count}")

    def apply(self, name: str, arguments: Sequence[Value], budget: Budget) -> Value:
        """Raises Failed when the arguments do not fit, or the function says so."""
        self.check_count(name, len(arguments))
        more = len(arguments) - len(self.takes)
        kinds = (*self.takes, *([self.rest] * more if self.rest else ()))
        fitting = [_fitting(argument, takes) for argument, takes in zip(arguments, kinds, strict=True)]
        for argument in fitting:
            budget.read(argument)
        try:
            result = self.call(*fitting)
        except Exhausted:
            raise
        except Failed as e:
            raise Failed(f"error calling {name}: {e}") from None
        budget.made(result)
        return result


def _fitting(value: Value, takes: Takes) -> Value:
    if takes is Takes.ANYTHING:
        return value
    value = pointee(value)
    if takes is Takes.TEXT and isinstance(value, str):
        return value
    if takes is Takes.TEXTS:
        if value is MISSING:
            return Map(STRINGS.element, None)
        if isinstance(value, Map) and value.element is STRINGS.element:
            return value
    if value is MISSING:
        raise Failed(f"invalid value; expected {takes.value}")
    raise Failed(f"wrong type for value; expected {takes.value}; got {kind(value)}")


def _sprint(*values: Value) -> str:
    """Blanks only where neither neighbour is text (fmt.Sprint)."""
    if not values:
        return ""
    found = [shown(values[0])]
    for before, value in pairwise(values):
        apart = not isinstance(before, str) and not isinstance(value, str)
        found.append(" " + shown(value) if apart else shown(value))
    return "".join(found)


def _present(value: Value) -> Value:
    return NO_VALUE if value is MISSING or value is None else value


def _escaper(escape: Callable[[str], str]) -> Callable[..., Value]:
    def escaped(*values: Value) -> Value:
        alone = values[0] if len(values) == 1 else None
        return escape(alone if isinstance(alone, str) else _sprint(*map(_present, values)))

    return escaped


def _call(function: Value, *_: Value) -> Value:
    """Data holds no functions."""
    raise Failed(f"non-function of type {kind(function)}")


_ANY = (Takes.ANYTHING,)
_TWO = (Takes.ANYTHING, Takes.ANYTHING)
BUILTINS: Mapping[str, Function] = {
    "call": Function(_call, _ANY, Takes.ANYTHING),
    "html": Function(_escaper(escaping.html), (), Takes.ANYTHING),
    "index": Function(indexing.index, _ANY, Takes.ANYTHING),
    "js": Function(_escaper(escaping.js), (), Takes.ANYTHING),
    "len": Function(indexing.length, _ANY),
    "not": Function(lambda value: not truth(value), _ANY),
    "print": Function(_sprint, (), Takes.ANYTHING),
    "printf": Function(lambda form, *values: sprintf(form, values), (Takes.TEXT,), Takes.ANYTHING),
    "println": Function(lambda *values: " ".join(map(shown, values)) + "\n", (), Takes.ANYTHING),
    "slice": Function(indexing.part, _ANY, Takes.ANYTHING),
    "urlquery": Function(_escaper(escaping.urlquery), (), Takes.ANYTHING),
    "eq": Function(comparison.equal, _ANY, Takes.ANYTHING),
    "ne": Function(comparison.unequal, _TWO),
    "lt": Function(comparison.less, _TWO),
    "le": Function(comparison.less_or_equal, _TWO),
    "gt": Function(comparison.greater, _TWO),
    "ge": Function(comparison.greater_or_equal, _TWO),
}
# These two end at the first argument that decides, and so are part of evaluation: later ones may well fail.
SHORT_CIRCUITS: Mapping[str, bool] = {"and": False, "or": True}
