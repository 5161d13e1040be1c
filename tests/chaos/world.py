"""What a test asks for, as it goes: objects are written, the observer is told, and what DNS must hold is known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from chaos.journal import absences, revision, root, trespasses
from chaos.observer import Observer, observing
from cluster.api import Api, api
from cluster.manifests import (
    Manifest,
    accepted,
    dnsendpoint,
    entry,
    ga,
    gateway,
    gateway_addresses,
    httproute,
    ingress,
    load_balancer,
    service,
)
from cluster.testsite import Site
from cluster.witness import witnessing
from localcluster.wait import wait_until

FOREIGN, FOREIGN_ADDRESS = "foreign", "192.0.2.250"
SECONDS = 30.0  # for what takes one or two when the machine is not busy


@dataclass(frozen=True, slots=True)
class Wish:
    """An object that asks for names, all of them with the same target: an address, or a name.

    kind   Ingress, Service, DNSEndpoint, or HTTPRoute: its target is that of the Gateway "gateway"
    repeated  how often a Service says each name
    vainly  names that it asks for as well, and that somebody else has
    filled  whether the target comes by its status, as a controller writes it, else by its annotation
    """

    kind: str
    name: str
    shorts: tuple[str, ...]
    target: str
    filled: bool = False
    vainly: tuple[str, ...] = ()
    repeated: int = 1

    @property
    def rtype(self) -> str:
        return "A" if self.target[0].isdigit() else "CNAME"

    @property
    def resource(self) -> str:
        """As an ownership record calls it."""
        return f"{ {'DNSEndpoint': 'crd'}.get(self.kind, self.kind.lower()) }/{self.name}"

    def manifest(self, site: Site) -> Manifest:
        names = [site.name(short) for short in (*self.shorts, *self.vainly)]
        given = {} if self.filled else {"target": self.target}
        if self.kind == "Ingress":
            return ingress(self.name, *names, annotations=ga(**given))
        if self.kind == "Service":
            return service(self.name, annotations=ga(hostname=",".join(names * self.repeated), **given))
        if self.kind == "HTTPRoute":
            return httproute(self.name, *names)
        return dnsendpoint(self.name, *(entry(name, self.target, rtype=self.rtype) for name in names))


class Amiss(Exception):
    """A name that is wanted was absent, or a foreign record was touched."""


class World:
    """One test's objects. `put` and `drop` are for one thread at a time."""

    def __init__(self, site: Site, observer: Observer, writer: Api) -> None:
        self.site = site
        self.observer = observer
        self.wishes: dict[tuple[str, str], Wish] = {}
        self.released: dict[str, int | None] = {}  # by short name: the revision of the store, None as long as wanted
        self.others: dict[str, list[str]] = {FOREIGN: [FOREIGN_ADDRESS]}  # what is somebody else's
        self.others_since: dict[str, int] = {FOREIGN: 0}  # revisions of the store
        self.excuses: dict[str, list[tuple[int, int]]] = {}  # by short name: revisions between which it may be absent
        self.revision: Callable[[], int] = lambda: 0
        self.looks: list[Callable[[], list[str]]] = []  # each returns what was amiss
        self._api = writer
        self._lock = threading.RLock()

    @property
    def alias(self) -> str:
        """A name for CNAMEs to lead to: it answers whatever the operator does."""
        return self.site.name(FOREIGN)

    def reconnect(self, writer: Api) -> None:
        """After an end of the API server."""
        self._api = writer

    def put(self, wish: Wish, *, watched: bool = True) -> None:
        """Write an object, new or changed. What it asked for before, and does no more, may go from here on.

        watched: whether the observer is to ask for all of its names; the journal has them in any case.
        """
        with self._lock:
            key = wish.kind, wish.name
            before = self.wishes.get(key)
            self._release(set(before.shorts if before else ()) - set(wish.shorts))
            self.wishes[key] = wish
            manifest = wish.manifest(self.site)
            self._api.apply(manifest)
            if wish.kind == "HTTPRoute":
                self._api.fill(manifest, accepted())
            elif wish.filled:
                self._api.fill(manifest, load_balancer(wish.target))
            for short in wish.shorts:
                self.released.setdefault(short, None)
                if watched:
                    self.observer.want(self.site.name(short))

    def drop(self, wish: Wish) -> None:
        with self._lock:
            self._release(wish.shorts)
            del self.wishes[wish.kind, wish.name]
            self._api.delete(wish.kind, wish.name)

    def _release(self, shorts: Collection[str]) -> None:
        for short in shorts:
            self.observer.release(self.site.name(short))
            self.released[short] = self.revision()

    def foreign(self, short: str, address: str) -> None:
        """Put a record of somebody else's, which from here on nobody may touch."""
        self.site.put(short, host=address)
        self.observer.guard(self.site.name(short), address)
        self.others[short] = [address]
        self.others_since[short] = self.revision()

    @contextmanager
    def excused(self, *shorts: str) -> Iterator[None]:
        """In this block names go by no fault of the operator's: they count again from their next answer on."""
        before = self.revision()
        for short in shorts:
            self.observer.release(self.site.name(short))
        yield
        for short in shorts:
            self.observer.want(self.site.name(short))
            self.excuses.setdefault(short, []).append((before, self.revision()))

    def retarget(self, wish: Wish, target: str, *, watched: bool = True) -> Wish:
        changed = replace(wish, target=target)
        self.put(changed, watched=watched)
        return changed

    def answers(self, short: str) -> tuple[str, ...]:
        """What CoreDNS says of a name."""
        return self.site.dns.query(self.site.name(short)).records

    def fill(self, wish: Wish, *targets: str) -> None:
        """Only the status, as a controller that restarts; what is wanted stays as it is."""
        self._api.fill(wish.manifest(self.site), load_balancer(*targets))

    def gateway(self, *addresses: str) -> None:
        """The Gateway of all routes, with these addresses now."""
        manifest = gateway("gateway")
        self._api.apply(manifest)
        self._api.fill(manifest, gateway_addresses(*addresses))

    def refuse(self, wish: Wish) -> None:
        """A route that its Gateway does not take any more; `put` makes it take it again."""
        self._api.fill(wish.manifest(self.site), accepted(status="False"))

    def standing(self) -> dict[str, list[str]]:
        """What DNS must hold of the domain: records, ownership records, and what is somebody else's."""
        found = dict(self.others)
        for wish in self.wishes.values():
            found |= {short: [wish.target] for short in wish.shorts}
            owner = [self.site.ownership(wish.resource)]
            found |= {f"{wish.rtype.lower()}-{short}": owner for short in wish.shorts}
        return found

    def settle(self, timeout: float = SECONDS) -> None:
        """Wait until DNS holds what is wanted, and nothing else. Raises Amiss as soon as it is too late for that."""
        with self._lock:
            wanted = self.standing()

        def look() -> bool:
            if self.observer.amiss:
                raise Amiss("\n".join(self.observer.amiss))
            assert self.site.standing() == wanted
            return True

        wait_until(look, timeout, what="DNS to hold what is wanted")

    def told(self, timeout: float = SECONDS) -> None:
        """Wait until the DNSEndpoint of each name says that it is there."""
        for wish in list(self.wishes.values()):
            objects = [wish.name] if wish.kind == "DNSEndpoint" else [self.site.name(short) for short in wish.shorts]
            for name in objects:
                self.site.told(name, timeout=timeout)

    def verify(self) -> None:
        """The end of each test: DNS is what is desired, and neither was a wanted name ever absent nor a foreign record
        touched."""
        self.settle()
        self.observer.rounds()
        amiss = [*self.observer.amiss, *(one for look in self.looks for one in look())]
        if amiss:
            raise Amiss("\n".join(amiss))

    def address(self, number: int) -> str:
        return f"192.0.2.{1 + number % 200}"

    def base(self, size: int, target: str = "192.0.2.1", kind: str = "Ingress") -> list[Wish]:
        """So many names that are wanted from the beginning to the end."""
        wishes = [Wish(kind, f"base{number:02}", (f"base{number:02}",), target) for number in range(size)]
        for wish in wishes:
            self.put(wish)
        return wishes


@contextmanager
def world_of(site: Site, port: int) -> Iterator[World]:
    """With a record of somebody else's, and an observer that watches over all until the end of the block."""
    site.put(FOREIGN, host=FOREIGN_ADDRESS)
    with api(site.cluster, site.namespace) as writer, observing(port) as observer:
        observer.guard(site.name(FOREIGN), FOREIGN_ADDRESS)
        yield World(site, observer, writer)


@contextmanager
def coredns_world(site: Site) -> Iterator[World]:
    """The same on CoreDNS, where each revision of its store is looked at besides."""
    path = root(site.dns.path, site.domain)
    with world_of(site, site.dns.port) as world, ExitStack() as stack:
        witness = stack.enter_context(witnessing(site.dns.etcd, path))
        world.revision = lambda: revision(site.dns.etcd)

        def look() -> list[str]:
            stack.close()  # then all events have come
            absent = absences(path, witness.events, world.released, world.excuses)
            return absent + trespasses(path, witness.events, world.others_since)

        world.looks.append(look)
        yield world
