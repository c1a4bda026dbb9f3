"""The books of a subscriber: whether what it was told accounts for every message that was published.

A record is what the subscriber's user saw, in order:
    {"what": "update", "stream", "epoch", "seq", "count", "replayed"}
    {"what": "resynchronised", "reason", "epoch", "seq", "history", "counts", "lost"}     counts and lost by stream
A stream is "class.unit.bed". What was published is known from elsewhere: the counts of the last epoch, and the journal."""

from collections import Counter

JOURNALED = ("alert", "score", "event")


class Books:
    def __init__(self, asked=lambda stream: not stream.startswith("sys.")):
        self.asked = asked
        self.problems = []
        self.updates = self.replayed = self.lost = 0
        self.reasons = Counter()
        self._epoch = None
        self.at = {}      # stream: the count it was told up to
        self.holes = {}    # stream: jumped over, to be told by the next resynchronisation
        self._seqs = {}    # stream: the last journal sequence told
        self._told = set()  # journal sequences
        self._spans = []   # (from, to) of the journal, all of which must have been told
        self._from = None

    @property
    def accounted(self):
        return self.updates + self.lost

    def take(self, record):
        (self._update if record["what"] == "update" else self._resynchronised)(record)

    def _update(self, r):
        stream, seq, count = r["stream"], r["seq"], r["count"]
        self.updates += 1
        self.replayed += r["replayed"]
        if self._epoch is None:
            return self._bad(f"{stream}: an update before the first state")
        if seq:
            if seq <= self._seqs.get(stream, self._from):
                self._bad(f"{stream}: {seq} after {self._seqs.get(stream, self._from)}")
            self._seqs[stream] = seq
            self._told.add(seq)
        if r["epoch"] != self._epoch:
            if not r["replayed"]:
                self._bad(f"{stream}: epoch {r['epoch']} without a new state")
            return None
        at = self.at.get(stream, 0)
        if count == 0 and r["replayed"]:
            count = at + 1  # the journal has no counts
        if count <= at:
            self._bad(f"{stream}: {count} after {at}")
        elif count > at + 1:
            self.holes[stream] = self.holes.get(stream, 0) + count - at - 1
        self.at[stream] = max(at, count)
        return None

    def _resynchronised(self, r):
        self.reasons[r["reason"]] += 1
        counts, lost = r["counts"], r["lost"]
        self.lost += sum(lost.values())
        if self._epoch is not None and r["epoch"] == self._epoch:
            for stream in set(counts) | set(self.at) | set(lost):
                if not self.asked(stream):
                    continue
                missed = counts.get(stream, 0) - self.at.get(stream, 0) + self.holes.get(stream, 0)
                if missed != lost.get(stream, 0):
                    self._bad(f"{stream}: {missed} missed, {lost.get(stream, 0)} told ({r['reason']})")
        elif self._epoch is not None and r["reason"] != "restarted":
            self._bad(f"a new epoch told as {r['reason']}")
        if self._from is not None and r["history"]:
            self._spans.append((self._from, r["seq"]))
        self._epoch, self.at, self.holes, self._from = r["epoch"], dict(counts), {}, r["seq"]
        self._seqs = {}

    def close(self, epoch, counts, journal):
        """`counts`: of every stream of the last epoch. `journal`: (sequence, stream) of everything published from it."""
        if self._epoch is None:
            self._bad("never a state")
            return self.problems
        if self._epoch != epoch:
            self._bad(f"the state is of epoch {self._epoch}, vigild is in {epoch}")
        for stream, n in counts.items():
            if self.asked(stream) and self.at.get(stream, 0) < n:
                self._bad(f"{stream}: {n} published, told up to {self.at.get(stream, 0)}")
        for stream, n in self.holes.items():
            if self.asked(stream):
                self._bad(f"{stream}: {n} never told and never told of")
        self._spans.append((self._from, max((seq for seq, _ in journal), default=self._from)))
        for seq, stream in journal:
            if seq not in self._told and self.asked(stream) and any(a < seq <= b for a, b in self._spans):
                self._bad(f"{stream}: {seq} is in the journal and was not told")
        return self.problems

    def _bad(self, what):
        self.problems.append(what)
