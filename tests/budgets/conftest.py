"""What the budgets of writes need of the real servers."""

from cluster.conftest import site

__all__ = ["site"]
