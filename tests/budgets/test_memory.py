"""What the engine keeps of a name."""

from __future__ import annotations

import os
import subprocess
import sys

# For each name with its record and that of its ownership: a fifth above what was found in November 2026, Python 3.11.
BYTES = 2850


def test_a_name_takes_no_more_memory_than_it_did() -> None:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "budgets.heldmemory"]
    told = subprocess.run(command, check=True, env=env, stdout=subprocess.PIPE, text=True).stdout
    assert float(told) <= BYTES
