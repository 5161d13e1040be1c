"""How to get in: from the environment, by the names that ExternalDNS reads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FILE = "file:"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token, or the older key with the e-mail address of its account.

    token_file  from which the token is read, again where the old one is refused; "" for a token that is given
    """

    token: str = field(default="", repr=False)
    token_file: str = ""
    key: str = field(default="", repr=False)
    email: str = ""

    def reread(self) -> Credentials:
        """With the token that the file holds by now. Blocks. Raises ValueError, which names the variable."""
        return Credentials(_token_of(self.token_file), self.token_file) if self.token_file else self


def from_environment(environment: Mapping[str, str] = os.environ) -> Credentials:
    """CF_API_TOKEN, a token or file:/path; else CF_API_KEY with CF_API_EMAIL. Raises ValueError, which names them."""
    token = environment.get("CF_API_TOKEN", "")
    if token.startswith(_FILE):
        return Credentials(_token_of(path := token.removeprefix(_FILE)), path)
    if token:
        return Credentials(_printable("CF_API_TOKEN", token))
    key, email = environment.get("CF_API_KEY", ""), environment.get("CF_API_EMAIL", "")
    if not (key and email):
        raise ValueError("--provider=cloudflare needs CF_API_TOKEN, or CF_API_KEY and CF_API_EMAIL, in the environment")
    return Credentials(key=_printable("CF_API_KEY", key), email=_printable("CF_API_EMAIL", email))


def _token_of(path: str) -> str:
    try:
        token = Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as e:
        why = e.strerror if isinstance(e, OSError) else "it is no text"
        raise ValueError(f"CF_API_TOKEN: the file {path} cannot be read: {why}") from None
    if not token:
        raise ValueError(f"CF_API_TOKEN: the file {path} is empty")
    return _printable("CF_API_TOKEN", token)


def _printable(variable: str, value: str) -> str:
    """As a header can hold it. Raises ValueError, without the value."""
    if not (value.isascii() and value.isprintable() and value == value.strip()):
        raise ValueError(f"{variable} has blanks at its ends, or characters that a header cannot hold")
    return value
