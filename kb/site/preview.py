"""A local preview: serve the built site, rebuild when a file changes, tell the browser. Used by `kb serve`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kb.site.policy import PAGE, policy

RELOAD = "/__kb/reload.js"
STATUS = "/__kb/status"
_SCRIPT = b"""(function () {
  var seen = null, note = null;
  function show(text) {
    if (!note) {
      note = document.createElement("pre");
      note.style.cssText = "position:fixed;inset:auto 0 0 0;z-index:99;margin:0;padding:1em;max-height:40vh;overflow:auto;" +
        "background:#7a1f17;color:#fff;font:13px/1.5 monospace;white-space:pre-wrap";
      document.body.appendChild(note);
    }
    note.textContent = text; note.hidden = !text;
  }
  function ask() {
    fetch("/__kb/status", {cache: "no-store"}).then(function (r) { return r.json(); }).then(function (s) {
      if (seen !== null && s.version !== seen) { location.reload(); return; }
      seen = s.version;
      if (s.error || note) { show(s.error); }
    }).catch(function () {}).then(function () { setTimeout(ask, 700); });
  }
  ask();
})();
"""
_TAG = f'<script src="{RELOAD}"></script></body>'.encode()


class Shown:
    """What the server shows now: a folder, a version that grows with each build, and the last error."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.folder: Path | None = None
        self.version = 0
        self.error = ""

    def succeed(self, folder: Path) -> None:
        with self.lock:
            self.folder, self.error = folder, ""
            self.version += 1

    def fail(self, error: str) -> None:
        with self.lock:
            self.error = error


class Handler(SimpleHTTPRequestHandler):
    """Static files of the folder shown now, with the reload script put into pages."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, shown: Shown, **options: Any) -> None:
        self.shown = shown
        super().__init__(*args, directory=str(shown.folder or os.devnull), **options)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not printed: the terminal is for builds and their errors."""

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        if kind.startswith("text/html") and self.shown.folder is not None and (self.shown.folder / PAGE).is_file():
            # What is previewed may be a stranger's: a page of it loads and runs no more than the public site's would.
            self.send_header("Content-Security-Policy", policy(self.shown.folder))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == RELOAD:
            return self._send(_SCRIPT, "text/javascript")
        if self.path == STATUS:
            with self.shown.lock:
                status = {"version": self.shown.version, "error": self.shown.error}
            return self._send(json.dumps(status).encode(), "application/json")
        if self.shown.folder is None:
            words = b"The wiki could not be built yet. The reason is shown below and in the terminal."
            if not self.shown.error:
                words = b"The wiki is being built. This page turns into it when that is done."
            page = b"<!doctype html><title>Not built yet</title><body><p>" + words + b"</p>"
            return self._send(page + _TAG, "text/html; charset=utf-8")
        # the folder may have changed since this connection was opened
        self.directory = str(self.shown.folder)
        path = Path(self.translate_path(self.path))
        page_file = path / "index.html" if path.is_dir() else path
        if page_file.suffix == ".html" and page_file.is_file() and (not path.is_dir() or self.path.partition("?")[0].endswith("/")):
            return self._send(page_file.read_bytes().replace(b"</body>", _TAG), "text/html; charset=utf-8")
        return super().do_GET()


def serve(shown: Shown, port: int) -> ThreadingHTTPServer:
    """A server on this machine only, not started yet. Raises OSError where the port is taken."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, shown=shown))


def fingerprint(paths: Iterable[Path]) -> dict[str, tuple[int, int]]:
    """Name to time and size of every file in some files and folders."""
    found: dict[str, tuple[int, int]] = {}
    for path in paths:
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            try:
                stat = file.stat()
            except OSError:
                continue
            if file.is_file() and "__pycache__" not in file.parts:
                found[str(file)] = (stat.st_mtime_ns, stat.st_size)
    return found


def mkdocs(root: Path, site: Path) -> str:
    """Build the site into `site`; returns what mkdocs complained of, or nothing."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--config-file", str(root / "mkdocs.yml"), "--site-dir", str(site)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=False)
    if done.returncode == 0:
        return ""
    if "No module named mkdocs" in done.stderr:
        return "mkdocs is not installed here: `make site` sets it up, or pip install '.[site]'"
    return (done.stderr or done.stdout).strip() or f"mkdocs ended with {done.returncode}"


def rebuild(shown: Shown, folders: tuple[Path, Path], make: Callable[[Path], str]) -> bool:
    """Build into the folder that is not shown, and show it when that worked. `make` returns an error or nothing."""
    into = folders[1] if shown.folder == folders[0] else folders[0]
    try:
        error = make(into)
    except Exception as problem:  # whatever a half-typed record does, the preview lives on
        error = f"{type(problem).__name__}: {problem}"
    if error:
        shown.fail(error)
        return False
    shown.succeed(into)
    return True
