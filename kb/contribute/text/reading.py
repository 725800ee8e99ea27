"""The text of a paper from a file: plain text, HTML or PDF.

The file came from the network, so it is taken for hostile. HTML and PDF are read by another process (`kb.contribute.text.worker`)
with bounds on size, pages, memory and time; nothing is written to disk.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal

from kb.errors import UsageError
from kb.records.tree import shown

Kind = Literal["text", "html", "pdf"]
MAX_BYTES: Final = 50 * 1024 * 1024
MAX_CHARACTERS: Final = 8_000_000
MAX_PAGES: Final = 1000
SECONDS: Final = 120
MEMORY: Final = 2 * 1024**3
_ENDINGS: Final[dict[str, Kind]] = {".txt": "text", ".md": "text", ".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf"}


@dataclass(frozen=True)
class PaperText:
    """A text, and where its lines stand in the file."""

    name: str
    """The file as the user named it."""
    kind: Kind
    text: str
    places: Sequence[int]
    """For each line of the text its page (PDF) or its line in the file (text, HTML), from 1."""

    @property
    def unit(self) -> Literal["page", "line"]:
        return "page" if self.kind == "pdf" else "line"


def read_paper(name: str, *, seconds: float = SECONDS) -> PaperText:
    """The text of a file. Raises UsageError for one that is missing, of another kind, too large, damaged, encrypted, or without text."""
    kind = _ENDINGS.get(Path(name).suffix.casefold())
    if kind is None:
        raise UsageError(f"{shown(name)}: the ending says neither text (.txt, .md) nor HTML (.html, .htm, .xhtml) nor PDF (.pdf)")
    raw = _bytes(name)
    if (kind == "pdf") != raw[:1024].lstrip().startswith(b"%PDF-"):
        raise UsageError(f"{shown(name)}: {'this is no PDF' if kind == 'pdf' else 'this is a PDF: give it the ending .pdf'}")
    if kind == "text":
        text = _decoded(raw)
        places: Sequence[int] = range(1, text.count("\n") + 2)
    else:
        text, places = _in_other_process(name, kind, raw, seconds)
    if len(text) > MAX_CHARACTERS:
        raise UsageError(f"{shown(name)}: the text has more than {MAX_CHARACTERS:,} characters; give the paper alone")
    if not text.strip():
        hint = "; the pages are probably images: give the text as .txt" if kind == "pdf" else ""
        raise UsageError(f"{shown(name)}: there is no text in it{hint}")
    return PaperText(name, kind, text, places)


def _bytes(name: str) -> bytes:
    try:
        handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(f"{shown(name)}: no regular file")
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown(name)}: {getattr(error, 'strerror', None) or error}") from None
    if len(raw) > MAX_BYTES:
        raise UsageError(f"{shown(name)}: larger than {MAX_BYTES // 1024**2} MB; give the paper without its supplements")
    return raw


def _decoded(raw: bytes) -> str:
    """UTF-8, or UTF-16 with its mark; what fits neither is read as Windows-1252, in which digits and most signs are right."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", "replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _in_other_process(name: str, kind: Kind, raw: bytes, seconds: float) -> tuple[str, list[int]]:
    if kind == "pdf" and find_spec("pypdf") is None:
        raise UsageError("reading PDFs needs pypdf: install the project with its extra `contribute`, or give the text as .txt")
    limits = json.dumps({"kind": kind, "pages": MAX_PAGES, "characters": MAX_CHARACTERS, "memory": MEMORY, "seconds": int(seconds) + 1})
    command = [sys.executable, "-P", "-m", "kb.contribute.text.worker", limits]
    home = str(Path(__file__).resolve().parents[3])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))}
    given = raw if kind == "pdf" else _decoded(raw).encode("utf-8", "replace")
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=seconds, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise UsageError(f"{shown(name)}: not read within {seconds:g} seconds; give the text as .txt") from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise UsageError(f"{shown(name)}: reading it failed (out of memory or time); give the text as .txt") from None
    if "error" in answer:
        raise UsageError(f"{shown(name)}: {answer['error']}")
    return answer["text"], answer["places"]
