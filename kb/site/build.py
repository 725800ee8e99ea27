"""From a knowledge base to the files of the docs folder."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import kb.site.pages  # noqa: F401 - registers the kinds of page
from kb.errors import UsageError
from kb.evidence.state import State
from kb.forms import twins
from kb.forms.bibtex import bibliography
from kb.records import Corpus
from kb.site.environment import context, environment
from kb.site.feed import feed
from kb.site.model import Site
from kb.site.page import Page, makers, markdown
from kb.site.redirects import redirects
from kb.site.write import write

ASSETS = Path(__file__).parent / "assets"
GUIDE = Path(__file__).parent / "guide"
"""Pages about the engine that pages of every knowledge base link to; one of the same name in its docs/ takes their place."""


_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\((?!https?://|#|mailto:)([^)\s]+)\)")


def guide_pages(root: Path) -> dict[str, str]:
    """Pages written by hand, by the name of their page: the engine's own, docs/*.md and CONTRIBUTING.md.

    They link to files of the repository, most of which are no pages: such links become their words.
    """
    links = [path for path in (*sorted((root / "docs").glob("*.md")), root / "docs", root / "CONTRIBUTING.md") if path.is_symlink()]
    if links:
        # What a link points to may be anything on this machine, and the site is public.
        raise UsageError(f"{links[0]} is a symbolic link: replace it by what it points to, if that is a page")
    paths = {path.stem: path for path in sorted(GUIDE.glob("*.md"))}
    paths |= {path.stem.removeprefix("guide-"): path for path in sorted((root / "docs").glob("*.md"))}
    if (root / "CONTRIBUTING.md").is_file():
        paths["contributing"] = root / "CONTRIBUTING.md"

    def relink(match: re.Match[str]) -> str:
        target = Path(match[2].partition("#")[0]).stem.removeprefix("guide-").lower()
        return f"[{match[1]}]({target}.md)" if target in paths else match[1]

    return {name: _LINK.sub(relink, _text(path)) for name, path in sorted(paths.items())}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start + 1}): save it as UTF-8") from None


def _pages(site: Site) -> dict[str, Page]:
    found: dict[str, Page] = {}
    for maker in makers.values():
        for page in maker(site):
            if page.path in found:
                raise ValueError(f"two pages want to be {page.path}")
            found[page.path] = page
    return found


def _records(site: Site) -> str:
    """Ids, kinds, titles and addresses, for whoever wants to link into the site."""
    rows = [{"id": e.record.id, "kind": e.kind, "title": e.record.label, "address": site.address(e.record.id)} for e in site.corpus]
    # A page may have the list within a script element, which `</script>` in a title would end.
    return json.dumps(rows, ensure_ascii=False, indent=0).replace("<", "\\u003c") + "\n"


def files(corpus: Corpus, state: State, guide: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """Every file of the docs folder by name. The same records give the same bytes."""
    site = Site(corpus, state, dict(guide or {}))
    env, shared = environment(), context(site)
    made: dict[str, str] = {}
    for path, page in _pages(site).items():
        body = env.get_template(page.template).render({**shared, **page.values, "page": page})
        made[path] = markdown(page, body)
    made["bibliography.bib"] = bibliography(site.bibtex)
    made["feed.xml"] = feed(site)
    made["data/records.json"] = _records(site)
    made |= redirects(site, taken=set(made))
    made |= twins.files(state) | {f"guide/{name}.md.txt": text for name, text in site.guide.items()}
    contents = {name: text.encode("utf-8") for name, text in made.items()}
    for asset in sorted(ASSETS.iterdir()):
        # a .md file would become a page; the licences travel with what they license
        contents[f"assets/{asset.name.replace('.md', '.txt')}"] = asset.read_bytes()
    return contents


def build(corpus: Corpus, state: State, out: Path, root: Path | None = None) -> list[str]:
    """Write the wiki's Markdown, data and assets into `out`; returns the names of the files that changed, sorted.

    `root` is the knowledge base's folder, for the pages written by hand. Raises NotOurFolderError when `out` holds files that no build wrote.
    """
    return write(out, files(corpus, state, guide_pages(root) if root else None))
