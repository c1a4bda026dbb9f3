"""Whether what was heard is everything that was said. Pure: no socket, no clock.

vigild counts the messages of each stream from 1 within an epoch and sends them, and a digest of the counts each second, down one
pipe: a jump is a loss, and a digest that counts more than was heard is a lost last message."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from vigil.v1.envelope_pb2 import Digest

from .topics import Prefix, Stream


class Heard(enum.Enum):
    NEWS = enum.auto()
    KNOWN = enum.auto()      # told before, or contained in the snapshot, or of a vigild that is gone
    HOLE = enum.auto()       # messages before it are missing; it counts as not heard
    NEW_EPOCH = enum.auto()  # vigild has begun anew


class Follow:
    def __init__(self, prefix: Prefix):
        self._prefix = prefix
        self.epoch = 0
        self._counts: dict[Stream, int] = {}
        self._seqs: dict[Stream, int] = {}  # the last journaled message of a stream, where it is above _base_seq
        self._base_seq = 0                  # everything up to it stands in the snapshot
        self._heard_seq = 0
        self._digest_seq: int | None = None  # heard before the digest now arriving; None: its beginning was missed
        self._awaited: dict[Stream, int] = {}  # counts that a digest told and that were not reached
        # Everything journaled up to it was told.
        self.safe_seq = 0

    def message(self, stream: Stream, epoch: int, seq: int, count: int) -> Heard:
        if epoch != self.epoch:
            return Heard.KNOWN if epoch < self.epoch else Heard.NEW_EPOCH
        known = self._counts.get(stream, 0)
        if count <= known:
            return Heard.KNOWN
        if count > known + 1 or self.told(stream, seq):
            return Heard.HOLE
        self._tell(stream, seq, count)
        return Heard.NEWS

    def digest(self, site: str, digest: Digest) -> set[Stream]:
        """The streams whose last messages are missing: a digest counted more of them than were told."""
        if digest.part == 0:
            self._digest_seq = self._heard_seq
        for one in digest.counts:
            stream = Stream(one.cls, one.unit, one.bed)
            if self._prefix.follows(stream, site):
                self._awaited[stream] = one.count
        return self.short()

    def short(self) -> set[Stream]:
        self._awaited = {s: n for s, n in self._awaited.items() if n > self._counts.get(s, 0)}
        return set(self._awaited)

    def digest_ended(self) -> bool:
        """After the last part: whether the whole digest agreed. Then everything before its beginning has been told."""
        if self._digest_seq is None or self._awaited:
            return False
        self.safe_seq = max(self.safe_seq, self._digest_seq)
        return True

    def replayed(self, stream: Stream, epoch: int, seq: int, count: int) -> Heard:
        """A journaled message that was asked for again. From the journal itself it has no count: it is the stream's next."""
        if self.told(stream, seq):
            return Heard.KNOWN
        next_count = self._counts.get(stream, 0) + 1
        if epoch != self.epoch or count in (0, next_count):
            self._tell(stream, seq, next_count)
            return Heard.NEWS
        return Heard.HOLE

    def told(self, stream: Stream, seq: int) -> bool:
        """Whether a journaled message was told, though perhaps under a lower count: what was never recorded is in no replay."""
        return 0 < seq <= max(self._base_seq, self._seqs.get(stream, 0))

    def skipped(self, stream: Stream, seq: int, count: int) -> int:
        """Takes a message in spite of the hole before it; how many that hole had."""
        hole = count - self._counts.get(stream, 0) - 1
        self._tell(stream, seq, count)
        return max(0, hole)

    def missing(self, site: str, counts: Mapping[Stream, int]) -> dict[Stream, int]:
        """What the counts of a snapshot of this epoch have beyond those told, of streams that were asked for."""
        short = {s: n - self._counts.get(s, 0) for s, n in counts.items() if self._prefix.asks(s, site)}
        return {s: n for s, n in short.items() if n > 0}

    def resynchronised(self, epoch: int, seq: int, counts: Mapping[Stream, int]) -> None:
        self.epoch = epoch
        self._counts = dict(counts)
        self._seqs, self._awaited = {}, {}
        self._base_seq = self._heard_seq = self.safe_seq = seq
        self._digest_seq = None

    def _tell(self, stream: Stream, seq: int, count: int) -> None:
        self._counts[stream] = count
        if seq:
            self._seqs[stream] = max(seq, self._seqs.get(stream, 0))
            self._heard_seq = max(self._heard_seq, seq)
