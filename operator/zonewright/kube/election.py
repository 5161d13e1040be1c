"""Which of several replicas works: the one that holds a Lease. The others look at it, and take it when it is free.

Figures, in seconds: a lease lasts for 12 without a sign of life; its holder renews it every 2, and the others look at
it every 1. The holder writes for 8 after it has sent the last renewal that succeeded, so that 4 are left before anybody
can take its place (decision 5).

A holder whose renewals fail goes on trying. Where one succeeds at last, nobody has been there in between: it names the
version that was written last.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from zonewright.clock import elapsed
from zonewright.fence import Fence
from zonewright.kube import identity, lease
from zonewright.kube.api import Api, ApiError, Conflict, NotFound
from zonewright.kube.identity import Identity
from zonewright.kube.lease import LEASE, Sight, Verdict

log = logging.getLogger(__name__)

LOOK = 1.0  # between looks at a lease that somebody else holds
RENEW = 2.0  # between renewals
AGAIN = 0.5  # after a renewal that failed
PATIENCE = 2.5  # for an answer: so that two more tries fit in before the fence
FENCE = 8.0  # after a renewal was sent

_NO_ACCESS, _PAUSED = "No access to the lease at present", "The lease cannot be renewed, writes pause"
_REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class NoRight(Exception):
    """A right on the lease is missing. The text says which, and how to do without."""

    def __init__(self, verb: str, namespace: str, name: str, message: str) -> None:
        super().__init__(
            f"leader election: the right to {verb} leases (coordination.k8s.io) is missing in namespace {namespace},"
            f" for {name}{f' ({message})' if message else ''}: grant it, see `zonewright rbac`, or start with"
            " --no-leader-election where there is never more than one replica"
        )


class Leadership(Protocol):
    """Whether this process is the one that works."""

    fence: Fence

    @property
    def leader(self) -> str | None:
        """Who leads, as far as is known; "" is this process."""
        ...

    async def decided(self) -> None:
        """Wait until it is known whether this process leads or somebody else."""
        ...

    async def won(self) -> None:
        """Wait until this process leads. Who asks has no work left over from an earlier time."""
        ...

    async def lost(self) -> None:
        """Wait until it does not lead any more."""
        ...

    async def release(self) -> None:
        """Let another one lead at once. There is no way back."""
        ...


class Alone:
    """Implements `Leadership` for a process that need not ask anybody."""

    leader = ""

    def __init__(self) -> None:
        self.fence = Fence.none()

    async def decided(self) -> None: ...

    async def won(self) -> None: ...

    async def lost(self) -> None:
        await asyncio.Event().wait()

    async def release(self) -> None: ...


class Election:
    """Implements `Leadership` by a Lease. `check` it, `start` it, and `release` at the end.

    api    for the lease alone: without a fence, and with the time-out PATIENCE
    lives  see `identity.is_dead`
    """

    def __init__(
        self,
        api: Api,
        namespace: str,
        name: str,
        me: Identity,
        fence: Fence,
        *,
        clock: Callable[[], float] = elapsed,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        lives: Callable[[int, int], bool] = identity.may_live,
    ) -> None:
        self.fence = fence
        self.leader: str | None = None
        self._api = api
        self._namespace = namespace
        self._name = name
        self._who = me
        self._me = str(me)
        self._clock = clock
        self._sleep = sleep
        self._lives = lives
        self._sight: Sight | None = None
        self._held: dict[str, Any] | None = None  # the lease as we have written it last
        self._told = ""  # of trouble: what was said last
        self._wanted, self._decided, self._won, self._lost = (asyncio.Event() for _ in range(4))
        self._busy = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def check(self) -> None:
        """Raises NoRight where a right is missing. What cannot be found out now, the first requests tell."""
        try:
            await self._read()
        except ApiError as e:
            if e.status == 403:
                raise NoRight("get", self._namespace, self._name, str(e)) from e
        try:
            for verb in ("create", "update"):
                await self._check(verb)
        except ApiError as e:
            log.debug("Whether leases may be written is not known yet: %s", e)

    def start(self) -> None:
        """Begin to look at the lease; it is taken when somebody asks for `won`."""
        self._task = asyncio.create_task(self._run(), name="lease")

    async def decided(self) -> None:
        await self._until(self._decided)

    async def won(self) -> None:
        self._wanted.set()
        await self._until(self._won)

    async def lost(self) -> None:
        await self._until(self._lost)

    async def release(self) -> None:
        async with self._busy:
            if self._task is not None:
                self._task.cancel()
                await asyncio.gather(self._task, return_exceptions=True)
            self.fence.close()
            self.leader = None
            held, self._held = self._held, None
            if held is not None:
                await self._give_back(held)

    # -- the task

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            await self._seek()
            self._lost.clear()
            self._won.set()
            await self._keep()
            self.fence.close()
            self._held = None
            self._wanted.clear()
            self._won.clear()
            self._lost.set()

    async def _seek(self) -> None:
        """Until the lease is ours."""
        while True:
            try:
                async with self._busy:
                    if await self._take():
                        break
            except Conflict:
                log.debug("Another replica was faster")
            except ApiError as e:
                self._failed(e)
            await self._sleep(LOOK)
        self.leader = ""
        self._decided.set()
        log.info("leading", extra={"lease": f"{self._namespace}/{self._name}"})

    async def _take(self) -> bool:
        found = await self._read()
        now = self._clock()
        self._went_well()
        self._sight = sight = lease.seen(self._sight, found, now)
        holder = sight.term.holder if sight.term else ""
        dead = bool(holder) and identity.is_dead(holder, self._who, self._lives)
        if lease.judge(sight, self._me, now, dead=dead) is Verdict.HELD:
            self._stand_by(holder)
            return False
        sent = self._clock()
        wanted = lease.taken(found, self._namespace, self._name, self._me, time.time())
        write = self._api.create if found is None else self._api.replace
        self._held = await write(LEASE, wanted)
        self.fence.begin(sent + FENCE)
        return True

    def _stand_by(self, holder: str) -> None:
        if self.leader != holder:
            log.info("standby: %s leads", holder, extra={"lease": f"{self._namespace}/{self._name}"})
        self.leader = holder
        self._decided.set()

    async def _keep(self) -> None:
        """Until somebody else has it."""
        pause = RENEW
        while True:
            await self._sleep(pause)
            paused = not self.fence.is_open
            try:
                async with self._busy:
                    if not await self._renew():
                        return
            except ApiError as e:
                self._failed(e)
                pause = AGAIN
                continue
            self._went_well()
            if paused and self.fence.is_open:
                log.info("The lease is still ours: writes go on")
            pause = RENEW

    async def _renew(self) -> bool:
        """Whether the lease is still ours."""
        assert self._held is not None  # noqa: S101  # _take has set it
        sent = self._clock()
        try:
            self._held = await self._api.replace(LEASE, lease.renewed(self._held, time.time()))
        except (Conflict, NotFound):
            return await self._look_again()
        self.fence.extend(sent + FENCE)
        return True

    async def _look_again(self) -> bool:
        """The lease is not as we have left it: a renewal without answer, another holder, or it was deleted."""
        found = await self._read()
        self._sight = sight = lease.seen(None, found, self._clock())
        if sight.term is not None and sight.term.holder != self._me:
            self._deposed(sight.term.holder)
            return False
        sent = self._clock()
        try:
            if found is None:
                wanted = lease.taken(None, self._namespace, self._name, self._me, time.time())
                self._held = await self._api.create(LEASE, wanted)
            else:
                self._held = await self._api.replace(LEASE, lease.renewed(found, time.time()))
        except Conflict:  # somebody is at it just now: again, a little later
            return True
        self.fence.extend(sent + FENCE)
        return True

    def _deposed(self, holder: str) -> None:
        self.fence.close()
        log.warning("Not leading any more: %s holds the lease", holder or "nobody")
        self.leader = None

    # -- requests

    async def _read(self) -> dict[str, Any] | None:
        try:
            return await self._api.get(LEASE.path(self._namespace, self._name))
        except NotFound:
            return None

    async def _give_back(self, held: dict[str, Any]) -> None:
        try:
            try:
                await self._api.replace(LEASE, lease.released(held, time.time()))
            except Conflict:  # a renewal has landed whose answer did not come
                found = await self._read()
                if found is None or lease.Term.of(found).holder != self._me:
                    return
                await self._api.replace(LEASE, lease.released(found, time.time()))
        except ApiError as e:
            log.warning("The lease is not handed back, another replica takes over later: %s", e)
        else:
            log.info("The lease is handed back")

    async def _check(self, verb: str) -> None:
        """Asked beforehand: a standby would find out only when it is needed."""
        where = {"group": LEASE.group, "resource": LEASE.plural, "namespace": self._namespace, "verb": verb}
        named = {} if verb == "create" else {"name": self._name}
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": where | named},
        }
        status = (await self._api.ask(_REVIEW, body)).get("status") or {}
        if status.get("allowed") is False:
            raise NoRight(verb, self._namespace, self._name, str(status.get("reason") or ""))

    # -- telling

    def _failed(self, error: ApiError) -> None:
        """Said once, until it works again; and when the fence has closed over it."""
        paused = self.leader == "" and not self.fence.is_open
        told = _PAUSED if paused else _NO_ACCESS
        if self._told not in (told, _PAUSED):
            log.warning("%s: %s", told, error)
            self._told = told

    def _went_well(self) -> None:
        self._told = ""

    async def _until(self, event: asyncio.Event) -> None:
        """Wait for an event of the task. Raises RuntimeError where that has ended by itself, which it never should."""
        assert self._task is not None, "start it first"  # noqa: S101
        waiting = asyncio.create_task(event.wait(), name="wait for the lease")
        try:
            await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise RuntimeError("the lease is not looked after any more") from (
                    None if self._task.cancelled() else self._task.exception()
                )
        finally:
            waiting.cancel()
