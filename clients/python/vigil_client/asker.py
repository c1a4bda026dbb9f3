"""Questions to vigild's query socket, one at a time."""

from __future__ import annotations

from collections.abc import Callable

import zmq
from google.protobuf.message import DecodeError
from vigil.v1.query_pb2 import QueryReply, QueryRequest

_PATIENCE_S = 2.0


class Asker:
    """A question that is not answered in time fails, and the socket is made anew, so that a late answer is never taken for
    another one's."""

    def __init__(self, make_socket: Callable[[], zmq.Socket[bytes]]):
        self._make_socket = make_socket
        self.socket = make_socket()
        self._until: float | None = None

    @property
    def busy(self) -> bool:
        return self._until is not None

    def ask(self, request: QueryRequest, now: float) -> None:
        self._until = now + _PATIENCE_S
        try:
            self.socket.send(request.SerializeToString(), zmq.DONTWAIT)
        except zmq.Again:
            pass  # not connected: it fails when its time is over

    def failed(self, now: float) -> bool:
        if self._until is None or now < self._until:
            return False
        self.close()
        self.socket = self._make_socket()
        self._until = None
        return True

    def answer(self) -> QueryReply | None:
        if self._until is None or not self.socket.poll(0):
            return None
        try:
            reply: QueryReply = QueryReply.FromString(self.socket.recv_multipart(zmq.DONTWAIT)[-1])
        except (zmq.Again, DecodeError):
            return None  # it fails when its time is over
        self._until = None
        return reply

    def close(self) -> None:
        self.socket.close(0)
