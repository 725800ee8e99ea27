"""`kb gen`: every file of the repository that is generated from code, in one go."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

from kb.errors import UsageError

# Makers of generated files: each yields (path below the repository, text).
MAKERS: list[Callable[[], Iterator[tuple[str, str]]]] = []


def maker(make: Callable[[], Iterator[tuple[str, str]]]) -> Callable[[], Iterator[tuple[str, str]]]:
    """Register a maker of generated files."""
    MAKERS.append(make)
    return make


# Console scripts of the repository. Each has a module `cli` with `parser_for(command)`; it is named here and imported only by `kb gen`,
# since kb knows nothing of verify, and the parsers of verify load no model library.
PROGRAMS = ("kb", "verify")
REPOSITORY = Path(__file__).resolve().parents[2]


@maker
def cli_reference() -> Iterator[tuple[str, str]]:
    """The command reference: the help of every command of every program, as it is printed."""
    from unittest.mock import patch

    parts = ["# Commands", "", "This page is the captured help of every command; `kb gen` writes it.", ""]
    with patch.dict("os.environ", COLUMNS="100"):  # argparse wraps to the terminal's width
        for program in PROGRAMS:
            overview, commands = _parsers(program)
            parts += [f"## {program}", "", "```text", overview.format_help().rstrip(), "```", ""]
            for name, parser in commands.items():
                parts += [f"### {program} {name}", "", "```text", parser.format_help().rstrip(), "```", ""]
    yield "docs/cli.md", "\n".join(parts)


def _parsers(program: str) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser of a program, and that of each of its commands. Raises UsageError where the program's own libraries are missing."""

    def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
        return dict(next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction)).choices)

    try:
        parser_for = importlib.import_module(f"{program}.cli").parser_for
        overview = parser_for()
        return overview, {name: commands(parser_for(name))[name] for name in commands(overview)}
    except ModuleNotFoundError as error:
        raise UsageError(f"the help of `{program}` can't be captured without {error.name}; install the project with its extra `dev`") from error


@maker
def json_schemas() -> Iterator[tuple[str, str]]:
    """The JSON Schema of every record type."""
    from schemas.jsonschema import schema_files

    yield from ((f"schemas/json/{name}", text) for name, text in schema_files().items())


@maker
def record_templates() -> Iterator[tuple[str, str]]:
    """The templates that `kb new` fills, for whoever copies by hand."""
    from kb.contribute.scaffold import KINDS, template

    yield from ((f"docs/templates/{kind}.yaml", template(kind)) for kind in KINDS)


@maker
def exports() -> Iterator[tuple[str, str]]:
    """The page on the formats of `kb export`."""
    from kb.export.docs import page

    yield "docs/exports.md", page()


@maker
def site_settings() -> Iterator[tuple[str, str]]:
    """The site tool's settings: the template of `kb init`, with what this repository has besides."""
    from kb.records.config import parse_config
    from kb.site.build import guide_pages
    from kb.start.content import GUIDE, site_settings

    config = parse_config((REPOSITORY / "kb.yaml").read_bytes())
    headings = {name: text.partition("\n")[0].removeprefix("# ") for name, text in guide_pages(REPOSITORY).items()}
    own = [path.stem.removeprefix("guide-") for path in sorted((REPOSITORY / "docs").glob("guide-*.md"))]
    guide = [*GUIDE, *((headings[name], f"guide/{name}.md") for name in ("verdicts", *own, "exports"))]
    notes = ["Written by `kb gen` from kb/start/templates/mkdocs.yml.jinja, which `kb init` fills for others."]
    yield (
        "mkdocs.yml",
        site_settings(config, theme="kb/site/theme", guide=guide, copyright="Content CC BY 4.0, code MIT", notes=notes, reruns=True, models=True),
    )


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name the files that differ")


def run(args: argparse.Namespace) -> int:
    from kb.records import find_root

    root = find_root(Path(args.root or "."))
    if root != REPOSITORY:
        raise UsageError(f"{root} is not the repository of this kb, and its files are its own; `kb schema -o schemas/json` renews its JSON Schemas")
    differing = 0
    for name, text in (file for make in MAKERS for file in make()):
        path = root / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        differing += 1
        if args.check:
            print(f"{name} differs from what the code generates; run `kb gen`")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if args.check and differing else 0
