"""Small git repositories for tests: knowledge bases of `kbmaker`, committed state by state."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import kbmaker

ENV = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_AUTHOR_DATE": "2026-01-10T12:00:00Z",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_COMMITTER_DATE": "2026-01-10T12:00:00Z",
}


class Repo:
    """A repository with a knowledge base in one of its folders. The same states give the same hashes."""

    def __init__(self, top: Path, folder: str = "") -> None:
        self.top = top
        self.root = top / folder if folder else top
        self.root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | ENV
        done = subprocess.run(["git", *words], cwd=self.top, env=environment, check=True, capture_output=True)
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def lay(self, overrides: kbmaker.Overrides | None = None, raw: Mapping[str, str] | None = None) -> None:
        """Let the work tree's knowledge base be this one."""
        for path in self.root.iterdir():
            if path.name != ".git":
                (shutil.rmtree if path.is_dir() and not path.is_symlink() else Path.unlink)(path)
        kbmaker.write(self.root, overrides, raw)

    def commit(self, overrides: kbmaker.Overrides | None = None, raw: Mapping[str, str] | None = None) -> str:
        """Lay it and commit it; returns the hash."""
        self.lay(overrides, raw)
        return self.keep()

    def keep(self, message: str = "a state") -> str:
        """Commit the work tree as it lies; returns the hash."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")
