"""A user of the Python client in a process of its own, to be stopped and stalled: writes down what it is told, a line an event.

subject.py ENDPOINT_DIR PREFIX [--queue N] [--deaf]        SIGUSR1: the user stays away for three seconds"""

import signal
import sys
import time
from pathlib import Path

from vigil_client import Back, Client, Endpoints, Lost, Resynchronised, Update, parse
from vigil_client.follow import Follow, Heard
from vigil_client.session import Session


class DeafFollow(Follow):
    def message(self, stream, epoch, seq, count):
        heard = super().message(stream, epoch, seq, count)
        if heard is not Heard.HOLE:
            return heard
        self.skipped(stream, seq, count)
        return Heard.NEWS

    def digest(self, site, digest):
        super().digest(site, digest)
        self._awaited = {}
        return set()


class DeafSession(Session):
    """Goes on after a gap as if there were none: the harness must find it out."""

    def __init__(self, prefix, *rest):
        super().__init__(prefix, *rest)
        self._follow = DeafFollow(prefix)


class DeafClient(Client):
    _session = DeafSession


def listed(numbers):
    return ",".join(f"{'.'.join(stream)}={n}" for stream, n in numbers.items()) or "-"


def line_of(event):
    if isinstance(event, Update):
        e = event.envelope
        return f"M {'.'.join(parse(event.topic).stream)} {e.epoch} {e.seq} {e.count} {int(event.replayed)}"
    if isinstance(event, Resynchronised):
        return (f"S {event.reason.name.lower()} {event.epoch} {event.seq} {int(event.history)} {listed(event.counts)} "
                f"{listed(event.lost)}")
    if isinstance(event, Lost):
        return f"L {time.monotonic():.3f} {event.why}"
    assert isinstance(event, Back)
    return f"B {time.monotonic():.3f}"


def main():
    folder, prefix, *options = sys.argv[1:]
    queue = int(options[options.index("--queue") + 1]) if "--queue" in options else 20_000
    kind = DeafClient if "--deaf" in options else Client
    signal.signal(signal.SIGUSR1, lambda *_: time.sleep(3))
    with kind(prefix, Endpoints(f"ipc://{Path(folder) / 'feed'}", f"ipc://{Path(folder) / 'query'}"), queue=queue) as client:
        while True:
            event = client.next(0.1)
            if event is not None:
                print(line_of(event))
            if not isinstance(event, Update):
                sys.stdout.flush()


if __name__ == "__main__":
    main()
