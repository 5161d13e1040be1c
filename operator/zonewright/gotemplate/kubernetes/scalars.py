"""Types that are texts or numbers in JSON and more than that in Go: times, ports by number or name, quantities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from zonewright.gotemplate.schema import Basic, Field, StructOf

_ZERO_TIME = datetime(1, 1, 1, tzinfo=UTC)


def _time(data: Any) -> Mapping[str, Any]:
    """RFC 3339; what is none is the zero time. Written as Go writes a time in UTC."""
    moment = _ZERO_TIME
    try:
        moment = datetime.fromisoformat(data).astimezone(UTC) if isinstance(data, str) else moment
    except (ValueError, OverflowError):
        pass
    written = f"{moment.year:04d}-{moment:%m-%d %H:%M:%S} +0000 UTC"
    return {"String": written, "Unix": int(moment.timestamp()), "IsZero": moment == _ZERO_TIME}


def _int_or_string(data: Any) -> Mapping[str, Any]:
    number = data if isinstance(data, int) and not isinstance(data, bool) else 0
    name = data if isinstance(data, str) else ""
    return {"String": name or str(number), "StrVal": name, "IntVal": number, "Type": int(isinstance(data, str))}


def _quantity(data: Any) -> Mapping[str, Any]:
    return {"String": "0" if data is None else str(data)}


def _fields(**types: Basic) -> dict[str, Field]:
    return {name: Field(name, type_) for name, type_ in types.items()}


SCALARS: Mapping[str, StructOf] = {
    "Time": StructOf(
        "Time", _fields(String=Basic.STRING, Unix=Basic.INT, IsZero=Basic.BOOL), read=_time, shown="String"
    ),
    "IntOrString": StructOf(
        "IntOrString",
        _fields(String=Basic.STRING, StrVal=Basic.STRING, IntVal=Basic.INT, Type=Basic.INT),
        read=_int_or_string,
        shown="String",
    ),
    "Quantity": StructOf("Quantity", _fields(String=Basic.STRING), read=_quantity, shown="String"),
}
