"""Asked in processes of their own: this one may have loaded the whole client for other tests."""

from __future__ import annotations

import subprocess
import sys


def told(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_the_models_of_the_client_are_not_loaded() -> None:
    program = """
import zonewright.running, zonewright.daemon, sys
pod = sys.modules["kubernetes_asyncio.client.models.v1_pod"]
print(type(pod).__name__, hasattr(pod.V1Pod, "openapi_types"))
"""
    assert told(program) == "_Empty False"


def test_who_has_loaded_them_before_keeps_them() -> None:
    program = """
import kubernetes_asyncio.client
import zonewright.running, sys
print(hasattr(sys.modules["kubernetes_asyncio.client.models.v1_pod"].V1Pod, "openapi_types"))
"""
    assert told(program) == "True"


def test_settings_of_a_connection_work_all_the_same() -> None:
    program = """
from zonewright.kube.lean import Configuration, config
print(type.__call__(Configuration).verify_ssl, config.ConfigException.__name__)
"""
    assert told(program) == "True ConfigException"
