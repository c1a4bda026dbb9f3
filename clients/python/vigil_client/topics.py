"""Topic names: vigil.v1.<class>.<site>.<unit>.<bed>.<key>. ZeroMQ matches byte prefixes, so a subscription ends with a dot."""

from __future__ import annotations

import re
from typing import NamedTuple

ROOT = "vigil.v1."
SYS = "vigil.v1.sys."  # heartbeats: every client listens to them
_CLASSES = ("alert", "score", "obs", "event", "status", "sys")
JOURNALED = ("alert", "score", "event")  # these can be had again by replay; of the others only the last state
_TOKEN = re.compile(r"[a-z0-9_]{1,32}")
_TOKENS_AFTER_ROOT = 5


class Stream(NamedTuple):
    """What is counted together: the messages of one class at one bed. A bed of "_" is the unit's or the daemon's own."""

    cls: str
    unit: str
    bed: str


class Topic(NamedTuple):
    cls: str
    site: str
    unit: str
    bed: str
    key: str

    @property
    def stream(self) -> Stream:
        return Stream(self.cls, self.unit, self.bed)


def parse(text: str) -> Topic | None:
    tokens = text[len(ROOT):].split(".") if text.startswith(ROOT) else []
    if len(tokens) != _TOKENS_AFTER_ROOT or tokens[0] not in _CLASSES or not all(map(_TOKEN.fullmatch, tokens)):
        return None
    return Topic(*tokens)


class Prefix:
    """What a user asked for. The final dot is appended: `bed1` never means `bed10`. A whole topic means that topic alone."""

    def __init__(self, asked: str = ROOT):
        tokens = asked.rstrip(".").split(".")
        if tokens[:2] != ["vigil", "v1"] or len(tokens) > 2 + _TOKENS_AFTER_ROOT or not all(map(_TOKEN.fullmatch, tokens)):
            raise ValueError(f"{asked!r} is no beginning of a topic vigil.v1.CLASS.SITE.UNIT.BED.KEY")
        if len(tokens) > 2 and tokens[2] not in _CLASSES:
            raise ValueError(f"{asked!r}: there is no class {tokens[2]!r}, only {', '.join(_CLASSES)}")
        self._whole = ".".join(tokens) if len(tokens) == 2 + _TOKENS_AFTER_ROOT else None
        # A loss shows in whole streams only, so the stream of a single topic is heard whole.
        self.subscription = ".".join(tokens[:1 + _TOKENS_AFTER_ROOT]) + "."

    def wants(self, topic: str) -> bool:
        return topic.startswith(self.subscription) if self._whole is None else topic == self._whole

    def asks(self, stream: Stream, site: str) -> bool:
        return f"{ROOT}{stream.cls}.{site}.{stream.unit}.{stream.bed}.".startswith(self.subscription)

    def follows(self, stream: Stream, site: str) -> bool:
        """Whether the messages of a stream are counted: those asked for, and the heartbeats."""
        return stream.cls == "sys" or self.asks(stream, site)
