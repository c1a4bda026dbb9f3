"""Receivers of what vigil-outbound hands on: an alert manager that speaks MLLP and a web server. Their behaviour is set by the test;
what they said they have is in `taken`, everything that reached them in `heard`."""

import hashlib
import hmac
import json
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def fields(message):
    """{segment: [fields]} of the segments that occur once, and the OBX by their number."""
    out = {"OBX": {}}
    for line in message.split("\r"):
        parts = line.split("|")
        if parts[0] == "MSH":
            parts.insert(1, "|")  # MSH-1 is the separator itself
        if parts[0] == "OBX":
            out["OBX"][int(parts[1])] = parts
        elif parts[0]:
            out[parts[0]] = parts
    return out


class Manager:
    """`answer(control_id, message)` says what is done: a code for MSA-1, "stall", "close" or "die"."""

    def __init__(self):
        self.answer = lambda control_id, message: "CA"
        self.heard, self.taken = [], []
        self._lock = threading.Lock()
        self._open, self._listener = set(), None
        self.port = 0
        self.begin()

    def begin(self):
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._listener.listen(8)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def die(self):
        """Nobody is there until `begin`."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it went by itself

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        buffer = b""
        try:
            while True:
                data = connection.recv(65536)
                if not data:
                    break
                buffer += data
                while b"\x1c\r" in buffer:
                    frame, buffer = buffer.split(b"\x1c\r", 1)
                    if not frame.startswith(b"\x0b") or not self._take(connection, frame[1:].decode()):
                        return
        except OSError:
            pass  # the other side was killed
        finally:
            self._open.discard(connection)
            connection.close()

    def _take(self, connection, message):
        control_id = fields(message)["MSH"][10]
        with self._lock:
            self.heard.append((control_id, message))
            code = self.answer(control_id, message)
        if code == "stall":
            return True
        if code == "die":
            self.die()
        if code in ("die", "close"):
            return False
        if code in ("CA", "AA"):
            # It has it from here on, whether or not its answer arrives.
            with self._lock:
                self.taken.append((control_id, message))
        text = "" if code in ("CA", "AA") else "|because of the test"
        connection.sendall(f"\x0bMSH|^~\\&|M||VIGIL||20231114||ACK^R40^ACK|x|T|2.6\rMSA|{code}|{control_id}{text}\r\x1c\r".encode())
        return True


class Hook:
    """`answer(key, body)` gives the status, or (status, headers)."""

    def __init__(self, secret, tls=None):
        """`tls`: an ssl.SSLContext of a server; its certificate may be changed while it runs."""
        self.answer = lambda key, body: 204
        self.heard, self.taken, self.wrong = [], [], []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers["Idempotency-Key"]
                expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
                if not hmac.compare_digest(self.headers.get("Vigil-Signature", ""), expected):
                    hook.wrong.append(f"{key}: signature")
                value = json.loads(body)
                if value["key"] != key:
                    hook.wrong.append(f"{key}: the key in the body is {value['key']}")
                hook.heard.append((key, value))
                answer = hook.answer(key, value)
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                if 200 <= status < 300:
                    hook.taken.append((key, value))
                self.send_response(status)
                for name, text in headers.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):  # the other side was killed, or does not trust this one
                    super().handle_error(request, client_address)

            def get_request(self):
                connection, address = super().get_request()
                if tls is not None:  # the handshake is the handler's: one that fails must not stop the next
                    connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                return connection, address

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
