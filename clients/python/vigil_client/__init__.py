"""Follow a vigild: the state under a prefix, then every message in order and once, and never a silent gap."""

from .client import Client, Closed, Counters, Curve, Endpoints
from .events import Back, Event, Lost, Publication, Reason, Resynchronised, Update
from .state import State
from .topics import Stream, Topic, parse

__all__ = ["Back", "Client", "Closed", "Counters", "Curve", "Endpoints", "Event", "Lost", "Publication", "Reason",
           "Resynchronised", "State", "Stream", "Topic", "Update", "parse"]
