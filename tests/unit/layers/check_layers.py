#!/usr/bin/env python3
"""Who may include whom: reads every #include under daemon/ and adapters/ and fails on one the table does not allow.

check_layers.py ROOT          checks the tree
check_layers.py --self-test   shows that a forbidden include is caught
"""
import pathlib
import re
import sys

# folder: project folders it may include (itself always). Standard and third-party headers are listed by prefix below.
PROJECT = {
    "core/model": [],
    "command_line": [],
    "core/scores": ["core/model", "core"],
    "core/alerts": ["core/model", "core/scores", "core"],
    "core/outcomes": ["core/model", "core/scores", "core"],
    "core": ["core/model", "core/scores", "core/alerts"],
    "definitions": ["core", "core/model", "core/scores", "core/alerts", "core/outcomes"],
    "wire": ["core", "core/model", "core/scores", "core/alerts", "proto"],
    "store": ["core", "core/model", "core/scores", "core/alerts", "wire"],
    "loop": ["core", "core/model", "core/scores", "core/alerts", "definitions", "wire", "store", "proto"],
    "app": ["command_line", "core", "core/model", "core/scores", "core/alerts", "definitions", "wire", "store", "loop", "proto"],
    "identity": ["command_line", "proto", "wire", "core/model", "definitions", "loop"],
    "gateway": ["command_line", "core/model", "wire", "proto", "definitions"],
    "cli": ["command_line", "core", "core/model", "core/scores", "core/alerts", "core/outcomes", "definitions", "wire", "store", "proto", "adapters/csv", "adapters/hl7",
            "adapters/runtime"],
    "outbound": ["command_line", "core/model", "definitions", "wire", "store", "proto", "clients", "adapters/hl7", "adapters/runtime"],
    "adapters/runtime": ["core/model", "wire", "proto", "definitions", "adapters"],
    "adapters/hl7": ["core/model", "proto", "adapters/runtime", "adapters"],
    "adapters/csv": ["core", "core/model", "definitions", "proto", "adapters/runtime", "adapters"],
    "adapters/simulator": ["command_line", "core/model", "adapters/runtime", "adapters/hl7"],
    "adapters": ["command_line", "core/model", "proto", "adapters/runtime", "adapters/hl7", "adapters/csv", "definitions"],
}
# Third-party headers and the only folders that may see them.
THIRD_PARTY = {
    "zmq": ["loop", "app", "identity", "gateway", "cli", "adapters/runtime", "adapters"],
    "sqlite3": ["store", "identity", "gateway"],
    "curl": ["outbound"],
    "google/protobuf": ["wire", "loop", "app", "identity", "gateway", "cli", "outbound", "adapters/runtime", "adapters/hl7", "adapters"],
    "toml++": ["definitions", "gateway", "identity", "adapters", "adapters/runtime", "adapters/hl7"],
    "CLI": ["command_line"],
    "sodium": ["store", "definitions", "adapters/runtime", "adapters/hl7", "cli", "identity", "gateway", "loop", "wire", "app", "outbound"],
    "systemd": ["app", "loop", "gateway", "identity", "outbound", "adapters", "adapters/runtime"],
    "spdlog": ["loop", "app", "gateway", "identity", "adapters", "adapters/runtime"],
    "prometheus": ["gateway", "outbound"],
    "boost/beast": ["gateway"],
    "openssl": ["gateway"],
    "boost/asio": ["gateway", "adapters/runtime", "adapters", "adapters/simulator", "adapters/hl7", "cli", "identity"],
    "date": ["adapters/runtime", "adapters/hl7", "adapters/csv", "cli", "gateway"],
    "zlib": ["store", "adapters/csv", "cli"],
    "fmt": ["definitions", "wire", "store", "loop", "app", "identity", "gateway", "cli", "outbound", "adapters", "adapters/runtime",
            "adapters/hl7",
            "adapters/csv", "adapters/simulator"],
    "boost/system": ["*"],
    "boost/container": ["*"],
}
# The core is pure: these standard headers have no business there.
IMPURE = {"thread", "mutex", "atomic", "condition_variable", "future", "iostream", "fstream", "sstream", "filesystem", "random", "chrono",
          "ctime", "time.h", "cmath", "math.h", "locale", "cstdio", "stdio.h", "unordered_set", "regex"}
IMPURE_PREFIX = ("sys/", "unistd", "pthread")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path):
    """The table's folder of a source file, longest name first."""
    for name in sorted(PROJECT, key=len, reverse=True):
        if path.startswith(name + "/"):
            return name
    return None


def included_folder(header, including):
    if header.startswith("vigil/v1/") or header.endswith(".pb.h"):
        return "proto"
    if header.startswith("vigil/"):
        return "clients"
    for name in sorted(PROJECT, key=len, reverse=True):
        if header.startswith(name + "/"):
            return name
    if header.startswith("gateway/"):
        return "gateway"
    return including if "/" not in header else None


def problems_in(path, text):
    """Problems of one file; `path` is relative to daemon/, or begins with adapters/."""
    folder = folder_of(path)
    if folder is None:
        return [f"{path}: no folder of the table holds this file"]
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, header = match.groups()
        where = f"{path}:{number}"
        if quote == '"':
            target = included_folder(header, folder)
            if target is None:
                found.append(f"{where}: {header} is in no known folder")
            elif target != folder and target not in PROJECT[folder]:
                found.append(f"{where}: {folder} may not include {header}")
            continue
        if folder.startswith("core"):
            allowed_map = folder == "core" and header == "unordered_map"  # lookups only; see core/engine.hpp
            if header in IMPURE or header.startswith(IMPURE_PREFIX) or (header == "unordered_map" and not allowed_map):
                found.append(f"{where}: the core may not include <{header}>")
        for prefix, folders in THIRD_PARTY.items():
            if header == prefix or header.startswith((prefix + "/", prefix + ".", prefix + "_")):
                if "*" not in folders and folder not in folders:
                    found.append(f"{where}: {folder} may not include <{header}>")
    return found


def check(root):
    found, files = [], 0
    for top, strip in (("daemon", "daemon/"), ("adapters", "")):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in (".hpp", ".cpp"):
                continue
            files += 1
            relative = str(path.relative_to(root))
            found += problems_in(relative[len(strip):] if strip else relative, path.read_text())
    print(f"{files} files read")
    if files == 0:
        found.append("no file was read")
    return found


def self_test():
    cases = [
        ("core/scores/x.cpp", '#include <chrono>\n'),
        ("core/model/x.cpp", '#include "core/scores/sofa.hpp"\n'),
        ("core/step.cpp", '#include "store/journal.hpp"\n'),
        ("gateway/x.cpp", '#include "store/journal.hpp"\n'),
        ("store/x.cpp", '#include <zmq.hpp>\n'),
        ("cli/x.cpp", '#include <boost/beast/http.hpp>\n'),
    ]
    missed = [c for c in cases if not problems_in(*c)]
    clean = problems_in("core/scores/x.cpp", '#include "core/model/decimal.hpp"\n#include <vector>\n')
    return [f"not caught: {c}" for c in missed] + [f"wrongly caught: {c}" for c in clean]


if __name__ == "__main__":
    errors = self_test() if sys.argv[1:] == ["--self-test"] else check(pathlib.Path(sys.argv[1]))
    print("\n".join(errors))
    sys.exit(bool(errors))
