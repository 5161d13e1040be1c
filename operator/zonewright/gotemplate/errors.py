"""What can go wrong with a template: it is no template, or one object does not fit it."""

from __future__ import annotations

from zonewright.model.hostname import printable


class TemplateError(ValueError):
    """The text says what is wrong, in the words of Go's text/template where it has some."""


class Malformed(TemplateError):
    """The text is no template. Remedy: correct it where it was given, before anything is started."""

    @classmethod
    def at(cls, text: str, position: int, why: str) -> Malformed:
        """`position`: of the character in the text at which it was noticed."""
        line = text.count("\n", 0, position) + 1
        return cls(f"line {line}, at {printable(text[position:], 30)!r}: {why}" if text[position:] else why)


class Failed(TemplateError):
    """The template cannot be carried out on this data. Remedy: correct the template, or give the data what it asks for.

    It is about one object; others may well succeed.
    """


class Exhausted(Failed):
    """It would take too much work, or too much room. Remedy: a simpler template."""
