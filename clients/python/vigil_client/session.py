"""What a client does with what it hears: follow, repair by replay, begin again by snapshot. No socket and no clock: the caller
brings messages, answers and the time, asks the questions it finds here and hands on what is put into the outbox."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from vigil.v1.envelope_pb2 import Digest, Envelope
from vigil.v1.query_pb2 import QueryReply, QueryRequest, ReplayRequest, SnapshotRequest

from .events import Back, Event, Lost, Publication, Reason, Resynchronised, Update
from .follow import Follow, Heard
from .lag import Lag
from .outbox import Outbox
from .topics import JOURNALED, Prefix, Stream, Topic, parse

_RETRY_S = 1.0
_HELD = 50_000      # messages kept while an answer is awaited; beyond, the snapshot is taken anew
_LAG_CHECKS = 3     # so many seconds in a row
_LAG_REST_S = 30.0  # a network that is too slow is not cured by asking it for more


class Phase(enum.Enum):
    WAITING = enum.auto()    # for the first word of the feed: then nothing after it can be missed
    FOLLOWING = enum.auto()
    REPLAYING = enum.auto()  # what a gap lost is asked for
    SNAPSHOT = enum.auto()   # the whole state is asked for
    HISTORY = enum.auto()    # and what was journaled until then
    PAUSED = enum.auto()     # the user does not come


@dataclass(frozen=True)
class Limits:
    lost_after_s: float = 1.9
    max_lag_s: float = 5.0
    max_replay: int = 20_000


@dataclass
class _Message:
    text: str
    topic: Topic
    envelope: Envelope


class Session:
    def __init__(self, prefix: Prefix, outbox: Outbox, limits: Limits, now: float):
        self._prefix, self._outbox, self._limits = prefix, outbox, limits
        self._follow, self._lag = Follow(prefix), Lag()
        self._phase = Phase.WAITING
        self._reason = Reason.STARTED
        self._held: list[_Message] = []
        self._owed: dict[Stream, int] = {}  # lost and not yet told
        self._proved_at = self._heard_at = now
        self._is_lost = False
        self._behind_since: float | None = None
        self._lag_checked_at = self._lag_rest_until = now
        self._lagging = 0
        self._retry_at = self._snapshot_after = now
        self._question: QueryRequest | None = None
        self._asked = False
        self._serial = 0
        self._site = ""
        # The snapshot being made, and the replay.
        self._epoch = self._seq = self._replayed = 0
        self._state: list[Publication] = []
        self._counts: dict[Stream, int] = {}
        self._history = True
        self._replay_was_useless = False
        self._begin_snapshot()
        self.reopen = False  # the subscription is to be made anew; the caller clears it
        self.unreadable = self.repairs = self.resynchronisations = 0

    @property
    def subscription(self) -> str:
        return self._prefix.subscription

    # ---- what the caller brings

    def heard(self, topic_text: str, body: bytes, now: float) -> None:
        topic = parse(topic_text)
        try:
            envelope = Envelope.FromString(body)
        except DecodeError:
            topic = None
        if topic is None:
            self.unreadable += 1  # its count is missing, so it is asked for again
            return
        message = _Message(topic_text, topic, envelope)
        self._site = topic.site
        if topic.cls == "sys":
            self._hear_clock(envelope, now)
        if self._phase is Phase.FOLLOWING:
            self._take(message, now)
        elif self._phase is Phase.PAUSED:
            if envelope.HasField("digest"):
                self._prove(now)
        else:
            self._hold(message, now)

    def drained(self, now: float, empty: bool) -> None:
        """After each turn of hearing: whether the pipe has been heard to its end."""
        if empty:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = now

    def tick(self, now: float) -> None:
        if self._outbox.expired(now):
            self._pause()
        if not self._is_lost and now - self._proved_at > self._limits.lost_after_s:
            self._is_lost = True
            self._put(Lost(self._why_lost(now), now - self._proved_at), now)
            if self._phase is Phase.FOLLOWING and now - self._heard_at <= self._limits.lost_after_s and not self._late():
                self._resynchronise(Reason.GAP)  # heartbeats of a vigild that is not the one followed
        if self._phase is Phase.FOLLOWING and self._lags(now):
            self.reopen = True
            self._lag_rest_until = now + _LAG_REST_S
            self._behind_since = None
            self._resynchronise(Reason.LAG)
            self._phase = Phase.WAITING

    def user_came(self, now: float) -> None:
        if self._phase is Phase.PAUSED:
            self._resynchronise(Reason.TOO_SLOW)

    def question(self, now: float) -> QueryRequest | None:
        """What is to be asked now, once."""
        if self._question is None or self._asked or now < self._retry_at or self._phase is Phase.WAITING:
            return None
        if self._question.HasField("snapshot") and self._question.snapshot.from_index == 0 and now < self._snapshot_after:
            return None
        self._asked = True
        return self._question

    def answered(self, reply: QueryReply | None, now: float) -> None:
        """The answer to the last question, or None: it did not come in time."""
        self._asked = False
        if self._question is None or (reply is not None and reply.id != self._question.id):
            return
        if reply is None or reply.error:
            if self._phase is Phase.SNAPSHOT:
                self._begin_snapshot()
            self._retry_at = now + _RETRY_S
        elif self._phase is Phase.SNAPSHOT:
            self._snapshot_page(reply, now)
        elif self._phase is Phase.REPLAYING:
            self._replay_page(reply, now)
        elif self._phase is Phase.HISTORY:
            self._history_page(reply, now)

    # ---- hearing

    def _hear_clock(self, envelope: Envelope, now: float) -> None:
        if envelope.HasField("daemon"):
            self._lag.clock(envelope.daemon.driven)
        if envelope.HasField("digest"):
            self._heard_at = now
            self._lag.heartbeat(envelope.log_time_ms, now)

    def _hold(self, message: _Message, now: float) -> None:
        if self._phase is Phase.WAITING:
            self._phase = Phase.SNAPSHOT
        self._held.append(message)
        if len(self._held) > _HELD:
            self._resynchronise(Reason.GAP if self._phase is Phase.REPLAYING else self._reason)
            self._snapshot_after = now + _RETRY_S

    def _take(self, message: _Message, now: float) -> None:
        envelope = message.envelope
        heard = self._follow.message(message.topic.stream, envelope.epoch, envelope.seq, envelope.count)
        if heard is Heard.NEWS:
            self._tell(message, now)
            if envelope.HasField("digest") and self._phase is Phase.FOLLOWING:
                self._take_digest(message.topic.site, envelope.digest, now)
        elif heard is not Heard.KNOWN:
            self._held.append(message)
            if heard is Heard.NEW_EPOCH:
                self._resynchronise(Reason.RESTARTED, keep_held=True)
            else:
                self._repair({message.topic.stream})

    def _take_digest(self, site: str, digest: Digest, now: float) -> None:
        short = self._follow.digest(site, digest)
        if short:
            self._repair(short)
        elif digest.part + 1 >= digest.parts and self._follow.digest_ended():
            self._replay_was_useless = False
            self._prove(now)

    def _tell(self, message: _Message, now: float, replayed: bool = False) -> None:
        if self._prefix.wants(message.text):
            self._put(Update(message.text, message.envelope, replayed), now)

    def _put(self, event: Event, now: float) -> None:
        if not self._outbox.put(event, now):
            self._pause()

    def _pause(self) -> None:
        self._phase = Phase.PAUSED
        self._question = None
        self._held.clear()

    def _release_held(self, now: float) -> None:
        held, self._held = self._held, []
        for n, message in enumerate(held):
            if self._phase is not Phase.FOLLOWING:
                if self._phase is not Phase.PAUSED:
                    self._held += held[n:]
                return
            self._take(message, now)

    # ---- is it the present

    def _prove(self, now: float) -> None:
        behind = self._behind_since is not None and now - self._behind_since > 1
        if behind or self._late():
            return
        self._proved_at = now
        if self._is_lost:
            self._is_lost = False
            self._put(Back(), now)

    def _late(self) -> bool:
        return self._lag.now_s > self._limits.max_lag_s

    def _why_lost(self, now: float) -> str:
        if now - self._heard_at > self._limits.lost_after_s:
            return "no heartbeat of vigild"
        if self._late():
            return f"the feed is {self._lag.now_s:.0f} s late"
        return "messages are missing and cannot be had yet" if self._phase is not Phase.FOLLOWING else "the feed is too much to keep up with"

    def _lags(self, now: float) -> bool:
        if now < self._lag_rest_until:
            return False
        if self._behind_since is not None and now - self._behind_since > self._limits.max_lag_s:
            return True
        if now - self._lag_checked_at >= 1:
            self._lag_checked_at = now
            self._lagging = self._lagging + 1 if self._late() else 0
        return self._lagging >= _LAG_CHECKS

    # ---- repair by replay

    def _repair(self, short: set[Stream]) -> None:
        """A replay gives every journaled message since the last moment at which nothing was missing."""
        if self._replay_was_useless or not all(stream.cls in JOURNALED for stream in short):
            self._resynchronise(Reason.GAP, keep_held=True)
            return
        self.repairs += 1
        self._phase = Phase.REPLAYING
        self._replayed = 0
        self._ask_replay(self._follow.safe_seq)

    def _ask_replay(self, from_seq: int) -> None:
        self._ask(QueryRequest(replay=ReplayRequest(prefix=self._prefix.subscription, from_seq=from_seq)))

    def _replay_page(self, reply: QueryReply, now: float) -> None:
        if reply.epoch != self._follow.epoch:
            self._resynchronise(Reason.RESTARTED, keep_held=True)
            return
        told = 0
        for publication in reply.publications:
            if told + self._replayed >= self._limits.max_replay or self._outbox.room() == 0:
                self._resynchronise(Reason.GAP, keep_held=True)
                return
            message = _message_of(publication.topic, publication.envelope)
            envelope = publication.envelope
            heard = self._follow.replayed(message.topic.stream, envelope.epoch, envelope.seq, envelope.count)
            if heard is Heard.HOLE:
                self._resynchronise(Reason.GAP, keep_held=True)
                return
            if heard is Heard.NEWS:
                told += 1
                self._tell(message, now, replayed=True)
        self._replayed += told
        if self._phase is not Phase.REPLAYING:
            return
        if reply.more and reply.last_seq > self._from_seq():
            self._ask_replay(reply.last_seq)
            return
        self._replay_was_useless = self._replayed == 0
        if self._follow.short():
            self._resynchronise(Reason.GAP, keep_held=True)
            return
        self._question = None
        self._phase = Phase.FOLLOWING
        self._release_held(now)

    # ---- beginning again by snapshot

    def _resynchronise(self, reason: Reason, keep_held: bool = False) -> None:
        self._reason = reason
        self._phase = Phase.SNAPSHOT
        if not keep_held:
            self._held.clear()
        self._begin_snapshot()

    def _begin_snapshot(self) -> None:
        self._state, self._counts = [], {}
        self._history = True
        self._replayed = 0
        self._replay_was_useless = False
        self._ask_snapshot(0)

    def _ask_snapshot(self, index: int) -> None:
        self._ask(QueryRequest(snapshot=SnapshotRequest(prefix=self._prefix.subscription, from_index=index)))

    def _snapshot_page(self, reply: QueryReply, now: float) -> None:
        if self._question is not None and self._question.snapshot.from_index and reply.epoch != self._epoch:
            self._begin_snapshot()  # pages of two daemons
            return
        self._epoch, self._seq = reply.epoch, reply.last_seq
        self._state += [Publication(p.topic, p.envelope) for p in reply.publications if self._prefix.wants(p.topic)]
        for one in reply.counts:
            self._counts[Stream(one.cls, one.unit, one.bed)] = one.count
        if reply.more:
            self._ask_snapshot(reply.next_index)
            return
        first = self._follow.epoch == 0
        if not first and self._epoch != self._follow.epoch:
            self._history = self._reason is not Reason.TOO_SLOW
            self._reason = Reason.RESTARTED
        # A journal that ends before what was told is another one: it has nothing to add.
        self._history = self._history and self._reason is not Reason.TOO_SLOW and self._seq >= self._follow.safe_seq
        if not first and self._history and self._seq > self._follow.safe_seq:
            self._phase = Phase.HISTORY
            self._ask_replay(self._follow.safe_seq)
        else:
            self._finish(now)

    def _history_page(self, reply: QueryReply, now: float) -> None:
        if reply.epoch != self._epoch:
            self._resynchronise(Reason.RESTARTED, keep_held=True)
            return
        for publication in reply.publications:
            message = _message_of(publication.topic, publication.envelope)
            stream, envelope = message.topic.stream, publication.envelope
            if envelope.seq > self._seq:
                break
            if self._replayed >= self._limits.max_replay or self._outbox.room() <= 1:
                self._history = False
                break
            heard = self._follow.replayed(stream, envelope.epoch, envelope.seq, envelope.count)
            if heard is Heard.KNOWN:
                continue
            if heard is Heard.HOLE:
                self._owe(stream, self._follow.skipped(stream, envelope.seq, envelope.count))
            self._replayed += 1
            self._tell(message, now, replayed=True)
        if self._phase is not Phase.HISTORY:
            return
        if self._history and reply.more and self._from_seq() < reply.last_seq < self._seq:
            self._ask_replay(reply.last_seq)
        else:
            self._finish(now)

    def _finish(self, now: float) -> None:
        if self._epoch == self._follow.epoch:
            if self._reason is not Reason.TOO_SLOW:
                self._take_contained(now)
                if self._phase is Phase.PAUSED:
                    return
            for stream, n in self._follow.missing(self._site, self._counts).items():
                self._owe(stream, n)
        for stream, n in self._outbox.restart().items():
            self._owe(stream, n)
        owed, self._owed = self._owed, {}
        self._judge_by_what_was_taken(owed)
        self._follow.resynchronised(self._epoch, self._seq, self._counts)
        self._question = None
        self._phase = Phase.FOLLOWING
        self._snapshot_after = now + _RETRY_S  # at most one a second
        self.resynchronisations += 1
        self._put(Resynchronised(self._reason, tuple(self._state), self._epoch, self._seq, self._counts, owed, self._history), now)
        self._state = []
        if now - self._heard_at <= self._limits.lost_after_s:
            self._prove(now)
        self._release_held(now)

    def _judge_by_what_was_taken(self, owed: dict[Stream, int]) -> None:
        """A state that was told may have been dropped before the user came."""
        taken = self._outbox.epoch()
        if taken is None:
            self._reason, self._history = Reason.STARTED, True
            owed.clear()
        elif taken != self._epoch:
            self._reason = Reason.RESTARTED

    def _take_contained(self, now: float) -> None:
        """What came while the snapshot was made, and stands in it, is told before it."""
        after: list[_Message] = []
        held, self._held = self._held, []
        for message in held:
            stream, envelope = message.topic.stream, message.envelope
            if envelope.epoch != self._epoch or envelope.count > self._counts.get(stream, 0):
                after.append(message)
                continue
            heard = self._follow.message(stream, envelope.epoch, envelope.seq, envelope.count)
            if heard is Heard.HOLE:
                told = self._follow.told(stream, envelope.seq)
                self._owe(stream, self._follow.skipped(stream, envelope.seq, envelope.count) + told)
                heard = Heard.KNOWN if told else Heard.NEWS
            if heard is Heard.NEWS:
                self._tell(message, now)
            if self._phase is Phase.PAUSED:
                return
        self._held = after

    # ---- small things

    def _owe(self, stream: Stream, n: int) -> None:
        if n and self._prefix.asks(stream, self._site):
            self._owed[stream] = self._owed.get(stream, 0) + n

    def _ask(self, request: QueryRequest) -> None:
        self._serial += 1
        request.id = str(self._serial)
        self._question = request
        self._asked = False

    def _from_seq(self) -> int:
        return self._question.replay.from_seq if self._question is not None else 0


def _message_of(text: str, envelope: Envelope) -> _Message:
    topic = parse(text)
    if topic is None:
        raise ValueError(f"vigild answered with {text!r}, which is no topic")
    return _Message(text, topic, envelope)
