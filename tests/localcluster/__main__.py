"""`python -m localcluster`."""

from localcluster.cli import run

run()
