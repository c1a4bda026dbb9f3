"""Whether what arrives is the present: a full pipe or a slow network delivers the past without a gap."""

from __future__ import annotations

from collections import deque

_WINDOW_S = 600.0  # two clocks drift apart by some 50 ppm: 30 ms in this time


class Lag:
    """How much later than at best a message of vigild arrives. No clock of two machines is compared: only changes of the
    difference count. A driven clock (simulation, replay) says nothing of lag."""

    def __init__(self) -> None:
        self._best: deque[tuple[float, float]] = deque()  # arrival and difference, both ascending: a window's minimum
        self._driven: bool | None = None
        self.now_s = 0.0

    def clock(self, driven: bool) -> None:
        if driven != self._driven:
            self.begin()
        self._driven = driven

    def begin(self) -> None:
        self._best.clear()
        self.now_s = 0.0

    def heartbeat(self, log_time_ms: int, now: float) -> None:
        if self._driven is not False:
            return
        difference = now - log_time_ms / 1000
        while self._best and self._best[-1][1] >= difference:
            self._best.pop()
        self._best.append((now, difference))
        while now - self._best[0][0] > _WINDOW_S:
            self._best.popleft()
        self.now_s = difference - self._best[0][1]
