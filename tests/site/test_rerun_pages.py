"""Pages of reruns: what a replication's page, the dashboard, the home page and a finding's claims say of results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import kbmaker
import pytest
import tinywiki as tiny
from strangers import HOSTILE, hostile_result

from kb.evidence.reruns import TIERS, VERDICTS, command
from kb.site import files
from kb.site.figures import number, reproduced
from kb.site.reruns import duration, main_estimate, runs
from schemas.result import Estimate, Result

BASE = kbmaker.template("result", "rerun-one")


def result(**fields: Any) -> Result:
    return Result.model_validate({**BASE, **fields})


def pages(overrides: Mapping[str, Any] | None) -> dict[str, str]:
    corpus = kbmaker.corpus(overrides)
    return {name: content.decode() for name, content in files(corpus, tiny.state(corpus)).items() if name.endswith(".md")}


def words(html: str) -> str:
    """The text of some HTML, in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def section(page: str, heading: str) -> str:
    """What stands under a heading of the page."""
    return page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages(tiny.OVERRIDES)


def test_one_page_holds_every_record_of_a_replication(made: dict[str, str]) -> None:
    page = made["replications/moved-persona.md"]
    assert re.findall(r'id="result-([a-z-]+)"', page) == ["rerun-model", "rerun-small", "rerun-smoke"]
    table = words(section(page, "Verdicts"))
    assert re.search(r"Scale smoke Small 1B not reproduced .* Scale small organism tier partly reproduced .* Scale smoke organism tier inconclusive", table)


@pytest.mark.parametrize(
    ("part", "heading"),
    [
        ("in-character answers after minus before 40% 95% interval 30 to 50 over 3 worlds", "Claims that it tests"),
        ("≈ 40.0%", "Claims that it tests"),
        ("facts kept no such figure −0.0123", "Claims that it tests"),
        ("Reproduced when all of rises, stays are met.", "Rule"),
        ("A small model.", "Departures from the original"),
        ("The header decides the answer, see Persona .", "Planted by construction"),
        ("rises rise ≥ 0.1, with its whole interval above 0 met rise &#61; 0.4", "Scale small, organism tier"),
        ("stays kept ≥ -0.01 undecided", "Scale small, organism tier"),
        ("learnt ≥ 0.8 in every job passed", "Scale small, organism tier"),
        ("verify run moved-persona --scale small --worlds 3 --seeds 1 --device cpu", "Scale small, organism tier"),
        ("8 min by the clock", "Scale small, organism tier"),
        ("2 of 2 source files changed or went since this was run", "Scale small, organism tier"),
        ("schemas/gone.py", "Scale small, organism tier"),
        ("python 3.11", "Scale small, organism tier"),
        ("Answers by dose", "Scale small, organism tier"),
        ("Hypothesis of this record. The rate rises, version 1.", "Scale smoke, organism tier"),
        ("the record names no source files", "Scale smoke, organism tier"),
        ("verify run moved-persona --scale smoke --worlds 1 --seeds 1 --device cuda --model PATH", "Scale smoke, small model tier"),
    ],
)
def test_a_replication_s_page_says(made: dict[str, str], part: str, heading: str) -> None:
    assert part in words(section(made["replications/moved-persona.md"], heading)).replace("\u202f", " ")


def test_what_was_declared_last_stands_at_the_top(made: dict[str, str]) -> None:
    top = made["replications/moved-persona.md"].partition("\n## ")[0]
    assert "The rate rises." in top
    assert "version 1" not in words(top).replace("version 2", "")


def test_the_dashboard_counts_each_rerun_once_in_its_tier(made: dict[str, str]) -> None:
    table = section(made["reruns.md"], "By tier and verdict")
    rows = {
        words(head).split(" ")[0]: [int(words(cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", rest)]
        for head, rest in re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table)
    }
    assert list(rows.items()) == [("small", [0, 0, 1, 0, 0, 1]), ("organism", [0, 1, 0, 0, 0, 1])]
    assert "No rerun yet of the tiers same model, consistency." in words(table)


def test_every_verdict_has_its_place_even_without_a_rerun(made: dict[str, str]) -> None:
    headings = re.findall(r"^## (.*)$", made["reruns.md"], re.M)
    assert headings[1:6] == ["Reproduced (0)", "Partly reproduced (1)", "Not reproduced (1)", "Inconclusive (0)", "Uninformative (0)"]
    assert words(section(made["reruns.md"], "Reproduced (0)")).endswith("None.")
    assert "scale smoke: inconclusive" in words(section(made["reruns.md"], "Partly reproduced (1)")).replace("&#58;", ":")


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("tier", TIERS)
def test_any_verdict_of_any_tier_is_shown_the_same_way(tier: str, verdict: str) -> None:
    made = pages({"result/rerun-one": {"tier": tier, "verdict": verdict}})
    chip = f'class="kb-chip kb-chip--verdict-{verdict}"'
    assert chip in section(made["findings/prompts-move-personas.md"], "Claims")
    assert chip in made["findings/prompts-move-personas.md"].partition("\n## ")[0]
    assert chip in made["replications/rerun.md"].partition("\n## ")[0]
    assert chip in section(made["index.md"], "Reruns")
    assert f'<a class="kb-value" href="#verdict-{verdict}">1</a>' in made["reruns.md"].replace("&#35;", "#")
    assert ("never the original’s magnitude" in section(made["findings/prompts-move-personas.md"], "Reruns")) == (tier == "organism")


def test_nothing_rerun_is_said_in_words_and_in_no_table() -> None:
    made = pages(None)
    assert "Nothing has been rerun yet." in made["reruns.md"]
    assert "kb-matrix" not in made["reruns.md"]
    # A base of a field that reruns nothing isn't told so on its first page.
    assert "rerun" not in made["index.md"]
    assert (
        words(section(made["reruns.md"], "Not rerun yet"))
        == "A system prompt moves the persona of a small model Adding a direction makes answers more theatrical"
    )
    assert not any(name.startswith("replications/") for name in made)


def test_findings_that_were_not_rerun_say_why_or_that_they_wait(made: dict[str, str]) -> None:
    assert "People took part." in section(made["reruns.md"], "No rerun possible")
    assert "steering-works.html" not in section(made["reruns.md"], "Not rerun yet")


def test_a_finding_whose_claims_another_s_rerun_tests_stands_apart() -> None:
    both = ["prompts-move-personas/rate", "steering-works/rate"]
    made = pages({"result/rerun-one": {"claims": both, "verdict": "not-reproduced"}})
    assert "findings/steering-works.html" in section(made["reruns.md"], "Tested in the rerun of another finding")
    assert "findings/steering-works.html" in section(made["reruns.md"], "Not reproduced (1)")
    assert "None" in section(made["reruns.md"], "Not rerun yet")
    page = made["findings/steering-works.md"]
    assert "reruns A system prompt moves the persona of a small model and tests claims of this one." in words(section(page, "Reruns"))
    assert "kb-chip--verdict-not-reproduced" in section(page, "Claims")
    assert "of Adding a direction makes answers more theatrical" in words(section(made["replications/rerun.md"], "Claims that it tests"))


def test_a_claim_shows_reported_reproduced_tier_verdict_and_age(made: dict[str, str]) -> None:
    row = next(line for line in section(made["findings/prompts-move-personas.md"], "Claims").split("\n") if '<th scope="row">after</th>' in line)
    text = words(row).replace("\u202f", " ")
    assert "≈ 40.0%" in text
    assert "40% 95% interval 30 to 50 over 3 worlds partly reproduced organism tier stale" in text
    assert "40% 95% interval 30 to 50 over 3 worlds not reproduced Small 1B age unknown" in text
    assert "inconclusive" not in text  # the smoke run does not speak beside the larger one


def test_a_current_record_carries_no_mark_of_age() -> None:
    from pathlib import Path

    import schemas
    from schemas.fingerprint import fingerprint

    now = fingerprint((Path(schemas.__file__).parent / "result.py").read_text(encoding="utf-8"))
    made = pages({"result/rerun-one": {"code": {"schemas/result.py": now}}})
    assert not re.search("kb-chip--(stale|age-unknown)", "".join(made.values()))
    assert "1 file, none changed" in made["replications/rerun.md"]
    assert "unchanged" in made["reruns.md"]


def test_pages_where_numbers_stand_side_by_side_link_to_what_a_verdict_means(made: dict[str, str]) -> None:
    beside = [name for name, page in made.items() if 'data-label="Reproduced"' in page and "kb-rerun" in page]
    assert {"findings/prompts-move-personas.md", "replications/moved-persona.md"} <= set(beside)
    for name in [*beside, "reruns.md", "index.md"]:
        assert 'href="../guide/verdicts.html"' in made[name] or 'href="guide/verdicts.html"' in made[name], name


def test_a_hostile_record_is_text_and_its_command_only_ours() -> None:
    made = pages({**tiny.OVERRIDES, "result/rerun-hostile": hostile_result(tiny.OVERRIDES["result/rerun-small"])})
    page = made["replications/moved-persona.md"]
    assert page.count("<script") == page.count("</script") == page.count('<script type="application/ld+json">') == 1
    assert "{{" not in page
    assert "<img" not in page
    commands = [words(found) for found in re.findall(r'<pre id="command-[^>]*>(.*?)</pre>', page)]
    assert "verify run moved-persona --scale small --model PATH" in commands
    assert not any("pwned" in found for found in commands)
    assert HOSTILE[:16] not in made["reruns.md"]


@pytest.mark.parametrize(
    ("config", "more"),
    [
        ({"worlds": 8, "seeds": 2, "device": "cuda"}, " --worlds 8 --seeds 2 --device cuda"),
        ({"worlds": True, "seeds": 0, "device": "cuda && x"}, ""),
        ({"worlds": "3", "seeds": -1, "device": None}, ""),
        ({"worlds": 10**9, "model": "Qwen3-0.6B"}, " --model PATH"),
        ({"device": ["cpu"], "model": "$(touch x)"}, " --model PATH"),
    ],
)
def test_the_command_is_made_of_known_words(config: dict[str, Any], more: str) -> None:
    assert command(result(config=config, scale="full")) == "verify run rerun --scale full" + more


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        ([(0, 0)], "1 world"),
        ([(0, 0), (1, 0), (2, 0)], "3 worlds"),
        ([(0, 0), (0, 1), (1, 0), (1, 1)], "2 worlds × 2 initialisations"),
        ([(0, 0), (0, 1), (1, 0)], "2 worlds, 3 runs"),
    ],
)
def test_runs(jobs: list[tuple[int, int]], said: str) -> None:
    assert runs(result(seeds=[{"world": world, "seed": seed, "values": {}} for world, seed in jobs])) == said


def test_the_main_number_is_the_one_that_the_first_criterion_reads() -> None:
    estimates = [{**BASE["estimates"][0], "name": name} for name in ("first", "second")]
    criteria = [{"id": "one", "rule": "r", "outcome": "met", "observed": "second = 0.4 [0.3, 0.5] over 3 worlds"}]
    named = main_estimate(result(estimates=estimates, criteria=criteria))
    assert named is not None
    assert named.name == "second"
    other = main_estimate(result(estimates=estimates, criteria=[{**criteria[0], "observed": "nothing"}]))
    assert other is not None
    assert other.name == "first"
    assert main_estimate(result(estimates=[], criteria=criteria)) is None


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.04, "0.0 s"), (9.9, "9.9 s"), (45.2, "45 s"), (89, "89 s"), (500, "8 min"), (5399, "90 min"), (7200, "2.0 h")]
)
def test_duration(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(("value", "unit", "said"), [(0.4321, "fraction", "0.432"), (-0.05, "cosine", "cos = −0.05"), (12.34, "pp", "12.3 pp"), (0, "%", "0%")])
def test_reproduced_numbers_wear_the_unit_of_reported_ones(value: float, unit: str, said: str) -> None:
    estimate = Estimate.model_validate({**BASE["estimates"][0], "value": value, "unit": unit, "low": value, "high": value})
    assert reproduced(estimate) == said
    assert number(value) in said
