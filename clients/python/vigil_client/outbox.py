"""What waits for the user: bounded in number and in age, so that a slow user holds up nobody and never reads the past unaware."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from .events import Back, Event, Lost, Resynchronised, Update
from .topics import Stream, parse


class Outbox:
    def __init__(self, places: int, max_age_s: float, user_came: Callable[[], None]):
        self._places, self._max_age_s, self._user_came = places, max_age_s, user_came
        self._waiting: deque[tuple[float, Event]] = deque()
        self._changed = threading.Condition()
        self._overflowed = False
        self._asked = False  # for what follows, since it overflowed
        self._dropped: dict[Stream, int] = {}
        self._told_lost = False  # to the user, who took it
        self._is_lost: Lost | None = None
        self._closed: BaseException | None = None
        self._epoch_taken: int | None = None
        self._epoch: int | None = None  # of the last state that was taken or still waits

    # ---- the reader

    def put(self, event: Event, now: float) -> bool:
        """False: there was no room, or what waits is too old. Everything that waited is dropped until `restart`."""
        with self._changed:
            if isinstance(event, Lost):
                self._is_lost = event
            elif isinstance(event, Back):
                self._is_lost = None
            if self._overflowed:
                self._changed.notify()
                if isinstance(event, (Lost, Back)):
                    return True
                self._drop(event)
                return False
            self._waiting.append((now, event))
            if isinstance(event, Resynchronised):
                self._epoch = event.epoch
            if isinstance(event, Resynchronised) and len(self._waiting) == 1 and self._told_lost and self._is_lost is None:
                self._waiting.append((now, Back()))  # the one that was said meanwhile was dropped
            if len(self._waiting) > self._places or self._too_old(now):
                self._overflow()
                return False
            self._changed.notify()
            return True

    def expired(self, now: float) -> bool:
        """What waits has become too old, and was dropped."""
        with self._changed:
            if self._overflowed or not self._too_old(now):
                return False
            self._overflow()
            return True

    def room(self) -> int:
        with self._changed:
            return max(0, self._places - len(self._waiting))

    def epoch(self) -> int | None:
        """Of the last state that the user took or will take."""
        with self._changed:
            return self._epoch

    def restart(self) -> dict[Stream, int]:
        """What follows is the new state; the dropped messages, by stream."""
        with self._changed:
            self._overflowed = False
            dropped, self._dropped = self._dropped, {}
            return dropped

    def close(self, error: BaseException) -> None:
        with self._changed:
            self._closed = self._closed or error
            self._changed.notify_all()

    # ---- the user

    def take(self, seconds: float | None) -> Event | None:
        """The next event; None when there was none in time. Raises what closed it once nothing waits any more."""
        with self._changed:
            if not self._changed.wait_for(self._ready, seconds):
                return None
            event = self._next()
            if event is None:
                assert self._closed is not None
                raise self._closed
            if isinstance(event, Lost):
                self._told_lost = True
            elif isinstance(event, Back):
                self._told_lost = False
            elif isinstance(event, Resynchronised):
                self._epoch_taken = event.epoch
            if self._waiting and self._waiting[0][1] is event:
                self._waiting.popleft()
            return event

    def _ready(self) -> bool:
        if self._overflowed and not self._asked:
            self._asked = True  # also of a user who waits here already, and was not woken in time
            self._user_came()
        return self._next() is not None or self._closed is not None

    def _next(self) -> Event | None:
        if self._waiting:
            return self._waiting[0][1]
        # That it is lost is told even while nothing else can be.
        return self._is_lost if self._overflowed and not self._told_lost else None

    def _too_old(self, now: float) -> bool:
        return bool(self._waiting) and now - self._waiting[0][0] > self._max_age_s

    def _overflow(self) -> None:
        self._overflowed, self._asked = True, False
        self._epoch = self._epoch_taken
        for _, event in self._waiting:
            self._drop(event)
        self._waiting.clear()
        self._changed.notify()

    def _drop(self, event: Event) -> None:
        if isinstance(event, Update):
            topic = parse(event.topic)
            assert topic is not None  # only such are put in
            self._dropped[topic.stream] = self._dropped.get(topic.stream, 0) + 1
        elif isinstance(event, Resynchronised):
            for stream, n in event.lost.items():
                self._dropped[stream] = self._dropped.get(stream, 0) + n
