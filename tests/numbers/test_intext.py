"""Numbers in texts: what counts as printed, what does not, and that no form of print hides a figure."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.errors import UsageError
from kb.numbers import printed as printed_module
from kb.numbers.intext import Basis, Index, Outcome, Sought, basis_of, sought_p
from kb.numbers.printed import numbers_in
from kb.numbers.typography import normalised


def look(text: str, number: str, basis: Basis = "plain", **more: object) -> Outcome:
    return Index(numbers_in(normalised(text))).look_for(Sought(number, basis, **more))  # type: ignore[arg-type]


ACCEPT: list[tuple[str, str, Basis]] = [
    ("0.42", "a rate of 0.42.", "plain"),
    ("0.42", "a rate of .42, as before", "plain"),
    (".42", "a rate of 0.42", "plain"),
    ("0.42", "a rate of 0·42", "plain"),
    ("0.42", "ein Anteil von 0,42", "plain"),
    ("0.42", "a share of 0,42 in English with 1.5 and 2.5", "plain"),
    ("42.5", "um 42,5 Prozent", "plain"),
    ("0.42", "a rate of 0.\n42 in all", "plain"),
    ("0.42", "a rate of 0.42\u00b9 in all", "plain"),
    ("0.42", "0.42***", "plain"),
    ("0.42", "0.42†", "plain"),
    ("0.42", "\uff10\uff0e\uff14\uff12", "plain"),
    ("0.42", "𝟎.𝟒𝟐", "plain"),
    ("0.42", r"$0.42 \pm 0.03$", "plain"),
    ("0.03", "0.42±0.03", "plain"),
    ("0.42", "(0.42)", "plain"),
    ("0.42", "a rate of\n0.42", "plain"),
    ("42", "layer\n42\nis", "count"),
    ("0.3", "and -\n0.3", "plain"),
    ("0.42", "r=0.42;", "plain"),
    ("0.230", "of 0.230", "plain"),
    ("-0.03", "fell to −.03", "plain"),
    ("-0.03", "fell to \u22120.03", "plain"),
    ("-0.03", "fell to –0.03", "plain"),
    ("-0.03", "fell to -0.03", "plain"),
    ("-0.03", "fell to \u2011.03", "plain"),
    ("-0.03", "[−0.03, 0.30]", "plain"),
    ("-0.03", "0.12 −0.03", "plain"),
    ("-0.03", "= − 0.03", "plain"),
    ("-0.03", "$-0.03$", "plain"),
    ("0.3", "95% CI [0.1, 0.3]", "plain"),
    ("0.1", "95% CI [0.1,0.3]", "plain"),
    ("0.3", "0.1–0.3", "plain"),
    ("0.3", "0.1-0.3", "plain"),
    ("0.3", "0.1 to 0.3", "plain"),
    ("5.2", "a rise of +5.2", "plain"),
    ("0.0012", "1.2 × 10−3", "plain"),
    ("0.0012", "1.2 × 10⁻³", "plain"),
    ("0.0012", "1.2·10^{-3}", "plain"),
    ("0.0012", r"$1.2 \times 10^{-3}$", "plain"),
    ("1.2e-3", "1.2e-3", "plain"),
    ("1.2e-3", "0.0012", "plain"),
    ("1e-3", "below 10⁻³", "plain"),
    ("1.2e3", "1.2 × 103", "plain"),
    ("42", "42%", "per cent"),
    ("42", "42 %", "per cent"),
    ("42", "42\u202f%", "per cent"),
    ("42", "42\n%", "per cent"),
    ("42", "42 percent", "per cent"),
    ("42", "42 per cent", "per cent"),
    ("42", "42 per-\ncent", "per cent"),
    ("42", "42％", "per cent"),
    ("42", r"42\%", "per cent"),
    ("42", "36–42%", "per cent"),
    ("36", "36–42%", "per cent"),
    ("42", "42-percentage-point", "per cent"),
    ("95", "the 95% interval", "per cent"),
    ("1935", "1,935 completions", "count"),
    ("1935", "1\u2009935", "count"),
    ("1935", "1\u00a0935", "count"),
    ("1935", "1 935", "count"),
    ("1935", "1'935", "count"),
    ("1935", "1’935", "count"),
    ("1935", "1,\n935", "count"),
    ("1935", "1{,}935", "count"),
    ("1935", "1\u00ad935", "count"),
    ("1935", "n=1935)", "count"),
    ("1234567", "1,234,567", "count"),
    ("1234.5", "1,234.5", "plain"),
    ("1234.5", "1.234,5 und 3,5", "plain"),
    ("36", "36/43", "count"),
    ("36", "36 of 43", "count"),
    ("43", "36-of-43", "count"),
    ("43", "a 43-category scheme", "count"),
    ("1", "rank-1 adapters", "count"),
    ("10", "layers 10,20 at 0.5", "count"),
    ("20", "layers 10,20 at 0.5", "count"),
    ("185", "185x", "times"),
    ("185", "185×", "times"),
    ("185", "185-fold", "times"),
    ("45", "45 × 43", "count"),
]


@pytest.mark.parametrize(("number", "text", "basis"), ACCEPT)
def test_is_found(number: str, text: str, basis: Basis) -> None:
    assert look(text, number, basis).kind == "found"


REJECT: list[tuple[str, str, Basis]] = [
    ("12", "112", "count"),
    ("12", "3.12", "count"),
    ("12", "12.3", "count"),
    ("12", "1,312 and 12,311", "count"),
    ("1234", "arXiv:2401.01234", "count"),
    ("2401", "see 2401.01234v2", "count"),
    ("4", "GPT-4", "count"),
    ("3.1", "Llama-3.1-70B", "plain"),
    ("2", "v2", "count"),
    ("613", "gpt-4-0613", "count"),
    ("70", "a 70B model", "count"),
    ("2", "version 1.2.3", "count"),
    ("10", "on 2026-01-10", "count"),
    ("12", "doi.org/10.1234/12", "count"),
    ("12", "https://example.org/12", "count"),
    ("12", "as shown [12]", "count"),
    ("12", "as shown [8, 12]", "count"),
    ("3", "see Table 3", "count"),
    ("3", "see Figure 3", "count"),
    ("4.2", "see Section 4.2", "plain"),
    ("2", "R² = .5", "count"),
    ("42", "4²", "count"),
    ("4", "4²", "count"),
    ("421", "0.42\u00b9", "count"),
    ("0.421", "0.42\u00b9", "plain"),
    ("12", "x_{12}", "count"),
    ("4", "4½", "count"),
    ("4", "the 4th", "count"),
    ("4", "the 4th", "plain"),
    ("112", "112nd", "place"),
    ("4", "the 4the", "place"),
    ("1.5", "1.5th", "place"),
    ("5", "1:5", "count"),
    ("1", "pass@1", "count"),
    ("3", "1.2 × 10−3", "count"),
    ("10", "1.2 × 10−3", "count"),
    ("1.2", "1.2 × 10−3", "plain"),
    ("-0.3", "0.3", "plain"),
    ("0.3", "−0.3", "plain"),
    ("0.3", "–0.3", "plain"),
    ("0.3", "-0.3", "plain"),
    ("-0.3", "0.1–0.3", "plain"),
    ("-0.3", "0.1-0.3", "plain"),
    ("-3", "5 − 3", "plain"),
    ("0.03", "−.03", "plain"),
    ("0.42", "0.42%", "share"),
    ("42", "42%", "count"),
    ("185", "185%", "times"),
    ("42", "42 times", "per cent"),
    ("0.42", "42", "share"),
    ("5", "p < 0.05", "per cent"),
    ("0.05", "p < 0.05", "plain"),
    ("0.23", "0.234", "plain"),
    ("0.1", "in [0,1] at 0.5", "plain"),
    ("1.935", "1,935 at 0.5", "plain"),
    ("2", "two-thirds", "count"),
    ("20", "twenty-one", "count"),
    ("2", "two hundred", "count"),
    ("1", "one of them", "count"),
    ("3", "thirty", "count"),
]


@pytest.mark.parametrize(("number", "text", "basis"), REJECT)
def test_is_not_found(number: str, text: str, basis: Basis) -> None:
    assert look(text, number, basis).kind == "absent"


@pytest.mark.parametrize(
    ("number", "text", "basis", "kind"),
    [
        ("0.42", "42%", "share", "other-unit"),
        ("0.42", "42 percent", "share", "other-unit"),
        ("0.425", "42.5 %", "share", "other-unit"),
        ("0.4", "40%", "share", "other-digits"),
        ("0.40", "40%", "share", "other-unit"),
        ("42", "0.42", "per cent", "other-unit"),
        ("42", ".42", "per cent", "other-unit"),
        ("42.0", "0.42", "per cent", "other-digits"),
        ("1200", "1.2k", "count", "other-unit"),
        ("41e6", "41M tokens", "plain", "other-unit"),
        ("41e6", "41 million", "plain", "other-unit"),
        ("3", "three prompts", "count", "other-unit"),
        ("21", "Twenty-one people", "count", "other-unit"),
        ("50", "fifty per cent", "per cent", "other-unit"),
        ("12.3", "12.3%", "plain", "other-unit"),
        ("600", "between the 300th and 600th training steps", "place", "other-unit"),
        ("22", "the 22nd and the 23^{rd} layer", "place", "other-unit"),
        ("112", "the 112th step", "place", "other-unit"),
        ("24", "layer 24, the 24th", "place", "found"),
        ("0.230", "0.23", "plain", "other-digits"),
        ("0.23", "0.230", "plain", "other-digits"),
        ("42", "42.0%", "per cent", "other-digits"),
        ("0.23", "0.230, 0.23", "plain", "found"),
        ("0.42", "0.42 and 42%", "share", "found"),
    ],
)
def test_other_units_and_other_digits(number: str, text: str, basis: Basis, kind: str) -> None:
    assert look(text, number, basis).kind == kind


@pytest.mark.parametrize(
    ("written", "text", "kind"),
    [
        ("< 0.001", "(p < .001)", "found"),
        ("< 0.001", "p<0.001", "found"),
        ("< 0.001", "P < 1e-3", "found"),
        ("< 0.001", "a column of 0.001", "found"),
        ("<= 0.05", "p ≤ 0.05", "found"),
        ("= 0.033", "p = .033", "found"),
        ("= 0.030", "p = .03", "other-digits"),
        ("< 0.001", "p = 0.001", "absent"),
        ("= 0.033", "p > 0.033", "absent"),
        ("< 0.001", "p < 0.01", "absent"),
    ],
)
def test_p_values(written: str, text: str, kind: str) -> None:
    assert Index(numbers_in(normalised(text))).look_for(sought_p(written)).kind == kind


def test_whole_numbers_in_brackets_may_be_an_interval_but_not_a_count() -> None:
    assert look("CI [8, 12]", "12", "plain", is_bound=True).kind == "found"
    assert look("CI [12]", "12", "plain", is_bound=True).kind == "absent"


def test_the_nearest_are_slips_first() -> None:
    assert [near.shown for near in look("24.5, 42.6, 42.4, 41.0, −42.5", "42.5").nearest] == ["−42.5", "24.5", "42.4"]
    assert [near.shown for near in look("7, 8 and 9 three", "1", "count").nearest] == ["7", "8", "9"]
    assert look("no number", "1").nearest == ()


def test_scales_of_units() -> None:
    assert [basis_of(unit) for unit in ("%", "pp", "fraction", "AUC", "models", "layer", "steps", "times", "points", None)] == (
        ["per cent", "per cent", "share", "share", "count", "place", "place", "times", "plain", "plain"]
    )


GROUPS = ",\u2009\u202f\u00a0' ’"
WORDS = st.sampled_from(
    ["the rate was", "of all", "models,", "and then", "(see", "which is", "rose;", "Überall", "not", "– so –", "GPT-4o", "Table 3", "v2", "\n"]
)


@st.composite
def figures(draw: st.DrawFn) -> str:
    places = draw(st.integers(0, 4))
    digits = draw(st.integers(0 if places else 2, 10**7 - 1))
    number = Decimal(digits).scaleb(-places)
    return format(-number if draw(st.booleans()) and digits else number, "f")


@st.composite
def typeset(draw: st.DrawFn, number: str) -> str:
    """A number in one of the ways in which papers print it."""
    sign, body = ("-", number[1:]) if number[0] == "-" else ("", number)
    whole, _, rest = body.partition(".")
    group = draw(st.sampled_from(["", *GROUPS]))
    grouped = f"{int(whole):,}".replace(",", group) if group else whole
    point = draw(st.sampled_from([".", "·"] if group == " " else [".", "·", ".\n"]))
    if whole == "0" and rest and draw(st.booleans()):
        grouped, point = "", point.rstrip("\n")
    form = draw(st.sampled_from(["plain", "power", "e"])) if rest else "plain"
    if form != "plain":
        exponent = draw(st.integers(-len(rest), 3))
        scaled = format(Decimal(body).scaleb(-exponent), "f")
        raised = str(exponent).replace("-", "−") if exponent < 0 else "^" + str(exponent)
        body = f"{scaled} × 10{raised}" if form == "power" else f"{scaled}e{exponent}"
    else:
        body = f"{grouped}{point}{rest}" if rest else grouped
    if draw(st.booleans()) and len(body) > 2 and form == "plain":
        body = body.replace("1", "1\u00ad") if body[-1] != "1" else body
    return (draw(st.sampled_from(["-", "−", "–", "\u2011"])) if sign else draw(st.sampled_from(["", "", "+", "= "]))) + body


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    number = draw(figures())
    before, after = draw(st.lists(WORDS, max_size=5)), draw(st.lists(WORDS, max_size=5))
    # A label would make the number its own.
    left = " ".join([*before, "about"]) + draw(st.sampled_from([" ", " (", "\n"]))
    return number, f"{left}{draw(typeset(number))}{draw(st.sampled_from(['', '.', ',', ')', ';', '**']))} {' '.join(['so', *after])}"


@given(texts())
@example(("-0.03", "about –.03 so"))
def test_every_form_of_print_is_found(case: tuple[str, str]) -> None:
    number, text = case
    assert look(text, number).kind == "found"


@given(texts(), st.integers(0, 30), st.integers(1, 9))
def test_a_perturbed_number_is_not_found(case: tuple[str, str], at: int, by: int) -> None:
    number, text = case
    digits = [i for i, c in enumerate(number) if c.isdigit()]
    i = digits[at % len(digits)]
    other = number[:i] + str((int(number[i]) + by) % 10) + number[i + 1 :]
    # A blank between groups may also separate numbers, and a line end after a point ends a sentence: their parts are numbers too.
    parts = {Decimal(p) for p in (number.partition(".")[0].lstrip("-") or "0", number.partition(".")[2] or "0")}
    groups = f"{abs(int(Decimal(number))):,}".split(",")
    parts |= {Decimal(group) for group in groups} | {Decimal("".join(groups[k:])) for k in range(len(groups))}
    if Decimal(other) in parts or Decimal(other) == Decimal(number) or (abs(Decimal(other)) < 10 and "." not in other):
        return
    if " " in text.partition("about")[2] and any(Decimal(f"{g}.{number.partition('.')[2] or 0}") == abs(Decimal(other)) for g in groups):
        return
    assert look(text, other).kind == "absent"
    if Decimal(number) != 0:
        flipped = number[1:] if number[0] == "-" else "-" + number
        assert look(text, flipped).kind == "absent"


@given(st.text(max_size=300))
def test_any_text_can_be_read_and_keeps_its_lines(text: str) -> None:
    plain = normalised(text)
    assert plain.count("\n") == text.count("\n")
    for printed in numbers_in(plain):
        assert 0 <= printed.offset < len(plain)


@given(st.text(alphabet="0123456789.,'·-−–[](){}^_ \n%eEx×*1pP<=", max_size=200))
def test_any_heap_of_digits_can_be_read(text: str) -> None:
    Index(numbers_in(normalised(text))).look_for(Sought("0.42", "share"))


@pytest.mark.parametrize(
    "piece", ["1,", "1.", "1 ", "1\n", "1-", "1–", "[1,", "9" * 50, "10^", "× 10", "1 × 10−", "\u00ad\n1", "−", "p < ", "twenty-", "{,}", "^{", "1e"]
)
def test_reading_takes_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    numbers_in(normalised(text))
    assert time.process_time() - start < 8


def test_too_many_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed_module, "MAX_NUMBERS", 10)
    assert len(numbers_in("2 3 " * 5)) == 10
    with pytest.raises(UsageError, match="more than 10 numbers"):
        numbers_in("2 3 " * 6)
