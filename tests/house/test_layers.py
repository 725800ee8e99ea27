"""Each floor imports only what lies below it, and the command answers without loading much."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Package to the packages of ours that it may import besides itself.
BELOW: dict[str, set[str]] = {
    "schemas": set(),
    "kb.numbers": {"schemas"},
    "kb.records": {"schemas", "kb.numbers"},
    "verify": {"schemas"},
    "kb.checks": {"schemas", "kb.numbers", "kb.records"},
    "kb.evidence": {"schemas", "kb.numbers", "kb.records", "kb.checks"},
    "kb.contribute": {"schemas", "kb.numbers", "kb.records", "kb.checks", "kb.evidence"},
    "kb.forms": {"schemas", "kb.numbers", "kb.records", "kb.checks", "kb.evidence"},
    "kb.site": {"schemas", "kb.numbers", "kb.records", "kb.checks", "kb.evidence", "kb.forms"},
    "kb.start": {"schemas", "kb.numbers", "kb.records", "kb.checks", "kb.evidence", "kb.contribute", "kb.forms", "kb.site"},
    "kb.export": {"schemas", "kb.numbers", "kb.records", "kb.checks", "kb.evidence", "kb.forms"},
}
NEVER_IN_KB = {"torch", "transformers", "mkdocs", "verify"}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            name = ".".join(part for part in (base, node.module or "") if part)
            yield node.lineno, name
            # `from kb import records` imports a package, too.
            yield from ((node.lineno, f"{name}.{alias.name}") for alias in node.names if name in {"kb", "verify", "schemas"})


def owner(module: str) -> str | None:
    return next((package for package in sorted(BELOW, key=len, reverse=True) if module == package or module.startswith(package + ".")), None)


@pytest.mark.parametrize("package", sorted(BELOW))
def test_floors(package: str) -> None:
    files = sorted((ROOT / package.replace(".", "/")).rglob("*.py"))
    assert files
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in files
        for line, module in imports(path)
        if (owner(module) not in {None, package} | BELOW[package]) or module.startswith("kb.commands") or module == "kb.cli"
    ]
    assert not wrong


def test_kb_never_loads_what_it_must_not() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sorted((ROOT / "kb").rglob("*.py"))
        for line, module in imports(path)
        if module.split(".")[0] in NEVER_IN_KB
    ]
    assert not wrong


@pytest.mark.parametrize("statement", ["import kb", "import kb.cli; kb.cli.parser_for()", "import verify.cli"])
def test_start_is_light(statement: str) -> None:
    code = f"import sys; {statement}; print(sorted({{'torch', 'mkdocs', 'pydantic', 'networkx', 'yaml', 'jinja2', 'rapidfuzz'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_no_module_is_long() -> None:
    long = [
        (path.relative_to(ROOT).as_posix(), n)
        for folder in ("kb", "schemas", "verify")
        for path in (ROOT / folder).rglob("*.py")
        if (n := len(path.read_text(encoding="utf-8").splitlines())) > 350
    ]
    assert not long
