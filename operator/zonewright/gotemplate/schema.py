"""Types of Go, as far as templates can tell them apart: what an absent field is worth, and what may be asked of it.

Structs are written down as texts, one per struct: "Name, Port int, TLS []IngressTLS, Ref *Reference". A field without
a type is text. A field's key in JSON follows from its name, or stands behind =; + is an embedded struct, whose fields
are fields of the one that embeds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple, TypeAlias


class Basic(Enum):
    """Types without parts, and those of whose parts nothing is known."""

    STRING = "string"
    INT = "int"
    FLOAT = "float64"
    BOOL = "bool"
    ANY = "any"  # JSON as it is: the keys have JSON's spelling
    OPEN = "open"  # a part of an object about whose type nothing is written down here


@dataclass(frozen=True, slots=True)
class SliceOf:
    """A list."""

    element: Type


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map; keys are text."""

    element: Type


@dataclass(frozen=True, slots=True)
class PointerTo:
    """A value that may be absent."""

    target: Type


@dataclass(frozen=True, slots=True, eq=False)
class StructOf:
    """A struct. fields and embedded are by Go's names.

    read   makes the fields out of JSON that is no object, such as the text of a time
    shown  the field that is written out for the whole; "" where the whole has no text of its own
    """

    name: str
    fields: dict[str, Field] = field(default_factory=dict)
    embedded: dict[str, Field] = field(default_factory=dict)
    read: Callable[[Any], Mapping[str, Any]] | None = None
    shown: str = ""

    def has(self, name: str) -> bool:
        if name in self.fields or name in self.embedded:
            return True
        inner = (field.type for field in self.embedded.values())
        return any(isinstance(type_, StructOf) and type_.has(name) for type_ in inner)


Type: TypeAlias = Basic | SliceOf | MapOf | PointerTo | StructOf


class Field(NamedTuple):
    """key: in JSON; "" for a struct whose fields stand in the same JSON object as those of the struct around it."""

    key: str
    type: Type


STRINGS = MapOf(Basic.STRING)
_FIXED: Mapping[str, Type] = {
    **{basic.value: basic for basic in Basic},
    "map": STRINGS,
    "object": MapOf(Basic.ANY),
}
_FIELD = re.compile(r"(?P<plus>\+?)(?P<name>[A-Za-z0-9]+)(?P<key>=[A-Za-z0-9]*)?(?: (?P<type>[^ ]+))?")


class Schema:
    """The structs of some texts, made as they are asked for.

    structs  by name, as texts
    special  structs that no text describes
    """

    def __init__(self, structs: Mapping[str, str], special: Mapping[str, StructOf] | None = None) -> None:
        self._texts = structs
        self._made: dict[str, StructOf] = dict(special or {})

    def names(self) -> frozenset[str]:
        return frozenset(self._texts) | frozenset(self._made)

    def struct(self, name: str) -> StructOf:
        """Raises KeyError for a name that is not written down."""
        if name not in self._made:
            text = self._texts[name]
            made = self._made[name] = StructOf(name)  # before its fields: types may hold themselves
            for entry in text.split(", "):
                self._add(made, entry)
        return self._made[name]

    def _add(self, struct: StructOf, entry: str) -> None:
        found = _FIELD.fullmatch(entry)
        if found is None:
            raise ValueError(f"{struct.name}: {entry!r} describes no field")
        name, written = found["name"], found["key"]
        if found["plus"]:
            struct.embedded[name] = Field((written or "=")[1:], self.struct(name))
        else:
            key = json_key(name) if written is None else written[1:]
            struct.fields[name] = Field(key, self._type(found["type"] or "string"))

    def _type(self, text: str) -> Type:
        if text.startswith("[]"):
            return SliceOf(self._type(text[2:]))
        if text.startswith("*"):
            return PointerTo(self._type(text[1:]))
        if text.startswith("map:"):
            return MapOf(self._type(text[4:]))
        return _FIXED.get(text) or self.struct(text)


_LEADING_CAPITALS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]")


def json_key(name: str) -> str:
    """The key of a field by Kubernetes' convention: podIP of PodIP, ipMode of IPMode, tls of TLS."""
    return _LEADING_CAPITALS.sub(lambda found: found[0].lower(), name, count=1)
