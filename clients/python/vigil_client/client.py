"""The client: a thread that hears the feed, and the events for the user."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import zmq

from .asker import Asker
from .events import Event
from .outbox import Outbox
from .session import Limits, Session
from .topics import ROOT, SYS, Prefix

_TURN = 1_000          # messages heard before the clock is looked at again
_HIGH_WATER = 100_000  # messages in ZeroMQ's own queue; what is beyond shows as a gap
_MESSAGE_BYTES = 8 << 20
_WAIT_MS = 100


class Closed(Exception):
    """The client was closed; no more events come."""


@dataclass(frozen=True)
class Curve:
    """Keys as `vigil keygen --curve` writes them, Z85. The server's is the public key of vigild."""

    server_key: str
    public_key: str
    secret_key: str


@dataclass(frozen=True)
class Endpoints:
    feed: str
    query: str

    @staticmethod
    def in_folder(folder: str | None = None) -> Endpoints:
        """Those of a vigild on this machine: the folder, else VIGIL_ENDPOINT_DIR, else /run/vigil."""
        place = folder or os.environ.get("VIGIL_ENDPOINT_DIR") or "/run/vigil"
        return Endpoints(f"ipc://{place}/feed.sock", f"ipc://{place}/query.sock")


@dataclass(frozen=True)
class Counters:
    messages: int = 0
    unreadable: int = 0
    repairs: int = 0            # gaps that a replay was asked for
    resynchronisations: int = 0


class Client:
    """Follows what vigild publishes under a prefix. Iterate over it, or call `next`; from one thread.

    `queue` events wait at most, and none longer than `max_lag_s`: who is slower is told so, and gets the state anew."""

    _session = Session  # a test takes a broken one

    def __init__(self, prefix: str = ROOT, endpoints: Endpoints | None = None, *, curve: Curve | None = None,
                 queue: int = 20_000, lost_after_s: float = 1.9, max_lag_s: float = 5.0):
        self._endpoints, self._curve = endpoints or Endpoints.in_folder(), curve
        limits = Limits(lost_after_s=lost_after_s, max_lag_s=max_lag_s, max_replay=queue)
        self._outbox = Outbox(queue, max_lag_s, self._user_came)
        self._context = zmq.Context()
        self._prefix = Prefix(prefix)
        self._bell, self._ear = self._context.socket(zmq.PAIR), self._context.socket(zmq.PAIR)
        self._ear.bind("inproc://user")
        self._bell.connect("inproc://user")
        self._bell_lock = threading.Lock()
        self._messages = 0
        self._state = self._session(self._prefix, self._outbox, limits, time.monotonic())
        self._thread = threading.Thread(target=self._run, name="vigil-client", daemon=True)
        self._thread.start()

    def next(self, timeout_s: float | None = None) -> Event | None:
        """The next event; None when there was none in time. Raises Closed after `close`."""
        return self._outbox.take(timeout_s)

    def __iter__(self) -> Iterator[Event]:
        while True:
            try:
                event = self._outbox.take(None)
            except Closed:
                return
            assert event is not None
            yield event

    @property
    def counters(self) -> Counters:
        return Counters(self._messages, self._state.unreadable, self._state.repairs, self._state.resynchronisations)

    def close(self) -> None:
        self._outbox.close(Closed("the client was closed"))
        self._ring(b"close")
        self._thread.join()
        self._bell.close(0)
        self._context.term()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # ---- the user's thread

    def _user_came(self) -> None:
        self._ring(b"came")

    def _ring(self, word: bytes) -> None:
        with self._bell_lock:
            try:
                self._bell.send(word, zmq.DONTWAIT)
            except zmq.Again:
                pass  # it has been rung often enough

    # ---- the reader's thread

    def _run(self) -> None:
        feed = self._subscribe()
        asker = Asker(self._query_socket)
        try:
            while self._turn(feed, asker):
                if self._state.reopen:
                    self._state.reopen = False
                    feed.close(0)
                    feed = self._subscribe()
        except BaseException as error:  # the user hears of it: a client that says nothing would look calm
            self._outbox.close(error)
        finally:
            for socket in (feed, asker.socket, self._ear):
                socket.close(0)

    def _turn(self, feed: zmq.Socket[bytes], asker: Asker) -> bool:
        poller = zmq.Poller()
        for socket in (feed, asker.socket, self._ear):
            poller.register(socket, zmq.POLLIN)
        ready = dict(poller.poll(_WAIT_MS))
        state, now = self._state, time.monotonic()
        state.tick(now)
        if self._ear in ready:
            if self._ear.recv() == b"close":
                return False
            state.user_came(now)
        if feed in ready:
            state.drained(now, self._hear(feed, now))
        else:
            state.drained(now, True)
        reply = asker.answer()
        if reply is not None or asker.failed(now):
            state.answered(reply, now)
        if not asker.busy:
            question = state.question(now)
            if question is not None:
                asker.ask(question, now)
        return True

    def _hear(self, feed: zmq.Socket[bytes], now: float) -> bool:
        for _ in range(_TURN):
            try:
                frames = feed.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return True
            self._messages += 1
            body = frames[1] if len(frames) == 2 else b"\xff"  # no message of vigild has another form
            self._state.heard(frames[0].decode("ascii", "replace"), body, now)
        return False

    def _socket(self, kind: int) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        for option, value in ((zmq.LINGER, 0), (zmq.MAXMSGSIZE, _MESSAGE_BYTES), (zmq.RECONNECT_IVL, 50),
                              (zmq.RECONNECT_IVL_MAX, 500), (zmq.TCP_KEEPALIVE, 1), (zmq.HEARTBEAT_IVL, 1_000),
                              (zmq.HEARTBEAT_TIMEOUT, 3_000), (zmq.HEARTBEAT_TTL, 3_000)):
            socket.setsockopt(option, value)
        if self._curve is not None:
            socket.curve_serverkey = self._curve.server_key.encode()
            socket.curve_publickey = self._curve.public_key.encode()
            socket.curve_secretkey = self._curve.secret_key.encode()
        return socket

    def _subscribe(self) -> zmq.Socket[bytes]:
        socket = self._socket(zmq.SUB)
        socket.setsockopt(zmq.RCVHWM, _HIGH_WATER)
        # The heartbeats last: once one is heard, the other subscription has taken effect.
        socket.setsockopt(zmq.SUBSCRIBE, self._prefix.subscription.encode())
        socket.setsockopt(zmq.SUBSCRIBE, SYS.encode())
        socket.connect(self._endpoints.feed)
        return socket

    def _query_socket(self) -> zmq.Socket[bytes]:
        socket = self._socket(zmq.DEALER)
        socket.connect(self._endpoints.query)
        return socket
