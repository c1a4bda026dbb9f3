#!/usr/bin/env python3
"""Every alert that stands, the most urgent first, redrawn when something changes. wall.py [PREFIX]"""

import sys

from vigil.v1.alert_pb2 import Priority, SignalState
from vigil_client import Back, Client, Lost, Resynchronised, State

state, lost = State(), None
with Client(sys.argv[1] if len(sys.argv) > 1 else "vigil.v1.alert") as client:
    for event in client:
        state.apply(event)
        if isinstance(event, Lost):
            lost = event.why
        elif isinstance(event, Back):
            lost = None
        elif isinstance(event, Resynchronised) and event.lost:
            print(f"{sum(event.lost.values())} messages were missed ({event.reason.value}); this is the present state")
        print("--- FEED LOST, do not trust what stands here: " + lost if lost else "---")
        for alert in state.alerts():
            print(f"{Priority.Name(alert.priority)[9:]:12} {alert.unit}/{alert.bed:8} {SignalState.Name(alert.signal)[13:]:12} {alert.reason}", flush=True)
