"""How to reach the API server: kubeconfig or service account, by kubernetes-asyncio; then one aiohttp session.

kubernetes-asyncio knows kubeconfig files, exec plugins and service accounts. Its typed client is not used: it builds
an object per field of each answer, where we need a few fields of thousands of objects. The session made here is shared
with kopf, so there is one pool of connections and one place where a token is renewed.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from zonewright import __version__
from zonewright.kube.lean import Configuration, config
from zonewright.kube.proxy import proxy_for


class NoCluster(Exception):
    """No way to an API server is configured. Remedy: --kubeconfig, KUBECONFIG, or run inside a cluster."""


SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


def home_namespace() -> str:
    """The namespace that this process runs in: POD_NAMESPACE, else its service account's, else "default"."""
    if namespace := os.environ.get("POD_NAMESPACE", ""):
        return namespace
    try:
        return SERVICE_ACCOUNT.read_text().strip() or "default"
    except OSError:
        return "default"


@dataclass(slots=True)
class Connection:
    """server: URL without final slash; timeout: seconds for one request."""

    server: str
    timeout: float
    configuration: Configuration = field(repr=False)
    loader: Any = field(repr=False, default=None)

    def session(
        self,
        response_class: type[aiohttp.ClientResponse] = aiohttp.ClientResponse,
        middlewares: tuple[aiohttp.ClientMiddlewareType, ...] = (),
    ) -> aiohttp.ClientSession:
        """A new session. Its requests carry no credentials but by `authorize`. The caller closes it."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=self._ssl(), keepalive_timeout=60),
            headers={"User-Agent": f"zonewright/{__version__}"},
            middlewares=middlewares,
            response_class=response_class,
            proxy=self.configuration.proxy or proxy_for(self.server),
            read_bufsize=2**21,
        )

    def _ssl(self) -> ssl.SSLContext | bool:
        settings = self.configuration
        if not self.server.startswith("https:"):
            return True
        context = ssl.create_default_context(cafile=settings.ssl_ca_cert)
        if settings.cert_file:
            context.load_cert_chain(settings.cert_file, keyfile=settings.key_file)
        if not settings.verify_ssl:  # only where the kubeconfig itself says insecure-skip-tls-verify
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    async def authorization(self) -> dict[str, str]:
        """The header for one request, asked for each time: tokens of service accounts and exec plugins expire."""
        await self._renew()
        if token := await self.configuration.get_api_key_with_prefix("BearerToken"):
            return {"Authorization": token}
        if self.configuration.username:
            return {"Authorization": self.configuration.get_basic_auth_token()}
        return {}

    async def authorize(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """A middleware, for who makes requests that know nothing of credentials."""
        request.headers.update(await self.authorization())
        return await handler(request)

    async def _renew(self) -> None:
        """Ask an exec plugin again when its token has expired; the loader itself knows when."""
        if self.loader is not None and hasattr(self.loader, "exec_plugin_expiry"):
            await self.loader.load_from_exec_plugin()
            self.configuration.api_key["BearerToken"] = self.loader.token


async def connect(kubeconfig: str, server: str, request_timeout: float) -> Connection:
    """Find the API server: --kubeconfig, else KUBECONFIG, else the pod's service account, else ~/.kube/config.

    Raises NoCluster, which says what was tried.
    """
    configuration = type.__call__(Configuration)  # a fresh one: the class hands out copies of a shared default
    loader = None
    path = kubeconfig or os.environ.get("KUBECONFIG", "")
    try:
        if not path and "KUBERNETES_SERVICE_HOST" in os.environ:
            config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
        else:
            await asyncio.to_thread(_readable, path)
            loader = await config.load_kube_config(
                config_file=path or None, client_configuration=configuration, persist_config=False
            )
    except (config.ConfigException, OSError) as e:
        where = f"kubeconfig {path or '~/.kube/config'}" if loader is None else "service account"
        raise NoCluster(f"no connection to a cluster, {where}: {e}; see --kubeconfig") from e
    if server:
        configuration.host = server
    return Connection(configuration.host.rstrip("/"), request_timeout, configuration, loader)


def _readable(path: str) -> None:
    for part in path.split(os.pathsep) if path else ():
        with Path(part).open("rb"):
            pass
