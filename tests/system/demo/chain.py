"""scripts/demo in a folder and on ports of its own, and those who use it: a person at a terminal, a browser, a feed."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(os.environ.get("VIGIL_ROOT", Path(__file__).resolve().parents[3]))
BIN = Path(os.environ.get("VIGIL_BIN", ROOT / "build/release/bin"))
USER = "nurse.demo"
PATIENCE = 180  # seconds; a slow machine is no failure
LONGEST = 500  # the demonstration ends by itself should this test be killed

ALERT = re.compile(r"(?P<time>\S+Z)  (?P<bed>\S+)  (?P<priority>\w+) (?P<rule>\w+) (?P<notify>\w+) "
                   r"\((?P<condition>\w+), (?P<signal>\w+)\): (?P<reason>.*?)(  inhibited by (?P<inhibited>\w+))?"
                   r"  \[(?P<id>\S+) r(?P<revision>\d+)\]  SIMULATED")


def alert_of(line):
    match = ALERT.fullmatch(line)
    assert match, f"no line of a simulated alert: {line!r}"
    return dict(match.groupdict(), revision=int(match["revision"]))


def start(folder, **options):
    command = [ROOT / "scripts/demo", "--no-build", "--port", "0", "--mllp-port", "0", "--folder", folder, "--keep",
               "--seconds", str(LONGEST)]
    # A session of its own: Ctrl-C reaches all of it and nothing else. A shell cannot trap a signal that was ignored when it
    # began, as it is for whatever was started in the background.
    return subprocess.Popen(command, start_new_session=True, env=dict(os.environ, VIGIL_BIN=str(BIN)),
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), **options)


def left_over(process):
    """What still runs of its session; what has ended and was not waited for does not."""
    listed = subprocess.run(["ps", "-s", str(process.pid), "-o", "stat=,args="], capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if not line.startswith("Z")]


def kill(process):
    if left_over(process):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Demo:
    def __init__(self, folder):
        self.scratch = Path(folder)
        self.dir = self.scratch / "ward"
        self.out, self.err = self.scratch / "demo.out", self.scratch / "demo.err"
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = start(self.dir, stdout=out, stderr=err)
        self.readings, self.backed_up = [], None  # what `why` named and how far the copy goes: the journal must have it

    def until(self, what, probe, seconds=PATIENCE):
        """Asks until the first half of the answer is true and returns it; the second half is what to tell when it never was."""
        end, seen = time.monotonic() + seconds, "nothing"
        while True:
            try:
                found, seen = probe()
                if found:
                    return found
            except OSError as error:
                seen = repr(error)
            assert self.process.poll() is None, f"the demonstration ended ({self.process.returncode}) before: {what}\n{self.said()}"
            assert time.monotonic() < end, f"not within {seconds} s: {what}\nseen last: {seen}\n{self.said()}"
            time.sleep(0.1)

    def said(self):
        return "".join(f"--- {path.name}\n{path.read_text(errors='replace')[-2000:]}" for path in
                       (self.out, self.err, *sorted(self.dir.glob("log/*.log"))) if path.exists() and path.stat().st_size)

    def find_addresses(self):
        """What it prints is all that a person is told."""
        wanted = re.compile(r"Vigil: SIMULATED ward on http://127\.0\.0\.1:(\d+)\n +config +(\S+) .*\n +HL7 +mllp://127\.0\.0\.1:(\d+)\n"
                            r" +logs +\S+\n")

        def printed():
            text = self.out.read_text()
            return wanted.search(text), text
        match = self.until("the addresses are printed", printed)
        self.page, self.config, self.mllp = int(match[1]), match[2], int(match[3])

    def interrupt(self):
        """Ctrl-C, and how it ended."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)

    # ---- a person at a terminal
    def environment(self):
        return dict(os.environ, PATH=f"{BIN}:{os.environ['PATH']}", VIGIL_CONFIG=self.config, VIGIL_USER=USER,
                    VIGIL_SITE_KEY=str(self.dir / "site.key"))

    def run(self, *words, without=()):
        environment = {name: value for name, value in self.environment().items() if name not in without}
        return subprocess.run(["vigil", *map(str, words)], capture_output=True, text=True, env=environment, timeout=PATIENCE)

    def vigil(self, *words, code=0, without=()):
        """What it wrote to standard output, or where it is to fail, what it complained of."""
        run = self.run(*words, without=without)
        assert run.returncode == code, f"vigil {' '.join(map(str, words))}: exit {run.returncode}, not {code}\n{run.stdout}{run.stderr}"
        return run.stderr if code else run.stdout

    def alerts(self):
        return [alert_of(line) for line in self.vigil("watch", "vigil.v1.alert.", "--once").splitlines()]

    # ---- a browser
    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.page, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def json(self, path):
        status, body = self.get(path)
        assert status == 200, f"{path}: {status} {body}"
        return json.loads(body)

    # ---- a feed
    def send(self, message):
        with socket.create_connection(("127.0.0.1", self.mllp), timeout=PATIENCE) as connection:
            connection.sendall(b"\x0b" + message.encode() + b"\x1c\r")
            got = b""
            while not got.endswith(b"\x1c\r"):
                piece = connection.recv(65536)
                assert piece, f"closed after {got!r}"
                got += piece
        return got.decode()


class Watch:
    """`vigil watch` in a terminal that stays open."""

    def __init__(self, demo):
        self.path = demo.scratch / "watch.out"
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen(["vigil", "watch", "vigil.v1.alert."], stdout=out, env=demo.environment())

    def alerts(self):
        text = self.path.read_text()
        return [alert_of(line) for line in text[:text.rfind("\n") + 1].splitlines()]  # the last line may be half written

    def stop(self):
        self.process.terminate()
        return self.process.wait(PATIENCE)


class Stream(threading.Thread):
    """The event stream as a page reads it."""

    def __init__(self, demo):
        super().__init__(daemon=True)
        self.events = []
        self.connection = http.client.HTTPConnection("127.0.0.1", demo.page, timeout=PATIENCE)
        self.connection.request("GET", "/api/v1/stream")
        self.response = self.connection.getresponse()
        assert self.response.getheader("Content-Type") == "text/event-stream", self.response.getheaders()
        self.start()

    def run(self):
        name = None
        try:
            for line in self.response:
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    self.events.append((name, json.loads(value)))
        except OSError:
            return  # the gateway has gone

    def of(self, name):
        return [data for event, data in list(self.events) if event == name]
