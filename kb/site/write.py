"""Put files into the docs folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kb.folder import NotOurFolderError as NotOurFolderError
from kb.folder import fill

MANIFEST = ".kb-built.json"


def write(out: Path, files: Mapping[str, bytes]) -> list[str]:
    """Make `out` hold exactly `files`. Returns the names of those written, sorted.

    Raises NotOurFolderError rather than remove anything that an earlier build did not write.
    """
    return fill(out, files, MANIFEST, "kb build")
