#!/usr/bin/env python3
"""Two patients change beds (A17), an outpatient is admitted and discharged to dialysis (A06, A07), under other numbers of the visit (MRG-5,
A50), and two hospitals have beds of one name: whose the readings are that name a bed and nobody, through the adapter and vigild."""

import socket
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "daemon"))
sys.path.insert(0, str(HERE))
from test_peers import HOUR, Adapter, ask, stamp  # noqa: E402
from ward import START, Client, Daemon, query_pb2, wait_for  # noqa: E402

SOUTH = '[hl7.places]\n"ICU^^^SOUTH" = "icu_south"\n'


class Ward:
    def __init__(self, daemon, adapter):
        self.client = Client(daemon)
        self.line = socket.create_connection(("127.0.0.1", adapter.port), timeout=20)
        self.sent = 0

    def send(self, kind, hours, body):
        """MSA of the reply: its code, and the reason where there is one."""
        self.sent += 1
        text = f"MSH|^~\\&|ADT|HOSP|VIGIL|ICU|{stamp(hours)}||{kind}|m{self.sent}|T|2.5\r{body}"
        msa = ask(self.line, b"\x0b" + text.encode() + b"\x1c\r")
        return msa[0], msa[2].strip() if len(msa) > 2 else ""

    def renumber(self, trigger, hours, patient, bed, number, prior):
        body = f"EVN|{trigger}|{stamp(hours)}||||{stamp(hours)}\rPID|1||{patient}^^^HOSP^MR\rMRG|{patient}^^^HOSP^MR||||{prior}\r"
        return self.send(f"ADT^{trigger}", hours, body + f"PV1|1|I|{bed}{'|' * 16}{number}\r")

    def creatinine(self, number, hours, value):
        """Of a laboratory that has the number of the visit and nothing else."""
        row = f"OBX|1|NM|2160-0^Creatinine^LN||{value}|mg/dL|||||F|||{stamp(hours)}\r"
        assert self.send("ORU^R01", hours, f"PID|1||\rPV1|1|I|{'|' * 16}{number}\rOBR|1||L{self.sent}|P\r{row}") == ("AA", "")

    def move(self, trigger, hours, *patients):
        body = f"EVN|{trigger}|{stamp(hours)}||||{stamp(hours)}\r"
        for number, bed in patients:
            body += f"PID|1||{number}^^^HOSP^MR\rPV1|1|I|{bed}{'|' * 16}visit-{number}\r"
        return self.send(f"ADT^{trigger}", hours, body)

    def pressure(self, bed, hours, value):
        """As a monitor tells it that knows its bed and no patient."""
        row = f"OBX|1|NM|76214-6^MAP^LN||{value}|mm[Hg]|||||F|||{stamp(hours)}\r"
        assert self.send("ORU^R01", hours, f"PID|1||\rPV1|1|I|{bed}\rOBR|1||O{self.sent}|P\r{row}") == ("AA", "")

    def pressures(self):
        """What each bed's patient has, newest last; the newest of an hour stands for it."""
        out = {}
        for e in self.client.query(encounters=query_pb2.EncountersRequest()).encounters:
            asked = query_pb2.LanesRequest(encounter=e.id, from_ms=START - 24 * HOUR, to_ms=START + 24 * HOUR, columns=48)
            lanes = self.client.query(lanes=asked).lanes
            out[f"{e.unit}/{e.bed}"] = [int(c.newest / 10**lane.scale) for lane in lanes if lane.signal == "map" for c in lane.columns]
        return out

    def expect(self, **beds):
        wanted = {name.replace("__", "/"): values for name, values in beds.items()}
        try:
            wait_for(lambda: self.pressures() == wanted)
        except AssertionError:
            raise AssertionError(f"{self.pressures()} and not {wanted}") from None


def check_swap(ward):
    assert ward.move("A01", -20, ("s1", "ICU^8^A")) == ("AA", "")
    assert ward.move("A01", -20, ("s2", "ICU^9^A")) == ("AA", "")
    ward.pressure("ICU^8^A", -10, 81)
    ward.pressure("ICU^9^A", -10, 91)
    # The swap is told late: what was measured since in a bed becomes the other's.
    ward.pressure("ICU^8^A", -4, 84)
    ward.pressure("ICU^9^A", -4, 94)
    ward.expect(icu__8_a=[81, 84], icu__9_a=[91, 94])
    assert ward.move("A17", -5, ("s1", "ICU^9^A")) == ("AE", "no_patient"), "half a swap"
    assert ward.move("A17", -5, ("s1", "ICU^9^A"), ("s2", "")) == ("AR", "no_bed")
    ward.expect(icu__8_a=[81, 84], icu__9_a=[91, 94])
    assert ward.move("A17", -5, ("s1", "ICU^9^A"), ("s2", "ICU^8^A")) == ("AA", "")
    ward.pressure("ICU^8^A", -1, 85)
    ward.pressure("ICU^9^A", -1, 95)
    ward.expect(icu__9_a=[81, 94, 95], icu__8_a=[91, 84, 85])
    status = ward.client.status()
    assert not status.refused and not status.unassigned, status
    print("a swap moves both patients and their beds' readings, half a one nobody")


def check_facility(ward):
    ward.pressure("ICU^8^A^SOUTH", 0, 40)
    wait_for(lambda: len(ward.client.status().unassigned) == 1)
    ward.pressure("ICU^8^A^NORTH", 0, 86)
    ward.expect(icu__9_a=[81, 94, 95], icu__8_a=[91, 84, 85, 86])
    print("a reading of the other hospital's bed of that name is nobody's")


def check_class(ward):
    assert ward.move("A04", -8, ("o1", "ED^1^A")) == ("AA", "")
    assert ward.move("A06", -6, ("o1", "ICU^5^A")) == ("AA", "")
    ward.pressure("ICU^5^A", -3, 65)
    assert ward.move("A07", -2, ("o1", "")) == ("AA", "")
    ward.pressure("ICU^5^A", -1, 66)
    ward.expect(icu__9_a=[81, 94, 95], icu__8_a=[91, 84, 85, 86], icu__5_a=[65, 66])
    assert ward.move("A07", 0, ("o1", "DIAL^1^A")) == ("AA", "")
    ward.expect(icu__9_a=[81, 94, 95], icu__8_a=[91, 84, 85, 86], dial__1_a=[65, 66])
    print("an outpatient is admitted to the bed that is named and leaves it where another is")


def check_number(ward):
    """The same stay under another number: one bed, one patient, his results under either."""
    beds = dict(icu__9_a=[81, 94, 95], icu__8_a=[91, 84, 85, 86], dial__1_a=[65, 66])
    assert ward.move("A04", -8, ("n1", "ED^2^A")) == ("AA", "")
    ward.pressure("ED^2^A", -7, 70)
    ward.expect(**beds, ed__2_a=[70])
    before = len(ward.client.query(encounters=query_pb2.EncountersRequest()).encounters)
    assert ward.renumber("A06", -6, "n1", "ICU^6^A", "inpatient-n1", "visit-n1") == ("AA", "")
    ward.pressure("ICU^6^A", -5, 71)
    ward.expect(**beds, icu__6_a=[70, 71])
    ward.creatinine("visit-n1", -7, 1.4)  # drawn as an outpatient
    ward.creatinine("inpatient-n1", -4, 2.4)
    assert ward.renumber("A50", -3, "n1", "ICU^6^A", "third-n1", "inpatient-n1") == ("AA", "")
    ward.creatinine("inpatient-n1", -3, 2.5)
    ward.creatinine("third-n1", -2, 2.6)
    assert ward.renumber("A50", -2, "other", "ICU^6^A", "fourth", "third-n1") == ("AA", "")  # of somebody else: changes nothing
    ward.pressure("ICU^6^A", -1, 72)
    ward.expect(**beds, icu__6_a=[70, 71, 72])
    stays = ward.client.query(encounters=query_pb2.EncountersRequest()).encounters
    assert len(stays) == before, stays
    one = next(e for e in stays if (e.unit, e.bed) == ("icu", "6_a"))
    asked = query_pb2.LanesRequest(encounter=one.id, from_ms=START - 24 * HOUR, to_ms=START + 24 * HOUR, columns=48)
    lanes = ward.client.query(lanes=asked).lanes
    results = [round(c.newest / 10**lane.scale, 1) for lane in lanes if lane.signal == "crea" for c in lane.columns]
    assert results == [1.4, 2.4, 2.5, 2.6], results
    print("a visit with another number is the same stay in one bed, and has the results under every number")


with Daemon(more='[[source]]\nname = "ward"\n') as daemon, Adapter(daemon, more=SOUTH) as adapter:
    ward = Ward(daemon, adapter)
    check_swap(ward)
    check_facility(ward)
    check_class(ward)
    check_number(ward)
    ward.line.close()
