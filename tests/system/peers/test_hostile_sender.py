#!/usr/bin/env python3
"""Senders that break the lower layer, over real TCP: what is refused is answered, counted and costs nothing else on its
connection or beside it."""

import os
import re
import signal
import socket
import unittest
from pathlib import Path

from test_peers import Adapter, ward_messages
from ward import Client, Daemon, wait_for

VT, END = b"\x0b", b"\x1c\x0d"
LIMITS = "[limits]\nframe_s = {frame_s}\nidle_s = 30\nfirst_message_s = 30\nmax_connections = 4\nmax_per_address = 3\n"


class Sender:
    """A plain socket that speaks MLLP as badly as it is told to."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.heard = b""

    def send(self, data):
        self.socket.sendall(data)

    def message(self, text):
        self.send(VT + text.encode() + END)

    def answer(self):
        """(code, text of the error) of the next reply; None when the peer has closed."""
        while END not in self.heard:
            more = self.socket.recv(65536)
            if not more:
                return None
            self.heard += more
        reply, self.heard = self.heard.split(END, 1)
        text = reply.decode(errors="replace")
        return re.search(r"MSA\|(\w\w)", text).group(1), text

    def close(self):
        self.socket.close()


class Attacked(unittest.TestCase):
    """A daemon and an adapter that plain sockets talk to."""

    frame_s = 1

    def setUp(self):
        self.daemon = self.enterContext(Daemon(more='[[source]]\nname = "ward"\n'))
        self.adapter = self.enterContext(Adapter(self.daemon, more=LIMITS.format(frame_s=self.frame_s)))
        self.client = Client(self.daemon)
        self.messages = ward_messages("raw")

    def connect(self):
        sender = Sender(self.adapter.port)
        self.addCleanup(sender.close)
        return sender

    def refused(self):
        """What the adapter told the daemon that it refused."""
        return {reason: n for source in self.client.status().sources for reason, n in source.refused_by_reason.items()}

    def is_served(self):
        try:
            sender = self.connect()
            sender.message(self.messages[0])
            return sender.answer() is not None
        except ConnectionError:
            return False

    def resident_kib(self):
        status = Path(f"/proc/{self.adapter.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


class HostileSenders(Attacked):
    def test_a_frame_without_end_is_refused_and_what_came_before_it_is_answered(self):
        beside, endless = self.connect(), self.connect()
        header = self.messages[1].split("\r")[0]
        endless.send(VT + self.messages[0].encode() + END + VT + header.encode() + b"\rOBX|1|ST|")
        self.assertEqual(endless.answer()[0], "AA")
        beside.message(self.messages[0])
        self.assertEqual(beside.answer()[0], "AA")
        code, text = endless.answer()
        self.assertEqual(code, "AE")  # it may be sent again
        self.assertIn("raw2", text)  # the control id of the message that never ended
        self.assertIn("frame_too_slow", text)
        self.assertIsNone(endless.answer())
        cut = self.connect()
        cut.send(VT + header[:-20].encode())  # its control id may be cut: nobody is answered in its name
        self.assertIsNone(cut.answer())
        wait_for(lambda: self.refused().get("frame_too_slow") == 2, what=f"two refusals in the status: {self.refused()}")
        beside.message(self.messages[1])
        self.assertEqual(beside.answer()[0], "AA")

    def test_what_is_still_owed_when_a_frame_is_given_up_is_answered(self):
        endless = self.connect()
        endless.message(self.messages[0])
        self.assertEqual(endless.answer()[0], "AA")  # the daemon is heard
        os.kill(self.daemon.process.pid, signal.SIGSTOP)
        try:
            header = self.messages[1].split("\r")[0]
            endless.send(VT + self.messages[0].encode() + END + VT + header.encode() + b"\rOBX|1|ST|")
            log = Path(self.adapter.log.name)
            wait_for(lambda: "frame_too_slow" in log.read_text(), what="the frame is given up")
        finally:
            os.kill(self.daemon.process.pid, signal.SIGCONT)
        code, text = endless.answer()
        self.assertEqual((code, "raw1" in text), ("AA", True))
        code, text = endless.answer()
        self.assertEqual((code, "raw2" in text), ("AE", True))
        self.assertIsNone(endless.answer())

    def test_a_nul_and_a_frame_begun_twice_cost_one_frame_each(self):
        sender = self.connect()
        sender.send(VT + self.messages[0][:60].encode() + b"\0" + self.messages[0][60:].encode() + END)
        self.assertIn(sender.answer()[0], ("AR", "AE"))
        sender.send(VT + self.messages[1][:80].encode())
        sender.message(self.messages[0])  # its VT ends the frame before it
        self.assertEqual(sender.answer()[0], "AA")

    def test_one_address_cannot_take_every_connection(self):
        senders = [self.connect() for _ in range(3)]
        for sender in senders:
            sender.message(self.messages[0])
            self.assertEqual(sender.answer()[0], "AA")
        with self.assertRaises((ConnectionError, AssertionError)):
            fourth = self.connect()
            fourth.message(self.messages[0])
            self.assertIsNotNone(fourth.answer())
        # A connection that is closed at once is all that the sender hears: the site is told why.
        log = Path(self.adapter.log.name)
        wait_for(lambda: "connection from 127.0.0.1 refused: too_many_connections" in log.read_text(), what="a line in the log")
        wait_for(lambda: self.refused().get("too_many_connections") == 1, what=f"the refusal in the status: {self.refused()}")
        senders[0].close()
        wait_for(lambda: self.is_served(), what="a place that became free")


class HugeFrame(Attacked):
    frame_s = 60  # a loaded machine takes its time

    def test_a_frame_of_100_mb_is_refused_in_bounded_memory_and_the_next_message_is_taken(self):
        sender = self.connect()
        before = self.resident_kib()
        sender.send(VT + self.messages[0].split("\r")[0].encode() + b"\r")
        block = b"x" * (1 << 20)
        highest = before
        for _ in range(100):
            sender.send(block)
            highest = max(highest, self.resident_kib())
        sender.send(END)
        code, text = sender.answer()
        self.assertIn(code, ("AR", "AE"))
        self.assertIn("raw1", text)
        self.assertLess(highest - before, 32 << 10, "KiB more than before")  # a sanitizer keeps what was freed for a while
        sender.message(self.messages[0])
        self.assertEqual(sender.answer()[0], "AA")
        wait_for(lambda: self.refused().get("frame_too_long") == 1, what=f"the refusal in the status: {self.refused()}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
