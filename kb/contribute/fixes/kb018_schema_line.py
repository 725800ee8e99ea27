"""KB018: the first line that names the schema."""

from __future__ import annotations

import re

from kb.contribute.fixes.registry import Case, fixer
from kb.records.misplaced import expected_schema_line

_NAMES_A_SCHEMA = re.compile(r"#\s*yaml-language-server:.*")


@fixer("KB018", does="Writes the schema line, in the place of a wrong one or above the first line.")
def schema_line(case: Case) -> str:
    first, end, rest = case.text.partition("\n")
    line = expected_schema_line(case.file.file, case.file.kind)
    if _NAMES_A_SCHEMA.fullmatch(first.rstrip("\r")):
        return line + ("\r" if first.endswith("\r") else "") + end + rest
    return line + ("\r\n" if first.endswith("\r") else "\n") + case.text
