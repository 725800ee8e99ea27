"""Plots in a real browser: legible on a phone and on a desk, in light and in dark, named for whoever does not see them, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
import plotted
from browsing import CHROMIUM, Visit, running

from kb.site.plot.text import width

pytestmark = [pytest.mark.site, pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]
FINDING, REPLICATION = "findings/prompts-move-personas.html", "replications/rerun.html"
WIDTHS = (360, 700, 1280)

# Of each text and stroke that is seen: its size on the screen and its contrast with the page behind it.
SEEN = """() => {
  const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const over = (colour, behind) => {
    context.fillStyle = `rgb(${behind})`; context.fillRect(0, 0, 1, 1);
    context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const contrast = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x); return (a + .05) / (b + .05); };
  const paper = over(getComputedStyle(document.body).backgroundColor, [255, 255, 255]);
  const seen = element => element.getClientRects().length > 0 && element.getBoundingClientRect().width > 0;
  const found = {texts: [], strokes: []};
  for (const svg of document.querySelectorAll("figure.kb-plot svg, figure.kb-forest svg")) {
    if (!seen(svg) || !svg.viewBox.baseVal) continue;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width, frame = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBoundingClientRect(), style = getComputedStyle(text);
      found.texts.push({words: text.textContent, size: parseFloat(style.fontSize) * scale, contrast: contrast(over(style.fill, paper), paper),
        out: Math.max(frame.left - box.left, box.right - frame.right, box.bottom - frame.bottom - 2), figure: svg.getAttribute("aria-label"),
        box: [box.left, box.top, box.right, box.bottom]});
    }
    for (const mark of svg.querySelectorAll(".kb-line:not(.kb-counts-edge), .kb-marks, .kb-estimate circle, .kb-counts-edge, .kb-excludes, .kb-axis")) {
      const style = getComputedStyle(mark), colour = style.stroke === "none" ? style.fill : style.stroke;
      found.strokes.push({of: mark.getAttribute("class") || "circle", contrast: contrast(over(colour, paper), paper)});
    }
  }
  for (const words of document.querySelectorAll("figure.kb-plot :is(figcaption, p, li > span, summary), figure.kb-forest :is(figcaption, th, td, li)")) {
    if (!seen(words) || !words.innerText.trim()) continue;
    const style = getComputedStyle(words);
    found.texts.push({words: words.innerText, size: parseFloat(style.fontSize), contrast: contrast(over(style.color, paper), paper), out: 0, box: null});
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with running() as found:
        yield found


@pytest.mark.parametrize("path", [FINDING, REPLICATION])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", WIDTHS)
def test_letters_and_strokes_can_be_seen(browser: Any, drawn: Path, path: str, scheme: str, wide: int) -> None:
    with Visit(browser, drawn, path, width=wide, scheme=scheme) as visit:
        visit.page.evaluate("document.querySelectorAll('.kb-plot details, .kb-forest details').forEach(one => one.open = true)")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= wide
        seen = visit.page.evaluate(SEEN)
        assert len(seen["texts"]) > 60
        assert len(seen["strokes"]) > 20
        assert [text for text in seen["texts"] if text["size"] < 9.9] == []
        assert [text for text in seen["texts"] if text["contrast"] < 4.5] == []
        assert [stroke for stroke in seen["strokes"] if stroke["contrast"] < 3] == []
        assert [text for text in seen["texts"] if text["out"] > 2] == []
        assert visit.problems == []
        assert visit.foreign == []


@pytest.mark.parametrize("wide", WIDTHS)
def test_rows_stand_on_their_axis(browser: Any, drawn: Path, wide: int) -> None:
    frames = """[...document.querySelectorAll(".kb-estimates tbody")].map(body => [...body.querySelectorAll("svg")]
      .map(svg => svg.getBoundingClientRect()).map(box => [box.left, box.width]))"""
    with Visit(browser, drawn, FINDING, width=wide) as visit:
        groups = visit.page.evaluate(frames)
        assert max(map(len, groups)) > 3
        for rows in groups:
            assert len(rows) >= 2
            assert all(row == pytest.approx(rows[-1], abs=0.1) for row in rows), rows


@pytest.mark.parametrize("wide", WIDTHS)
def test_no_two_words_of_a_drawing_touch(browser: Any, drawn: Path, wide: int) -> None:
    with Visit(browser, drawn, REPLICATION, width=wide) as visit:
        boxed = [text for text in visit.page.evaluate(SEEN)["texts"] if text["box"]]
        clashes = [
            (one["words"], other["words"])
            for index, one in enumerate(boxed)
            for other in boxed[:index]
            if one["figure"] == other["figure"]
            and min(one["box"][2], other["box"][2]) - max(one["box"][0], other["box"][0]) > 0.5
            # Lines of text may touch: their boxes are higher than their letters.
            and min(one["box"][3], other["box"][3]) - max(one["box"][1], other["box"][1]) > 3
        ]
        assert clashes == []


def test_one_of_two_drawings_is_seen_and_the_key_where_it_is_needed(browser: Any, drawn: Path) -> None:
    for wide, names in ((360, {"kb-chart--narrow"}), (1280, {"kb-chart--wide"})):
        with Visit(browser, drawn, REPLICATION, width=wide) as visit:
            for plot in visit.page.locator("figure.kb-plot").all():
                shown = [svg.get_attribute("class").split()[1] for svg in plot.locator("svg.kb-chart").all() if svg.is_visible()]
                assert set(shown) == (names if plot.locator("svg.kb-chart").count() else set())
                key = plot.locator(".kb-plot-key")
                if key.count():
                    named = "kb-plot--named" in (plot.get_attribute("class") or "")
                    assert key.is_visible() == (wide == 360 or not named)


def test_a_drawing_has_a_name_and_a_description(browser: Any, drawn: Path) -> None:
    with Visit(browser, drawn, REPLICATION) as visit:
        session = visit.context.new_cdp_session(visit.page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        images = {
            node["name"]["value"]: node.get("description", {}).get("value", "")
            for node in nodes
            if node.get("role", {}).get("value") in ("image", "img", "graphics-document") and not node["ignored"] and "name" in node
        }
        described = {name: words for name, words in images.items() if words}
        assert "persona, harmful: from 0.05 at 0 to 0.924 at 40." in described["Harm in untrained domains along the fine-tune"]
        assert set(described) >= {plotted.plot(make()).title for make in plotted.PLOTS if make is not plotted.empty}
        assert any(name.startswith("in-character answers, prompted minus not: 0.4; interval 0.34 to 0.46") for name in images)


def test_hostile_names_do_nothing(browser: Any, drawn: Path) -> None:
    for path in (FINDING, REPLICATION):
        with Visit(browser, drawn, path, width=360) as visit:
            visit.page.wait_for_timeout(100)
            assert visit.page.evaluate("window.pwned") is None
            assert visit.page.locator("figure.kb-plot script").count() == 0
            assert "</svg><script>window.pwned=2</script>" in visit.page.locator("figure.kb-plot .kb-plot-key").last.inner_text()


def test_without_scripts_plots_are_whole(browser: Any, drawn: Path) -> None:
    with Visit(browser, drawn, REPLICATION, scripts=False) as visit:
        assert visit.page.locator("svg.kb-chart--wide").first.is_visible()
        table = visit.page.locator("figure.kb-plot table").first
        assert not table.is_visible()
        visit.page.locator("figure.kb-plot summary").first.click()
        assert table.is_visible()
        assert table.locator("tbody tr").count() == len(plotted.DOSES)


def test_pointing_at_a_name_puts_the_other_lines_back(browser: Any, drawn: Path) -> None:
    faint = "[...document.querySelectorAll('#plot-rerun-small-many .kb-chart--wide .kb-series')].filter(one => getComputedStyle(one).opacity < 1).length"
    with Visit(browser, drawn, REPLICATION) as visit:
        groups = visit.page.locator("#plot-rerun-small-many .kb-chart--wide .kb-series").count()
        assert visit.page.evaluate(faint) == 0
        visit.page.locator("#plot-rerun-small-many .kb-chart--wide .kb-name text").nth(3).hover()
        visit.page.wait_for_timeout(50)
        assert visit.page.evaluate(faint) == groups - groups // len(plotted.MANY)


def test_estimated_widths_are_no_less_than_the_browser_s(browser: Any, drawn: Path) -> None:
    """What fonts there are differs; here they are at most those of this machine."""
    words = [
        *plotted.MANY,
        *plotted.ARMS,
        "−0.25",
        "12\u202f000",
        "2.5×10⁻⁷",
        "KL(Assistant || description)",
        "WWW mmm",
        "illicit, fit",
        "日本語の名前",
        "ÄÖÜ éèê",
    ]
    measured = """words => { const svg = document.querySelector('svg.kb-chart--wide'), text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
      svg.append(text); return words.map(one => { text.textContent = one; return text.getComputedTextLength(); }); }"""
    with Visit(browser, drawn, REPLICATION) as visit:
        for one, length in zip(words, visit.page.evaluate(measured, words), strict=True):
            assert length <= width(one, 12.5) * 1.02, one
            if one.isascii():
                assert width(one, 12.5) < 1.6 * length, one
