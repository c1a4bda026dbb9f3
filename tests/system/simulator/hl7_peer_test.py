#!/usr/bin/env python3
"""Everything vigil-sim writes is read by an independent HL7 library (python3-hl7)."""
import collections
import os
import subprocess
import sys

try:
    import hl7
except ImportError:
    print("skipped: python3-hl7 is not installed")
    sys.exit(77)

SIM = os.path.join(os.environ["VIGIL_BIN"], "vigil-sim")


def main():
    run = subprocess.run([SIM, "--seed", "7", "--hours", "8", "--monitor-interval", "300s", "--direct", "-", "--framing", "mllp"],
                         check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout.startswith(b"\x0b") and run.stdout.endswith(b"\x1c\r")
    frames = [frame.lstrip(b"\x0b") for frame in run.stdout.split(b"\x1c\r") if frame]
    assert len(frames) > 4000, len(frames)
    kinds = collections.Counter()
    for frame in frames:
        message = hl7.parse(frame.decode("utf-8"))
        msh = message.segment("MSH")
        assert str(msh[11]) == "T", frame
        kinds[str(msh[9])] += 1
        assert str(message.segment("PV1")[3]).startswith("ICU^R1^BED"), frame
        for segment in message:
            if str(segment[0]) == "OBX" and str(segment[2]) == "NM":
                float(str(segment[5]))
    assert kinds["ADT^A01^ADT_A01"] == 12, kinds
    assert kinds["ORU^R01^ORU_R01"] > 4000, kinds
    print(len(frames), "messages read:", dict(kinds))


main()
