"""Every flag once, from the command line or the environment, as one frozen `Settings`."""

from zonewright.settings.errors import SettingsError
from zonewright.settings.fields import Settings
from zonewright.settings.reading import from_args

__all__ = ["Settings", "SettingsError", "from_args"]
