"""What a user of the client is told."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Union

from vigil.v1.envelope_pb2 import Envelope

from .topics import Stream


@dataclass(frozen=True)
class Publication:
    """One thing that stands: part of a snapshot."""

    topic: str
    envelope: Envelope


@dataclass(frozen=True)
class Update:
    """One message, in order and once within its stream. `replayed`: it was missed on the way and asked for again."""

    topic: str
    envelope: Envelope
    replayed: bool = False


class Reason(enum.Enum):
    STARTED = "started"      # the first state
    GAP = "gap"              # messages were lost on the way, and not all of them can be had again
    RESTARTED = "restarted"  # vigild has begun anew
    TOO_SLOW = "too slow"    # you did not take what had been told; what waited for you was dropped
    LAG = "lag"              # the feed reached this program too late to be the present


@dataclass(frozen=True)
class Resynchronised:
    """The whole state under the prefix, at one instant. It replaces everything known before; updates go on from here."""

    reason: Reason
    state: tuple[Publication, ...]
    epoch: int
    seq: int  # journal sequence of that instant
    # How much each stream had said by then.
    counts: Mapping[Stream, int] = field(repr=False)
    # Messages that were published and that you were never told, by stream. What the former vigild published last and did not
    # journal (observations, states) nobody can count; `reason` RESTARTED says so.
    lost: Mapping[Stream, int] = field(default_factory=dict)
    # Every alert, score and bed event that was journaled since you began has been told as an Update. False after TOO_SLOW,
    # and when more was missed than is fetched.
    history: bool = True


@dataclass(frozen=True)
class Lost:
    """Nothing proves any more that what was told is the present: say so on the screen. `Back` ends it."""

    why: str
    for_s: float  # how long before this the state was last known to be the present


@dataclass(frozen=True)
class Back:
    """What was told is the present again."""


Event = Union[Update, Resynchronised, Lost, Back]
