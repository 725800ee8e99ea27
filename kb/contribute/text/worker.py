"""The process that reads one HTML or PDF file: bytes in, one JSON object out (`text` and `places`, or `error`).

It bounds its own memory and processor time where the system can; its parent bounds the clock.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
from typing import Any


def read_pdf(raw: bytes, pages: int, characters: int) -> dict[str, Any]:
    """Text and the page of each line, or what is wrong."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, WrongPasswordError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(raw))
        # Many papers are encrypted with an empty password for readers; pypdf tries that by itself where it can.
        if reader.is_encrypted and not reader.decrypt(""):
            return {"error": "the PDF is encrypted; save a copy without a password, or give the text as .txt"}
        if len(reader.pages) > pages:
            return {"error": f"the PDF has {len(reader.pages)} pages, more than {pages}; give the paper alone"}
        lines: list[str] = []
        places: list[int] = []
        size = 0
        for number, page in enumerate(reader.pages, 1):
            found = page.extract_text().replace("\r\n", "\n").replace("\r", "\n").split("\n")
            size += sum(map(len, found)) + len(found)
            if size > characters:
                return {"error": f"the text has more than {characters:,} characters; give the paper alone"}
            lines += found
            places += [number] * len(found)
    except (MemoryError, LimitReachedError):
        return {"error": "the PDF takes too much memory to read; give the text as .txt"}
    except Exception as error:  # a damaged file makes the library raise anything
        if isinstance(error, (DependencyError, FileNotDecryptedError, WrongPasswordError)):
            return {"error": "the PDF is encrypted; save a copy without a password, or give the text as .txt"}
        return {"error": f"the PDF is damaged ({type(error).__name__}); save it anew, or give the text as .txt"}
    return {"text": "\n".join(lines), "places": places}


def read_html(raw: bytes, characters: int) -> dict[str, Any]:
    """Text and the line in the file of each line, or what is wrong."""
    from kb.contribute.text.html import extracted

    text, places = extracted(raw.decode("utf-8"))
    if len(text) > characters:
        return {"error": f"the text has more than {characters:,} characters; give the paper alone"}
    return {"text": text, "places": places}


def _bound(memory: int, seconds: int) -> None:
    """Where the system has limits, they hold for this process alone."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(limits: str) -> None:
    bounds = json.loads(limits)
    raw = sys.stdin.buffer.read()
    _bound(bounds["memory"], bounds["seconds"])
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no part of the answer
    try:
        answer = read_pdf(raw, bounds["pages"], bounds["characters"]) if bounds["kind"] == "pdf" else read_html(raw, bounds["characters"])
    except (MemoryError, RecursionError):
        answer = {"error": "the file takes too much memory to read; give the text as .txt"}
    with os.fdopen(out, "wb") as file:
        file.write(json.dumps(answer).encode("ascii"))


if __name__ == "__main__":
    main(sys.argv[1])
