"""Reading a git repository and nothing else: commits, the names in their trees, and blobs.

The git executable is called with fixed arguments; a revision reaches it only behind `--end-of-options`, a path or an object only through standard
input or as a hash that git gave. None of the calls runs a hook, a filter, a text conversion, an external diff, a pager or a transport, refreshes the index or
takes a lock: `rev-parse`, `for-each-ref`, `merge-base`, `ls-tree` and `cat-file` read objects as they are stored.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from kb.errors import UsageError
from kb.records.wording import either, quoted

# No fetching of missing objects, no helper that watches the files, no hooks: whatever the repository's own settings say.
_SETTINGS: Final = ("--no-pager", "--no-replace-objects", "-c", "protocol.allow=never", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
# Of git's variables only those that bound the search for the repository and name the user's own settings (for `safe.directory`).
_KEPT: Final = frozenset({"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"})
_HASH: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
# What cat-file says before a content; "missing" and "ambiguous" stand instead of one.
_HEAD: Final = re.compile(rb"[0-9a-f]{40,64} ([a-z]+) ([0-9]+)")
_SECONDS: Final = 120
SYMLINK: Final = "120000"
SUBMODULE: Final = "160000"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One name in the tree of a commit."""

    mode: str
    """Six digits: 040000 a folder, 100644 or 100755 a file, 120000 a symbolic link, 160000 a submodule."""
    object: str
    size: int
    """Bytes of a file; 0 for the others."""


@dataclass(frozen=True)
class Repository:
    """A git repository, seen from a folder of its work tree or from a bare repository."""

    folder: Path
    git: str
    """Path of the executable."""

    @classmethod
    def at(cls, folder: Path) -> Repository:
        """The repository that `folder` lies in. Raises UsageError where git is missing, `folder` is in no repository, or git refuses it."""
        git = shutil.which("git")
        if git is None:
            raise UsageError("git was not found; install it, or put it on the PATH")
        found = cls(folder, git)
        done = found._run("rev-parse", "--git-dir")
        if done.returncode:
            said = _said(done.stderr)
            if "not a git repository" in said:
                raise UsageError(f"{folder} is in no git repository, and a change is what git knows of")
            raise UsageError(f"git can't read the repository of {folder}: {said}")
        return found

    @cached_property
    def bare(self) -> bool:
        """Whether there is no work tree."""
        return self._line("rev-parse", "--is-bare-repository") == b"true"

    @cached_property
    def top(self) -> Path | None:
        """The work tree's folder; None in a bare repository."""
        return None if self.bare else Path(os.fsdecode(self._line("rev-parse", "--show-toplevel"))).resolve()

    @cached_property
    def prefix(self) -> str:
        """From the work tree's top to the folder, empty or ending in a slash."""
        return "" if self.bare else os.fsdecode(self._line("rev-parse", "--show-prefix"))

    @cached_property
    def shallow(self) -> bool:
        return self._line("rev-parse", "--is-shallow-repository") == b"true"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Short names of branches and tags, sorted."""
        done = self._run("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
        return tuple(sorted(done.stdout.decode("utf-8", "backslashreplace").split()))

    def commit(self, revision: str) -> str:
        """The hash of the commit that a revision names. Raises UsageError, with near names, for what names none or several."""
        if not revision or revision.startswith("-") or not revision.isprintable() or ":" in revision or len(revision) > 300:
            raise UsageError(f"{quoted(revision)} is no name of a commit; expected a branch, a tag or a hash")
        if ".." in revision:
            raise UsageError(f"{quoted(revision)} is a range; give its ends as two words: kb diff BASE HEAD")
        done = self._run("rev-parse", "--verify", "--end-of-options", revision + "^{commit}")
        said = _said(done.stderr)
        if "is ambiguous" in said:
            raise UsageError(f"{quoted(revision)} is ambiguous; write more digits of the hash, or refs/heads/… or refs/tags/… for a branch or a tag")
        found = done.stdout.decode("ascii", "replace").strip()
        if done.returncode or not _HASH.fullmatch(found):
            raise UsageError(self._unknown(revision))
        return found

    def merge_base(self, one: str, other: str) -> str:
        """The best common ancestor of two commits (the first that git names, where there are several). Raises UsageError where there is none."""
        done = self._run("merge-base", one, other)
        found = done.stdout.decode("ascii", "replace").split()
        if found:
            return found[0]
        if self.shallow:
            raise UsageError(f"the clone is shallow and lacks the merge base; {_DEEPEN}")
        raise UsageError("the two revisions have no common ancestor; --exact compares them directly")

    def entries(self, commit: str) -> Mapping[str, TreeEntry]:
        """Every file and folder of a commit below the prefix: path, relative to the prefix and as Python decodes file names, to entry."""
        scope = [f"{commit}:{self.prefix.rstrip('/')}"] if self.prefix else [commit]
        done = self._run("ls-tree", "-r", "-t", "-l", "-z", "--full-tree", *scope)
        if done.returncode:
            if self.prefix and self._run("cat-file", "-e", f"{commit}^{{tree}}").returncode == 0:
                return {}  # the folder is not there yet
            raise UsageError(f"git can't list {commit[:12]}: {_said(done.stderr)}" + (f"; {_DEEPEN}" if self.shallow else ""))
        found: dict[str, TreeEntry] = {}
        for line in done.stdout.split(b"\0"):
            head, tab, path = line.partition(b"\t")
            if tab:
                mode, _, name, size = head.decode("ascii").split()
                found[os.fsdecode(path)] = TreeEntry(mode, name, int(size) if size.isdigit() else 0)
        return found

    def blobs(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Hash to content, in one call. Raises UsageError where an object is missing, as in a partial clone."""
        wanted = list(dict.fromkeys(names))
        found = dict(zip(wanted, self._batch(wanted), strict=True))
        for name, raw in found.items():
            if raw is None:
                raise UsageError(f"the object {name[:12]} is not in the clone; fetch it, in a partial clone with `git fetch --refetch`")
        return {name: raw for name, raw in found.items() if raw is not None}

    def files(self, commit: str, paths: Iterable[str]) -> Mapping[str, bytes | None]:
        """Path from the top of the repository to the file's content in a commit; None where there is no such file."""
        wanted = list(dict.fromkeys(paths))
        # A name with a line end would be two questions.
        asked = [path for path in wanted if "\n" not in path]
        found = dict(zip(asked, self._batch([f"{commit}:{path}" for path in asked]), strict=True))
        return {path: found.get(path) for path in wanted}

    def _batch(self, objects: Sequence[str]) -> Iterator[bytes | None]:
        """The content of each object, None for what is no blob or not there."""
        raw = self._run("cat-file", "--batch", "--buffer", given=b"".join(os.fsencode(name) + b"\n" for name in objects)).stdout if objects else b""
        at = 0
        for _ in objects:
            end = raw.find(b"\n", at)
            if end < 0:
                raise UsageError(f"git broke off while it read the repository of {self.folder}")
            kind, size = (found[1], int(found[2])) if (found := _HEAD.fullmatch(raw[at:end])) else (b"", -1)
            yield raw[end + 1 : end + 1 + size] if kind == b"blob" else None
            at = end + 1 if size < 0 else end + 2 + size

    def _unknown(self, revision: str) -> str:
        from kb.records.similarity import suggest

        if not self.names and self._run("rev-parse", "--verify", "HEAD").returncode:
            return "the repository has no commit yet, so there is nothing to compare with"
        same = [name for name in self.names if name.rpartition("/")[2] == revision]
        near = list(dict.fromkeys([*same, *suggest(revision, self.names)]))[:3]
        hint = f"; did you mean {either(near)}?" if near else ""
        return f"no commit is called {quoted(revision)}{hint}" + (f"; the clone is shallow: {_DEEPEN}" if self.shallow else "")

    def _line(self, *words: str) -> bytes:
        done = self._run(*words)
        if done.returncode:
            raise UsageError(f"git can't read the repository of {self.folder}: {_said(done.stderr)}")
        return done.stdout.removesuffix(b"\n")

    def _run(self, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key in _KEPT}
        environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
        try:
            return subprocess.run(
                [self.git, *_SETTINGS, *words], cwd=self.folder, env=environment, input=given, capture_output=True, check=False, timeout=_SECONDS
            )
        except subprocess.TimeoutExpired:
            raise UsageError(f"git {words[0]} took more than {_SECONDS} seconds") from None
        except OSError as error:
            raise UsageError(f"git can't be run: {error.strerror or error}") from error


_DEEPEN: Final = "run `git fetch --unshallow`, or check out with fetch-depth: 0"


def _said(raw: bytes) -> str:
    """What git said, on one line without its prefix; a bounded one, since names of strangers stand in it."""
    lines = [line for line in raw.decode("utf-8", "backslashreplace").splitlines() if not line.startswith("hint:")]
    text = " ".join("".join(c if c.isprintable() else " " for c in " ".join(lines)).split())
    return text.removeprefix("fatal: ")[:300] or "git gave no reason"
