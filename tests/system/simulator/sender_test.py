#!/usr/bin/env python3
"""vigil-sim against a receiver that answers AA/CA, errors, refuses, hangs up before it answers, and goes away."""
import collections
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

SIM = os.path.join(os.environ["VIGIL_BIN"], "vigil-sim")


class Receiver:
    """Keeps the books: `accepted` has the control ids answered positively, in order, per connection peer."""

    def __init__(self, misbehave=None, port=0):
        self.misbehave = misbehave or (lambda control_id, seen: None)
        self.seen = collections.Counter()
        self.accepted = collections.Counter()
        self.times = []
        self.in_flight_violations = 0
        self.lock = threading.Lock()
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.sockets.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        data = b""
        try:
            while True:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                data += chunk
                while b"\x1c\r" in data:
                    frame, data = data.split(b"\x1c\r", 1)
                    if data:
                        self.in_flight_violations += 1
                    if not self.answer(connection, frame.lstrip(b"\x0b").decode()):
                        connection.close()
                        return
        except OSError:
            return

    def answer(self, connection, message):
        msh = message.split("\r")[0].split("|")
        control_id, enhanced = msh[9], msh[11] == "2.6"
        with self.lock:
            self.seen[control_id] += 1
            count = self.seen[control_id]
        word = self.misbehave(control_id, count)
        if word == "hang up":
            return False
        code = word or "A"
        if code == "A":
            with self.lock:
                self.accepted[control_id] += 1
                self.times.append(msh[6][:14])
        reply = f"MSH|^~\\&|VIGIL|ICU|{msh[2]}|{msh[3]}|20260101000000||ACK|R{control_id}|T|{msh[11]}\r"
        reply += f"MSA|{('C' if enhanced else 'A') + code}|{control_id}\r"
        connection.sendall(b"\x0b" + reply.encode() + b"\x1c\r")
        return True

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()


def simulate(port, *extra):
    return [SIM, "--to", f"mllp://127.0.0.1:{port}", "--seed", "3", "--beds", "3", "--status-json", "-", *extra]


def run(port, *extra, expect=0):
    done = subprocess.run(simulate(port, *extra), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == expect, (done.returncode, done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def all_is_acknowledged():
    receiver = Receiver()
    status = run(receiver.port, "--hours", "2", "--history", "2h")
    assert status["refused"] == 0 and status["acked"] == status["sent"] == sum(receiver.accepted.values()), status
    assert receiver.in_flight_violations == 0
    backwards = sum(1 for a, b in zip(receiver.times, receiver.times[1:]) if a[:12] > b[:12])
    assert backwards < len(receiver.times) * 0.02, "the minutes keep their order across connections"


def errors_are_retried_and_refusals_counted():
    receiver = Receiver(lambda control_id, seen: "E" if control_id.endswith("-5") and seen == 1
                        else "R" if control_id.endswith("-9") else None)
    status = run(receiver.port, "--hours", "0.5", "--speed", "max")
    fives = [c for c in receiver.seen if c.endswith("-5")]
    assert fives and all(receiver.accepted[c] == 1 and receiver.seen[c] == 2 for c in fives)
    assert status["errors"] == len(fives), status
    assert status["refused"] == 3, status


def nothing_is_lost_when_the_receiver_hangs_up():
    receiver = Receiver(lambda control_id, seen: "hang up" if control_id.endswith("7") and seen == 1 else None)
    status = run(receiver.port, "--hours", "1", "--speed", "max")
    assert status["reconnects"] > 5, status
    assert all(receiver.accepted[c] == 1 for c in receiver.seen), "every message was accepted exactly once"


def a_restart_is_survived():
    receiver = Receiver()
    process = subprocess.Popen(simulate(receiver.port, "--hours", "4", "--speed", "3600"), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    while sum(receiver.accepted.values()) < 100:
        time.sleep(0.01)
    receiver.close()
    time.sleep(0.3)
    second = Receiver(port=receiver.port)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    status = json.loads(out.splitlines()[-1])
    assert status["acked"] >= sum(second.accepted.values()) > 0 and status["reconnects"] > 0
    ids = set(receiver.seen) | set(second.seen)
    assert all(receiver.accepted[c] + second.accepted[c] >= 1 for c in ids)


def signals_stop_it_cleanly():
    receiver = Receiver()
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(simulate(receiver.port, "--hours", "0", "--speed", "60"), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        before = sum(receiver.accepted.values())
        while sum(receiver.accepted.values()) == before:
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert process.returncode == 0, err
        assert json.loads(out)["exit"] == 0


def speed_is_kept():
    receiver = Receiver()
    begun = time.monotonic()
    run(receiver.port, "--hours", "1.5", "--history", "1h", "--speed", "1800")  # 30 minutes live in one second
    assert 0.8 < time.monotonic() - begun < 20.0


def exit_statuses():
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    assert run(port, "--hours", "1", "--patience", "1s", expect=69)["acked"] == 0
    for wrong in (["--speed", "-1"], ["--to", "http://x"], ["--history", "soon"], ["--start", "now"], ["--beds", "0"],
                  ["--monitor-interval", "7s"], ["--no-such-option"]):
        done = subprocess.run([SIM, *wrong], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 64, (wrong, done.returncode)
    assert subprocess.run([SIM, "--direct", "/no/such/folder/file", "--hours", "1"], stderr=subprocess.PIPE).returncode == 74
    assert subprocess.run([SIM, "--version"], stdout=subprocess.PIPE).stdout.startswith(b"vigil-sim ")
    assert b"Usage" in subprocess.run([SIM, "--help"], stdout=subprocess.PIPE).stdout


for case in (all_is_acknowledged, errors_are_retried_and_refusals_counted, nothing_is_lost_when_the_receiver_hangs_up,
             a_restart_is_survived, signals_stop_it_cleanly, speed_is_kept, exit_statuses):
    started = time.monotonic()
    case()
    print(f"passed {case.__name__} in {time.monotonic() - started:.1f} s")
sys.exit(0)
