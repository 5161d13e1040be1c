"""From the text of a flag to its value. Every reader raises ValueError, whose text says what is allowed."""

from __future__ import annotations

import re
import warnings
from base64 import b64decode, b64encode
from ipaddress import ip_network
from urllib.parse import urlsplit

from zonewright.model import duration
from zonewright.model.grant import Grant
from zonewright.model.hostname import printable
from zonewright.model.selector import Selector
from zonewright.model.shard import Shard

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})  # Go, strconv.ParseBool
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_AFFIX = re.compile(r"(?:[A-Za-z0-9_.-]|%\{record_type\})*")
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")  # DynamoDB, Naming rules
_KEY_SIZE = 32  # octets of AES-256
_KEY_IN_BASE64 = re.compile(r"[A-Za-z0-9+/]{43}=?")
_ADDRESS = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\[\]:\s]*):(?P<port>[0-9]{1,5})")


def switch(text: str) -> bool:
    """A yes or no."""
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise ValueError(f"{printable(text)!r} is neither true nor false")


def integer(text: str) -> int:
    """A whole number."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError(f"{printable(text)!r} is not a whole number")
    return int(text)


def seconds(text: str) -> float:
    """A duration."""
    try:
        return duration.parse(text)
    except ValueError as e:
        raise ValueError(f"{printable(text)!r} is {e}") from None


def regex(text: str) -> str:
    """A regular expression. What Python would read in another way than Go, such as [[:alpha:]], is refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(text)
    except (re.error, Warning, RecursionError, OverflowError) as e:
        raise ValueError(f"{printable(text)!r} is not a regular expression: {e}") from None
    return text


def table_name(text: str) -> str:
    """The name of a table of DynamoDB."""
    if not _TABLE.fullmatch(text):
        raise ValueError(f"{printable(text)!r} is not the name of a table: 3 to 255 letters, digits, dots, - and _")
    return text


def grant(text: str) -> str:
    """Which names a namespace may have."""
    Grant.parse(text)
    return text


def shard_place(text: str) -> str:
    """Which of how many shards; "" for the only one."""
    found = Shard.parse(text)
    return "" if found.count == 1 else str(found)


def selector(text: str) -> str:
    """A selector as kubectl takes it."""
    Selector.parse(text)
    return text


def namespace_name(text: str) -> str:
    """The name of a namespace (RFC 1123, a label)."""
    if text and not _NAMESPACE.fullmatch(text):
        raise ValueError(f"{printable(text)!r} is not the name of a namespace")
    return text


def object_name(text: str) -> str:
    """The name of most kinds of objects (RFC 1123, a subdomain)."""
    if text and (len(text) > 253 or not all(_NAMESPACE.fullmatch(label) for label in text.split("."))):
        raise ValueError(f"{printable(text)!r} is not the name of an object: lower case letters, digits, - and .")
    return text


def affix(text: str) -> str:
    """What is put before or after names of ownership records."""
    if not _AFFIX.fullmatch(text):
        raise ValueError(f"{printable(text)!r} has other than letters, digits, - _ . and %{{record_type}}")
    return text


def aes_key(text: str) -> str:
    """A key for AES-256, brought to base64."""
    return b64encode(key_octets(text)).decode()


def key_octets(text: str) -> bytes:
    """The octets of a key for AES-256: as they are, or in base64 of either alphabet (RFC 4648, sections 4 and 5).

    Raises ValueError, whose text does not repeat the key.
    """
    octets = text.encode(errors="surrogateescape")  # as Python reads octets of a command line that are no UTF-8
    encoded = text.strip().replace("-", "+").replace("_", "/")
    if len(octets) == _KEY_SIZE:
        return octets
    if _KEY_IN_BASE64.fullmatch(encoded):
        return b64decode(encoded.removesuffix("=") + "=")
    raise ValueError(f"has {len(octets)} octets; a key has {_KEY_SIZE}, or is base64 of {_KEY_SIZE}, 44 characters")


def header_text(text: str) -> str:
    """A secret that is sent in a header of HTTP (RFC 9110, section 5.5); files often put a line end after it."""
    text = text.strip()
    if not all(" " <= character <= "~" for character in text):
        raise ValueError("has characters other than those of ASCII that can be printed")
    return text


def prefix(text: str) -> str:
    """The beginning of annotation keys."""
    if len(text) < 2 or not text.endswith("/"):
        raise ValueError(f"{printable(text)!r} does not end in /; write one such as dns.example.org/")
    return text


def network(text: str) -> str:
    """Addresses in CIDR form. One address is a network of its own."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        raise ValueError(f"{printable(text)!r} is no network; write one such as 192.0.2.0/24") from None


def nat64_network(text: str) -> str:
    """A network that embeds IPv4 addresses in its last 32 bits (RFC 6052, section 2.2)."""
    written = network(text)
    if ip_network(written).version != 6 or ip_network(written).prefixlen != 96:
        raise ValueError(f"{printable(text)!r} is no IPv6 network of 96 bits; write one such as 64:ff9b::/96")
    return written


def name_filter(text: str) -> str:
    """A domain; which names are at or below it is decided where it is used."""
    return text.strip()


def url(text: str) -> str:
    """An http or https URL. The text of the error does not repeat it: it may hold a password."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if text and not usable:
        raise ValueError("not a URL; write one such as http://localhost:8888")
    return text


def address(text: str) -> str:
    """Where to listen: host and port."""
    host_port(text)
    return text


def host_port(text: str) -> tuple[str | None, int]:
    """Host (None: all interfaces) and port of ":7979", "127.0.0.1:0" or "[::1]:7979". Raises ValueError."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) > 65_535:
        raise ValueError(f"{printable(text)!r} is no address to listen on; write :7979, 127.0.0.1:7979 or [::1]:7979")
    return match["host"].strip("[]") or None, int(match["port"])
