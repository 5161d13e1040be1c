"""Writes docs/flags.md to standard output."""

import sys

from zonewright.settings.document import markdown

sys.stdout.write(markdown())
