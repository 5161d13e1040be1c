"""What happens in a simulated day: values that Hypothesis draws, prints and shrinks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hypothesis import strategies as st

HOUR = 3600
DAY = 24 * HOUR

ZONES = ("example.com", "example.net")
NAMES = (
    *(f"n{number}.example.com" for number in range(11)),
    "*.wild.example.com",
    *(f"n{number}.example.net" for number in range(8)),
)
HOT = NAMES[:4]
# namespace and name of the objects that may ask for a name: two may speak for each other, the third may not.
SLOTS = (("red", "one"), ("red", "two"), ("blue", "one"))
BAD = "192.0.2.66"  # the provider refuses it for good
TARGETS = {
    "A": ("192.0.2.1", "192.0.2.2", "192.0.2.3", BAD),
    "AAAA": ("2001:db8::1", "2001:db8::2"),
    "CNAME": ("lb.example.org", "other.example.org"),
}


class Manner(StrEnum):
    """How a provider lands a batch.

    ATOMIC    whole or not at all
    SINGLES   change by change, and it tells the fate of each unit
    ABORTING  change by change; the first unit that is refused ends it, and what came before stays
    """

    ATOMIC = "atomic"
    SINGLES = "singles"
    ABORTING = "aborting"


@dataclass(frozen=True, slots=True)
class Traits:
    """A provider. in_place: whether an update leaves the name in DNS; latency: seconds that a request takes."""

    manner: Manner = Manner.ATOMIC
    in_place: bool = True
    latency: float = 0.02
    batch_size: int = 1000


class Trouble(StrEnum):
    """What a provider does to a request.

    BUSY     refuses it, and says how long to wait, or not
    DOWN     answers nothing, does nothing
    HANGING  the same, after half a minute
    SLOW     does it, after twenty seconds
    DENIED   refuses our credentials
    MOVED    says that the zone is not as we thought
    MUTE     does it, and the answer is lost
    CUT      does the first few changes, and then the connection breaks; an atomic one does nothing or all
    """

    BUSY = "busy"
    DOWN = "down"
    HANGING = "hanging"
    SLOW = "slow"
    DENIED = "denied"
    MOVED = "moved"
    MUTE = "mute"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Ask:
    """A record set that somebody asks for. retain: it is to outlast its object; adopt: "", "equal" or "always"."""

    rtype: str
    targets: tuple[str, ...]
    ttl: int | None = None
    retain: bool = False
    adopt: str = ""


@dataclass(frozen=True, slots=True)
class Want:
    """An object asks for these of a name, and for nothing else; for nothing: it is deleted."""

    name: str
    slot: int
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A source is not complete for a while."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The DNSEndpoint of one name is not in line with its claims for a while."""

    name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Fault:
    """The provider is in trouble for a while, at each `every`th request; with a zone only there.

    after  BUSY: seconds that it asks us to wait, None: it does not say; CUT: changes that it does
    """

    trouble: Trouble
    minutes: int
    zone: str = ""
    every: int = 1
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Vanish:
    """A zone is gone for a while, and comes back empty."""

    zone: str
    minutes: int


class Meddling(StrEnum):
    """What people do to a zone by hand."""

    RETARGET = "our A record is pointed elsewhere"
    REMOVE = "our records are deleted"
    DISOWN = "our ownership records are deleted"
    OWN_A = "they create an A record"
    OWN_AAAA = "they create an AAAA record"
    OWN_CNAME = "they create a CNAME record"
    OTHER_A = "another installation creates an A record"
    LEAVE = "what is theirs is deleted"


@dataclass(frozen=True, slots=True)
class Meddle:
    """Somebody edits DNS by hand."""

    name: str
    what: Meddling


@dataclass(frozen=True, slots=True)
class Kill:
    """The process dies at its so-many-th step at the provider from now on. The provider still does `landing` changes
    of a request that is under way."""

    step: int
    landing: int = 0
    down: int = 1


@dataclass(frozen=True, slots=True)
class Jump:
    """The wall clock is set."""

    seconds: int


Event = Want | Incomplete | Unsettled | Fault | Vanish | Meddle | Kill | Jump


def lasts(event: Event) -> float:
    """Seconds."""
    match event:
        case Incomplete() | Unsettled() | Fault() | Vanish():
            return event.minutes * 60.0
        case Kill():
            return float(event.down)
        case _:
            return 0.0


@dataclass(frozen=True)
class Day:
    """events: each with its second. wary: whether what stands at a start may be another installation's."""

    events: tuple[tuple[int, Event], ...] = ()
    traits: Traits = Traits()
    scheme: str = ""
    wary: bool = False
    seed: int = 0


# -- how they are drawn

# A few names see most of what happens.
_name = st.one_of(st.sampled_from(HOT), st.sampled_from(NAMES))


@st.composite
def _asks(draw: st.DrawFn) -> tuple[Ask, ...]:
    rtypes = draw(st.sampled_from([("A",), ("CNAME",), ("A", "AAAA"), ("AAAA",), ("A", "CNAME"), ()]))
    ttl = draw(st.sampled_from([None, 60, 300]))
    retain, adopt = draw(st.sampled_from([(False, "")] * 6 + [(True, ""), (False, "equal"), (False, "always")]))
    asks = []
    for rtype in rtypes:
        most = 1 if rtype == "CNAME" else 2
        targets = draw(st.lists(st.sampled_from(TARGETS[rtype]), min_size=1, max_size=most, unique=True))
        asks.append(Ask(rtype, tuple(sorted(targets)), ttl, retain, adopt))
    return tuple(asks)


_wants = st.builds(Want, _name, st.sampled_from([0, 0, 0, 1, 2]), _asks())
_faults = st.builds(
    Fault,
    st.sampled_from(Trouble),
    minutes=st.sampled_from([1, 5, 20, 60]),
    zone=st.sampled_from(["", *ZONES]),
    every=st.sampled_from([1, 1, 2, 3]),
    after=st.sampled_from([None, 0, 1, 2, 3, 5, 60, 600]),
)
_events: st.SearchStrategy[Event] = st.one_of(
    _wants,
    _wants,
    _wants,
    _wants,
    _faults,
    _faults,
    st.builds(Meddle, _name, st.sampled_from(Meddling)),
    st.builds(Meddle, _name, st.sampled_from(Meddling)),
    st.builds(Kill, st.integers(0, 12), st.sampled_from([0, 1, 2, 99]), st.sampled_from([1, 60, 1800])),
    st.builds(Incomplete, st.sampled_from([1, 10, 90])),
    st.builds(Unsettled, _name, st.sampled_from([1, 10, 90])),
    st.builds(Vanish, st.sampled_from(ZONES), st.sampled_from([1, 10, 90])),
    st.builds(Jump, st.sampled_from([-7200, -1, 3600, 10**6])),
)
_traits = st.builds(
    Traits,
    manner=st.sampled_from(Manner),
    in_place=st.booleans(),
    latency=st.sampled_from([0.02, 0.5, 3.0]),
    batch_size=st.sampled_from([1000, 7]),
)
# Events come in clusters, a few seconds apart: what meets is what hurts.
_cluster = st.lists(st.tuples(st.sampled_from([0, 0, 1, 2, 10, 60, 400]), _events), max_size=6)


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Some sixty events in 24 hours."""
    events: list[tuple[int, Event]] = [(0, want) for want in draw(st.lists(_wants, max_size=30))]
    for hour in range(24):
        at = hour * HOUR
        for pause, event in draw(_cluster):
            at += pause
            events.append((at, event))
    return Day(
        tuple(events),
        draw(_traits),
        scheme=draw(st.sampled_from(["", "txt.", "%{record_type}."])),
        wary=draw(st.booleans()),
        seed=draw(st.integers(0, 2**16)),
    )
