"""Problems of files as such: what has no place in a folder of records, and the line that editors need."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from kb.records.diagnostic import Diagnostic, Place
from kb.records.tree import MAX_BYTES, File, Tree
from kb.records.wording import quoted

_SCHEMA_LINE = re.compile(r"# yaml-language-server: \$schema=\S*?(?P<kind>[a-z]+)\.schema\.json *\r?")
_NAME = "a name of lower-case words joined by hyphens that ends in .yaml"


def misplaced(tree: Tree) -> Iterator[Diagnostic]:
    """What is wrong with files before they are read."""
    same: dict[str, list[str]] = defaultdict(list)
    for file in tree.files:
        same[unicodedata.normalize("NFC", file.file).casefold()].append(file.file)
    for file in tree.files:
        place = Place(file.file)
        twins = [other for other in same[unicodedata.normalize("NFC", file.file).casefold()] if other != file.file]
        if twins and file.file != min((file.file, *twins)):
            yield Diagnostic(
                place, "KB021", f"differs from {min(twins)} only in case or Unicode form", "names that differ on every system", "rename one of the two"
            )
        if file.state == "symlink":
            yield Diagnostic(place, "KB002", "is a symbolic link", "a file or folder of its own", "replace the link by what it points to, if that is a record")
        elif file.state == "unreadable":
            yield Diagnostic(place, "KB001", f"cannot be read: {file.detail}", "a regular file that may be read", "correct its permissions, or remove it")
        elif file.state == "too-large":
            yield Diagnostic(
                place, "KB003", f"is larger than {MAX_BYTES // 1024} kB", "a record of a few kB", "split it, or move data elsewhere and link to them"
            )
        elif file.state == "folder":
            yield Diagnostic(place, "KB023", "is a folder", "record files side by side: their names are their ids", "move its records up, and remove it")
        elif file.state == "stray":
            yield Diagnostic(place, "KB022", "is no record file, and nothing reads it", _expected_name(file), _renamed(file))


def schema_line(file: File, text: str) -> Diagnostic | None:
    """The problem of a YAML record whose first line does not tell editors its schema."""
    first = text.partition("\n")[0]
    match = _SCHEMA_LINE.fullmatch(first)
    if match is not None and match["kind"] == file.kind:
        return None
    line = expected_schema_line(file.file, file.kind)
    said = "names the schema of another record type" if match else "does not name the record's schema"
    return Diagnostic(
        Place(file.file), "KB018", f"the first line {said}", line, "let that be the first line: editors complete and check fields by it", file.stem
    )


def expected_schema_line(file: str, kind: str, present: str = "") -> str:
    """The first line of a YAML record, so that an editor finds its schema; one that names a schema on the web (a `present` line) stays."""
    match = _SCHEMA_LINE.fullmatch(present)
    if match is not None and match["kind"] == kind and "://" in present:
        return present
    return f"# yaml-language-server: $schema={'../' * file.count('/')}schemas/json/{kind}.schema.json"


def _expected_name(file: File) -> str:
    return f"{_NAME} or .json" if file.kind == "result" else _NAME


def _renamed(file: File) -> str:
    stem, _, extension = file.name.rpartition(".")
    folded = unicodedata.normalize("NFKD", stem or file.name).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", folded))
    if slug and extension.lower() in ("yaml", "yml", *(["json"] if file.kind == "result" else [])):
        name = f"{slug}.{'json' if extension.lower() == 'json' else 'yaml'}"
        return f"rename it to {quoted(name)}"
    return "move it out of the folder, or delete it"
