"""What stands now, kept from events as vigild keeps it for its snapshots (daemon/loop/last_values.hpp)."""

from __future__ import annotations

from collections.abc import Iterator

from vigil.v1.alert_pb2 import SIGNAL_STATE_CLOSED, Alert
from vigil.v1.envelope_pb2 import BedEvent, BedObservations, Envelope, ObservedValue
from vigil.v1.score_pb2 import Score

from .events import Event, Publication, Resynchronised, Update
from .topics import Topic, parse

_LEAVES = (BedEvent.KIND_TRANSFERRED, BedEvent.KIND_DISCHARGED, BedEvent.KIND_MERGED, BedEvent.KIND_CANCELLED)
_COMES = (BedEvent.KIND_ADMITTED, BedEvent.KIND_ARRIVED)
_NO_PLACE = "_"


class State:
    """The last value under each name. Give it every event; ask it at any time. `is_lost` is not its business: show it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Envelope] = {}  # by topic and, where several stand under one, whose

    def apply(self, event: Event) -> None:
        if isinstance(event, Resynchronised):
            self._kept.clear()
            for publication in event.state:
                self._apply(publication.topic, publication.envelope)
        elif isinstance(event, Update):
            self._apply(event.topic, event.envelope)

    def alerts(self) -> list[Alert]:
        """Those that stand, the most urgent first, then the oldest."""
        return sorted((e.alert for e in self._kept.values() if e.HasField("alert")),
                      key=lambda a: (-a.priority, a.shown_at_ms))

    def scores(self) -> list[Score]:
        return [e.score for e in self._kept.values() if e.HasField("score")]

    def observations(self) -> dict[str, BedObservations]:
        """By encounter: of each signal the newest value."""
        return {e.obs.encounter: e.obs for e in self._kept.values() if e.HasField("obs")}

    def __iter__(self) -> Iterator[Publication]:
        return (Publication(topic, envelope) for (topic, _), envelope in sorted(self._kept.items()))

    def _apply(self, text: str, envelope: Envelope) -> None:
        topic = parse(text)
        payload = envelope.WhichOneof("payload")
        if topic is None or payload is None or payload == "digest":
            return
        if payload == "alert":
            alert = envelope.alert
            over = alert.signal == SIGNAL_STATE_CLOSED or bool(alert.moved_to)
            self._put(text, alert.id, envelope, over)
        elif payload == "score":
            score = envelope.score
            self._put(text, "/".join((score.encounter, score.definition, score.product, score.basis)), envelope, score.closed)
        elif payload == "event":
            self._event(text, topic, envelope)
        elif payload == "obs":
            self._observe(text, envelope)
        elif payload == "bed_status":
            self._put(text, envelope.bed_status.encounter, envelope)
        else:
            self._put(text, payload, envelope)

    def _put(self, text: str, whose: str, envelope: Envelope, over: bool = False) -> None:
        if over:
            self._kept.pop((text, whose), None)
        else:
            self._kept[text, whose] = envelope

    def _event(self, text: str, topic: Topic, envelope: Envelope) -> None:
        event = envelope.event
        if event.kind in _COMES:
            self._vacate(_NO_PLACE, _NO_PLACE, event.encounter)
            self._put(text, event.encounter, envelope)
        elif event.kind in _LEAVES:
            self._vacate(topic.unit, topic.bed, event.encounter)

    def _vacate(self, unit: str, bed: str, encounter: str) -> None:
        """Everything of this encounter at this bed is over, but alerts, which say so themselves."""
        for text, whose in list(self._kept):
            topic = parse(text)
            assert topic is not None  # only such are kept
            if (topic.unit, topic.bed) == (unit, bed) and topic.cls != "alert" and whose.split("/")[0] == encounter:
                del self._kept[text, whose]

    def _observe(self, text: str, envelope: Envelope) -> None:
        older = self._kept.get((text, envelope.obs.encounter))
        newest: dict[str, ObservedValue] = {v.signal: v for v in older.obs.values} if older is not None else {}
        newest.update((v.signal, v) for v in envelope.obs.values)
        merged = Envelope()
        merged.CopyFrom(envelope)
        del merged.obs.values[:]
        merged.obs.values.extend(newest.values())
        self._kept[text, envelope.obs.encounter] = merged
