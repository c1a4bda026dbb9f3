"""The books of a subscriber of the gateway: whether what it was told accounts for every revision of every alert, and for what stands.

Lines of subject.mjs:  A ID REVISION REPLAYED     S REASON EPOCH SEQ     X AFTER TO WHY
W WHAT: how its state differs from the gateway's own; `same` when it does not.     L and B as in records.py"""

from collections import Counter


class Revisions:
    def __init__(self):
        self.problems = []
        self.reasons = Counter()
        self.live, self.replayed = set(), set()
        self.looks = []
        self.missed = []  # (after, to]: told that not all was told
        self._from = None
        self._epoch = None
        self._newest = {}
        self.unrecorded = set()

    @property
    def told(self):
        return self.live | self.replayed

    def take(self, line):
        what, *rest = line.split(" ")
        if what == "A":
            self._alert(rest[0], int(rest[1]), rest[2] == "1")
        elif what == "S":
            reason, epoch, seq = rest[0], int(rest[1]), int(rest[2])
            self.reasons[reason] += 1
            if self._epoch is not None and self._epoch != epoch and reason not in ("restarted", "too_slow"):
                self._bad(f"a new epoch told as {reason}")
            self._epoch = epoch
            self._from = seq if self._from is None else self._from
        elif what == "X":
            self.missed.append((int(rest[0]), int(rest[1])))
        elif what == "W":
            self.looks.append(" ".join(rest))

    def _alert(self, alert, revision, replayed):
        if self._from is None:
            self._bad(f"{alert}: an update before the first state")
        told = self.replayed if replayed else self.live
        if (alert, revision) in told and not self.missed:
            self._bad(f"{alert}: revision {revision} told twice")
        told.add((alert, revision))
        if not replayed:
            if revision < self._newest.get(alert, 0):
                self._bad(f"{alert}: revision {revision} after {self._newest[alert]}")
            self._newest[alert] = revision

    def open(self, journal):
        """(sequence, alert, revision) of the journal that is not accounted for."""
        told = self.told
        return [row for row in journal if row[0] > self._from and (row[1], row[2]) not in told and not any(a < row[0] <= b for a, b in self.missed)]

    def close(self, journal):
        for seq, alert, revision in self.open(journal):
            self._bad(f"{alert}: revision {revision}, {seq} of the journal, was not told")
        # What vigild published while its disk did not answer (degraded mode) is in no journal.
        self.unrecorded = self.told - {row[1:] for row in journal}
        return self.problems

    def _bad(self, what):
        self.problems.append(what)
