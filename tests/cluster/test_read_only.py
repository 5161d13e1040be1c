"""The operator needs no file system to write to: its container has a read-only one."""

from __future__ import annotations

import base64
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from cluster.manifests import ingress, load_balancer
from cluster.testsite import Site
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster

# Python tells of each file before it is opened or changed (PEP 578).
HOOK = """
import os, sys

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}

def look(event, args):
    if event == "open":
        path, _, flags = args
        wanted = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if wanted and not str(path).startswith("/dev/") and not isinstance(path, int):
            os.write(2, f"WRITES {path}\\n".encode())
    elif event in CHANGES:
        os.write(2, f"WRITES {event} {args}\\n".encode())

sys.addaudithook(look)
"""


def with_files(kubeconfig: Path, folder: Path) -> Path:
    """The same kubeconfig with keys and certificates in files, as a pod has them."""
    document = yaml.safe_load(kubeconfig.read_text())
    parts = [*(one["cluster"] for one in document["clusters"]), *(one["user"] for one in document["users"])]
    for number, part in enumerate(parts):
        for field in [name for name in part if name.endswith("-data")]:
            path = folder / f"{number}-{field}"
            path.write_bytes(base64.b64decode(part.pop(field)))
            part[field.removesuffix("-data")] = str(path)
    written = folder / "kubeconfig"
    written.write_text(yaml.safe_dump(document))
    return written


def test_nothing_is_written_to_the_file_system(site: Site, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    site.apply(ingress("web", site.name("a")))
    site.cluster.set_status("ingress", "web", load_balancer("192.0.2.1"), site.namespace)
    env = {"ETCD_URLS": site.dns.etcd, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    flags = (f"--namespace={site.namespace}", f"--domain-filter={site.domain}", f"--txt-owner-id={site.owner}")
    cluster = replace(site.cluster, kubeconfig=str(with_files(Path(site.cluster.kubeconfig), tmp_path)))
    with Operator(cluster, "--provider=coredns", *flags, env=env) as operator:
        wait_until(lambda: "a" in site.standing(), 15, what="the name to be published")
        site.delete("ingress", "web")
        wait_until(lambda: site.standing() == {}, 15, what="the name to go")
        assert operator.status("/metrics") == 200
        assert operator.stop() == 0
        log = operator.log()
    assert "In sync" in log
    assert "WRITES" not in log


def test_the_hook_sees_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    code = f"open({str(tmp_path / 'x')!r}, 'w').close()"
    env = {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert "WRITES" in done.stderr
