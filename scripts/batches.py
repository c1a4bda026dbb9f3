"""Which source files may be compiled together, as one file that includes them all.

Files of one batch see what the ones before them declare for themselves: what is in an unnamed namespace, is static, or is a `using` of the
file. A batch therefore never puts a file behind another that declares a name which it, or a header only it includes, mentions. So each
file of a batch means what it means alone; files that cannot be told apart so safely (`using namespace` that others lack) stay apart.

As a program: batches.py SIZE ROOT INCLUDE:INCLUDE… FILE… prints "BATCH FILE;BATCH FILE…", as cmake/vigil.cmake reads it; a file that is
compiled by itself is not in it.
"""
import functools
import pathlib
import re
import sys

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'  # comments
    r'|(?:u8|[uUL])?R"(?P<d>[^()\s\\]*)\(.*?\)(?P=d)"|(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"'  # strings
    r"|\b[0-9](?:[\w.]|(?<=\d)'(?=\w))*|(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'"  # numbers and characters
    r'|\#[ \t]*include[ \t]*"(?P<header>[^"]+)"|\#(?:\\\n|[^\n])*'
    r'|(?P<word>[A-Za-z_]\w*)|(?P<mark>::|->|\[\[|\]\]|\S)', re.S)
TYPES = {"struct", "class", "union", "enum"}


def _behind_angle(head):
    """What follows `template <…>`."""
    depth = 0
    for n, t in enumerate(head[1:], 1):
        depth += (t == "<") - (t == ">")
        if depth == 0:
            return head[n + 1:]
    return []


class Source:
    """The names one file mentions and those it declares for itself alone."""

    def __init__(self, path):
        self.headers, self.tokens = [], []
        for m in TOKEN.finditer(path.read_text()):
            if m["header"]:
                self.headers.append(m["header"])
            elif m["word"] or m["mark"]:
                self.tokens.append(m["word"] or m["mark"])
        self.mentions = set()  # (qualifier, name), the qualifier empty where there is none
        for n, t in enumerate(self.tokens):
            before = self.tokens[n - 1] if n else ""
            if t.isidentifier() and before not in (".", "->"):
                qualifier = self.tokens[n - 2] if before == "::" and n > 1 else ""
                self.mentions.add((qualifier if qualifier.isidentifier() else "", t))
        self.own = {}  # (its namespace, name): how it is declared where saying the same twice is no clash, else None
        self.opened = set()  # the namespaces it opens for itself
        self._declarations(0, len(self.tokens), "", False)

    def _end_of(self, i):
        """One past the bracket that closes the one at i."""
        pairs = {"(": ")", "{": "}", "[": "]", "[[": "]]"}
        open_, close, depth = self.tokens[i], pairs[self.tokens[i]], 0
        while i < len(self.tokens):
            depth += (self.tokens[i] == open_) - (self.tokens[i] == close)
            i += 1
            if depth == 0:
                break
        return i

    def _declarations(self, i, end, space, unnamed):
        while i < end:
            t = self.tokens[i]
            if t in (";", "}"):
                i += 1
                continue
            if t == "inline" and self.tokens[i + 1] == "namespace":
                i += 1
            if self.tokens[i] == "namespace":
                j = i
                while self.tokens[j] not in ("{", ";"):
                    j += 1
                if self.tokens[j] == "{":
                    close = self._end_of(j)
                    self._declarations(j + 1, close - 1, space if j == i + 1 else self.tokens[j - 1], unnamed or j == i + 1)
                    i = close
                    continue
            i = self._declaration(i, end, space, unnamed)

    def _declaration(self, i, end, space, unnamed):
        """One declaration of a namespace; returns one past its end."""
        head, body, angle, j = [], [], 0, i
        complete = False  # once the name is known
        while j < end and self.tokens[j] != ";":
            t = self.tokens[j]
            if t == "[[":
                j = self._end_of(j)
                continue
            if t in ("(", "{", "["):
                close = self._end_of(j)
                if angle == 0:
                    complete = True
                    if t == "{":
                        body = self.tokens[j:close]
                        # A function ends with its body; a type, a variable go on to their semicolon.
                        if "(" in head and "=" not in head and not (TYPES & set(head[:3])):
                            j = close
                            break
                    head.append(t)
                j = close
                continue
            if "operator" not in head and not complete and head:
                angle += (t == "<") - (t == ">")
            if not complete or t == "=" or head[0] in ("using", "namespace"):
                head.append(t)
            complete = complete or (t == "=" and angle == 0)
            j += 1
        self._note(head, body, space, unnamed)
        return j + 1 if j < end and self.tokens[j] == ";" else j

    def _note(self, head, body, space, unnamed):
        said = " ".join(head)
        if head[:2] == ["using", "namespace"]:
            self.opened.add(said)
        elif head[:1] == ["using"] or head[:1] == ["namespace"]:
            if head[1:2] == ["enum"]:
                self.opened.add(said)
            else:
                self.own[space, head[1] if "=" in head else head[-1]] = said
        elif head:
            while head[:1] == ["template"]:
                head = _behind_angle(head)
            for name in _names(head, body, unnamed):
                self.own[space, name] = None


def _names(head, body, unnamed):
    """What a declaration of a namespace declares for its file alone."""
    kind = next((k for k in head[:4] if k in TYPES), None)
    if kind and "(" not in head and "=" not in head:
        names = [t for t in head[head.index(kind) + 1:] if t.isidentifier() and t not in TYPES][:1]
        if kind == "enum" and not {"class", "struct"} & set(head):
            names += [t for t in body if t.isidentifier()]
        return names
    stop = next((n for n, t in enumerate(head) if t in ("(", "=", "{", "[") and n and head[n - 1] != "operator"), len(head))
    name, before = head[stop - 1], set(head[:stop])
    variable = stop == len(head) or head[stop] != "("
    own = unnamed or "static" in before or (variable and {"const", "constexpr"} & before) or name == "main"
    return [name] if own and name != "static_assert" else []


class Tree:
    def __init__(self, root, includes):
        self.root, self.includes = pathlib.Path(root), [pathlib.Path(i) for i in includes]

    @functools.cache
    def source(self, path):
        return Source(path)

    @functools.cache
    def header(self, named, folder):
        for base in (folder, *self.includes):
            if (base / named).is_file():
                return (base / named).resolve()
        return None  # generated

    @functools.cache
    def headers(self, path):
        """The project's headers a file includes, through others too."""
        found, todo = set(), [path]
        while todo:
            at = todo.pop()
            for named in self.source(at).headers:
                h = self.header(named, at.parent)
                if h and h not in found:
                    found.add(h)
                    todo.append(h)
        return frozenset(found)

    def may_follow(self, first, second):
        """Whether `second` means the same behind `first`."""
        a, b = self.source(first), self.source(second)
        if a.opened != b.opened:
            return False
        own = {n for n, said in a.own.items() if said is None or b.own.get(n) != said}
        own |= {("", name) for _, name in own}
        return own.isdisjoint(b.mentions) and all(own.isdisjoint(self.source(h).mentions) for h in self.headers(second) - self.headers(first))

    def unused(self, path):
        """The names a file declares for itself and never mentions again."""
        source = self.source(path)
        once = {n for n, said in source.own.items() if said is None and n[1] != "main" and source.tokens.count(n[1]) == 1}
        return {name for _, name in once if not any(("", name) in self.source(h).mentions for h in self.headers(path))}

    def batches(self, files, size):
        """The files in batches of at most `size`, each in the first that takes it; one behind the other as they are given."""
        found = []
        for f in files:
            path = (self.root / f).resolve()
            for batch in sorted(found, key=lambda b: b[0][1].parent != path.parent):
                if len(batch) < size and all(self.may_follow(other, path) for _, other in batch):
                    batch.append((f, path))
                    break
            else:
                found.append([(f, path)])
        return [[f for f, _ in batch] for batch in found]


if __name__ == "__main__":
    size, root, includes, *files = sys.argv[1:]
    found = [b for b in Tree(root, includes.split(":")).batches(files, int(size)) if len(b) > 1]
    print(";".join(f"{n} {f}" for n, batch in enumerate(found) for f in batch), end="")
