"""Served under a policy that allows nothing foreign, no kind of page asks for more, whatever its records say."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")

from browsing import CHROMIUM, Visit, running

from kb.cli import main
from kb.errors import UsageError
from kb.site.policy import policy

pytestmark = pytest.mark.site
browser_here = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

ONE_OF_EACH_FOLDER = {"findings": "prompts-move-personas", "concepts": "persona", "beliefs": "personas-are-selected", "sources": "doe-2024-prompts"}
LISTEN = "addEventListener('securitypolicyviolation', e => (window.refused = window.refused || []).push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"


class Served(ThreadingHTTPServer):
    """A built site on this machine, every answer under its policy."""

    def __init__(self, site: Path) -> None:
        rules = policy(site)

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, directory=str(site), **options)

            def end_headers(self) -> None:
                self.send_header("Content-Security-Policy", rules)
                super().end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture(scope="module")
def served(hostile: Path) -> Iterator[str]:
    with Served(hostile / "site") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address
        server.shutdown()


def kinds(site: Path) -> list[str]:
    """Every page of the root, and of each folder its index and one of its pages; a redirect too."""
    chosen = [path.name for path in sorted(site.glob("*.html"))]
    for folder in sorted(path for path in site.iterdir() if path.is_dir()):
        pages = [path.name for path in sorted(folder.glob("*.html"))]
        wanted = f"{ONE_OF_EACH_FOLDER.get(folder.name)}.html"
        own = [wanted] if wanted in pages else [name for name in pages if name != "index.html"][:1]
        chosen += [f"{folder.name}/{name}" for name in (*own, "index.html") if name in pages]
    return [*chosen, "findings/prompts-move-characters.html"]


@pytest.mark.slow
@pytest.mark.browser
@browser_here
def test_no_kind_of_page_breaks_the_policy(hostile: Path, served: str) -> None:
    paths = kinds(hostile / "site")
    assert len(paths) > 25
    with running() as browser, Visit(browser, hostile, "index.html", at=served) as visit:
        visit.page.add_init_script(LISTEN)
        for path in paths:
            visit.page.set_viewport_size({"width": 1280, "height": 800})
            visit.page.goto(f"{served}/{path}")
            visit.page.set_viewport_size({"width": 360, "height": 800})
            assert visit.page.evaluate("window.refused") is None, path
            assert visit.page.evaluate("window.pwned") is None, path
            assert visit.problems == [], path
        assert visit.foreign == []


@pytest.mark.browser
@browser_here
def test_search_and_palette_work_under_the_policy(hostile: Path, served: str) -> None:
    with running() as browser, Visit(browser, hostile, "404.html", at=served) as visit:
        visit.page.add_init_script(LISTEN)
        visit.page.goto(f"{served}/findings/index.html")
        before = visit.page.evaluate("document.body.getAttribute('data-md-color-media')")
        visit.page.locator("form[data-md-component=palette] label:visible").click()
        assert visit.page.evaluate("document.body.getAttribute('data-md-color-media')") != before
        visit.page.locator("input.md-search__input").click()
        visit.page.locator("input.md-search__input").press_sequentially("script")
        visit.page.locator(".md-search-result__item").first.wait_for(state="visible", timeout=20_000)
        assert visit.page.evaluate("window.refused") is None
        assert visit.page.evaluate("window.pwned") is None
        assert visit.problems == []
        assert visit.foreign == []


@pytest.mark.browser
@browser_here
def test_the_policy_refuses_what_no_record_may_bring(hostile: Path, served: str) -> None:
    """The listener hears, and each of these is refused: a test of the two tests above."""
    with running() as browser, Visit(browser, hostile, "changes.html", at=served) as visit:
        visit.page.evaluate(LISTEN)
        visit.page.evaluate(
            """() => {
              const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
              add("script", {textContent: "window.pwned = 1"});
              add("script", {src: "https://example.org/x.js"});
              add("img", {src: "https://example.org/x.png"});
              add("style", {textContent: "p { color: red }"});
              add("iframe", {src: "https://example.org/"});
              const button = document.createElement("b"); button.setAttribute("onclick", "window.pwned = 1"); document.body.append(button); button.click();
              fetch("https://example.org/").catch(() => {});
            }"""
        )
        visit.page.wait_for_function("(window.refused || []).length >= 7")
        refused = " ".join(visit.page.evaluate("window.refused"))
        for directive in ("script-src-elem inline", "script-src-elem https", "img-src", "style-src-elem", "frame-src", "script-src-attr", "connect-src"):
            assert directive in refused
        assert visit.page.evaluate("window.pwned") is None


class Scripts(HTMLParser):
    """Scripts of a page that a browser would run, and attributes that would run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.active: list[str] = []
        self.open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.open = tag == "script" and "src" not in found and found.get("type") is None
        self.active += [name for name in found if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self.open:
            self.inline.append(data)
            self.open = False


def test_every_script_in_every_page_is_one_of_the_themes_own(hostile: Path) -> None:
    from base64 import b64encode
    from hashlib import sha256

    rules = policy(hostile / "site")
    pages = sorted((hostile / "site").rglob("*.html"))
    assert len(pages) > 50
    for page in pages:
        found = Scripts(page.read_text(encoding="utf-8"))
        assert found.active == [], page
        for script in found.inline:
            assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in rules, (page, script[:80])


def test_the_command_prints_the_headers(hostile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", str(hostile / "site")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Content-Security-Policy: {policy(hostile / 'site')}"
    assert all(re.fullmatch(r"[A-Za-z-]+: \S.*", line) for line in lines)
    assert "unsafe-eval" not in lines[0]
    assert re.search(r"script-src [^;]*unsafe", lines[0]) is None
    assert main(["policy", str(tmp_path)]) == 2
    assert "make site" in capsys.readouterr().err
    with pytest.raises(UsageError, match="no built site"):
        policy(tmp_path)
