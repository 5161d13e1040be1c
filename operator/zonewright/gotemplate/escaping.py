"""html, js and urlquery: of no use in hostnames, and part of the language (Go, text/template/funcs.go)."""

from __future__ import annotations

from urllib.parse import quote_plus

_HTML = str.maketrans({"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_JS = str.maketrans(
    {
        "\\": "\\\\",
        "'": "\\'",
        '"': '\\"',
        "<": "\\u003C",
        ">": "\\u003E",
        "&": "\\u0026",
        "=": "\\u003D",
    }
)


def html(text: str) -> str:
    """Text within HTML."""
    return text.translate(_HTML)


def js(text: str) -> str:
    """Text within a string of JavaScript."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04X}" for char in text.translate(_JS))


def urlquery(text: str) -> str:
    """Text within the query of a URL."""
    return quote_plus(text, errors="replace")
