"""How lists and events come in: kopf with our session, on a real API server.

Lists come in bulk past kopf, by two private facts of it (handlers/session.py): this is where their end would be seen.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from cluster.manifests import ingress
from cluster.watched import SECONDS, Notebook, watching
from localcluster.cluster import Cluster
from localcluster.wait import wait_until
from zonewright.handlers.overlooked import await_overlooked
from zonewright.handlers.session import Watches
from zonewright.kube.api import Api
from zonewright.kube.connection import connect
from zonewright.model.kind import INGRESS, Kind

pytestmark = pytest.mark.cluster

PAUSE = 0.1  # seconds between looks for kinds


@pytest.fixture
def unknown_kind(cluster: Cluster) -> Iterator[Kind]:
    """A kind that the cluster does not have yet; its definition is deleted in the end."""
    plural = f"things{secrets.token_hex(4)}"
    kind = Kind(f"{plural}.example.org", "v1", plural, plural.title())
    yield kind
    cluster.kubectl("delete", "customresourcedefinition", f"{kind.plural}.{kind.group}", "--ignore-not-found")


def definition(kind: Kind) -> dict[str, Any]:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": kind.version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": kind.plural, "singular": kind.kind.lower(), "kind": kind.kind}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{kind.group}"},
        "spec": {"group": kind.group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


@pytest.fixture
def installed_kind(cluster: Cluster, unknown_kind: Kind) -> Kind:
    """A kind of this test's own."""
    install(cluster, unknown_kind)
    return unknown_kind


def install(cluster: Cluster, kind: Kind) -> None:
    cluster.apply(definition(kind))
    name = f"customresourcedefinition/{kind.plural}.{kind.group}"
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", name)


def served(cluster: Cluster, kind: Kind) -> bool:
    return f'"{kind.plural}"' in cluster.kubectl("get", "--raw", f"/apis/{kind.api_version}")


def create(cluster: Cluster, sink: Notebook, name: str) -> None:
    manifest = {"apiVersion": sink.kind.api_version, "kind": sink.kind.kind, "metadata": {"name": name}}
    cluster.apply(manifest, namespace=sink.namespace)


def delete(cluster: Cluster, sink: Notebook, name: str) -> None:
    cluster.kubectl("delete", f"{sink.kind.plural}.{sink.kind.group}", name, f"--namespace={sink.namespace}")


def test_a_list_comes_in_bulk_and_what_comes_later_as_events(cluster: Cluster, namespace: str) -> None:
    cluster.apply(ingress("one", "a.example.org"), ingress("two", "b.example.org"), namespace=namespace)
    sink = Notebook(INGRESS, namespace)
    with watching(cluster, sink):
        wait_until(lambda: sink.listed, SECONDS)
        assert sink.told == ["begin", ["one", "two"], "finish"]
        cluster.apply(ingress("three", "c.example.org"), namespace=namespace)
        wait_until(lambda: sink.knows("three"), SECONDS)
        cluster.kubectl("delete", "ingress", "one", f"--namespace={namespace}")
        wait_until(lambda: not sink.knows("one"), SECONDS)
    # The list made no events: that of "one" would have come before its deletion.
    assert sink.events == [("ADDED", "three"), ("DELETED", "one")]
    assert sink.told == ["begin", ["one", "two"], "finish"]


# -- a watch that breaks


def interrupted(cluster: Cluster, sink: Notebook, *, expired: bool) -> None:
    """Watch while an object is deleted and another one made behind a cut wire, until the watch works again."""
    create(cluster, sink, "stays")
    create(cluster, sink, "goes")
    with watching(cluster, sink) as running:
        wait_until(lambda: sink.listed, SECONDS)
        running.call(running.wire.cut)
        wait_until(lambda: sink.kind in running.watches.failing(), SECONDS, what="the failure to be noted")
        delete(cluster, sink, "goes")
        create(cluster, sink, "comes")
        assert (sink.knows("goes"), sink.knows("comes")) == (True, False)
        running.wire.expired, running.wire.is_cut = expired, False
        wait_until(lambda: sink.knows("comes") and not sink.knows("goes"), SECONDS)
        assert running.watches.failing() == {}
    assert sink.knows("stays")


def test_after_a_short_interruption_the_events_are_caught_up(
    cluster: Cluster, namespace: str, installed_kind: Kind
) -> None:
    sink = Notebook(installed_kind, namespace)
    interrupted(cluster, sink, expired=False)
    assert sorted(sink.events) == [("ADDED", "comes"), ("DELETED", "goes")]
    assert sink.told == ["begin", ["goes", "stays"], "finish"]


def test_after_a_long_interruption_a_new_list_shows_what_has_vanished(
    cluster: Cluster, namespace: str, installed_kind: Kind
) -> None:
    """The API server answers that it has forgotten (410 Gone), and no event will ever tell of the deletion."""
    sink = Notebook(installed_kind, namespace)
    interrupted(cluster, sink, expired=True)
    assert sink.told == ["begin", ["goes", "stays"], "finish", "begin", ["comes", "stays"], "finish"]
    assert sink.events == []


# -- kinds that are installed later


def test_a_kind_that_is_installed_later_is_picked_up(cluster: Cluster, namespace: str, unknown_kind: Kind) -> None:
    known, sink = Notebook(INGRESS, namespace), Notebook(unknown_kind, namespace)
    with watching(cluster, known, sink):
        wait_until(lambda: known.listed, SECONDS)
        install(cluster, unknown_kind)
        wait_until(lambda: served(cluster, unknown_kind), SECONDS)
        # kopf looks at once, which can be too early: what it misses then is for handlers/overlooked.py.
        name = f"{unknown_kind.plural}.{unknown_kind.group}"
        cluster.kubectl("annotate", "customresourcedefinition", name, "example.org/is-served=true")
        wait_until(lambda: sink.listed, SECONDS)
        create(cluster, sink, "one")
        wait_until(lambda: sink.knows("one"), SECONDS)
    assert sink.told == ["begin", [], "finish"]
    assert sink.events == [("ADDED", "one")]


async def test_a_kind_that_kopf_does_not_ask_for_is_overlooked(cluster: Cluster, unknown_kind: Kind) -> None:
    """Whether it has come since the start, or kopf has watched it before."""
    connection = await connect(str(cluster.kubeconfig), "", SECONDS)
    api, deaf, watching_it, trying_it = Api(connection), Watches(), Watches(), Watches()
    try:
        async with asyncio.timeout(SECONDS):
            with watching_it.asking(INGRESS), watching_it.asking(unknown_kind), deaf.asking(INGRESS):
                with deaf.asking(unknown_kind):
                    pass
                overlooked = asyncio.create_task(await_overlooked(api, {INGRESS, unknown_kind}, deaf, PAUSE))
                seen = asyncio.create_task(await_overlooked(api, {INGRESS, unknown_kind}, watching_it, PAUSE))
                await asyncio.to_thread(install, cluster, unknown_kind)
                tried = asyncio.create_task(await_overlooked(api, {unknown_kind}, trying_it, PAUSE))
                while not overlooked.done() or trying_it.questions(unknown_kind) < 100:
                    with trying_it.asking(unknown_kind):
                        pass
                    await asyncio.sleep(PAUSE / 4)
                assert overlooked.result() == {unknown_kind}
                assert not seen.done()
                assert not tried.done()
                seen.cancel()
                tried.cancel()
    finally:
        await api.close()
