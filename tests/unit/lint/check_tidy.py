#!/usr/bin/env python3
"""Shows that scripts/tidy, which looks at many files at once, fails each file that clang-tidy fails by itself, and no other.

check_tidy.py ROOT [CLANG_TIDY]
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
if len(sys.argv) < 3 or "NOTFOUND" in sys.argv[2] or not shutil.which("git"):
    print("clang-tidy or git is not installed: not run")
    sys.exit(77)

CLEAN = "#include <string>\nnamespace vigil {\nnamespace {\nint twice(int x) { return 2 * x; }\n}\nint first(int x) { return twice(x); }\n}\n"
MOVED = """#include <string>
#include <utility>
namespace vigil {
int moved(std::string a) {
    std::string b = std::move(a);
    return static_cast<int>(a.size() + b.size());
}
}
"""
# One mistake of each kind that a file can hold; MOVED and UNUSED are two more.
MISTAKES = """#include <cassert>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>
#define MISTAKE_DOUBLE(x) x * 2
namespace vigil {
struct Base {
    virtual ~Base() = default;
    virtual int value() const { return 0; }
    int first = 0;
};
struct Derived : Base {
    virtual int value() const { return second; }
    int second = 1;
};
struct Open {
    Open() {}
    int never_set;
};
Base sliced(Derived const& d) { return d; }
double ratio(int a, int b) { return a / b; }
std::string_view dangling() {
    std::string_view v = std::string{"gone"};
    return v;
}
std::size_t size_of_pointer(char const* text) { return sizeof(text) / sizeof(text[0]); }
void thrown() {
    try {
        throw std::runtime_error("x");
    } catch (std::runtime_error e) {
    }
}
std::vector<int> grown(int n) {
    std::vector<int> out;
    for (int i = 0; i < n; ++i) out.push_back(i);
    return out;
}
std::size_t copied(std::vector<std::string> const& all) {
    std::size_t n = 0;
    for (std::string const s : all) n += s.size();
    return n;
}
void asserted(int n) { assert(n++ > 0); }
void released(std::unique_ptr<int>& a, std::unique_ptr<int>& b) { a.reset(b.release()); }
std::string lettered() {
    std::string s;
    s = 65;
    return s;
}
int for_ever(int n) {
    int done = 0;
    while (n > done) {
    }
    return done;
}
}
"""
UNUSED = "namespace vigil {\nnamespace {\nconst int never_read = 3;\n}\nint third() { return 3; }\n}\n"
# The first file's own name means something else here.
TWICE = "namespace vigil {\nnamespace {\nstruct twice { int x; };\n}\nint fourth() { return twice{4}.x; }\n}\n"
# Not C++ at all.
BROKEN = "namespace vigil {\nint fifth() { return no_such_name; }\n}\n"


def scratch_tree(folder, sources):
    for name in ("scripts/tidy", "scripts/batches.py", ".clang-tidy"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, folder / name)
    (folder / "daemon").mkdir()
    (folder / "build/release").mkdir(parents=True)
    for name, text in sources.items():
        (folder / "daemon" / name).write_text(text)
    (folder / "build/release/compile_commands.json").write_text(json.dumps(
        [{"directory": str(folder / "build/release"), "file": str(folder / "daemon" / name),
          "command": f"g++ -I{folder} -I{folder}/daemon -std=c++20 -Wall -Wextra -Werror -O2 -o {name}.o -c {folder}/daemon/{name}"} for name in sources]))
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    subprocess.run(["git", "add", "."], cwd=folder, check=True)


def tidy(folder, *files):
    ran = subprocess.run([folder / "scripts/tidy", *files], cwd=folder, capture_output=True, text=True, check=False)
    batches = [sorted(re.findall(r"(\w+\.cpp)", f.read_text())) for f in (folder / "build/tidy").glob("batch_*.cpp")]
    return ran.returncode, ran.stdout, batches


def kinds(folder, path):
    """The checks clang-tidy names on a file, or a batch, by itself."""
    said = subprocess.run([sys.argv[2], "-p", "build/tidy", "--quiet", path], cwd=folder, capture_output=True, text=True, check=False).stdout
    return set(re.findall(r"mistakes\.cpp:\d+:\d+: error: .*\[([\w.-]+)[,\]]", said))


def expect(what, holds, told=""):
    if not holds:
        sys.exit(f"{what}: not so\n{told}")


with tempfile.TemporaryDirectory() as temporary:
    good = pathlib.Path(temporary) / "good"
    scratch_tree(good, {"a.cpp": CLEAN, "b.cpp": CLEAN.replace("twice", "double_of").replace("first", "second"), "twice.cpp": TWICE})
    status, told, batches = tidy(good)
    expect("clean files pass", status == 0 and told == "3 passed, 0 failed\n", told)
    expect("files with the same name of their own are not in one batch", batches == [["a.cpp", "b.cpp"]], batches)

    bad = pathlib.Path(temporary) / "bad"
    scratch_tree(bad, {"a.cpp": CLEAN, "mistakes.cpp": MISTAKES, "moved.cpp": MOVED, "unused.cpp": UNUSED, "broken.cpp": BROKEN})
    status, told, batches = tidy(bad)
    expect("four of five fail", status == 1 and told.endswith("\n1 passed, 4 failed\n"), told)
    for name, check in {"moved": "bugprone-use-after-move", "unused": "clang-diagnostic-unused-const-variable", "broken": "clang-diagnostic-error",
                        "mistakes": "bugprone-integer-division"}.items():
        expect(f"{check} in {name}.cpp is said", re.search(rf"{name}\.cpp:\d+:\d+: error: .*\[{check}", told), told)
    expect("the files were one batch, but for the one a batch says less of", batches == [["a.cpp", "broken.cpp", "mistakes.cpp", "moved.cpp"]], batches)
    status, told, batches = tidy(bad, "daemon/moved.cpp", "daemon/a.cpp")
    expect("files named are looked at by themselves", status == 1 and told.endswith("\n1 passed, 1 failed\n") and not batches, told)

    same = pathlib.Path(temporary) / "same"
    scratch_tree(same, {"a.cpp": CLEAN, "mistakes.cpp": MISTAKES})
    tidy(same)
    alone, batched = kinds(same, "daemon/mistakes.cpp"), kinds(same, "build/tidy/batch_0.cpp")
    expect("a batch is told of every mistake that the file is told of alone", alone == batched, f"{alone - batched} {batched - alone}")
    expect("there are many kinds of mistake in it", len(alone) >= 14, sorted(alone))
    print(f"{len(alone)} kinds of mistake, each found in a batch as alone")
