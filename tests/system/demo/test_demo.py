#!/usr/bin/env python3
"""The demonstration as a person meets it: scripts/demo, its page, and every command typed in a second terminal, from the simulated
ward's HL7 to what a browser is told, and at the end the record of it all."""

import csv
import datetime
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chain import PATIENCE, ROOT, USER, Demo, Stream, Watch, kill, left_over, start

BEDS = {f"bed{n:02}" for n in range(1, 13)}
HISTORY_ENDS = datetime.datetime(2026, 1, 6, 6, tzinfo=datetime.timezone.utc)  # vigil-sim begins on the 5th, a day of history follows
CHANGED = "the alert has changed since that revision was seen; look at it again"


def equal(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def says(text, *wanted):
    for one in wanted:
        assert one in text, f"{one!r} is not in:\n{text}"


# ---- what is asked again and again

def log_time(demo):
    match = re.search(r"^log time (\S+) ", demo.vigil("status"), re.M)
    return datetime.datetime.fromisoformat(match[1].replace("Z", "+00:00"))


def instant(when):
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def encounter_in(demo, bed):
    """As `vigil status` lists who lies where; None when nobody does."""
    status = demo.vigil("status")
    match = re.search(rf"^bed icu/{bed}  encounter (\w+)  ", status, re.M)
    return (match and match[1]), status


def sofa_now(demo, bed):
    rows = demo.vigil("scores", "--bed", f"icu/{bed}", "--at", instant(log_time(demo)), "--scores", "sofa", "--product", "now",
                      "--policy", "live")
    return {row["part"]: row["value"] for row in csv.DictReader(io.StringIO(rows))}


def sofa_on_the_page(demo, bed):
    scores = demo.json(f"/api/v1/beds/icu/{bed}")["scores"]
    score = next(s for s in scores if s["definition"].startswith("sofa@") and s["product"] == "now")
    return {part["part"]: part.get("points") for part in score["parts"]}


# ---- the page

def a_folder_that_is_there_is_left_alone(demo, watch, stream):
    second = start(demo.dir, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        equal(second.communicate(timeout=PATIENCE)[1], f"demo: {demo.dir} is there already\n", "what a second demonstration says")
        equal(second.returncode, 73, "and how it ends")
    finally:
        kill(second)


def the_page_is_whole(demo, watch, stream):
    page = demo.get("/")[1]
    script = re.search(r'<script[^>]* src="(/assets/[^"]+)"', page)
    assert script, f"a page without its program:\n{page}"
    equal(demo.get(script[1])[0], 200, script[1])
    demo.until("the feed is live", lambda: ((ready := demo.get("/readyz"))[0] == 200, ready))


def every_bed_is_scored(demo, watch, stream):
    """From HL7 over TCP to what the page is told, all of the history and a little of what follows it."""
    def scored(bed):
        parts = {part["part"]: part for part in bed["scores"][0]["parts"]} if bed.get("scores") else {}
        return "total" in parts and any(part["state"] == "PART_STATE_VALUED" for part in parts.values())

    def wall():
        wall = demo.json("/api/v1/beds")
        have = {bed["bed"] for bed in wall.get("beds", []) if scored(bed)}
        now = int(wall["clock"].get("logTimeMs", 0)) / 1000
        return (BEDS <= have and now > HISTORY_ENDS.timestamp()) and wall, f"{sorted(have)} scored at {time.ctime(now)}"
    wall = demo.until("every bed has a score and the history is over", wall, 240)
    clock = wall["clock"]
    equal((wall["site"], clock["simulated"], clock.get("unrecorded", False), clock["feed"]), ("demo", True, False, "FEED_LIVE"),
          "what the page is told of the ward")
    assert clock["daemon"]["driven"], clock


def an_alert_reaches_page_and_terminal(demo, watch, stream):
    def both():
        page = {(a["id"], int(a["revision"])) for a in demo.json("/api/v1/alerts")["alerts"]}
        terminal = {(a["id"], a["revision"]) for a in demo.alerts()}
        live = {(a["id"], a["revision"]) for a in watch.alerts()}
        return page & terminal & live, f"page {sorted(page)}\n--once {sorted(terminal)}\nwatch {len(live)} revisions"
    demo.until("one revision of an alert on the page, in `watch --once` and in `watch`", both)

    def told():
        kinds = {name for name, _ in list(stream.events)}
        return {"snapshot", "bed", "alert", "clock"} <= kinds, kinds
    demo.until("the stream told of beds, alerts and the clock", told)
    walls = [wall for wall in stream.of("snapshot") if wall.get("beds")]
    assert walls, "the stream has shown no bed"
    # Before the first word of vigild there is nothing to be shown and nothing to be said of it.
    for clock in [wall["clock"] for wall in walls] + [clock for clock in stream.of("clock") if clock["feed"] == "FEED_LIVE"]:
        assert clock.get("simulated"), clock


# ---- vigil why, vigil ack

def a_standing_alert(demo):
    """One of a patient's organs that has been revised at least once, and lately not."""
    def standing():
        alerts = demo.alerts()
        fit = [a for a in alerts if a["rule"].startswith("organ_") and a["condition"] == "present" and a["signal"] == "on"
               and not a["inhibited"] and a["revision"] > 1]
        return fit and min(fit, key=lambda a: a["time"]), [(a["rule"], a["signal"], a["revision"]) for a in alerts]
    return demo.until("an alert of an organ that stands and was revised", standing)


def why_names_rule_version_policy_and_readings(demo, watch, stream):
    alert = a_standing_alert(demo)
    text = demo.vigil("why", alert["id"])
    says(text, f"{alert['rule']} ({alert['priority']}), revision ", f"{'alert':<16} {alert['id']}\n",
         f"{'where':<16} {alert['bed']}, encounter ")
    assert re.search(rf"^decided by +{alert['rule']} on sofa@\S+\+live$", text, re.M), text
    digest = re.search(r"^rulebook digest +([0-9a-f]{32,})$", text, re.M)
    assert digest, text
    rests = text.partition("\nwhat it rests on\n")[2].partition("\nwhat was missing")[0]
    readings = re.findall(r"^  \S.* used +(\S+).*\n      measured (\S+Z)  from (\S+) as (\S+ \S+)  journal (\d+)\.\d+$", rests, re.M)
    assert readings, f"no reading with value, time, feed, code and place in the journal:\n{text}"
    told = json.loads(demo.vigil("why", alert["id"], "--json"))
    equal((told["rule"], told["rule_digest"]), (alert["rule"], digest[1]), "--json says the same")
    page = demo.json(f"/api/v1/why/{alert['id']}")["alert"]
    equal((page["rule"], page["ruleDigest"], page["policy"]), (told["rule"], told["rule_digest"], told["policy"]), "the page says the same")
    demo.readings += [int(place) for *_, place in readings]
    says(demo.vigil("why", "none", code=65), "vigil: vigild: unknown_alert")


def ack_binds_a_name_to_the_revision_seen(demo, watch, stream):
    alert = a_standing_alert(demo)
    old = alert["revision"] - 1
    says(demo.vigil("ack", alert["id"], "--revision", old, code=65), CHANGED)
    assert not re.search(r"^acknowledged ", demo.vigil("why", alert["id"]), re.M), "a refusal acknowledged nothing"
    says(demo.vigil("ack", "none", "--revision", 1, code=65), "refused: unknown_alert")
    nameless = demo.vigil("ack", alert["id"], "--revision", alert["revision"], code=64, without=["VIGIL_USER"])
    says(nameless, "--user NAME or VIGIL_USER is needed")
    alert, done = acknowledge(demo, alert)
    assert re.fullmatch(r"done, journal [1-9]\d*\n", done), done
    demo.until("`watch` shows it acknowledged", lambda: (
        [a for a in watch.alerts() if a["id"] == alert["id"] and a["revision"] == alert["revision"] + 1 and a["signal"] == "acknowledged"],
        [a for a in watch.alerts() if a["id"] == alert["id"]]))
    demo.until("the page is told who", lambda: (
        [a for a in stream.of("alert") if a["id"] == alert["id"] and a.get("acknowledgedBy") == USER],
        [a for a in stream.of("alert") if a["id"] == alert["id"]]))
    assert re.search(rf"^acknowledged +by {re.escape(USER)} at \S+Z$", demo.vigil("why", alert["id"]), re.M), demo.vigil("why", alert["id"])


def acknowledge(demo, alert):
    """The patient may change between looking and typing: then one looks again, as the refusal says."""
    def typed():
        nonlocal alert
        alert = next(a for a in demo.alerts() if a["id"] == alert["id"])
        run = demo.run("ack", alert["id"], "--revision", alert["revision"])
        assert run.returncode == 0 or CHANGED in run.stderr, run
        return run.stdout, run.stderr
    done = demo.until("an acknowledgement in time", typed)
    return alert, done


# ---- vigil attest

def attest_changes_score_alert_and_page(demo, watch, stream):
    assert sofa_now(demo, "bed12")["renal"] != "4", "the kidneys of bed 12 fail already"
    assert re.fullmatch(r"done, journal \d+\n", demo.vigil("attest", "icu/bed12", "rrt", "crrt"))
    demo.until("`scores` counts the circuit", lambda: ((now := sofa_now(demo, "bed12"))["renal"] == "4", now))
    demo.until("the page counts it", lambda: ((now := sofa_on_the_page(demo, "bed12"))["renal"] == 4, now))
    alert = demo.until("`watch` shows the alert", lambda: (
        next((a for a in watch.alerts() if (a["bed"], a["rule"], a["priority"]) == ("icu/bed12", "organ_renal", "high")), None),
        [a["rule"] for a in watch.alerts() if a["bed"] == "icu/bed12"]))
    why = demo.vigil("why", alert["id"])
    assert re.search(r"^  rrt +used +crrt\n      measured \S+Z  from attested as VIGIL rrt  journal \d", why, re.M), why
    circuit = [s for s in demo.json("/api/v1/beds/icu/bed12")["support"] if s["signal"] == "rrt"]
    equal([s["value"] for s in circuit], ["crrt"], "the page's support")


def what_cannot_be_attested_is_refused_with_the_reason(demo, watch, stream):
    for words, reason in (
            (["icu/bed12", "rrt", "dialysis"], "refused: bad_value; one of none crrt ihd sled pd nonrenal ended"),
            (["icu/bed12", "humour", "black"], "refused: unknown_what"),
            (["icu/bed12", "weight", "82", "--unit", "stone"], "refused: unknown_unit"),
            (["icu/bed12", "weight", "8200"], "refused: out_of_range"),
            (["icu/bed77", "rrt", "crrt"], "refused: empty_bed")):
        says(demo.vigil("attest", *words, code=65), reason)
    says(demo.vigil("attest", "bed12", "rrt", "crrt", code=64), "BED is UNIT/BED")
    says(demo.vigil("attest", "icu/bed12", "rrt", "crrt", "--at", "yesterday", code=64), "is no time with an offset")


# ---- vigil status, unmapped, check, keygen

def status_tells_of_daemon_feed_and_beds(demo, watch, stream):
    text = demo.vigil("status")
    says(text, "  SIMULATED\n", "daemon running", "driven clock")
    feed = re.search(r"^source ward \(hl7\) connected: (\d+) messages, (\d+) refused, (\d+) malformed", text, re.M)
    assert feed and int(feed[1]) > 10000 and feed[3] == "0", text
    alerts = re.search(r"^(\d+) active alerts$", text, re.M)
    assert alerts and int(alerts[1]) > 0, text
    for bed in BEDS - {"bed11"}:  # whose patient leaves while this test runs
        assert re.search(rf"^bed icu/{bed}  encounter \w+  data of 2026-", text, re.M), (bed, text)
    told = json.loads(demo.vigil("status", "--json"))
    assert told["simulated"] and told["daemon"]["state"] == "STATE_RUNNING", told
    demo.until("the ward goes at its pace, no longer as fast as it can", lambda: (
        re.search(r"driven clock, speed [1-9]\d?  SIMULATED\n", now := demo.vigil("status")), now))


def result(serial, when, bed, *observations):
    at = when.strftime("%Y%m%d%H%M%S+0000")
    rows = "".join(f"OBX|{n}|NM|{code}||{value}|{unit}|||||F\r" for n, (code, value, unit) in enumerate(observations, 1))
    return (f"MSH|^~\\&|LAB|HOSP|VIGIL|ICU|{at}||ORU^R01|T{serial}|T|2.5.1\rPID|1||\rPV1|1|I|ICU^R1^{bed.upper()}\r"
            f"OBR|1||order{serial}|PANEL|||{at}\r{rows}")


def a_code_nobody_knows_is_listed_and_can_be_mapped(demo, watch, stream):
    when = log_time(demo)
    says(demo.send(result(1, when, "bed98", ("PLTX^Thrombos^LAB", 45, "10*3/uL"), ("777-3^Platelets^LN", 45, "10*3/uL"))), "MSA|AA|T1\r")
    rows = [row.split("\t") for row in demo.vigil("unmapped").splitlines()]
    assert ["ward", "LOCAL", "PLTX", "10*3/uL"] in [row[:4] for row in rows], rows
    as_json = [json.loads(line)["code"] for line in demo.vigil("unmapped", "--json").splitlines()]
    equal(as_json, [row[2] for row in rows], "--json lists the same")
    shutil.copytree(ROOT / "config", demo.scratch / "config")  # a map is checked against the vocabulary it lies beside
    table = demo.scratch / "config/maps/ward.tsv"
    skeleton, row = demo.vigil("unmapped", "--emit-map"), "ward\tLOCAL\tPLTX\t10*3/uL\t"
    says(skeleton, f"#{row}\t\n")
    table.write_text(skeleton.replace(f"#{row}\t\n", f"{row}plt\t\n"))
    equal(demo.vigil("check", table), "no mistakes found\n", "a map that was filled in")
    table.write_text(skeleton.replace(f"#{row}\t\n", f"{row}platelets\t\n"))
    assert re.search(rf"^{re.escape(str(table))}:\d+:\d+: .*platelets", demo.vigil("check", table, code=78), re.M), "the row is named"


def check_reads_the_configuration_of_the_demonstration(demo, watch, stream):
    equal(demo.vigil("check", demo.config), "no mistakes found\n", "the demonstration's configuration")
    broken = demo.scratch / "broken.toml"
    broken.write_text(Path(demo.config).read_text().replace('mode = "simulated"', 'mode = "guessed"'))
    assert re.search(rf"^{re.escape(str(broken))}:3:\d+: mode: ", demo.vigil("check", broken, code=78), re.M)


def keygen_never_overwrites(demo, watch, stream):
    key = demo.dir / "site.key"
    before = key.read_text()
    equal(key.stat().st_mode & 0o777, 0o600, "the mode of the site key")
    assert re.fullmatch(r"[0-9a-f]{64}\n", before), "the site key has 32 bytes"
    says(demo.vigil("keygen", "--site-key", key, code=74), "File exists")
    equal(key.read_text() == before, True, "the key is as it was")
    demo.vigil("keygen", "--curve", demo.scratch / "page")
    equal((demo.scratch / "page.key").stat().st_mode & 0o777, 0o600, "the mode of a secret key")
    assert re.fullmatch(r"\S{40} page\n", (demo.scratch / "page.pub").read_text())


# ---- vigil census, vigil assign

def census_says_who_lies_where(demo, watch, stream):
    equal(encounter_in(demo, "bed99")[0], None, "who lies in bed 99 before")
    earlier = instant(log_time(demo) - datetime.timedelta(hours=1))
    person = ["--visit", "V1", "--patient", "4713", "--patient-authority", "HOSP"]
    says(demo.vigil("census", "admit", "icu/bed99", *person, "--age", 64, "--sex", "f", "--at", earlier), "done, journal ")
    demo.until("`status` lists the one admitted", lambda: encounter_in(demo, "bed99"))
    demo.until("the page has the bed", lambda: (
        (bed := demo.get("/api/v1/beds/icu/bed99"))[0] == 200 and json.loads(bed[1]).get("ageYears") == 64, bed))
    says(demo.vigil("census", "admit", "icu/bed99", "--visit", "V2", "--site-key", demo.scratch / "none.key", code=78), "none.key")
    says(demo.vigil("census", "discharge", code=64), "visit or patient is needed")


def assign_claims_what_nobody_could(demo, watch, stream):
    """The laboratory named a bed where nobody lies: bed 98, and meant bed 99."""
    encounter, status = encounter_in(demo, "bed99")
    assert re.search(r"^unassigned ward bed=icu\.bed98  2 readings", status, re.M), status
    says(demo.vigil("assign", "ward", "bed=icu.bed55", encounter, code=65), "refused: unknown_subject")
    says(demo.vigil("assign", "ward", "bed=icu.bed98", "nobody", code=65), "refused: unknown_encounter")
    assert sofa_now(demo, "bed99").get("coag") != "3", "nobody has claimed the platelets yet"
    says(demo.vigil("assign", "ward", "bed=icu.bed98", encounter), "done, journal ")
    demo.until("the platelets count", lambda: ((now := sofa_now(demo, "bed99"))["coag"] == "3", now))
    demo.until("on the page too", lambda: ((now := sofa_on_the_page(demo, "bed99"))["coag"] == 3, now))
    assert "unassigned ward bed=icu.bed98" not in demo.vigil("status"), demo.vigil("status")


def census_moves_imports_and_discharges(demo, watch, stream):
    encounter = encounter_in(demo, "bed99")[0]
    says(demo.vigil("census", "transfer", "icu/bed97", "--visit", "V1"), "done, journal ")
    demo.until("`status` shows the move", lambda: (
        encounter_in(demo, "bed97")[0] == encounter and not encounter_in(demo, "bed99")[0], demo.vigil("status")))
    says(demo.vigil("census", "discharge", "--visit", "V1"), "done, journal ")
    demo.until("`status` shows the end", lambda: (not encounter_in(demo, "bed97")[0], demo.vigil("status")))
    table = demo.scratch / "census.csv"
    table.write_text(f"kind,visit,patient,bed,at,age,sex\nadmit,V5,5,icu/bed96,{instant(log_time(demo))},71,m\nadmit,V6,6,,,50,f\n")
    says(demo.vigil("census", "import", table, code=65), "line 3: bed is needed", "1 taken, 1 not")
    demo.until("the row that could be meant was taken", lambda: encounter_in(demo, "bed96"))


# ---- the record

def last_seq(text):
    return max(int(last) for last in re.findall(r"^segment \d+  \d+\.\.(\d+)  ", text, re.M))


def backup_is_a_journal_and_grows(demo, watch, stream):
    copied = re.compile(r"(\d+) segments, (\d+) copied, (\d+) bytes, up to sequence (\d+)\n")
    first = copied.fullmatch(demo.vigil("backup", demo.scratch / "backup"))
    demo.until("something more is journaled", lambda: ((now := json.loads(demo.vigil("status", "--json"))["journal_seq"]) > first[4], now))
    second = copied.fullmatch(demo.vigil("backup", demo.scratch / "backup"))
    assert first and second and int(second[4]) > int(first[4]) > 0, (first, second)
    demo.backed_up = int(second[4])


def ctrl_c_ends_everything(demo, watch, stream):
    equal(watch.stop(), 0, "how `watch` ended")
    equal(demo.interrupt(), 0, f"how the demonstration ended\n{demo.said()}")
    equal(demo.err.read_text(), "demo: stopped cleanly\n", "what the demonstration complained of")
    end = time.monotonic() + 10
    while left := left_over(demo.process):
        assert time.monotonic() < end, f"outlived the demonstration: {left}"
        time.sleep(0.1)


def verify_confirms_the_record(demo, watch, stream):
    journal, backup = demo.dir / "journal", demo.scratch / "backup"
    with ThreadPoolExecutor() as both:
        whole, copy = both.map(lambda folder: demo.vigil("verify", folder), (journal, backup))
    for line in whole.splitlines() + copy.splitlines():
        says(line, "chain ok, every decision confirmed")
    equal(last_seq(copy), demo.backed_up, "where the copy ends")
    assert last_seq(whole) >= demo.backed_up, (whole, demo.backed_up)
    for seq in demo.readings:
        held = any(holds_frame(path, seq) for path in journal.glob("[0-9]*.vigil"))
        assert held, f"a reading that `why` named is not in the journal: {seq}"


def holds_frame(segment, seq):
    db = sqlite3.connect(f"file:{segment}?mode=ro", uri=True)
    try:
        return db.execute("SELECT 1 FROM frames WHERE seq = ?", [seq]).fetchone()
    finally:
        db.close()


STEPS = (a_folder_that_is_there_is_left_alone, the_page_is_whole, every_bed_is_scored, an_alert_reaches_page_and_terminal,
         why_names_rule_version_policy_and_readings, ack_binds_a_name_to_the_revision_seen, attest_changes_score_alert_and_page,
         what_cannot_be_attested_is_refused_with_the_reason,
         status_tells_of_daemon_feed_and_beds, a_code_nobody_knows_is_listed_and_can_be_mapped,
         check_reads_the_configuration_of_the_demonstration, keygen_never_overwrites, census_says_who_lies_where,
         assign_claims_what_nobody_could, census_moves_imports_and_discharges, backup_is_a_journal_and_grows, ctrl_c_ends_everything,
         verify_confirms_the_record)


def main():
    if not (ROOT / "dashboard/dist/index.html").exists():
        print("skipped: the build of the page is not there")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="vigil-demo-") as folder:
        demo, watch = Demo(folder), None
        try:
            demo.find_addresses()
            demo.until("the page is served", lambda: ((answer := demo.get("/"))[0] == 200, answer))
            watch = Watch(demo)
            stream = Stream(demo)
            for step in STEPS:
                started = time.monotonic()
                step(demo, watch, stream)
                print(f"passed {step.__name__} in {time.monotonic() - started:.1f} s", flush=True)
        finally:
            if watch:
                watch.process.kill()
            kill(demo.process)


if __name__ == "__main__":
    main()
