#!/usr/bin/env python3
"""Messages of other hospitals' systems, through the adapter and vigild: a point of care's gases, an analyser that names the sample before
the order, its controls, an information centre that writes MDC in hexadecimal, and an engine that sends every ADT it has."""

import socket
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "daemon"))
sys.path.insert(0, str(HERE))
from test_peers import HOUR, Adapter, ask, stamp  # noqa: E402
from ward import START, Client, Daemon, query_pb2, wait_for  # noqa: E402

PLACES = '[hl7.places]\n"^^Doc1" = "icu/1_a"\n'


class Ward:
    def __init__(self, daemon, adapter):
        self.client = Client(daemon)
        self.line = socket.create_connection(("127.0.0.1", adapter.port), timeout=20)
        self.sent = 0

    def send(self, kind, body, version="2.5.1"):
        """MSA-1 and the reason, if there is one."""
        self.sent += 1
        text = f"MSH|^~\\&|GW|HOSP|VIGIL|ICU|{stamp(0)}||{kind}|s{self.sent}|T|{version}\r{body}"
        msa = ask(self.line, b"\x0b" + text.encode() + b"\x1c\r")
        return msa[0], msa[2].strip() if len(msa) > 2 else ""

    def admit(self, number, bed):
        body = f"EVN|A01|{stamp(-20)}||||{stamp(-20)}\rPID|1||{number}^^^HOSP^MR\rPV1|1|I|{bed}{'|' * 16}v{number}\r"
        assert self.send("ADT^A01", body) == ("AA", "")

    def read(self, unit, bed):
        """What a bed's patient has: signal, value and hours from the start."""
        out = set()
        for e in self.client.query(encounters=query_pb2.EncountersRequest()).encounters:
            if (e.unit, e.bed) != (unit, bed):
                continue
            asked = query_pb2.LanesRequest(encounter=e.id, from_ms=START - 24 * HOUR, to_ms=START + 24 * HOUR, columns=48)
            for lane in self.client.query(lanes=asked).lanes:
                out |= {(lane.signal, c.newest / 10**lane.scale, round((c.at_ms - START) / HOUR)) for c in lane.columns}
        return out

    def expect(self, bed, wanted):
        try:
            wait_for(lambda: self.read("icu", bed) == wanted)
        except AssertionError:
            raise AssertionError(f"{sorted(self.read('icu', bed))} and not {sorted(wanted)}") from None

    def beds(self):
        return sorted(e.bed for e in self.client.query(encounters=query_pb2.EncountersRequest()).encounters)


def gas(value, row=1):
    return f"OBX|{row}|NM|2703-7^pO2^LN||{value}|mmHg|||||F\r"


def check_gases(ward):
    """Of a venous sample and of a control nothing is arterial, whatever the code says, and each has its own time."""
    who = "PID|1||g1^^^HOSP^MR\r"
    ward.admit("g1", "ICU^1^A")
    assert ward.send("ORU^R30^ORU_R30", f"{who}ORC|NW\rOBR|1||p1|ABG|||{stamp(-9)}||||||||BLDA\r{gas(70)}") == ("AA", "")
    by_sample = (f"SPM|1|S1||BLDV|||||||P||||||{stamp(-8)}\rOBR|1||a1|BG\rORC|SC||a1\r{gas(38)}"
                 f"SPM|2|S2||BLDA|||||||P||||||{stamp(-7)}\rOBR|1||a2|BG\rORC|SC||a2\r{gas(90)}"
                 f"SPM|3|S3||BLDA|||||||Q||||||{stamp(-6)}\rOBR|1||a3|BG\rORC|SC||a3\r{gas(150)}")
    assert ward.send("OUL^R22^OUL_R22", who + by_sample) == ("AA", "")
    ward.expect("1_a", {("pao2", 70, -9), ("pvo2", 38, -8), ("pao2", 90, -7)})


def check_monitor(ward):
    """It names the label of a bed, which a row of the site says the place of, and nobody."""
    rows = (f"OBR|||||||{stamp(-5)}\rOBX||NM|0002-4182^HR^MDIL|0|88|0004-0aa0^bpm^MDIL|||||F\r"
            "OBX||NM|0002-4a17^ABPm^MDIL|0|71|0004-0f20^mmHg^MDIL|||||F\r")
    assert ward.send("ORU^R01", "PID|||\rPV1||I|^^Doc1&5&1\r" + rows, version="2.2") == ("AA", "")
    assert ward.send("ORU^R01", "PID|||\rPV1||I|^^Doc2&5&1\r" + rows, version="2.2") == ("AA", "")
    ward.expect("1_a", {("pao2", 70, -9), ("pvo2", 38, -8), ("pao2", 90, -7), ("hr", 88, -5), ("map", 71, -5)})


def check_registration(ward):
    """What moves nobody is acknowledged and opens no stay; a merge of an older version is one."""
    before = ward.beds()
    for trigger in ("A05", "A14", "A28", "A31", "A60"):
        body = f"EVN|{trigger}|{stamp(-4)}\rPID|1||n1^^^HOSP^MR||New^Person\rPV1|1|I|ICU^7^A{'|' * 16}vn1\r"
        assert ward.send(f"ADT^{trigger}", body) == ("AA", ""), trigger
    assert ward.send("ADT^A44", "PID|1||n1^^^HOSP^MR\rMRG|n2^^^HOSP^MR\r") == ("AR", "unsupported_event")
    assert ward.beds() == before
    ward.admit("m1", "ICU^2^A")
    assert ward.send("ADT^A34", f"EVN|A34|{stamp(-4)}\rPID|1||m1^^^HOSP^MR\rMRG|m9^^^HOSP^MR\r", version="2.3") == ("AA", "")
    body = f"EVN|A08|{stamp(-4)}\rPID|1||m1^^^HOSP^MR\rPV1|1|I|ICU{'|' * 16}vm1\r"
    assert ward.send("ADT^A08", body) == ("AA", ""), "the unit alone takes nobody out of his bed"
    potassium = f"OBR|1||k1|P|||{stamp(-3)}\rOBX|1|NM|2823-3^K^LN||4.1|mmol/L|||||F\r"
    assert ward.send("ORU^R01", "PID|1||m9^^^HOSP^MR\r" + potassium) == ("AA", "")
    ward.expect("2_a", {("k", 4.1, -3)})


def main():
    with Daemon(more='[[source]]\nname = "ward"\n') as daemon, Adapter(daemon, more=PLACES) as adapter:
        ward = Ward(daemon, adapter)
        check_gases(ward)
        check_monitor(ward)
        check_registration(ward)


main()
