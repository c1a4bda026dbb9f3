#!/usr/bin/env python3
"""A readings CSV as a feed: vigil-adapter follows a file that grows, and the bed is scored. Adapter and daemon are killed while rows come;
nothing is lost and nothing is doubled, in the journal itself. In the end the daemon's scores are those of `vigil score` for the file."""

import csv
import sqlite3
import subprocess
import sys
from pathlib import Path

from ward import BIN, ROOT, Client, Daemon, wait_for

CONFIG = """
source = "{source}"
kind = "csv"
ingest = "{ingest}"
site_key_file = "{dir}/site.key"
simulated = true

[csv]
file = "{dir}/{source}.csv"
position_file = "{dir}/{source}.position"
"""
HEADER = "obs_ts,encounter,location,system,code,value,unit,kind\n"


class Follower:
    """vigil-adapter over a file of its own; may be killed and started again."""

    def __init__(self, daemon, source):
        self.file = daemon.dir / f"{source}.csv"
        self.log_path = daemon.dir / f"{source}.log"
        key = daemon.dir / "site.key"
        key.write_text("0123456789abcdef" * 4 + "\n")
        key.chmod(0o600)
        self.config = daemon.dir / f"{source}.toml"
        self.config.write_text(CONFIG.format(source=source, ingest=daemon.endpoint("ingest"), dir=daemon.dir))
        self.process = None

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([BIN / "vigil-adapter", "--config", self.config], stdout=subprocess.PIPE, stderr=log,
                                            text=True)
        line = self.process.stdout.readline()
        assert line == f"following {self.file}\n", (line, self.log())
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.terminate()
        assert self.process.wait(timeout=20) == 0, self.log()
        self.process.stdout.close()

    def append(self, text):
        with open(self.file, "a") as f:
            f.write(text)

    def log(self):
        return self.log_path.read_text()


def row(second, rest):
    return f"2023-03-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z,{rest}\n"


def platelets(second, value, visit="v1", bed="icu1/1"):
    return row(second, f"{visit},{bed},LN,777-3,{value},10*3/uL,")


def coagulation(daemon, bed):
    """Points of coagulation as the bed's topic shows them now."""
    topics, _ = Client(daemon).snapshot("vigil.v1.score.")
    for topic, envelope in topics:
        if f".{bed}." in topic and envelope.score.product == "now":
            for part in envelope.score.parts:
                if part.part == "coag" and part.HasField("points"):
                    return part.points
    return None


def frames(daemon):
    """Of all segments; one that is only just begun has no tables yet."""
    total = 0
    for path in daemon.segments():
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            total += db.execute("SELECT count(*) FROM frames").fetchone()[0]
        except sqlite3.OperationalError as e:
            assert "no such table" in str(e), e
        finally:
            db.close()
    return total


def check_rows(daemon, follower):
    """A file that is there before the adapter, then grows: the bed is scored, and what is wrong with a row is told."""
    follower.append(HEADER + platelets(21600, 45))
    follower.start()
    wait_for(lambda: coagulation(daemon, "1") == 3, what="the first row scored")
    follower.append("nonsense\n" + row(21660, "v1,icu1/1,,,,,adt") + row(21660, "v1,icu1/1,LAB,BILT,3.1,mg/dL,")
                    + platelets(21661, 15)[:-9])
    status = wait_for(lambda: next((s for s in [Client(daemon).status()] if s.unmapped), None), what="an unknown code kept")
    assert [(u.source, u.system, u.code) for u in status.unmapped] == [("export", "LOCAL", "BILT")], status.unmapped
    assert coagulation(daemon, "1") == 3, "a line that had not ended was taken"
    follower.append(platelets(21661, 15)[-9:])
    wait_for(lambda: coagulation(daemon, "1") == 4, what="the row scored once it had ended")
    assert f"{follower.file}:3: too few fields" in follower.log(), follower.log()
    told = wait_for(lambda: next((dict(s.refused_by_reason) for s in Client(daemon).status().sources
                                  if s.source == "export" and s.refused_by_reason), None), what="refusals told")
    assert told == {"unreadable_row": 1, "noted_other_kind": 1}, told
    assert [b.bed for b in Client(daemon).status().beds] == ["1"]


def check_restarts(daemon, follower):
    """Rows in seconds of their own are messages of their own: as many frames as rows, whoever died meanwhile."""
    before, second = frames(daemon), 22000

    def more(count):
        nonlocal second
        follower.append("".join(platelets(second + i, 100 + i) for i in range(count)))
        second += count
        return before + second - 22000

    for _ in range(5):  # killed with rows under way, and once with nothing to do
        wanted = more(120)
        wait_for(lambda: frames(daemon) > wanted - 120, what="rows on their way")
        follower.kill()
        follower.start()
    wait_for(lambda: frames(daemon) >= wanted, what="all rows after the adapter's restarts")
    assert frames(daemon) == wanted, (frames(daemon), wanted)

    daemon.kill()
    wanted = more(120)
    daemon.start()
    wait_for(lambda: frames(daemon) >= wanted, 30, what="all rows after the daemon's restart")
    for _ in range(3):
        wanted = more(200)
        wait_for(lambda: frames(daemon) > wanted - 200, what="rows on their way")
        daemon.kill()
        daemon.start()
        wait_for(lambda: frames(daemon) >= wanted, 30, what="all rows after the daemon was killed")
    follower.stop()
    wanted = more(30)
    follower.start()
    wait_for(lambda: frames(daemon) >= wanted, what="what was written while nobody read")
    assert frames(daemon) == wanted, (frames(daemon), wanted)
    print(f"{wanted} rows, {frames(daemon)} frames after nine kills")


def check_scores(daemon, follower):
    """What the daemon holds now is what the file says: of a day more, with corrections and what comes late."""
    day = [row(25200 + 3600 * hour, f"v1,,{rest}") for hour in range(12) for rest in (
        f"LN,8478-0,{60 + 3 * hour},mm[Hg],", f"LN,2160-0,{1 + hour / 4},mg/dL,", f"ATC,C01CA03,0.{hour % 3},ug/kg/min,")]
    follower.append("".join(day) + row(30000, "v1,,LN,777-3,<10,10*3/uL,") + row(28800, "v1,icu1/1,LN,1975-2,7.5,mg/dL,"))
    wanted = frames(daemon) + 12 + 2
    wait_for(lambda: frames(daemon) >= wanted, what="the rest of the day")

    def vigil(*arguments):
        run = subprocess.run([BIN / "vigil", *map(str, arguments)], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return run.stderr
    offline, live, grid = (daemon.dir / f"{n}.csv" for n in ("offline", "live", "grid"))
    scores = ["--scores", "sofa,ards_berlin", "--policy", "published", "--deciding"]
    vigil("score", follower.file, *scores, "-o", offline, "--config", ROOT / "config/vigil.toml")
    with open(offline, newline="") as f:
        asked = list(csv.reader(f))
    times = "encounter,at\n" + "".join(f"{e},{a}\n" for e, a in sorted({(r[0], r[1]) for r in asked[1:]}))
    score = ["score", follower.file, *scores, "--config", ROOT / "config/vigil.toml", "-o", live, "--at", grid]
    grid.write_text(times + f"mistyped,{asked[1][1]}\n")
    assert "no reading of 1 of the grid's stays: mistyped" in vigil(*score)
    grid.write_text(times)
    assert "no reading" not in vigil(*score)
    heading = daemon.dir / "heading.csv"
    with open(follower.file) as f:
        heading.write_text(f.readline())
    assert vigil("score", heading, *score[2:-2]).strip().endswith("heading.csv: no readings")
    vigil("scores", "--at", grid, "--site-key", daemon.dir / "site.key", *scores, "-o", live, "--config", daemon.config)
    with open(live, newline="") as f:
        told = list(csv.reader(f))
    assert sorted(asked) == sorted(told) and len(asked) > 13 * 9, [p for p in zip(asked, told) if p[0] != p[1]][:5]
    print(f"{len(asked) - 1} rows of scores equal those of the file")


def check_strangers(daemon):
    """Without implied admission a visit number opens nothing: its readings wait."""
    follower = Follower(daemon, "strangers")
    follower.append("\n\r\n" + HEADER + platelets(21600, 45, "v2", ""))
    follower.start()
    waiting = wait_for(lambda: Client(daemon).status().unassigned, what="readings of nobody")
    assert [(u.source, u.count) for u in waiting] == [("strangers", 1)], waiting
    follower.stop()
    return follower


def check_replaced(daemon, follower):
    """What is lost with a file that was replaced while nobody read is told; one that has no line end ends the adapter."""
    follower.append(platelets(21601, 46, "v2", ""))  # nobody will read it
    follower.file.unlink()
    follower.append(HEADER + platelets(21700, 47, "v3", ""))
    follower.start()
    wait_for(lambda: [u.count for u in Client(daemon).status().unassigned] == [1, 1], what="the new file's row")
    wait_for(lambda: any(s.source == "strangers" and s.refused_by_reason["noted_file_replaced"] == 1
                         for s in Client(daemon).status().sources), what="the replacement told")
    assert "is not the file that was read up to line 4" in follower.log(), follower.log()
    follower.stop()

    follower.file.write_text("x" * (5 << 20))
    follower.start()
    assert follower.process.wait(timeout=20) == 65, follower.log()
    follower.process.stdout.close()
    assert f"{follower.file}:1: record longer than 1 MiB" in follower.log(), follower.log()


def main():
    sources = '[[source]]\nname = "export"\nimplied_admission = true\n[[source]]\nname = "strangers"\n'
    with Daemon(more=sources) as daemon:
        follower = Follower(daemon, "export")
        check_rows(daemon, follower)
        check_restarts(daemon, follower)
        check_scores(daemon, follower)
        check_replaced(daemon, check_strangers(daemon))
        follower.stop()
        assert daemon.stop() == 0
        planted = [p for p in Path(daemon.dir / "journal").rglob("*") if p.is_file() and b"v1," in p.read_bytes()]
        assert not planted, planted
        verified = subprocess.run([BIN / "vigil", "verify", daemon.dir / "journal"], capture_output=True, text=True)
        assert verified.returncode == 0, verified.stdout + verified.stderr


if __name__ == "__main__":
    main()
    print("ok")
    sys.exit(0)
