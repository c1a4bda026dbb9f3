"""kill -9 at random points under load, with the sender keeping the books (reliability.md 5.1, T1).

The harness alone knows what was acknowledged; the check reads the journal with sqlite3, then `vigil verify` re-steps it when that
program is there. `--mutant NAME` runs a deliberately broken daemon, which must be caught."""

import argparse
import os
import random
import subprocess
import sys
import threading
import time

import zmq
from ward import BIN, START, Adapter, Daemon, Ingest, census, number, observation_pb2

CLIENTS, WINDOW = 8, 4


class Sender(threading.Thread):
    """One feed with a window of unanswered frames; resends what is unanswered after each restart."""

    def __init__(self, daemon, index):
        super().__init__(daemon=True)
        self.vigild, self.index = daemon, index
        self.source = f"bed{index}"
        self.sent, self.acked, self.resent, self.refused = 0, set(), 0, {}
        self.stop = False

    def batch(self, adapter, n):
        at = START + n * 1000
        readings = [number("hr", 60 + n % 90, "/min", at), number("spo2", 90 + n % 10, "%", at),
                    number("plt", 20 + n * 7 % 200, "10*3/uL", at)]
        out = adapter.batch(f"{self.source}-{n}", readings, visit=f"v{self.index}", bed=("icu1", f"b{self.index}"), at=at,
                            census=[census("ADMIT", f"v{self.index}", ("icu1", f"b{self.index}"), START)] if n == 1 else (),
                            urgent=n % 3 == 0)
        return out

    def run(self):
        adapter = Adapter(self.vigild, source=self.source)
        pending, by_seq, last_heard = {}, {}, time.monotonic()
        epoch = 0
        while not self.stop:
            while len(pending) < WINDOW:
                self.sent += 1
                pending[self.sent] = None
            for n, seq in pending.items():
                if seq is None:
                    batch = self.batch(adapter, n)
                    pending[n] = batch.frame_seq
                    by_seq[batch.frame_seq] = n
                    try:
                        adapter.send(batch)
                    except zmq.Again:
                        break
            reply = adapter.receive(0.02)
            now = time.monotonic()
            if reply is not None:
                last_heard = now
                n = by_seq.get(reply.frame_seq)
                if reply.verdict == Ingest.VERDICT_COMMITTED and n is not None:
                    self.acked.add(n)
                    pending.pop(n, None)
                elif reply.frame_seq:
                    self.refused[reply.reason] = self.refused.get(reply.reason, 0) + 1
            elif now - last_heard > 0.1:  # restarted, or an answer was lost: everything unanswered again
                last_heard = now
                self.resent += sum(1 for v in pending.values() if v is not None)
                for n in pending:
                    pending[n] = None
        adapter.close()


def books(daemon, senders):
    """What the journal holds against what was acknowledged, by source and number."""
    rows = []
    for (body,) in daemon.rows("SELECT body FROM frames ORDER BY seq"):
        rows.append(message_id(body))
    rows = [r for r in rows if r]
    have = set(rows)
    want = {f"{s.source}-{n}" for s in senders for n in s.acked}
    may = {f"{s.source}-{n}" for s in senders for n in range(1, s.sent + 1)}
    return len(want), len(rows), want - have, len(rows) - len(have), have - may


def message_id(body):
    """Second member of the canonical encoding of a frame: a varint source, then a length and the text (docs/journal-format.md)."""
    i = 0
    while body[i] & 0x80:
        i += 1
    i += 1
    size = shift = 0
    while True:
        size |= (body[i] & 0x7F) << shift
        shift += 7
        i += 1
        if not body[i - 1] & 0x80:
            break
    return body[i:i + size].decode()


def run(kills, seed, mutant):
    rnd = random.Random(seed)
    daemon = Daemon(env={"VIGIL_TEST_MUTANT": mutant} if mutant else None).start()
    senders = [Sender(daemon, i) for i in range(CLIENTS)]
    began = time.monotonic()
    for s in senders:
        s.start()
    back = []

    def acked():
        return sum(len(s.acked) for s in senders)

    def wait_more(before, seconds=30):
        until = time.monotonic() + seconds
        while acked() <= before:
            if time.monotonic() > until:
                raise SystemExit(f"not back within {seconds} s; exit {daemon.process.poll()}\n{daemon.log_text()[-3000:]}")
            time.sleep(0.0005)

    try:
        wait_more(0)
        for _ in range(kills):
            time.sleep(rnd.uniform(0.003, 0.15))
            daemon.kill()
            before, t0 = acked(), time.monotonic()
            daemon.start()
            wait_more(before)
            back.append((time.monotonic() - t0) * 1e3)
        time.sleep(0.3)
        for s in senders:
            s.stop = True
        for s in senders:
            s.join()
        daemon.kill()
        want, rows, lost, duplicated, phantom = books(daemon, senders)
        back.sort()
        print(f"seed={seed} kills={kills} mutant={mutant or 'none'} {time.monotonic() - began:.1f}s acked={want} rows={rows} "
              f"resent={sum(s.resent for s in senders)} refused={sum(sum(s.refused.values()) for s in senders)} "
              f"LOST={len(lost)} DUPLICATED={duplicated} PHANTOM={len(phantom)} "
              f"back p50={back[len(back) // 2]:.0f}ms max={back[-1]:.0f}ms; 95% bound on loss per kill <= {3 / kills:.4f}", flush=True)
        ok = not lost and not duplicated and not phantom
        verifier = BIN / "vigil"
        if not mutant and verifier.exists():
            done = subprocess.run([verifier, "verify", daemon.dir / "journal"], capture_output=True, text=True)
            print("vigil verify:", done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1:])
            ok = ok and done.returncode == 0
        elif not mutant:
            print("vigil verify: NOT RUN, no such program in", BIN)
        return ok
    finally:
        for s in senders:
            s.stop = True
        daemon.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=1, help="the kills are shared by so many journals, each with a seed of its own")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("VIGIL_SEED", time.time_ns() % 1_000_000)))
    parser.add_argument("--mutant", default="")
    parser.add_argument("--expect-caught", action="store_true")
    arguments = parser.parse_args()
    kills = -(-arguments.kills // arguments.rounds)
    ok = all([run(kills, arguments.seed + n, arguments.mutant) for n in range(arguments.rounds)])
    if arguments.expect_caught:
        print("caught" if not ok else "SURVIVED: this harness would not notice")
        ok = not ok
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
