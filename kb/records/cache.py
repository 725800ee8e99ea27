"""What earlier runs worked out, kept outside the knowledge base and never trusted more than a fresh reading.

Two things are kept: the plain data of each record file, under the SHA-256 of its content, so that unchanged files
are not parsed again; and the whole list of diagnostics of a tree, under the fingerprint of everything it depends on.

Contents are hashed, not modification times and sizes: git sets times as it likes, an edit within a clock tick that
keeps the size would go unseen, and hashing 10,000 files costs less than a fifth of a second.

Why a cached value may be believed. Each file carries an HMAC-SHA256 under a random key that is created once per
user, readable by nobody else, and kept apart from the cache (so a cache that comes with a pull request, or from
another machine, is no cache). The HMAC covers the file's purpose and the hash of this program, its libraries'
versions and Python's, so a truncated, damaged, renamed, edited or outdated file is as good as none. The format is
JSON: reading it runs nothing. Data of records is validated by the models again each time it is read.
Files are replaced atomically; of two runs that write at once the later one wins, and both files were whole.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence

from kb.records.diagnostic import Diagnostic, Place
from kb.records.store import Store, code_hash
from kb.records.tree import Tree

_KEPT = 16


def fingerprint(tree: Tree, *, today: dt.date, options: Iterable[str] = ()) -> str:
    """A hash of everything that the diagnostics of a tree depend on, as 64 hex digits.

    That is: kb.yaml, the name, kind and content of every entry of the record folders, the program, its libraries'
    versions, `today`, and `options`: whatever else the caller's answer depends on (--select, --ignore, the
    content of a text given with --text), in an order that the caller fixes.
    """
    hasher = hashlib.sha256(code_hash().encode())
    parts = [today.isoformat(), hashlib.sha256(tree.config).hexdigest(), "options", *options, "files"]
    digests = tree.digests
    for file in tree.files:
        parts += (file.kind, file.file, file.state, file.detail, digests.get(file.file, ""))
    # Each part is preceded by its length, so that no two lists of parts give the same bytes.
    hasher.update(b"".join(b"%d:%s" % (len(part), part) for part in (text.encode("utf-8", "surrogatepass") for text in parts)))
    return hasher.hexdigest()


def load_diagnostics(tree: Tree, key: str) -> list[Diagnostic] | None:
    """The diagnostics stored under a fingerprint, in their order; None when there are none that can be believed."""
    payload = Store.of(tree.root).read(f"diagnostics-{key}")
    if payload is None:
        return None
    try:
        return [Diagnostic(Place(*place), *rest) for place, *rest in json.loads(payload)]
    except (ValueError, TypeError):
        return None


def store_diagnostics(tree: Tree, key: str, diagnostics: Sequence[Diagnostic]) -> None:
    """Keep the diagnostics of a tree under its fingerprint. Where nothing can be written, nothing is kept."""
    store = Store.of(tree.root)
    rows = [[[d.place.file, d.place.line, d.place.column], d.code, d.message, d.expected, d.fix, d.record, d.severity, d.fixable] for d in diagnostics]
    store.write(f"diagnostics-{key}", json.dumps(rows).encode())
    store.prune("diagnostics-", _KEPT)
