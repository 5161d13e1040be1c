"""Routing policies ⇄ properties, as ExternalDNS names them (provider/aws/aws.go). They need a set identifier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zonewright.providers.base import Rejected

Json = dict[str, Any]
WEIGHT, REGION, FAILOVER, MULTI = "aws/weight", "aws/region", "aws/failover", "aws/multi-value-answer"
HEALTH_CHECK = "aws/health-check-id"
CONTINENT, COUNTRY, SUBDIVISION = (f"aws/geolocation-{part}-code" for part in ("continent", "country", "subdivision"))
NEAR_REGION, BIAS, COORDINATES, ZONE_GROUP = (
    f"aws/geoproximity-{part}" for part in ("region", "bias", "coordinates", "local-zone-group")
)
PROPERTIES = frozenset(
    {
        WEIGHT,
        REGION,
        FAILOVER,
        MULTI,
        HEALTH_CHECK,
        CONTINENT,
        COUNTRY,
        SUBDIVISION,
        NEAR_REGION,
        BIAS,
        COORDINATES,
        ZONE_GROUP,
    }
)


def read(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The properties of a ResourceRecordSet."""
    if found.get("HealthCheckId"):
        yield HEALTH_CHECK, str(found["HealthCheckId"])
    if not found.get("SetIdentifier"):
        return
    if found.get("Weight") is not None:
        yield WEIGHT, str(found["Weight"])
    for field, name in (("Region", REGION), ("Failover", FAILOVER)):
        if found.get(field):
            yield name, str(found[field])
    if found.get("MultiValueAnswer"):
        yield MULTI, "true"
    yield from _read_location(found.get("GeoLocation") or {})
    yield from _read_proximity(found.get("GeoProximityLocation") or {})


def _read_location(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field, name in (("ContinentCode", CONTINENT), ("CountryCode", COUNTRY), ("SubdivisionCode", SUBDIVISION)):
        if found.get(field):
            yield name, str(found[field])


def _read_proximity(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field, name in (("AWSRegion", NEAR_REGION), ("LocalZoneGroup", ZONE_GROUP)):
        if found.get(field):
            yield name, str(found[field])
    if place := found.get("Coordinates"):
        yield COORDINATES, f"{place['Latitude']},{place['Longitude']}"
    if found:
        yield BIAS, str(found.get("Bias") or 0)


def normalized(asked: Mapping[str, str], set_identifier: str) -> dict[str, str]:
    """Properties as `read` gives them. Raises Rejected for a value that Route 53 cannot have."""
    return dict(read(written(asked, set_identifier)))


def written(asked: Mapping[str, str], set_identifier: str) -> Json:
    """The fields of a ResourceRecordSet. Raises Rejected."""
    fields: Json = {"HealthCheckId": asked[HEALTH_CHECK]} if asked.get(HEALTH_CHECK) else {}
    if not set_identifier:
        return fields
    fields["SetIdentifier"] = set_identifier
    if WEIGHT in asked:
        fields["Weight"] = _number(WEIGHT, asked[WEIGHT], 0, 255)
    for field, name in (("Region", REGION), ("Failover", FAILOVER)):
        if asked.get(name):
            fields[field] = asked[name]
    if MULTI in asked:
        fields["MultiValueAnswer"] = True
    location = {
        field: asked[name]
        for field, name in (("ContinentCode", CONTINENT), ("CountryCode", COUNTRY), ("SubdivisionCode", SUBDIVISION))
        if asked.get(name)
    }
    if "ContinentCode" in location:  # which excludes the others
        location = {"ContinentCode": location["ContinentCode"]}
    fields |= {"GeoLocation": location} if location else {}
    proximity = _proximity(asked)
    fields |= {"GeoProximityLocation": proximity} if proximity else {}
    if len(fields.keys() - {"SetIdentifier", "HealthCheckId"}) != 1:
        policies = "weight, region, failover, multi-value-answer, geolocation-… or geoproximity-…"
        raise Rejected(f"a set identifier needs exactly one routing policy: one of the annotations aws-{policies}")
    return fields


def _proximity(asked: Mapping[str, str]) -> Json:
    found: Json = {}
    for field, name in (("AWSRegion", NEAR_REGION), ("LocalZoneGroup", ZONE_GROUP)):
        if asked.get(name):
            found[field] = asked[name]
    if asked.get(COORDINATES):
        latitude, _, longitude = asked[COORDINATES].partition(",")
        found["Coordinates"] = {
            "Latitude": _coordinate(latitude.strip(), 90),
            "Longitude": _coordinate(longitude.strip(), 180),
        }
    return found | {"Bias": _number(BIAS, asked.get(BIAS, "0"), -99, 99)} if found else {}


def _coordinate(text: str, most: int) -> str:
    try:
        if abs(float(text)) <= most:
            return text
    except ValueError:
        pass
    raise Rejected(f"{COORDINATES} must be latitude,longitude in degrees")


def _number(name: str, text: str, least: int, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = most + 1
    if not least <= value <= most:
        raise Rejected(f"{name} must be a whole number from {least} to {most}")
    return value
