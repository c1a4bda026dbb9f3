"""Generates vigil.v1 from the wire contract when the package is built; what is generated is in no repository."""

import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PROTO = Path(__file__).resolve().parents[2] / "proto"


class Build(build_py):
    def run(self) -> None:
        super().run()
        contract = sorted((PROTO / "vigil/v1").glob("*.proto"))
        if not contract:
            raise SystemExit(f"no wire contract in {PROTO}: install from a checkout of Vigil")
        Path(self.build_lib).mkdir(parents=True, exist_ok=True)
        subprocess.run(["protoc", f"-I{PROTO}", f"--python_out={self.build_lib}", f"--pyi_out={self.build_lib}", *map(str, contract)],
                       check=True)


setup(cmdclass={"build_py": Build})
