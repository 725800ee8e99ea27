"""The built site as a whole: every link leads somewhere, nothing is loaded from elsewhere, the same records give the same bytes."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from kb.site.build import ASSETS

pytestmark = pytest.mark.site
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src", "embed": "src", "object": "data", "track": "src"}


class Reader(HTMLParser):
    """Links, anchors and whatever the browser loads by itself."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.headings = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.headings += tag == "h1"
        for name in ("id", "name"):
            if values.get(name):
                self.anchors.add(str(values[name]))
        if tag == "a" and values.get("href"):
            self.links.append(str(values["href"]))
        if tag == "link" and values.get("rel") not in ("canonical", "prev", "next", "alternate feed"):
            self.loads.append(values.get("href") or "")
        if tag in LOADS and values.get(LOADS[tag]):
            self.loads.append(str(values[LOADS[tag]]))
        self.loads += re.findall(r"url\(([^)]*)\)", values.get("style") or "")
        assert not any(name.startswith("on") for name in values), (tag, values)


@cache
def read(path: Path) -> Reader:
    return Reader(path)


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


@pytest.fixture(params=["real", "hostile"])
def site(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder / "site"


def test_every_link_leads_to_a_page_and_every_anchor_to_a_place(site: Path) -> None:
    broken = []
    for page in pages(site):
        if page.name == "404.html":
            continue  # its links start from the address of the site
        for link in read(page).links:
            if re.match(r"[a-z]+:", link) or link in ("#", "."):
                assert link.startswith(("http://", "https://")) or link == ".", (page, link)
                continue
            address, _, anchor = link.partition("#")
            target = (page.parent / unquote(address)).resolve() if address else page
            if target.is_dir():
                target /= "index.html"
            if not target.is_file() or (anchor and target.suffix == ".html" and unquote(anchor) not in read(target).anchors):
                broken.append((page.relative_to(site).as_posix(), link))
    assert broken == []


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    for page in pages(site):
        foreign = [load for load in read(page).loads if re.match(r"([a-z]+:)?//", load.strip("'\" "))]
        assert foreign == [], page
    for sheet in sorted(site.rglob("*.css")):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(\s*['\"]?([a-z]+:)?//", text), sheet
    for script in (site / "assets" / "iframe-worker.js", site / "assets" / "kb.js"):
        if script.exists():
            assert not re.search(r"https?://", script.read_text(encoding="utf-8")), script


def test_every_page_has_one_first_heading(site: Path) -> None:
    counts = {page.relative_to(site).as_posix(): read(page).headings for page in pages(site) if 'http-equiv="refresh"' not in page.read_text(encoding="utf-8")}
    assert {name: count for name, count in counts.items() if count != 1} == {}


def test_titles_of_strangers_are_text(hostile: Path) -> None:
    page = (hostile / "site/findings/prompts-move-personas.html").read_text(encoding="utf-8")
    assert "<script>window" not in page
    assert "&lt;script&gt;" in re.search(r"<title>(.*?)</title>", page, re.S)[1]  # type: ignore[index]
    index = (hostile / "site/search/search_index.js").read_text(encoding="utf-8")
    assert "<script>window" not in index
    assert not list((hostile / "site").rglob("*49*"))
    assert " 49 " not in page  # 7*7


def test_no_record_page_repeats_in_the_navigation(real: Path) -> None:
    """A page in the navigation repeats in every other page: the site would grow with its square."""
    page = (real / "site/changes.html").read_text(encoding="utf-8")
    sidebar = page[page.index('data-md-type="navigation"') : page.index('data-md-type="toc"')]
    assert not re.search(r'href="[^"]*(findings|sources|concepts|beliefs|questions|authors|replications)/(?!index)[^"]*"', sidebar)


def test_vendored_files_are_the_listed_ones() -> None:
    listed = dict(re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", (ASSETS / "VENDORED.md").read_text(encoding="utf-8"), re.M))
    assert listed
    for name, digest in listed.items():
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == digest, name


def test_search_knows_the_findings_and_not_the_tables(real: Path) -> None:
    index = (real / "site/search/search_index.json").read_text(encoding="utf-8")
    assert "findings/persona-modulation-jailbreak.html" in index
    assert "bibtex" not in index.lower() or '"location":"sources/index.html' not in index
    assert '"location":"findings/index.html' not in index
    assert "Checked against" not in index
    assert "First version" not in index
    assert "Qwen2.5-14B-Instruct" in index
    assert "2311.03348" in index
