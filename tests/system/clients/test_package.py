"""What a dashboard author does: installs the package from the checkout, and runs the example against a vigild."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "daemon"))
from gateway import Gateway  # noqa: E402
from ward import BIN, ROOT, START, Adapter, Daemon, census, number, wait_for  # noqa: E402

PYTHON = "/usr/bin/python3"
CLIENT = ROOT / "clients/python"


class Wall:
    """The example of a library, run against a vigild: it shows an alert, and that the feed is lost."""

    def shows(self, command, environment, gateway=False):
        with Daemon() as daemon, contextlib.ExitStack() as more:
            adapter = Adapter(daemon)
            self.addCleanup(adapter.close)
            adapter.hello()
            adapter.put(adapter.batch("adt", census=[census("ADMIT", "v1", ("icu1", "b1"), START)]))
            for name in ("feed", "query"):
                (daemon.dir / f"{name}.sock").symlink_to(daemon.dir / name)
            where = "vigil.v1.alert.demo"
            if gateway:
                serving = Gateway(daemon).start()
                more.callback(serving.close)
                where = f"http://127.0.0.1:{serving.port}"
            shown = daemon.dir / "wall"
            with open(shown, "wb") as out:
                wall = subprocess.Popen([*command, where], stdout=out, stderr=daemon.log,
                                        env=dict(environment, VIGIL_ENDPOINT_DIR=str(daemon.dir)))
            self.addCleanup(wall.wait)
            self.addCleanup(wall.kill)
            wait_for(lambda: "---" in shown.read_text(), 60, "the first state")
            adapter.put(adapter.batch("k", [number("k", "8.9", "mmol/L", START + 1000)], visit="v1", at=START + 1000))
            line = wait_for(lambda: [x for x in shown.read_text().splitlines() if "icu1/b1" in x], 20, "the alert")[0]
            self.assertIn("ON", line)
            daemon.kill()
            wait_for(lambda: "FEED LOST" in shown.read_text().splitlines()[-2], 20, "the loss of the feed")


class Python(Wall, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vigil-client-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.installed = Path(cls.folder.name) / "installed"
        # A copy of the sources: building writes beside them, and the tree under test stays as it is.
        source = Path(cls.folder.name) / "source"
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "clients/python", "proto"], capture_output=True, check=True).stdout
        for name in filter(None, listed.decode().split("\0")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
        done = subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--root-user-action=ignore",
                               "--disable-pip-version-check", "--target", cls.installed, source / "clients/python"], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        cls.environment = dict(os.environ, PYTHONPATH=str(cls.installed))

    def test_the_wall_shows_an_alert_and_the_loss_of_the_feed(self):
        self.shows([PYTHON, CLIENT / "examples/wall.py"], dict(self.environment, PYTHONUNBUFFERED="1"))

    def test_the_types_hold(self):
        """What the package promises its user with py.typed, as a strict checker reads it."""
        done = subprocess.run([PYTHON, "-m", "mypy", "--version"], capture_output=True)
        if done.returncode != 0:
            self.skipTest("mypy is not installed: NOT RUN")
        cache = Path(self.folder.name) / "cache"
        done = subprocess.run([PYTHON, "-m", "mypy", "--config-file", CLIENT / "pyproject.toml", "--cache-dir", cache, "-p", "vigil_client"],
                              cwd=self.installed, env=dict(os.environ, MYPYPATH=str(self.installed)), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


@unittest.skipUnless("VIGIL_BUILD" in os.environ, "no build folder was named: NOT RUN")
class Cpp(Wall, unittest.TestCase):
    def test_a_program_of_its_own_finds_the_installed_library(self):
        with tempfile.TemporaryDirectory(prefix="vigil-client-") as name:
            folder = Path(name)
            for command in (["cmake", "--install", os.environ["VIGIL_BUILD"], "--component", "client", "--prefix", folder / "installed"],
                            ["cmake", "-S", ROOT / "clients/cpp/examples", "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={folder / 'installed'}"],
                            ["cmake", "--build", folder / "build"]):
                done = subprocess.run(command, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.shows([folder / "build/wall"], os.environ)


NODE = os.environ.get("VIGIL_NODE") or shutil.which("node")
LIBRARY = ROOT / "clients/typescript"


@unittest.skipUnless(NODE and (LIBRARY / "dist/index.js").exists() and (BIN / "vigil-gateway").exists(), "the client or the gateway is not built: NOT RUN")
class TypeScript(Wall, unittest.TestCase):
    def test_the_wall_shows_an_alert_and_the_loss_of_the_feed(self):
        self.shows([NODE, LIBRARY / "examples/wall.mjs"], os.environ, gateway=True)

    def test_the_example_of_the_readme_has_the_types_of_the_package(self):
        """In a project of its own, by the name of the package, as strictly as TypeScript can."""
        example = (LIBRARY / "README.md").read_text().split("```ts\n")[1].split("```")[0]
        with tempfile.TemporaryDirectory(prefix="vigil-client-") as name:
            folder = Path(name)
            (folder / "node_modules").mkdir()
            (folder / "node_modules/vigil-client").symlink_to(LIBRARY)
            (folder / "package.json").write_text('{"type": "module"}')
            (folder / "wall.ts").write_text(example + "\nfunction banner(words: string) { console.log(words); }\n"
                                            "function draw(beds: import('vigil-client').Bed[], alerts: import('vigil-client').Alert[]) { console.log(beds, alerts); }\n")
            done = subprocess.run([NODE, LIBRARY / "node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2022",
                                   "--lib", "es2023,dom,dom.iterable", "wall.ts"], cwd=folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
