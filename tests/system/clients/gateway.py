"""A vigil-gateway in front of a vigild of these tests, over the same history whenever it is started again."""

import re
import signal
import subprocess

import ward

LONG = 24 * 366  # hours, the most: the flood's own clock runs ahead by hours a second, and nothing is to be forgotten on the way


class Gateway:
    def __init__(self, daemon):
        self.daemon, self.process, self.port = daemon, None, None
        self.config = daemon.dir / "gateway.toml"
        entries = {"site": "demo", "listen": "127.0.0.1:0", "database": daemon.dir / "read.sqlite", "dashboard": daemon.dir,
                   "identity": daemon.endpoint("identity"), **{n: daemon.endpoint(n) for n in ("feed", "query", "command")}}
        self.config.write_text("[gateway]\n" + "".join(f'{k} = "{v}"\n' for k, v in entries.items()) + f"history_hours = {LONG}\n")

    def start(self):
        self.process = subprocess.Popen([ward.BIN / "vigil-gateway", "--config", self.config], stdout=subprocess.PIPE,
                                        stderr=self.daemon.log, text=True)
        line = self.process.stdout.readline()
        heard = re.fullmatch(r"listening http://127\.0\.0\.1:(\d+)\n", line)
        if not heard:
            self.process.kill()
            said = self.daemon.log_text()[-1500:]
            raise AssertionError(f"the gateway says where it listens, not {line!r}; it ended with {self.process.wait()}: {said}")
        self.port = int(heard[1])
        return self

    def kill(self):
        self.process.kill()
        self._end()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self._end()

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()

    def _end(self):
        self.process.wait(30)
        self.process.stdout.close()
