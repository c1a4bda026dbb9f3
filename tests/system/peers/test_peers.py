#!/usr/bin/env python3
"""HL7 programs that others wrote, against the running system: python3-hl7's mllp_send, node-hl7-client and @medplum/hl7 send to
vigil-adapter, and vigil send plays to node-hl7-server and @medplum/hl7. What was acknowledged is counted by the peer; what arrived
is asked of vigild."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "daemon"))
from ward import BIN, ROOT, START, Client, Daemon, wait_for  # noqa: E402

ADAPTER = """
source = "{source}"
kind = "hl7"
listen = "127.0.0.1:0"
ingest = "{ingest}"
site_key_file = "{dir}/site.key"
vocabulary = "{root}/config/vocabulary.tsv"
simulated = true
clock = "message"
zone = "UTC"
{more}
"""


HOUR = 3_600_000


def stamp(hours):
    """So long after the start of the driven clock, as HL7 writes it."""
    return datetime.fromtimestamp((START + hours * HOUR) / 1000, timezone.utc).strftime("%Y%m%d%H%M%S+0000")


def ask(connection, message):
    """MSA of the reply: code, control id, and the reason where there is one."""
    connection.sendall(message)
    got = b""
    while not got.endswith(b"\x1c\r"):
        piece = connection.recv(65536)
        assert piece, f"closed after {got}"
        got += piece
    return got.decode().replace("\r", "\n").split("MSA|")[1].split("\n")[0].split("|")


class Adapter:
    def __init__(self, daemon, source="ward", more=""):
        self.config = daemon.dir / f"{source}.toml"
        key = daemon.dir / "site.key"
        if not key.exists():
            key.write_text("0123456789abcdef" * 4 + "\n")
            key.chmod(0o600)
        self.config.write_text(ADAPTER.format(source=source, ingest=daemon.endpoint("ingest"), dir=daemon.dir, root=ROOT, more=more))
        self.log = open(daemon.dir / f"{source}.log", "w+b")
        self.process = subprocess.Popen([BIN / "vigil-adapter", "--config", self.config], stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening "), (line, Path(self.log.name).read_text())
        self.port = int(line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.process.stdout.close()
        self.log.close()


def ward_messages(peer):
    """An admission, a laboratory result and a device message of one patient, as this peer's hospital writes them."""
    at = "20231114221320"
    pid = f"PID|1||{peer}-rec^^^HOSP^MR||PLANTED^{peer.upper()}||19600102|F"
    pv1 = f"PV1|1|I|ICU^R1^{peer.upper()}|||||||||||||||{peer}-visit^^^HOSP^VN"
    return [
        "\r".join([f"MSH|^~\\&|ADT|HOSP|VIGIL|ICU|{at}+0000||ADT^A01^ADT_A01|{peer}1|T|2.5|||||||UNICODE UTF-8",
                   f"EVN|A01|{at}+0000|||| {at}+0000".replace(" ", ""), pid, pv1]),
        "\r".join([f"MSH|^~\\&|LAB|HOSP|VIGIL|ICU|{at}+0000||ORU^R01^ORU_R01|{peer}2|T|2.5.1", pid, pv1,
                   f"OBR|1||{peer}-order|24321-2^panel^LN|||{at}+0000",
                   f"OBX|1|NM|777-3^Platelets^LN||45|10*3/uL|150-400|L|||F|||{at}+0000",
                   f"OBX|2|NM|2160-0^Creatinine^LN||2.4|mg/dL||H|||F|||{at}+0000",
                   f"OBX|3|ST|99999-X^Local thing^L||see \\T\\ note||||||F|||{at}+0000"]),
        "\r".join([f"MSH|^~\\&|GW^0012210000000001^EUI-64|ICU|VIGIL|ICU|{at}.000+0000||ORU^R01^ORU_R01|{peer}3|T|2.6|||AL|NE||UNICODE UTF-8"
                   "|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO", pid, pv1,
                   f"OBR|1|||182777000^monitoring of patient^SCT|||{at}.000+0000|{at}.000+0000",
                   "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X",
                   "OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.6.1.1|94|262688^MDC_DIM_PERCENT^MDC^%^%^UCUM|||||R"]),
    ]


def by_mllp_send(port, messages, scratch):
    codes = []
    for text in messages:
        path = scratch / "message.hl7"
        path.write_bytes(b"\x0b" + text.encode() + b"\r\x1c\x0d")
        out = subprocess.run(["/usr/bin/python3", shutil.which("mllp_send"), "--port", str(port), "--file", str(path), "127.0.0.1"],
                             capture_output=True, timeout=30)
        reply = out.stdout.decode(errors="replace").replace("\r", "\n")
        codes += [line.split("|")[1] for line in reply.splitlines() if line.startswith("MSA|")]
    return codes


def by_node(script):
    def send(port, messages, scratch):
        path = scratch / "messages.json"
        path.write_text(json.dumps(messages))
        out = subprocess.run(["node", HERE / script, str(port), str(path)], capture_output=True, text=True, timeout=60)
        assert out.returncode == 0, out.stderr
        return out.stdout.split()
    return send


def check_senders():
    senders = {"python": by_mllp_send, "nodejs": by_node("send_node.mjs"), "medplum": by_node("send_medplum.mjs")}
    with Daemon(more='[[source]]\nname = "ward"\n') as daemon, Adapter(daemon) as adapter, tempfile.TemporaryDirectory() as scratch:
        client = Client(daemon)
        for peer, send in senders.items():
            codes = send(adapter.port, ward_messages(peer), Path(scratch))
            assert codes == ["AA", "AA", "CA"], f"{peer}: {codes}"
            codes = send(adapter.port, ward_messages(peer), Path(scratch))
            assert codes == ["AA", "AA", "CA"], f"{peer}, sent again: {codes}"
            print(f"{peer}: an admission, a result and a device message acknowledged, and again when repeated")
        status = client.status()
        assert sorted(b.bed for b in status.beds) == ["r1_medplum", "r1_nodejs", "r1_python"], status.beds
        assert any(u.code == "99999-X" for u in status.unmapped), status.unmapped
        frames = daemon.rows("SELECT count(*) FROM frames")
        assert sum(n for (n,) in frames) == 9, f"repeats were stored again: {frames}"
        everything = b"".join(p.read_bytes() for p in daemon.dir.rglob("*") if p.is_file() and p.suffix != ".toml")
        for planted in (b"PLANTED", b"python-rec", b"nodejs-visit", b"19600102", b"see & note"):
            assert planted not in everything, f"{planted} stands in a file of the daemon"


def check_receivers():
    csv = ("obs_ts,encounter,source,system,code,value,unit\n"
           + "".join(f"2023-11-14T22:{m:02d}:00Z,{e},lab,LN,777-3,{90 + m},10*3/uL\n" for m in range(0, 50, 10) for e in ("s1", "s2")))
    for name, command in {"@medplum/hl7": ["receive_medplum.mjs"], "node-hl7-server": ["receive_node.mjs", None]}.items():
        if command[-1] is None:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                command[-1] = str(free.getsockname()[1])
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "readings.csv"
            path.write_text(csv)
            peer = subprocess.Popen(["node", HERE / command[0], *command[1:]], stdout=subprocess.PIPE, text=True)
            try:
                port = int(peer.stdout.readline().split()[1])
                sent = subprocess.run([BIN / "vigil", "send", path, "--to", f"mllp://127.0.0.1:{port}", "--speed", "max", "--json"],
                                      capture_output=True, text=True, timeout=60)
                assert sent.returncode == 0, sent.stderr
            finally:
                peer.terminate()
                ids = peer.stdout.read().split()
                peer.wait()
        # node-hl7-server hands out the earlier messages of a connection again with each new one: a habit of its own.
        once = name != "node-hl7-server"
        assert len(set(ids)) == 12 and (len(ids) == 12 or not once), f"{name}: 2 admissions and 10 results expected, got {ids}"
        assert json.loads(sent.stdout)["accepted"] == 12, sent.stdout
        print(f"{name}: took every message of vigil send")


if __name__ == "__main__":
    if shutil.which("node") is None or not (HERE / "node_modules").is_dir() or shutil.which("mllp_send") is None:
        print("node, its packages or mllp_send are not installed: not run")
        sys.exit(77)
    os.environ.setdefault("NODE_NO_WARNINGS", "1")
    check_senders()
    check_receivers()
    print("ok")
