"""The command lines of the control plane, as pure functions, and the reason of each flag that has one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from localcluster.ports import LOOPBACK

# Those that need neither nodes nor a cloud: owned objects go with their owners, namespaces go at all, service
# accounts and their tokens come. The others would only touch what tests write by hand.
CONTROLLERS = (
    "garbage-collector-controller",
    "namespace-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
)


def etcd(data: Path, client_port: int) -> list[str]:
    url = f"http://{LOOPBACK}:{client_port}"
    return [
        f"--data-dir={data}",
        f"--listen-client-urls={url}",
        f"--advertise-client-urls={url}",
        f"--listen-peer-urls=http://{LOOPBACK}:0",  # alone: nobody will call
        "--unsafe-no-fsync",  # what is lost with the machine's power was made for a test
        "--log-level=warn",
    ]


def apiserver(directory: Path, port: int, etcd_url: str) -> list[str]:
    """`directory` holds `tokens.csv` and `service-accounts.key`; certificates are put into `certs`, below it."""
    key = directory / "service-accounts.key"
    return [
        f"--etcd-servers={etcd_url}",
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",  # otherwise a machine without a network has none to offer
        "--endpoint-reconciler-type=none",  # no loopback address may be an endpoint
        f"--secure-port={port}",
        f"--cert-dir={directory / 'certs'}",
        f"--token-auth-file={directory / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-cluster-ip-range=10.0.0.0/16,fd00:10::/112",  # Services with IPv4, IPv6 and both
        "--disable-admission-plugins=ServiceAccount",  # pods without a service account, and so without waiting for one
        "--allow-privileged=true",
        "--profiling=false",
    ]


def controller_manager(directory: Path, port: int, kubeconfig: Path) -> list[str]:
    return [
        f"--kubeconfig={kubeconfig}",
        f"--controllers={','.join(CONTROLLERS)}",
        f"--bind-address={LOOPBACK}",
        f"--secure-port={port}",
        f"--cert-dir={directory / 'certs'}",
        f"--service-account-private-key-file={directory / 'service-accounts.key'}",
        "--leader-elect=false",
        # Namespaces come and go with every test: their clean-up is many requests.
        "--kube-api-qps=200",
        "--kube-api-burst=400",
        "--concurrent-namespace-syncs=4",
        "--concurrent-gc-syncs=4",
        "--profiling=false",
    ]


def corefile(zones: Sequence[str], port: int, etcd_url: str, path: str) -> str:
    """CoreDNS's configuration: the etcd plugin alone, so that an answer is what etcd holds and nothing is cached."""
    return f"""\
.:{port} {{
    bind {LOOPBACK}
    errors
    etcd {" ".join(zones)} {{
        path {path}
        endpoint {etcd_url}
    }}
}}
"""
