""".Name of a value: fields of structs, entries of maps."""

from __future__ import annotations

from zonewright.gotemplate.errors import Failed
from zonewright.gotemplate.schema import StructOf
from zonewright.gotemplate.values import MISSING, OPEN, Map, NoValue, Pointer, Struct, Value, kind, opened, typed


def field(value: Value, name: str, strict: bool) -> Value:
    """.Name of a value. A key that a map does not have is no value at all; where `strict`, it is an error."""
    match value:
        case NoValue.MISSING:
            return _no_entry(f"nil data; no entry for key {name!r}", strict)
        case Struct():
            return _of_struct(value, name)
        case Map(element, data):
            if data is not None and name in data:
                return typed(element, data[name])
            return _no_entry(f"map has no entry for key {name!r}", strict)
        case dict():
            return value[name] if name in value else _no_entry(f"map has no entry for key {name!r}", strict)
        case Pointer(_, target) if target is not None:
            return field(target, name, strict)
        case None | Pointer():
            raise Failed(f"nil pointer evaluating {kind(value)}.{name}")
    raise Failed(f"can't evaluate field {name} in type {kind(value)}")


def _no_entry(why: str, strict: bool) -> Value:
    if strict:
        raise Failed(why)
    return MISSING


def _of_struct(struct: Struct, name: str) -> Value:
    type_, data = struct.type, struct.data
    own = type_.fields.get(name) or type_.embedded.get(name)
    if own is not None:
        return typed(own.type, data.get(own.key) if own.key else data)
    for inner in type_.embedded.values():
        if isinstance(inner.type, StructOf) and inner.type.has(name):
            return field(typed(inner.type, data.get(inner.key) if inner.key else data), name, strict=False)
    return _unknown(struct, name)


def _unknown(struct: Struct, name: str) -> Value:
    """Clusters are newer than tables: a field that is there can be asked for, by Go's or by JSON's spelling."""
    known = {known.key for part in (struct.type.fields, struct.type.embedded) for known in part.values()}
    for key, value in struct.data.items():
        if key not in known and key.lower() == name.lower() and name[0].isupper():
            return opened(value)
    raise Failed(f"can't evaluate field {name} in type {struct.type.name}")


def fields(struct: Struct) -> list[tuple[str, Value]]:
    """All fields of a struct, those of embedded structs in one; for writing the whole out."""
    if struct.type is OPEN:
        return [(name, opened(value)) for name, value in struct.data.items()]
    return [(name, _of_struct(struct, name)) for name in (*struct.type.embedded, *struct.type.fields)]
