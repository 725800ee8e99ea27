"""Entries of a claim's `checks`: expressions, and the parameters of each named test.

What a test computes is in `kb.numbers.named`, one module per test; a test of ours compares the two lists. An operand is
the name of a measure of the same claim, or a number: counts (n, k, df), the ends of a scale, levels and nulls are taken
as exact, other numbers as printed, with their rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Strict
from schemas.operands import MAX_LIST, Count, Items, Level, Names, Operand, Operands, Positive
from schemas.scalars import Figure, Line, MeasureName, Prose, PValue, RealDate, Whole


def _names_measures(annotation: Any) -> bool:
    """Whether a field may hold the name of a measure: whether MeasureName is in its type."""
    return any(constraint in getattr(annotation, "__metadata__", ()) for constraint in get_args(MeasureName)[1:]) or any(
        _names_measures(part) for part in get_args(annotation) if part is not annotation
    )


class Acknowledgement(Strict):
    """Somebody looked at figures that do not agree, and says why the record keeps them."""

    on: RealDate
    by: Line
    why: Prose
    """What was compared, and what explains the figures or is known not to."""


class Expression(Strict):
    """A consistency expression that carries an acknowledgement; without one the text alone is enough."""

    expression: Line
    acknowledged: Acknowledgement | None = None


class NumberTest(Strict):
    """What all named tests share."""

    acknowledged: Acknowledgement | None = None
    """For a test that fails: who looked, when, and why the figures stay as they are."""

    def operands(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        """The measures that the test names, each with its place in the entry, in the keys of the YAML file."""
        for name, key in _fields_of_measures(type(self)):
            value = getattr(self, name)
            for step, item in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(item, str) and not isinstance(item, Figure):
                    yield item, (key,) if step is None else (key, step)


@cache
def _fields_of_measures(model: type[NumberTest]) -> list[tuple[str, str]]:
    """The fields that may hold names of measures, each with its key in YAML."""
    return [(name, info.alias or name) for name, info in model.model_fields.items() if _names_measures(info.rebuild_annotation())]


class Grim(NumberTest):
    test: Literal["grim"]
    of: MeasureName
    """A mean of whole numbers, or a percentage or fraction of n."""
    n: Count | None = None
    """People or cases behind the figure; left out, the measure's own `n`."""
    items: Items = 1
    """Whole numbers that each of them contributes: a mean over a scale of 4 items has 4."""
    step: Positive = Figure("1")
    """What single answers are multiples of: 0.5 where half points are given."""


class KOfN(NumberTest):
    test: Literal["k-of-n"]
    of: MeasureName
    """A percentage, a fraction, or a count."""
    k: Annotated[Whole, Field(ge=0)] | MeasureName | None = None
    """Successes; left out, the measure's own `k`."""
    n: Count | None = None
    """Cases; left out, the measure's own `n`."""


class SdPossible(NumberTest):
    test: Literal["sd-possible"]
    of: MeasureName
    """A mean with its standard deviation."""
    sd: Operand | None = None
    """Left out, the measure's own `sd`."""
    n: Count | None = None
    """Left out, the measure's own `n`, where it has one."""
    min: Figure | None = None
    """Lowest value that the scale allows."""
    max: Figure | None = None
    """Highest value that the scale allows."""
    data: Literal["continuous", "integer"] = "continuous"
    """integer: single answers are whole numbers, which rules out more."""
    items: Items = 1
    """With integer data: whole numbers that each case averages over."""
    divisor: Literal["n", "n-1"] | None = None
    """Of the variance; left out, a value that either allows is possible."""

    @model_validator(mode="after")
    def _range(self) -> SdPossible:
        if (self.min is None) != (self.max is None):
            raise PydanticCustomError("range", "a scale has two ends: give `min` and `max`")
        if self.min is not None and self.max is not None and float(self.min) >= float(self.max):
            raise PydanticCustomError("range", "`min` is not below `max`")
        return self


class PAgainstStatistic(NumberTest):
    test: Literal["p-against-statistic"]
    of: MeasureName | None = None
    """The measure that holds `p`, and, where `value` is left out, the statistic as its value."""
    statistic: Literal["t", "F", "chi2", "z", "r"]
    """Which test: Student's t, Fisher's F, chi-squared, a standard normal z, or a Pearson correlation r."""
    value: Operand | None = None
    """The statistic as printed, where it is not the value of `of`."""
    df: Annotated[list[Positive], Field(min_length=1, max_length=2)] | None = None
    """Degrees of freedom: one for t, chi2 and r (n - 2), two for F, none for z."""
    p: PValue | None = None
    """As written with its sign; left out, the `p` of `of`."""
    tails: Literal["one", "two"] = "two"
    """For t, z and r; F and chi2 look at the upper tail only."""

    @model_validator(mode="after")
    def _whole(self) -> PAgainstStatistic:
        wanted = {"t": 1, "r": 1, "chi2": 1, "F": 2, "z": 0}[self.statistic]
        if len(self.df or []) != wanted:
            raise PydanticCustomError("df", "{statistic} has {wanted} degrees of freedom in `df`", {"statistic": self.statistic, "wanted": wanted})
        if self.of is None and (self.value is None or self.p is None):
            raise PydanticCustomError("p", "without `of`, both `value` and `p` are needed")
        if self.tails == "one" and self.statistic in ("F", "chi2"):
            raise PydanticCustomError("tails", "F and chi2 have no second tail: leave out `tails`")
        return self


class OfInterval(NumberTest):
    """Tests of an interval around an estimate."""

    of: MeasureName
    """The estimate, with its interval as `low` and `high`."""
    low: Operand | None = None
    """Left out, the measure's own `low`."""
    high: Operand | None = None
    """Left out, the measure's own `high`."""


class IntervalContains(OfInterval):
    test: Literal["interval-contains"]


class IntervalSymmetric(OfInterval):
    test: Literal["interval-symmetric"]
    scale: Literal["linear", "log", "logit"] = "linear"
    """Where the interval was computed: ratios on log, shares often on logit."""


class IntervalAgainstP(OfInterval):
    test: Literal["interval-against-p"]
    p: PValue | None = None
    """Left out, the measure's own `p`."""
    level: Level | None = None
    """Left out, the measure's own `level`."""
    null: Figure | None = None
    """Value under the null hypothesis; left out, 0, and 1 for ratios (units `times` and `odds ratio`)."""


class IntervalAgainstSe(OfInterval):
    test: Literal["interval-against-se"]
    se: Operand | None = None
    """Left out, the measure's own `se`."""
    level: Level | None = None
    """Left out, the measure's own `level`."""
    df: Positive | None = None
    """Degrees of freedom, where the interval rests on Student's t; left out, the normal distribution."""


class SumsToTotal(NumberTest):
    test: Literal["sums-to-total"]
    parts: Operands
    """Everything that the total is made of."""
    total: Operand
    """A measure, or an exact number such as 100."""


class MeanOfParts(NumberTest):
    test: Literal["mean-of-parts"]
    parts: Names
    """The figures that it is the mean of."""
    mean: MeasureName
    """The figure for the whole."""
    weights: Operands | None = None
    """One for each part, e.g. its n; left out, all parts weigh the same."""

    @model_validator(mode="after")
    def _one_each(self) -> MeanOfParts:
        if self.weights is not None and len(self.weights) != len(self.parts):
            raise PydanticCustomError("weights", "`weights` has one entry for each of `parts`")
        return self


class RelativeAgainstAbsolute(NumberTest):
    test: Literal["relative-against-absolute"]
    before: MeasureName
    """What changes are relative to."""
    after: MeasureName | None = None
    """The figure after the change."""
    absolute: MeasureName | None = None
    """after - before, in the unit of both (for percentages: percentage points)."""
    relative: MeasureName | None = None
    """(after - before) / before, in % or as a fraction."""
    direction: Literal["increase", "decrease"] = "increase"
    """decrease: `absolute` and `relative` are printed as positive reductions."""

    @model_validator(mode="after")
    def _two(self) -> RelativeAgainstAbsolute:
        if sum(x is not None for x in (self.after, self.absolute, self.relative)) < 2:
            raise PydanticCustomError("change", "two of `after`, `absolute` and `relative` are needed to compare them")
        return self


class FoldChange(NumberTest):
    test: Literal["fold-change"]
    before: MeasureName
    """What the factor is relative to."""
    after: MeasureName
    """The figure above the line."""
    fold: Operand
    """after / before."""


class OddsRatioAgainstRiskRatio(NumberTest):
    test: Literal["odds-ratio-against-risk-ratio"]
    exposed: MeasureName
    """Share with the outcome in the group above the line, in % or as a fraction."""
    unexposed: MeasureName
    """Share with the outcome in the group below the line, in the same unit."""
    odds_ratio: MeasureName | None = None
    """Left out where only a risk ratio is printed."""
    risk_ratio: MeasureName | None = None
    """Left out where only an odds ratio is printed."""

    @model_validator(mode="after")
    def _one(self) -> OddsRatioAgainstRiskRatio:
        if self.odds_ratio is None and self.risk_ratio is None:
            raise PydanticCustomError("ratio", "`odds-ratio` or `risk-ratio` is needed to compare with the shares")
        return self


class DirectPlusIndirect(NumberTest):
    test: Literal["direct-plus-indirect"]
    direct: MeasureName
    """The effect that takes no path."""
    indirect: MeasureName | Annotated[list[MeasureName], Field(min_length=1, max_length=MAX_LIST)]
    """One path, or each of several."""
    total: MeasureName
    """The effect of all paths together."""


class Monotonic(NumberTest):
    test: Literal["monotonic"]
    series: Names
    """In the order of the dose, the size or the time."""
    direction: Literal["increasing", "decreasing"] = "increasing"
    """Which way the series is said to run."""
    strict: bool = False
    """true: no two in a row may be equal."""


class Multiply(NumberTest):
    test: Literal["multiply"]
    factors: Operands
    """E.g. groups and cases per group."""
    product: Operand
    """What they multiply to, e.g. all cases."""


class Ordering(NumberTest):
    test: Literal["ordering"]
    of: MeasureName
    """The figure that the text puts first or last."""
    among: Annotated[list[MeasureName], Field(min_length=1, max_length=MAX_LIST)]
    """The figures that it is compared with."""
    place: Literal["largest", "smallest"]
    """Where among them it is said to stand."""


def _tag(value: Any) -> str:
    """Which branch an entry belongs to. Tags hold a space, so that none can be taken for a key."""
    if isinstance(value, Mapping):
        return f"test {value['test']}" if "test" in value else "an expression"
    if isinstance(value, NumberTest):
        return f"test {value.test}"  # type: ignore[attr-defined]  # each of them has one
    return "an expression" if isinstance(value, Expression) else "a text"


NamedTest = (
    Annotated[Grim, Tag("test grim")]
    | Annotated[KOfN, Tag("test k-of-n")]
    | Annotated[SdPossible, Tag("test sd-possible")]
    | Annotated[PAgainstStatistic, Tag("test p-against-statistic")]
    | Annotated[IntervalContains, Tag("test interval-contains")]
    | Annotated[IntervalSymmetric, Tag("test interval-symmetric")]
    | Annotated[IntervalAgainstP, Tag("test interval-against-p")]
    | Annotated[IntervalAgainstSe, Tag("test interval-against-se")]
    | Annotated[SumsToTotal, Tag("test sums-to-total")]
    | Annotated[MeanOfParts, Tag("test mean-of-parts")]
    | Annotated[RelativeAgainstAbsolute, Tag("test relative-against-absolute")]
    | Annotated[FoldChange, Tag("test fold-change")]
    | Annotated[OddsRatioAgainstRiskRatio, Tag("test odds-ratio-against-risk-ratio")]
    | Annotated[DirectPlusIndirect, Tag("test direct-plus-indirect")]
    | Annotated[Monotonic, Tag("test monotonic")]
    | Annotated[Multiply, Tag("test multiply")]
    | Annotated[Ordering, Tag("test ordering")]
)
CheckEntry = Annotated[Annotated[Line, Tag("a text")] | Annotated[Expression, Tag("an expression")] | NamedTest, Discriminator(_tag)]
"""An expression as text, an expression with an acknowledgement, or a named test with its parameters."""

_MODELS: list[type[NumberTest]] = [get_args(branch)[0] for branch in get_args(NamedTest)]
TESTS: dict[str, type[NumberTest]] = {get_args(model.model_fields["test"].annotation)[0]: model for model in _MODELS}
"""Name of a test to its parameters, in the order of the documentation."""
