#!/usr/bin/python3
"""vigil-gateway with accounts and TLS, real, against a vigild that says what it is told to: who gets in, what they may, what they see."""
import http.client
import json
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

from gateway_test import GATEWAY, PATIENCE, ROOT, Fake, check, until

PASSWORD = "a long enough secret"
NAME = "Name bed02, Anna"  # of the false vigil-identity


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def certificate(directory, name, days=30):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days), "-subj", f"/CN={name}",
            "-addext", f"subjectAltName=DNS:{name}", "-keyout", f"{directory}/key.pem", "-out", f"{directory}/cert.pem")


def config(directory, **more):
    keys = {
        "site": "demo", "listen": "127.0.0.1:0", "database": f"{directory}/read.sqlite", "dashboard": str(ROOT / "dashboard/dist"),
        **{name: f"ipc://{directory}/{name}" for name in ("feed", "query", "command", "identity")},
        "accounts": f"{directory}/accounts.tsv", "audit": f"{directory}/audit.tsv",
        "tls_certificate": f"{directory}/cert.pem", "tls_key": f"{directory}/key.pem", "hosts": ["vigil.test"], **more}
    path = pathlib.Path(directory) / "people.toml"
    path.write_text("[gateway]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items() if value is not None))
    return path


def run(path, *arguments, password=None):
    return subprocess.run([GATEWAY, *arguments, "--config", path], input=None if password is None else password + "\n", stdin=subprocess.DEVNULL if password is None else None,
                          capture_output=True, text=True, timeout=PATIENCE)


class Desk:
    """A browser at this gateway: trusts its certificate, keeps its cookie and the word of its session."""

    def __init__(self, gateway):
        self.gateway, self.cookie, self.csrf = gateway, None, None

    def connection(self):
        context = ssl.create_default_context(cafile=self.gateway.certificate)
        connection = http.client.HTTPSConnection("127.0.0.1", self.gateway.port, timeout=PATIENCE, context=context)
        # The certificate is checked against the name the browser would have asked for.
        connection.connect = lambda: setattr(connection, "sock", context.wrap_socket(
            socket.create_connection(("127.0.0.1", self.gateway.port), timeout=PATIENCE), server_hostname="vigil.test"))
        return connection

    def headers(self, more):
        given = {"Host": f"vigil.test:{self.gateway.port}", "Cookie": self.cookie, "X-Vigil-Csrf": self.csrf, **more}
        return {name: value for name, value in given.items() if value is not None}

    def request(self, method, path, body=None, **more):
        connection = self.connection()
        try:
            connection.request(method, path, body, self.headers({name.replace("_", "-"): value for name, value in more.items()}))
            response = connection.getresponse()
            return response.status, response, response.read().decode()
        finally:
            connection.close()

    def get(self, path):
        status, _, body = self.request("GET", path)
        return status, body

    def post(self, path, what, **more):
        given = {"Content_Type": "application/json", "X_Vigil_Request": "1", "Origin": f"https://vigil.test:{self.gateway.port}", **more}
        status, response, body = self.request("POST", path, json.dumps(what), **given)
        return status, response, json.loads(body)

    def sign_in(self, user, password=PASSWORD):
        status, response, body = self.post("/api/v1/login", {"user": user, "password": password})
        if status == 200:
            self.cookie, self.csrf = response.getheader("Set-Cookie").split(";")[0], body["csrf"]
        return status, response, body

    def session(self):
        return json.loads(self.get("/api/v1/session")[1])

    def stream(self):
        connection = self.connection()
        connection.request("GET", "/api/v1/stream", headers=self.headers({}))
        response = connection.getresponse()
        check(response.status == 200, f"the stream: {response.status}")
        return connection, response


def labels(response):
    """What each word of a stream about bed02 calls it: by a whole wall, or by the bed alone."""
    event = None
    while line := response.readline().decode():
        if line.startswith("event: "):
            event = line[7:].strip()
        elif line.startswith("data: ") and event in ("snapshot", "resync"):
            yield "wall", next(bed for bed in json.loads(line[6:])["beds"] if bed["bed"] == "bed02").get("label")
        elif line.startswith("data: ") and event == "bed" and json.loads(line[6:])["bed"] == "bed02":
            yield "bed", json.loads(line[6:]).get("label")


class Gateway:
    def __init__(self, path, directory):
        self.certificate = f"{directory}/cert.pem"
        self.process = subprocess.Popen([GATEWAY, "--config", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        match = re.fullmatch(r"listening https://127\.0\.0\.1:(\d+)\n", line)
        check(match, f"says where it listens, not {line!r}: {'' if match else self.process.communicate()[1]}")
        self.port = int(match[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, log


def accounts(path, directory):
    check(run(path).returncode == 78, "without any account it does not start")
    for user, role in (("nora", "clinician"), ("wall", "observer"), ("cora", "coordinator"), ("root", "admin")):
        made = run(path, "accounts", "add", user, "--role", role, password=PASSWORD)
        check(made.returncode == 0 and made.stdout == made.stderr == "", f"{user} is made: {made}")
    check(pathlib.Path(directory, "accounts.tsv").stat().st_mode & 0o777 == 0o600, "for its owner's eyes")
    check(PASSWORD not in pathlib.Path(directory, "accounts.tsv").read_text(), "no password is kept")
    for code, arguments, password in ((65, ("add", "nora", "--role", "admin"), PASSWORD), (65, ("add", "short", "--role", "admin"), "short"),
                                      (65, ("password", "nobody"), PASSWORD), (64, ("add", "x", "--role", "physician"), PASSWORD),
                                      (65, ("remove", "nobody"), None), (64, (), None)):
        failed = run(path, "accounts", *arguments, password=password)
        check(failed.returncode == code and failed.stderr + failed.stdout, f"{arguments}: {failed}")
    listed = run(path, "accounts", "list").stdout
    check(re.search(r"^nora +clinician ", listed, re.M) and "argon2" not in listed, f"a list of four: {listed}")


def refusals(directory):
    loopback_only = {"listen": "0.0.0.0:0"}
    for name, keys in (("accounts", {"accounts": None, "audit": None}), ("TLS", {"tls_certificate": None, "tls_key": None}), ("names", {"hosts": None})):
        refused = run(config(directory, **loopback_only, **keys))
        check(refused.returncode == 78 and "gateway.listen" in refused.stderr, f"another address without {name} is 78: {refused}")
    refused = run(config(directory, tls_key=f"{directory}/none.pem"))
    check(refused.returncode == 78 and "none.pem" in refused.stderr, f"no key is 78: {refused}")
    damaged = pathlib.Path(directory, "damaged.tsv")
    damaged.write_text("vigil-accounts 1\nnora\tclinician\n")
    damaged.chmod(0o600)
    refused = run(config(directory, accounts=str(damaged)))
    check(refused.returncode == 78 and "damaged.tsv:" in refused.stderr, f"a damaged file is 78: {refused}")
    open_file = pathlib.Path(directory, "open.tsv")
    shutil.copy(f"{directory}/accounts.tsv", open_file)
    open_file.chmod(0o644)
    check("chmod 600" in run(config(directory, accounts=str(open_file))).stderr, "a file others may read is refused")
    check(run(config(directory), "--check-config").returncode == 0, "and the good one is good")


def transport(gateway):
    def hello(**limits):
        context = ssl.create_default_context(cafile=gateway.certificate)
        for name, value in limits.items():
            setattr(context, name, value)
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE) as plain:
            with context.wrap_socket(plain, server_hostname="vigil.test") as secure:
                return secure.version()

    check(hello() == "TLSv1.3", "TLS 1.3")
    try:
        hello(maximum_version=ssl.TLSVersion.TLSv1_2)
        check(False, "TLS 1.2 is refused")
    except ssl.SSLError as error:
        check("protocol version" in str(error).lower().replace("_", " "), f"TLS 1.2 is refused: {error}")
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b"".join(iter(lambda: plain.recv(4096), b""))
        check(b"HTTP" not in answer and b"ok" not in answer, f"nothing without TLS: {answer}")
    desk = Desk(gateway)
    check(desk.get("/healthz")[0] == 200, "health is for everybody")
    check(desk.request("GET", "/healthz", Host="evil.example")[0] == 421, "another name is not this gateway")
    silent = [socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE) for _ in range(20)]
    check(desk.get("/healthz")[0] == 200, "those who say nothing hold up nobody")
    for connection in silent:
        connection.close()


def signing_in(gateway):
    desk = Desk(gateway)
    for path in ("/api/v1/beds", "/api/v1/beds/icu/bed02", "/api/v1/stream", "/api/v1/alerts", "/api/v1/status"):
        check(desk.get(path)[0] == 401, f"{path} is for those who have signed in")
    check(desk.session()["accounts"] and "user" not in desk.session(), "and the page is told so")
    check(desk.get("/")[0] in (200, 503), "which comes without signing in")
    wrong = desk.sign_in("nora", "not the password")
    nobody = desk.sign_in("mallory")
    check((wrong[0], wrong[2]) == (401, nobody[2]) and nobody[0] == 401, f"nobody learns who has an account: {wrong[2]} {nobody[2]}")
    for _ in range(4):
        check(desk.sign_in("mallory")[0] == 401, "five tries")
    status, response, _ = desk.sign_in("mallory")
    check(status == 429 and int(response.getheader("Retry-After")) >= 1, f"then one waits: {status}")
    status, response, body = desk.sign_in("nora")
    cookie = response.getheader("Set-Cookie")
    check(status == 200 and body["role"] == "clinician" and body["user"] == "nora", f"in: {body}")
    check(cookie.startswith("__Host-vigil=") and all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/")), cookie)
    check(desk.post("/api/v1/login", {"user": "nora", "password": PASSWORD}, Origin="https://evil.example")[0] == 403, "not from another site")
    return desk


def roles(gateway, nora):
    until("the feed is live", lambda: nora.get("/readyz")[0] == 200)
    until("names", lambda: NAME in nora.get("/api/v1/beds/icu/bed02")[1])
    wall, cora, root = (Desk(gateway) for _ in range(3))
    for desk, user in ((wall, "wall"), (cora, "cora"), (root, "root")):
        check(desk.sign_in(user)[0] == 200, f"{user} is in")
    for desk in (wall, cora):
        status, body = desk.get("/api/v1/beds/icu/bed02")
        check(status == 200 and "Name bed" not in body and "encounter" in body, "the bed without its name")
        check("Name bed" not in desk.get("/api/v1/beds")[1], "the wall without names")
    check(root.get("/api/v1/beds")[0] == 403 and root.get("/api/v1/accounts")[0] == 200, "who administers sees no patients")
    path, ack = "/api/v1/alerts/bed04-sofa_rise/ack", {"revision": 1}
    for desk in (wall, cora, root):
        status, _, body = desk.post(path, ack)
        check(status == 403 and "acknowledge" in body["error"], f"not theirs to acknowledge: {body}")
    check(nora.post(path, {**ack, "user": "cora"})[0] == 403, "nobody acts as somebody else")
    check(nora.post(path, ack, X_Vigil_Csrf="0" * 64)[0] == 403, "nor without the word of their session")
    check(nora.post(path, ack, Origin="https://evil.example")[0] == 403, "nor from another page")
    status, _, body = nora.post(path, ack)
    check((status, body["verdict"]) == (200, "VERDICT_DONE"), f"hers: {body}")
    until("under her name", lambda: any(alert["id"] == "bed04-sofa_rise" and alert.get("acknowledgedBy") == "nora"
                                        for alert in json.loads(nora.get("/api/v1/alerts")[1])["alerts"]))
    return wall


def glass(gateway, fake, nora, wall):
    named, unnamed = nora.stream(), wall.stream()
    hers, walls = labels(named[1]), labels(unnamed[1])
    check(next(hers) == ("wall", NAME), "a clinician's stream has names")
    check(next(walls) == ("wall", None), "an observer's has none")
    fake.say("late bed02")
    check(next(told for told in hers if told[0] == "bed") == ("bed", NAME), "nor has a bed alone")
    check(next(told for told in walls if told[0] == "bed") == ("bed", None), "where it has for a clinician")
    check(wall.post("/api/v1/break_glass", {})[0] == 400, "no glass without a reason")
    check(nora.post("/api/v1/break_glass", {"reason": "curious about it"})[0] == 403, "nor for those who need none")
    status, _, body = wall.post("/api/v1/break_glass", {"reason": "resuscitation at bed 2"})
    check(status == 200 and int(body["glassUntilMs"]) > time.time() * 1000, f"broken: {body}")
    check(next(told for told in walls if told[1]) == ("wall", NAME), "the open stream gets the names")
    check(wall.post("/api/v1/alerts/bed04-sofa_rise/ack", {"revision": 2})[0] == 403, "to look, not to act")
    check(next(told for told in walls if not told[1]) == ("wall", None), "and loses them again when the time is over")
    check("glassUntilMs" not in wall.session(), "as the page is told")
    for connection, _ in (named, unnamed):
        connection.close()


def ends(gateway, path, nora, wall):
    connection, response = wall.stream()
    next(labels(response))
    check(run(path, "accounts", "password", "wall", password=PASSWORD + "!").returncode == 0, "another password")
    until("ends the session", lambda: wall.get("/api/v1/beds")[0] == 401)
    response.read()  # to its end, which comes
    connection.close()
    check(wall.sign_in("wall")[0] == 401 and wall.sign_in("wall", PASSWORD + "!")[0] == 200, "the new password is the one")
    check(nora.get("/api/v1/beds")[0] == 200, "others go on")
    check(nora.post("/api/v1/logout", {})[0] == 200 and nora.get("/api/v1/beds")[0] == 401, "out is out")
    check(nora.sign_in("nora")[0] == 200, "and in again")
    resting = time.monotonic()  # nora does nothing from here on
    check(run(path, "accounts", "role", "cora", "--role", "monitor").returncode == 0, "another role")
    check(run(path, "accounts", "remove", "root").returncode == 0, "and none at all")
    # Asked without her cookie, so that asking does not keep her session.
    until("the idle time is over", lambda: time.monotonic() - resting > 6.5)
    check(nora.get("/api/v1/beds")[0] == 401, "an unused session has ended")
    check("user" not in nora.session(), "and the page asks to sign in")
    certificate(pathlib.Path(gateway.certificate).parent, "vigil.test", days=90)
    until("a renewed certificate is taken over", lambda: renewed(gateway))


def renewed(gateway):
    try:
        return Desk(gateway).get("/healthz")[0] == 200  # trusts the new one only
    except ssl.SSLError:
        return False


def restart(gateway, path, directory, wall):
    """A screen on the wall shows the ward again by itself."""
    check(wall.get("/api/v1/beds")[0] == 200, "the wall is in")
    code, log = gateway.stop()
    check(code == 0, f"a clean stop: {code}")
    check(PASSWORD not in log and "Name bed" not in log and "mallory" not in log, "no secret and no name in the log")
    check(pathlib.Path(directory, "accounts.tsv.sessions").stat().st_mode & 0o777 == 0o600, "who is in is nobody else's to read")
    wall.gateway = Gateway(path, directory)
    check(wall.get("/api/v1/beds")[0] == 200 and wall.session()["user"] == "wall", "and is in after a restart")
    return wall.gateway


def audit(path, directory):
    told = run(path, "audit")
    check(told.returncode == 0, f"the record is whole: {told.stderr}")
    rows = [line.split("\t")[1:] for line in told.stdout.splitlines()]
    for wanted in (["wall", "observer", "127.0.0.1", "break_glass", "begun", "resuscitation at bed 2"],
                   ["wall", "-", "-", "break_glass", "ended", "its time is over"],
                   ["wall", "observer", "127.0.0.1", "acknowledge", "denied", "/api/v1/alerts/bed04-sofa_rise/ack"],
                   ["nora", "clinician", "127.0.0.1", "acknowledge", "asked", "/api/v1/alerts/bed04-sofa_rise/ack"],
                   ["nora", "clinician", "127.0.0.1", "view_names", "asked", "-"],
                   ["nora", "-", "127.0.0.1", "login", "failed", "-"], ["nora", "clinician", "127.0.0.1", "login", "done", "-"],
                   ["nora", "clinician", "127.0.0.1", "logout", "done", "-"]):
        check(wanted in rows, f"recorded: {wanted} in {rows}")
    check(any(row[:5] == ["root", "admin", "-", "accounts", "removed"] for row in rows), "who was removed")
    check(any(row[3:] == ["accounts", "add", "nora clinician"] and row[0].startswith("os:") for row in rows), "who made her account")
    check("mallory" not in told.stdout and PASSWORD not in told.stdout, "nothing that could be a password")
    file = pathlib.Path(directory, "audit.tsv")
    file.write_text(file.read_text().replace("resuscitation", "curiosity"))
    check(run(path, "audit").returncode == 65, "an edit is noticed")


def main():
    directory = tempfile.mkdtemp(prefix="vigil-people-")
    fake = Fake(directory)
    try:
        certificate(directory, "vigil.test")
        path = config(directory, idle_s=6, break_glass_s=3)
        accounts(path, directory)
        refusals(directory)
        path = config(directory, idle_s=6, break_glass_s=3)
        gateway = Gateway(path, directory)
        transport(gateway)
        nora = signing_in(gateway)
        wall = roles(gateway, nora)
        glass(gateway, fake, nora, wall)
        nora.sign_in("nora")
        ends(gateway, path, nora, wall)
        wall.sign_in("wall", PASSWORD + "!")
        gateway = restart(gateway, path, directory, wall)
        check(gateway.stop()[0] == 0, "a clean stop")
        audit(path, directory)
    finally:
        fake.stop()
        shutil.rmtree(directory, ignore_errors=True)
    from gateway_test import checks
    print(f"{checks} checks passed")


main()
