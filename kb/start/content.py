"""The files of a new knowledge base, and the settings of the site, which the engine's own repository shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined

from kb.contribute.emit import block
from kb.forms.markdown import text
from kb.records.config import Config, parse_config
from kb.records.settings import FILE
from schemas.jsonschema import schema_files

THEME: Final = "theme"
GUIDE: Final = (("How to read this", "guide/reading.md"),)
"""Pages of the engine in the navigation of every site: label and page."""

_HOLDS: Final = {
    "source": ("Sources", "The bibliography: one work per file, with who compared which of its figures with what."),
    "finding": ("Findings", "One finding per file: its claims with their figures as printed, each with unit and place, and how it bears on concepts."),
    "concept": ("Concepts", "One concept per file, with the axes on which examples differ and the shapes that it tracks."),
    "belief": ("Beliefs", "One belief per file: who holds it with which credence, the evidence, and what would change it."),
    "question": ("Questions", "One per file: guiding questions, open questions, research ideas, behaviours to reproduce."),
    "result": ("Results", "Records of reruns, in JSON or YAML, written by the program that made them and never by hand."),
}


def contents(config: Config) -> dict[str, bytes]:
    """The files of a new knowledge base by path, in the order in which they are to be written; the last makes it one.

    Raises AssertionError where kb.yaml would not read back as it was meant.
    """
    named = {name: block(name, value).rstrip("\n") for name, value in _named(config).items()}
    values: dict[str, Any] = {"config": config, "named": named, "title": text(config.title), "tagline": text(config.tagline), "holds": _HOLDS}
    made = {
        "README.md": _filled("README.md", values),
        "CONTRIBUTING.md": _filled("CONTRIBUTING.md", values),
        ".gitignore": _filled("gitignore", values),
        "mkdocs.yml": site_settings(config, theme=THEME, guide=GUIDE),
    }
    made |= {f"{config.folders[kind]}/README.md": f"# {name}\n\n{what}\n" for kind, (name, what) in _HOLDS.items()}
    made |= {f"schemas/json/{name}": schema for name, schema in schema_files().items()}
    made |= {f"{THEME}/{path.name}": path.read_text(encoding="utf-8") for path in sorted(files("kb.site").joinpath("theme").iterdir(), key=lambda p: p.name)}
    made[FILE] = _filled(FILE, values)
    raw = {name: content.encode() for name, content in made.items()}
    if parse_config(raw[FILE]).model_dump(exclude={"vocabularies"}) != config.model_dump(exclude={"vocabularies"}):
        raise AssertionError(f"{FILE} does not read back as it was written")
    return raw


def site_settings(
    config: Config, *, theme: str, guide: Sequence[tuple[str, str]], copyright: str = "", notes: Sequence[str] = (), reruns: bool = False, models: bool = False
) -> str:
    """The mkdocs.yml of a knowledge base.

    `theme` is the folder of the theme's overrides; `guide` names the pages of the guide that the navigation lists, by label and page, besides
    CONTRIBUTING.md; `notes` are comments at the top. The pages of reruns and of models always exist; the navigation lists them where `reruns`, `models`.
    """
    return _filled(
        "mkdocs.yml",
        {
            "name": block("site_name", config.title).rstrip("\n"),
            "description": block("site_description", config.tagline or config.title).rstrip("\n"),
            "copyright": block("copyright", copyright).rstrip("\n") if copyright else "",
            "guide": [block(label, page).rstrip("\n") for label, page in guide],
            "theme": theme,
            "notes": notes,
            "reruns": reruns,
            "models": models,
        },
    )


def _named(config: Config) -> Mapping[str, str]:
    """The fields of kb.yaml that were given, in order."""
    fields = {name: getattr(config, name) for name in ("title", "tagline", "url", "repository", "license")}
    return {name: value for name, value in fields.items() if value}


def _filled(name: str, values: Mapping[str, Any]) -> str:
    """A template of this package with its values, which are YAML or Markdown already."""
    env = Environment(
        loader=FunctionLoader(lambda name: (files("kb.start") / "templates" / f"{name}.jinja").read_text(encoding="utf-8")),
        autoescape=False,  # the files are YAML and Markdown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return env.get_template(name).render(values)
