"""Label selectors in the grammar of Kubernetes, for labels and, with --annotation-filter, for annotations.

    app=web, tier!=db, env in (prod, dev), zone notin (eu), team, !internal, weight>3

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from zonewright.model.hostname import printable

_TOKEN = re.compile(r"\s*(!=|==|[=!(),<>]|[^\s=!(),<>]+)")
_KEY = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_MARKS = frozenset("=!(),<>") | {"==", "!="}


class Operator(StrEnum):
    """The names are those of matchExpressions."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    ABSENT = "DoesNotExist"
    GREATER = "Gt"
    LESS = "Lt"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on the value of `key`. A missing key satisfies NOT_IN and ABSENT alone."""

    key: str
    operator: Operator
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.key)
        match self.operator:
            case Operator.IN:
                return value in self.values
            case Operator.NOT_IN:
                return value not in self.values
            case Operator.EXISTS:
                return value is not None
            case Operator.ABSENT:
                return value is None
            case Operator.GREATER | Operator.LESS:
                return value is not None and self._compares(value)

    def _compares(self, value: str) -> bool:
        """Whether two integers stand as the operator says; what is no integer does not match."""
        if not _INTEGER.fullmatch(value):
            return False
        (bound,) = self.values
        return int(value) > int(bound) if self.operator is Operator.GREATER else int(value) < int(bound)


@dataclass(frozen=True, slots=True)
class Selector:
    """Requirements that must all be met; none at all match everything."""

    requirements: tuple[Requirement, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError, which says what was expected and what stood there."""
        return cls(tuple(_Parser(text).requirements()))

    @classmethod
    def of(cls, selector: Mapping[str, Any]) -> Self:
        """A selector as objects hold it (metav1.LabelSelector): matchLabels and matchExpressions.

        Raises ValueError on what is not understood, so that no rule is ever taken for consent by mistake.
        """
        pairs, expressions = selector.get("matchLabels") or {}, selector.get("matchExpressions") or []
        if not isinstance(pairs, Mapping) or not isinstance(expressions, list):
            raise ValueError("matchLabels is no mapping, or matchExpressions no list")
        equal = [Requirement(key, Operator.IN, frozenset({value})) for key, value in pairs.items()]
        return cls((*equal, *map(_expression, expressions)))

    def matches(self, labels: Mapping[str, str]) -> bool:
        return all(requirement.matches(labels) for requirement in self.requirements)


def _expression(entry: Mapping[str, Any]) -> Requirement:
    """Gt and Lt are no operators of objects: there they would need a check of their values."""
    key, operator, values = entry.get("key"), entry.get("operator"), entry.get("values") or []
    if not isinstance(key, str) or operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
        raise ValueError(f"matchExpressions: {printable(str(key))} {printable(str(operator))} is not understood")
    return Requirement(key, Operator(operator), frozenset(map(str, values)))


class _Parser:
    """Recursive descent over the tokens of one selector; "" is its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[str] = [*_TOKEN.findall(text.rstrip()), ""]
        self._at = 0

    def requirements(self) -> Iterator[Requirement]:
        if self._next == "":
            return
        yield self._requirement()
        while self._next == ",":
            self._take()
            yield self._requirement()
        if self._next:
            raise self._expected("a comma or the end")

    @property
    def _next(self) -> str:
        return self._tokens[self._at]

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _requirement(self) -> Requirement:
        if self._next == "!":
            self._take()
            return Requirement(self._key(), Operator.ABSENT)
        key = self._key()
        match self._next:
            case "" | ",":
                return Requirement(key, Operator.EXISTS)
            case "=" | "==" | "!=":
                operator = Operator.NOT_IN if self._take() == "!=" else Operator.IN
                return Requirement(key, operator, frozenset({self._value()}))
            case "in" | "notin":
                operator = Operator.IN if self._take() == "in" else Operator.NOT_IN
                return Requirement(key, operator, frozenset(self._values()))
            case ">" | "<":
                operator = Operator.GREATER if self._take() == ">" else Operator.LESS
                return Requirement(key, operator, frozenset({self._integer()}))
        raise self._expected("one of = == != in notin < > , or the end")

    def _key(self) -> str:
        if not _KEY.fullmatch(self._next):
            raise self._expected("the name of a label")
        return self._take()

    def _value(self) -> str:
        """A value; where none stands, the empty one: "a=" asks for a label without value."""
        return "" if self._next in _MARKS or self._next == "" else self._take()

    def _integer(self) -> str:
        if not _INTEGER.fullmatch(self._next):
            raise self._expected("an integer")
        return self._take()

    def _values(self) -> Iterator[str]:
        if self._next != "(":
            raise self._expected("values in parentheses")
        self._take()
        yield self._value()
        while self._next == ",":
            self._take()
            yield self._value()
        if self._next != ")":
            raise self._expected("a comma or )")
        self._take()

    def _expected(self, what: str) -> ValueError:
        found = repr(printable(self._next)) if self._next else "the end"
        return ValueError(f"{printable(self._text)!r} is not a selector: expected {what}, found {found}")
