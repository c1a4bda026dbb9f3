"""A wire between two programs that can be cut, frozen, or made to lose something: bytes in, bytes out, over TCP or a local socket."""

import contextlib
import os
import socket
import threading


class Relay:
    """`here` and `there` are ports of this machine or paths. `there` may change: connections made later go to the new one."""

    def __init__(self, there, here=0):
        self.there = there
        self._passes = threading.Event()
        self._passes.set()
        self.to_lose = 0  # events of an event stream: whole ones, in the midst of it
        self.lost = 0
        self._open, self._lock = set(), threading.Lock()
        self._door = socket.socket(socket.AF_UNIX if isinstance(here, str) else socket.AF_INET)
        if not isinstance(here, str):
            self._door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._door.bind(here if isinstance(here, str) else ("127.0.0.1", here))
        self._door.listen(64)
        self.here = here if isinstance(here, str) else self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self):
        """Nothing passes any more, and nobody is told: a network that is cut."""
        self._passes.clear()

    def thaw(self):
        """As after any cut of some length: the connections of before are of no use."""
        self.sever()
        self._passes.set()

    def sever(self):
        with self._lock:
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self):
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.thaw()
        if isinstance(self.here, str):
            os.unlink(self.here)

    def _accept(self):
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller):
        self._passes.wait()
        other = socket.socket(socket.AF_UNIX if isinstance(self.there, str) else socket.AF_INET)
        try:
            other.connect(self.there if isinstance(self.there, str) else ("127.0.0.1", self.there))
        except OSError:
            caller.close()
            other.close()
            return
        with self._lock:
            self._open |= {caller, other}
        back = threading.Thread(target=self._pass, args=(other, caller, True), daemon=True)
        back.start()
        self._pass(caller, other, False)
        back.join()
        with self._lock:
            self._open -= {caller, other}
        caller.close()
        other.close()

    def _pass(self, source, sink, may_lose):
        events = None  # the rest of an event stream; None: it is none
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                self._passes.wait()
                if may_lose and events is None and b"text/event-stream" in data[:400]:
                    events = b""
                if events is not None:
                    *whole, events = (events + data).split(b"\n\n")
                    data = b"".join(event + b"\n\n" for event in whole if not self._loses(event))
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _loses(self, event):
        if self.to_lose == 0 or not event.startswith(b"id:") or b"event: snapshot" in event[:80] or b"event: resync" in event[:80]:
            return False
        self.to_lose -= 1
        self.lost += 1
        return True
