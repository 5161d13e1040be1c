"""`python -m zonewright` is the command `zonewright`."""

from zonewright.cli import main

main()
