"""Every flag once, from the command line or the environment, as one frozen `Settings`."""

from zonewright.settings.fields import Settings

__all__ = ["Settings"]
