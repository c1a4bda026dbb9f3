"""A ward in uproar as one adapter sends it, in a process of its own: every organ and several laboratory alerts of each bed come and
go. What vigild has not acknowledged is sent again, across its restarts.

flood.py ENDPOINT_DIR FIRST_ROUND        says `flooding` when the beds are occupied. SIGTERM: what was sent is still acknowledged; then
the next round on stdout"""

import collections
import signal
import sys
import time
from pathlib import Path

from test_feed import swings
from ward import START, Adapter, Ingest, census, zmq

BEDS, CREDIT, MINUTE = 24, 16, 60_000
SILENT_S = 0.5


class Place:
    """What ward.Adapter wants to know of a daemon."""

    def __init__(self, folder):
        self.folder, self.context = Path(folder), zmq.Context.instance()

    def endpoint(self, name):
        return f"ipc://{self.folder}/{name}"


class Flood:
    def __init__(self, folder):
        self.adapter = Adapter(Place(folder))
        self.waiting = collections.OrderedDict()
        self.heard = time.monotonic()
        self.stopping = False
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, *_):
        self.stopping = True

    def put(self, batch):
        self.waiting[batch.frame_seq] = batch
        self._send(batch)
        self.settle(CREDIT - 1)

    def settle(self, at_most=0):
        while len(self.waiting) > at_most:
            answer = self.adapter.receive(0.05)
            now = time.monotonic()
            if answer is None:
                if now - self.heard > SILENT_S:
                    self.heard = now
                    for batch in self.waiting.values():
                        self._send(batch)
                continue
            self.heard = now
            if answer.verdict in (Ingest.VERDICT_COMMITTED, Ingest.VERDICT_REFUSED):
                self.waiting.pop(answer.frame_seq, None)

    def _send(self, batch):
        try:
            self.adapter.send(batch)
        except zmq.Again:
            pass  # vigild is away: sent again

    def run(self, first):
        for bed in range(BEDS):
            self.put(self.adapter.batch(f"adt{bed}", census=[census("ADMIT", f"v{bed}", ("icu1", f"b{bed}"), START)]))
        print("flooding", flush=True)
        n = first
        while not self.stopping:
            at = START + n * 20 * MINUTE
            for bed in range(BEDS):
                self.put(self.adapter.batch(f"l{n}-{bed}", swings(n, at), visit=f"v{bed}", at=at))
            if n % 10 == 0:
                self.adapter.heartbeat()
            n += 1
        self.settle()
        print(n)


if __name__ == "__main__":
    Flood(sys.argv[1]).run(int(sys.argv[2]))
