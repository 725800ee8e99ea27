"""A real browser over the built site, from file:// and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")

from browsing import CHROMIUM, Visit, running

pytestmark = [pytest.mark.site, pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]

KINDS = [
    "index.html", "findings/persona-modulation-jailbreak.html", "findings/index.html", "concepts/persona-selection.html", "concepts/index.html", "shapes.html",
    "beliefs/index.html", "questions/index.html", "behaviours.html", "sources/index.html", "sources/shah-2023-persona-modulation.html", "authors/index.html",
    "models.html", "tags.html", "disputes.html", "decisions.html", "changes.html", "checks/index.html", "checks/kb201.html", "guide/reading.html",
    "reruns.html", "guide/verdicts.html",
]  # fmt: skip


CONTRASTS = """() => {
  const channels = colour => {
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = getComputedStyle(document.body).backgroundColor; context.fillRect(0, 0, 1, 1);
    context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = colour => {
    const [r, g, b] = channels(colour).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  return Object.fromEntries([...document.querySelectorAll(".kb-matrix thead .kb-chip")].map(chip => {
    const style = getComputedStyle(chip), [a, b] = [light(style.color), light(style.backgroundColor)].sort((x, y) => y - x);
    return [chip.innerText, (a + .05) / (b + .05)];
  }));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with running() as found:
        yield found


@pytest.mark.parametrize("path", KINDS)
def test_each_kind_of_page_fits_a_phone_and_asks_nobody(browser: object, real: Path, path: str) -> None:
    with Visit(browser, real, path, width=360) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert visit.page.locator("h1").count() == 1
        assert visit.problems == []
        assert visit.foreign == []


def test_search_finds_a_finding(browser: object, real: Path) -> None:
    with Visit(browser, real, "index.html") as visit:
        visit.page.locator("input.md-search__input").click()
        visit.page.locator("input.md-search__input").press_sequentially("automated persona prompts harmful")
        hit = visit.page.locator('.md-search-result a[href*="findings/persona-modulation-jailbreak.html"]').first
        hit.wait_for(state="visible", timeout=20_000)
        assert visit.problems == []
        assert visit.foreign == []


def test_dark_mode_follows_the_system_and_the_switch(browser: object, real: Path) -> None:
    scheme = "document.body.getAttribute('data-md-color-scheme')"
    with Visit(browser, real, "index.html", scheme="dark") as visit:
        assert visit.page.evaluate(scheme) == "slate"
        dark = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        visit.page.locator("form[data-md-component=palette] label:visible").click()
        assert visit.page.evaluate(scheme) == "default"
        assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_text_of_strangers_runs_nothing(browser: object, hostile: Path) -> None:
    paths = ["index.html", "findings/prompts-move-personas.html", "concepts/persona.html", "sources/doe-2024-prompts.html", "tags.html"]
    for path in [*paths, "replications/moved-persona.html", "reruns.html", "decisions.html"]:
        with Visit(browser, hostile, path, width=360) as visit:
            visit.page.wait_for_timeout(100)
            assert visit.page.evaluate("window.pwned") is None, path
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert visit.problems == []
    with Visit(browser, hostile, "index.html") as visit:
        visit.page.locator("input.md-search__input").click()
        visit.page.locator("input.md-search__input").press_sequentially("script")
        visit.page.locator(".md-search-result__item").first.wait_for(state="visible", timeout=20_000)
        assert visit.page.evaluate("window.pwned") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_verdict_is_as_easy_to_read_as_any_other(browser: object, hostile: Path, scheme: str) -> None:
    """WCAG AA for text of this size: a contrast of at least 4.5 with what lies behind."""
    with Visit(browser, hostile, "reruns.html", scheme=scheme) as visit:
        contrasts = visit.page.evaluate(CONTRASTS)
        assert set(contrasts) == {"reproduced", "partly reproduced", "not reproduced", "inconclusive", "uninformative"}
        assert min(contrasts.values()) >= 4.5, contrasts
        sizes = visit.page.evaluate("[...new Set([...document.querySelectorAll('.kb-matrix thead .kb-chip')].map(e => getComputedStyle(e).fontSize))]")
        assert len(sizes) == 1


def test_a_rerun_s_page_leads_to_the_command_and_to_what_it_means(browser: object, hostile: Path) -> None:
    with Visit(browser, hostile, "findings/prompts-move-personas.html") as visit:
        visit.page.locator(".kb-result .kb-more a").first.click()
        assert visit.page.url.split("/")[-1].startswith("moved-persona.html#result-")
        command = visit.page.locator("p:text-is('To run it again') + pre code").first.inner_text()
        assert command.split() == ["verify", "run", "moved-persona", "--scale", "small", "--model", "PATH"]
        visit.page.locator("a.kb-meaning").first.click()
        assert visit.page.url.endswith("guide/verdicts.html")
        assert visit.page.locator("h1").inner_text().startswith("What a verdict means")
        assert visit.problems == []


def test_without_scripts_the_page_is_whole(browser: object, real: Path) -> None:
    with Visit(browser, real, "findings/persona-modulation-jailbreak.html", scripts=False) as visit:
        assert visit.page.locator("table.kb-figures").first.is_visible()
        assert visit.page.locator("th:text-is('Reproduced')").first.is_visible()


def test_bibtex_can_be_copied(browser: object, real: Path) -> None:
    with Visit(browser, real, "findings/persona-modulation-jailbreak.html") as visit:
        visit.page.locator("details.kb-bibtex:has(pre) summary").first.click()
        button = visit.page.locator("details.kb-bibtex pre .md-clipboard, details.kb-bibtex pre .md-code__button").first
        button.wait_for(state="visible")  # Material's script adds it after the page is there
        assert button.is_visible()
