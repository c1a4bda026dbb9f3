#!/usr/bin/env python3
"""House rules that a machine can check: formatting, file length, clocks in the core, sleeping tests, swallowed errors,
types that share a name.

check_house.py ROOT [CLANG_FORMAT]
"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
listed = subprocess.run(["git", "-C", str(root), "ls-files"], capture_output=True, text=True)
if listed.returncode != 0:
    print("not a git checkout: not run")
    sys.exit(77)
files = [f for f in listed.stdout.split() if (root / f).is_file()]
code = [f for f in files if f.endswith((".cpp", ".hpp")) and f.startswith(("daemon/", "adapters/", "clients/", "tests/", "bench/"))]
problems = []

RULES = [
    (r"^daemon/core/", r"system_clock|steady_clock|::now\(\)|this_thread|random_device|mt19937", "a clock or random number in the core"),
    (r"^tests/(unit|properties|stories|vectors)/", r"sleep_for|usleep\(|[^a-z_]sleep\(", "a test that sleeps"),
    (r"^(daemon|adapters|clients)/", r"catch ?\(\.\.\.\)", "an error swallowed"),
    (r"^(daemon|adapters|clients)/", r"value_or\((0|0\.0|0u)\)|quiet_NaN", "missing turned into a number"),
    (r"^(daemon|adapters|clients|dashboard/src|tests|proto|config|docs|scripts)/", r"\b(TODO|FIXME|XXX)\b", "unfinished"),
]
for name in files:
    path = root / name
    if path.suffix not in {".cpp", ".hpp", ".ts", ".svelte", ".py", ".mjs", ".md", ".toml", ".proto", ".sh", ""} or name.startswith("tests/unit/lint/"):
        continue
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        continue
    for pattern, bad, what in RULES:
        if re.match(pattern, name):
            problems += [f"{name}:{n}: {what}" for n, line in enumerate(lines, 1) if re.search(bad, line)]
    if path.suffix in {".cpp", ".hpp", ".ts", ".svelte"} and len(lines) > 600:
        problems.append(f"{name}: {len(lines)} lines, more than 600")
# Two types of one name in one namespace are one type to the linker, whatever the compiler saw.
types = {}
for name in code:
    if not name.startswith(("daemon/", "adapters/", "clients/")):
        continue
    text = (root / name).read_text()
    hidden = [(m.start(), text.find("} // namespace\n", m.start())) for m in re.finditer(r"^namespace \{", text, re.M)]
    opened = [(m.start(), m.group(1)) for m in re.finditer(r"^namespace ([\w:]+) \{", text, re.M)]
    for m in re.finditer(r"^(?:struct|class|enum class|union) (\w+)\b(?!::)(?: final)?\s*(?::[^:;{][^;{]*)?\{", text, re.M):
        if any(a < m.start() < b for a, b in hidden):
            continue
        inside = [n for at, n in opened if at < m.start()]
        types.setdefault((inside[-1] if inside else "", m.group(1)), set()).add(name)
problems += [f"{n}::{t}: defined in {', '.join(sorted(where))}" for (n, t), where in types.items() if len(where) > 1]
if len(sys.argv) > 2 and code:
    run = subprocess.run([sys.argv[2], "--dry-run", "--Werror", *code], cwd=root, capture_output=True, text=True)
    problems += sorted({line.split(": error")[0] + ": not formatted" for line in run.stderr.splitlines() if ": error:" in line})[:40]
print(f"{len(files)} files looked at")
print("\n".join(problems))
sys.exit(bool(problems))
