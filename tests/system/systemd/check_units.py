#!/usr/bin/env python3
"""Exposure of the shipped units as systemd itself rates it (0 closed … 10 open), against the figures we promise, and that an
opened unit would be noticed. Skips (77) where systemd-analyze cannot rate a file."""
import pathlib
import re
import subprocess
import sys
import tempfile

PROMISED = {"vigild.service": 0.4, "vigil-adapter@.service": 1.2, "vigil-gateway.service": 1.2, "vigil-outbound.service": 1.2,
            "vigil-identity.service": 0.4}


def exposure(path):
    run = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", str(path)], capture_output=True, text=True)
    match = re.search(r"Overall exposure level for \S+: ([0-9.]+)", run.stdout)
    return float(match.group(1)) if match else None


units = pathlib.Path(sys.argv[1]) / "systemd"
try:
    rated = {name: exposure(units / name) for name in PROMISED}
except FileNotFoundError:
    sys.exit(77)
if any(v is None for v in rated.values()):
    print("systemd-analyze gave no rating here: not run")
    sys.exit(77)
for name, value in rated.items():
    print(f"{name} {value} (promised at most {PROMISED[name]})")
with tempfile.TemporaryDirectory() as scratch:
    opened = pathlib.Path(scratch) / "vigild.service"
    text = (units / "vigild.service").read_text()
    opened.write_text(re.sub(r"(?m)^(NoNewPrivileges|ProtectSystem|CapabilityBoundingSet|SystemCallFilter)=.*$", "", text))
    worse = exposure(opened)
    print(f"with its protections taken out: {worse}")
    if worse <= PROMISED["vigild.service"]:
        sys.exit("an opened unit was not noticed")
for unit in units.glob("*.service"):
    for line in unit.read_text().splitlines():
        if line.startswith("ExecStart=") and "vigil-down" not in unit.name and "/usr/sbin/" not in line:
            sys.exit(f"{unit.name}: {line}")
sys.exit(any(rated[n] > PROMISED[n] for n in PROMISED))
