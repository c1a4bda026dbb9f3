#!/usr/bin/python3
"""vigil-gateway, real, against a vigild that says what it is told to: HTTP, the event stream, repair, restarts, refusals."""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(os.environ.get("VIGIL_ROOT", pathlib.Path(__file__).resolve().parents[3]))
GATEWAY = pathlib.Path(os.environ.get("VIGIL_BIN", ROOT / "build/release/bin")) / "vigil-gateway"
FAKE = pathlib.Path(__file__).resolve().parent / "fake_vigild.py"
PATIENCE = 20.0  # seconds; a slow machine is no failure
checks = 0


def check(condition, what):
    global checks
    checks += 1
    if not condition:
        raise AssertionError(what)


def until(what, probe):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        result = probe()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


class Fake:
    def __init__(self, directory):
        self.process = subprocess.Popen([sys.executable, FAKE, directory], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        check(self.process.stdout.readline().strip() == "ready", "the false vigild starts")

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        check(self.process.stdout.readline().strip() == "ok", f"the false vigild obeys {line}")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Gateway:
    def __init__(self, directory, *, database="read.sqlite"):
        config = pathlib.Path(directory) / "gateway.toml"
        config.write_text(
            "[gateway]\n" + "".join(
                f'{key} = "{value}"\n' for key, value in {
                    "site": "demo", "listen": "127.0.0.1:0", "database": f"{directory}/{database}", "dashboard": str(ROOT / "dashboard/dist"),
                    **{name: f"ipc://{directory}/{name}" for name in ("feed", "query", "command", "identity")}}.items()))
        self.process = subprocess.Popen([GATEWAY, "--config", config], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        match = re.fullmatch(r"listening http://127\.0\.0\.1:(\d+)\n", line)
        check(match, f"says where it listens, not {line!r}")
        self.port = int(match[1])

    def request(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def json(self, path):
        status, _, body = self.request("GET", path)
        check(status == 200, f"{path}: {status}")
        return json.loads(body)

    def post(self, path, what, **headers):
        merged = {"Content_Type": "application/json", "X_Vigil_Request": "1", **headers}
        status, _, body = self.request("POST", path, json.dumps(what), **merged)
        return status, json.loads(body)

    def metric(self, name):
        text = self.request("GET", "/metrics")[2].decode()
        return float(re.search(rf"^{name} (\S+)$", text, re.M)[1])

    def live(self):
        until("the feed is live", lambda: self.request("GET", "/readyz")[0] == 200)

    def bed(self, name):
        return next(bed for bed in self.json("/api/v1/beds")["beds"] if bed["bed"] == name)

    def total(self, name):
        return next(part for part in self.bed(name)["scores"][0]["parts"] if part["part"] == "total").get("points")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, log


def events(port, count):
    """The first events of a stream: (id, event, data)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/api/v1/stream")
    response = connection.getresponse()
    check(response.getheader("Content-Type") == "text/event-stream", "an event stream")
    out, fields = [], {}
    while len(out) < count:
        line = response.readline().decode().rstrip("\n")
        if line == "" and "data" in fields:
            out.append((fields["id"], fields["event"], json.loads(fields["data"])))
        if line == "":
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
    connection.close()
    return out


def reading(gateway):
    first = events(gateway.port, 4)
    check(first[0][1] == "snapshot" and len(first[0][2]["beds"]) == 11, "the stream begins with the whole wall")
    check(re.fullmatch(r"\d+\.\d+\.\d+", first[0][0]), "ids are epoch.seq.version")
    check("clock" in {event for _, event, _ in events(gateway.port, 25)}, "the clock is told")
    numbers = [int(place.split(".")[2]) for place, _, _ in events(gateway.port, 25) if place.count(".") == 2]
    check(numbers == list(range(numbers[0], numbers[0] + len(numbers))), f"each frame has the next number, a clock beside them none: {numbers}")
    check(first[0][2]["clock"]["simulated"] and first[0][2]["clock"]["daemon"]["clockSpeed"] == 60, "simulated, with its speed")
    liver = next(part for part in gateway.bed("bed02")["scores"][0]["parts"] if part["part"] == "liver")
    check("points" not in liver and liver["state"] == "PART_STATE_NOT_MEASURED", "what is missing has no number on the wire")
    trend = gateway.json("/api/v1/beds/icu/bed02/trend?hours=24")
    check(len(trend["points"]) >= 24, f"24 h of history came by replay: {len(trend['points'])}")
    check(gateway.bed("bed01")["change"]["parts"], "the change over 24 h is known")
    check("change" not in gateway.bed("bed05"), "and unknown where nothing was measured")
    check(until("names", lambda: gateway.bed("bed02").get("label")) == "Name bed02, Anna", "labels by vigil-identity")
    why = gateway.json("/api/v1/why/bed04-sofa_rise")
    check(why["alert"]["evidence"][2]["verdict"] == "VERDICT_MISSING", "why has the evidence")
    check(why["explained"].startswith("sofa_rise (") and "missing" in why["explained"], "and the text that vigil why prints")
    status, headers, _ = gateway.request("GET", "/")
    check(status in (200, 503) and headers["Content-Security-Policy"].startswith("default-src 'self'"), "the page is confined")
    check(gateway.request("GET", "/api/v1/beds")[1]["Cache-Control"] == "no-store", "the API is not cached")
    check(gateway.request("HEAD", "/healthz")[2] == b"", "HEAD has no body")


def operations(gateway):
    """The dashboard that comes with Vigil asks for metrics that there are."""
    board = json.loads((ROOT / "docs/operations/grafana-dashboard.json").read_text())
    panels = board["panels"]
    check(len({panel["id"] for panel in panels}) == len(panels) > 10, "panels, each with an id of its own")
    asked = {name for panel in panels for target in panel["targets"] for name in re.findall(r"vigil_\w+", target["expr"])}
    text = gateway.request("GET", "/metrics")[2].decode() + (ROOT / "daemon/outbound/metrics.cpp").read_text()
    there = set(re.findall(r"vigil_\w+", text))
    unknown = {name for name in asked if name not in there and name.removesuffix("_bucket") not in there}
    check(asked and not unknown, f"metrics that nobody exports: {unknown}")
    # What is told of is there.
    told = set(re.findall(r"vigil_alert\w+|vigil_observation_age_seconds|vigil_publish_sequence|vigil_subscriber_replay_requests_total",
                          (ROOT / "docs/operations/README.md").read_text()))
    check(len(told) > 9 and told <= there, f"told of and not there: {told - there}")
    reply = gateway.json("/api/v1/raw")
    check(reply["messages"] and reply["messages"][-1]["number"] == reply["to"], "the feed as it came, for engineers")


def commands(gateway, fake):
    path = "/api/v1/alerts/bed04-sofa_rise/ack"
    status, answer = gateway.post(path, {"revision": 1, "user": "nurse1"})
    check((status, answer["verdict"]) == (200, "VERDICT_DONE"), f"acknowledged: {answer}")
    status, answer = gateway.post(path, {"revision": 1, "user": "nurse2"})
    check((status, answer["verdict"]) == (409, "VERDICT_STALE_REVISION"), f"a stale revision: {answer}")
    until("the revision comes back by the feed", lambda: any(
        alert["id"] == "bed04-sofa_rise" and alert.get("acknowledgedBy") == "nurse1" for alert in gateway.json("/api/v1/alerts")["alerts"]))
    missed = until("and is complete by the next digest", lambda: (lambda said: said if any(
        row["alert"]["id"] == "bed04-sofa_rise" and int(row["seq"]) <= int(said["to"]) for row in said.get("revisions", [])
        if row["alert"].get("acknowledgedBy") == "nurse1") else None)(gateway.json("/api/v1/alerts?after=0")))
    seqs = [int(row["seq"]) for row in missed["revisions"]]
    check(seqs == sorted(seqs) and not missed.get("more"), "what was missed comes as it was journaled")
    check("revisions" not in gateway.json(f"/api/v1/alerts?after={seqs[-1]}"), "and nothing after the last")
    check(gateway.request("GET", "/api/v1/alerts?after=x")[0] == 400, "a place is a number")
    check(gateway.post("/api/v1/alerts/none/ack", {"revision": 1, "user": "n"})[0] == 422, "an unknown alert is vigild's to refuse")
    check(gateway.post("/api/v1/attest", {"unit": "icu", "bed": "bed01", "what": "ecls", "value": "vv", "user": "n"})[0] == 200, "attested")
    check(gateway.post(path, {"revision": 2, "user": "n"}, Origin="http://evil.example")[0] == 403, "another origin")
    check(gateway.post(path, {"revision": 2, "user": "n"}, X_Vigil_Request="0")[0] == 403, "no header of ours")
    check(gateway.post(path, {"revision": 2, "user": "n"}, Host="evil.example")[0] == 421, "a name that DNS could move")


def hostile(gateway):
    check(gateway.request("POST", "/api/v1/attest", "x" * 70000, Content_Type="application/json", X_Vigil_Request="1")[0] == 413, "64 KiB")
    check(gateway.request("GET", "/", **{"X-Long": "y" * 9000})[0] == 431, "8 KiB of headers")
    for path in ("/../../../etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd", "/api/v1/beds/../../etc"):
        check(gateway.request("GET", path)[0] == 404, path)
    for raw in (b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b"GET"):
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE) as raw_socket:
            raw_socket.sendall(raw)
            raw_socket.shutdown(socket.SHUT_WR)
            while raw_socket.recv(4096):
                pass
    check(gateway.request("GET", "/healthz")[0] == 200, "none of it mattered")
    streams = []
    for _ in range(70):
        stream = socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE)
        stream.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        streams.append(stream)
    answers = [stream.recv(12) for stream in streams]
    check(answers.count(b"HTTP/1.1 200") <= 64 and b"HTTP/1.1 503" in answers, "streams are counted")
    for stream in streams:
        stream.close()
    until("closed streams are let go", lambda: gateway.metric("vigil_gateway_streams") == 0)


def exports(gateway):
    """One at a time; whoever hangs up makes room."""
    short = "/api/v1/export/scores?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"
    with socket.create_connection(("127.0.0.1", gateway.port)) as impatient:
        impatient.sendall(f"GET {short.replace('2026-11-01', '1970-01-01')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        until("the place is taken", lambda: gateway.request("GET", short)[0] == 503)
    until("the place is free", lambda: gateway.request("GET", short)[0] == 200)


def repair(gateway, fake):
    fake.say("gap bed07")
    until("a lost last message is fetched", lambda: gateway.total("bed07") == 24)
    check(gateway.metric("vigil_gateway_feed_gaps_total") == 1, "by a gap that was noticed once")
    gateway.live()
    fake.say("restart")
    until("a new epoch is followed", lambda: gateway.json("/api/v1/beds")["clock"]["epoch"] == "1002")
    gateway.live()
    fake.say("late bed08")
    until("and the feed goes on", lambda: gateway.total("bed08") == 1)
    fake.say("silent")
    until("silence is a lost feed", lambda: gateway.json("/api/v1/beds")["clock"]["feed"] == "FEED_LOST")
    status, answer = gateway.post("/api/v1/alerts/bed10-ards_worsened/ack", {"revision": 1, "user": "n"})
    check(status == 504, f"no answer is not an answer: {status} {answer}")
    fake.say("loud")
    gateway.live()


def slow_reader(gateway, fake):
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", gateway.port))
    slow.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    until("the stream is open", lambda: gateway.metric("vigil_gateway_streams") == 1)
    for _ in range(4):
        fake.say("flood 4000")
        fake.say("late bed06")
        time.sleep(0.5)
    until("a reader that does not read is resynchronised", lambda: gateway.metric("vigil_gateway_stream_resyncs_total") >= 1)
    slow.settimeout(PATIENCE)
    text = b""
    while b"event: resync" not in text[-200000:]:
        block = slow.recv(1 << 20)
        check(block, "the stream goes on")
        text += block
    slow.close()
    check(gateway.request("GET", "/healthz")[0] == 200, "nobody else waited")


def restarts(directory, fake):
    gateway = Gateway(directory)
    gateway.live()
    until("history again", lambda: gateway.metric("vigil_gateway_read_model_rows") > 250)
    until("nothing outstanding", lambda: gateway.metric("vigil_gateway_feed_replayed_total") <= 20)
    check(gateway.stop()[0] == 0, "SIGTERM is a clean stop")
    fake.stop()
    for name in ("feed", "query", "command", "identity"):
        pathlib.Path(directory, name).unlink(missing_ok=True)
    other = Fake(directory)  # the same beds in another journal
    gateway = Gateway(directory)
    gateway.live()
    until("history of the new journal", lambda: len(gateway.json("/api/v1/beds/icu/bed02/trend?hours=24")["points"]) >= 24)
    code, log = gateway.stop()
    check(code == 0 and "the journal is another one" in log, f"another journal is noticed: {log}")
    check(not re.search(r"Anna|Name bed|tok_bed", log), "no name and no token in the log")
    return other


def refusals(directory):
    bad = pathlib.Path(directory) / "bad.toml"
    bad.write_text('[gateway]\nsite = "demo"\nlisten = "0.0.0.0:8080"\nfeed = "nonsense"\n')
    run = subprocess.run([GATEWAY, "--config", bad], capture_output=True, text=True, timeout=PATIENCE)
    check(run.returncode == 78, f"a bad configuration is 78, not {run.returncode}")
    check(f"{bad}:3:10: gateway.listen:" in run.stderr and len(run.stderr.splitlines()) == 6, f"all errors at once: {run.stderr}")
    check(subprocess.run([GATEWAY], capture_output=True, timeout=PATIENCE).returncode == 64, "usage is 64")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = pathlib.Path(directory, "gateway.toml").read_text().replace("127.0.0.1:0", f"127.0.0.1:{taken.getsockname()[1]}")
        pathlib.Path(directory, "taken.toml").write_text(config)
        run = subprocess.run([GATEWAY, "--config", pathlib.Path(directory, "taken.toml")], capture_output=True, text=True, timeout=PATIENCE)
        check(run.returncode == 69, f"a port that is taken is 69, not {run.returncode}")


def main():
    directory = tempfile.mkdtemp(prefix="vigil-gateway-")
    fake = Fake(directory)
    try:
        gateway = Gateway(directory)
        gateway.live()
        reading(gateway)
        operations(gateway)
        commands(gateway, fake)
        hostile(gateway)
        exports(gateway)
        repair(gateway, fake)
        slow_reader(gateway, fake)
        check(gateway.stop()[0] == 0, "a clean stop")
        fake.stop()
        for name in ("feed", "query", "command", "identity", "read.sqlite", "read.sqlite-wal"):
            pathlib.Path(directory, name).unlink(missing_ok=True)
        fake = Fake(directory)
        gateway = Gateway(directory)
        gateway.live()
        until("history", lambda: gateway.metric("vigil_gateway_feed_replayed_total") > 300)
        time.sleep(2.5)  # two digests: what was read is confirmed and remembered
        gateway.stop()
        fake = restarts(directory, fake)
        refusals(directory)
    finally:
        fake.stop()
        shutil.rmtree(directory, ignore_errors=True)
    print(f"{checks} checks passed")


if __name__ == "__main__":
    main()
