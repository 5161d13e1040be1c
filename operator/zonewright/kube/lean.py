"""What is used of kubernetes_asyncio: connection settings, and not the 800 modules of its client.

Those are generated, one for each kind and each group of the API, and `kubernetes_asyncio.client` imports them all:
37 MB and 0.14 s of CPU, at each start and so at each takeover (docs/performance.md). Where it asks for one of them it
gets an empty class of that name here. Whoever needs the real ones in the same process imports them before this module.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

CLIENT = "kubernetes_asyncio.client"
_GENERATED = (f"{CLIENT}.api.", f"{CLIENT}.models.")


class _Empty(ModuleType):
    """A module that has a class of any name. They belong to it, so that nobody takes them for models that work."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(_GENERATED):
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Empty(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""


if CLIENT not in sys.modules:
    sys.meta_path.insert(0, _Finder())

from kubernetes_asyncio import config  # noqa: E402
from kubernetes_asyncio.client import Configuration  # noqa: E402

__all__ = ["Configuration", "config"]
