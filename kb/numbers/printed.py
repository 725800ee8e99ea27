"""The numbers that a text prints, as a reader would take them: with sign, separators, power of ten and unit.

`1,935`, `1 935` (thin space) and `1'935` are 1935; `0·42`, `.42` and `0,42` are 0.42; `1.2 × 10−3` is 0.0012. A comma is a decimal sign
where the text shows more commas before one or two digits than decimal points, and always in `0,42` outside of a pair such as `[0,1]`.
Not taken as numbers: parts of names and versions (GPT-4, v2, 1.2.3), of addresses, identifiers and dates, labels (Table 3), single
references in brackets ([12]), exponents, subscripts and footnote marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.errors import UsageError
from kb.numbers.words import words_in

MAX_NUMBERS: Final = 500_000
_REACH: Final = 48
"""Characters looked at on either side of a number."""
_DIGITS: Final = 40
"""No source prints more digits than a record may hold."""

_RUN: Final = re.compile(r"[0-9]+(?:(?!·10\s?(?:[\^−–-]|\*\*))[.,'·][0-9]+)*|[.·][0-9]+")
_NO_NUMBERS: Final = re.compile(
    r"https?://\S+|www\.\S+|(?i:doi|arxiv):\s?\S+|(?<![\w.])10\.[0-9]{4,9}/\S+|(?<![\w.])[0-9]{4}\.[0-9]{5}v[0-9]+"
    r"|(?<![\w.])[0-9]{1,4}([-/])[0-9]{1,4}\1[0-9]{1,4}(?![\w.]?[0-9])"
)
_LABEL: Final = re.compile(
    r"(?:\b(?i:tables?|tab\.|figures?|figs?\.|sections?|secs?\.|appendix|appendices|equations?|eqs?\.|chapters?|algorithms?|theorem|lemma|footnotes?|pages?|pp?\.)"
    r"|§§?)\s{0,2}\Z"
)
_COUNTS: Final = re.compile(r"(?:^|[-–])(?:rank|top|layers?|epochs?|steps?|turns?|levels?|score|scores|dose|of|to|and|or)\Z", re.IGNORECASE)
"""Words that a hyphen joins to a number proper: rank-1, 36-of-43. Other words make it part of a name."""
_DASH: Final = re.compile(r"(?:−\s{0,2}|[-–])\Z")
_P: Final = re.compile(r"\b[pP](?:[- ]?values?)?\s{0,2}(?:[<=>≤≥]\s{0,2})+\Z")
_COMPARES: Final = re.compile(r"(<=|>=|[<=>≤≥])\s{0,2}\Z")
_SCIENTIFIC: Final = re.compile(
    r"\s{0,2}[×x*·]\s{0,2}10\s?(?:(?:\^|\*\*)\s?\{?\(?\s?([-−–+]?\s?[0-9]{1,3})\s?\)?\}?|([-−–][0-9]{1,3}))(?![\w.]?[0-9])|[eE]([-−–+]?[0-9]{1,3})(?![\w.]?[0-9])"
)
_FLAT: Final = re.compile(r"\s{0,2}[×x]\s{0,2}10([0-9]{1,2})(?![\w.,]?[0-9])")
"""A power of ten whose superscript was lost, `1.2 × 103`: read both ways."""
_POWER: Final = re.compile(r"\^\s?\{?\(?\s?([-−–+]?\s?[0-9]{1,3})\s?\)?\}?(?![\w.]?[0-9])|(−[0-9]{1,2})(?![\w.]?[0-9])")
_SCALE: Final = re.compile(r"(k|K|M|B|bn)(?!\w)|\s{1,2}(thousand|million|billion)\b")
_SCALES: Final = {"k": 3, "K": 3, "M": 6, "B": 9, "bn": 9, "thousand": 3, "million": 6, "billion": 9}
UNIT: Final = re.compile(r"\s{0,3}%|[\s-]{0,2}(?:per\s?cent|pct)\b")
_POINTS: Final = re.compile(r"[\s-]{0,2}(?:pp\b|p\.p\.|percentage[\s-]{1,2}points?\b)")
_ORDINAL: Final = re.compile(r"\^?\{?(st|nd|rd|th)\}?(?!\w)")
ORDINAL: Final = "th"
_TIMES: Final = re.compile(r"\s?[x×](?!\s?[\w.])|-?\s?fold\b|\s{1,2}times\b")
_RANGE: Final = re.compile(r"\s{0,2}(?:[-–]|to)\s{0,2}[-−–]?[0-9.,·]{1,12}")
_MARK: Final = re.compile(r"\^\{?([^}\s]{1,6})\}?")
_BRACKET: Final = re.compile(r"\[\s*[0-9]{1,3}(?:\s*[,;–-]\s*[0-9]{1,3})*\s*\]")
_BROKEN: Final = re.compile(r"([0-9][0-9.,'·]{0,40}[.,'·])[ \t]*\n[ \t]*([0-9]{1,40}(?:[.,'·][0-9]{1,40}){0,4})|([0-9]{1,40})[ \t]*\n[ \t]*([.·][0-9]{1,40})")
_SPACED: Final = re.compile(r"(?<![0-9.,'·])([1-9][0-9]{0,2}(?: [0-9]{3})+)(?![0-9])((?:[.,·][0-9]{1,40})?)")


@dataclass(frozen=True, slots=True)
class Printed:
    """A number in a text."""

    number: Decimal
    """With the digits that are printed: 0.230 is not 0.23."""
    offset: int
    """Where it begins, in the normalised text."""
    shown: str
    """As printed, with sign and unit, without the words around it."""
    unit: str = ""
    """%, pp, times, th for an ordinal (the 300th), or empty where none stands behind it."""
    scaled: bool = False
    """Written with a word or a suffix: three, 1.2k, 41 million, 300th."""
    listed: bool = False
    """In brackets that hold whole numbers alone: a reference, or an interval."""
    compared: str = ""
    """The sign of comparison before it."""
    is_p: bool = False
    """Printed as a p value."""


def numbers_in(text: str) -> list[Printed]:
    """Every number of a normalised text, by place; ambiguous ones once for each reading. Raises UsageError beyond MAX_NUMBERS."""
    text = _NO_NUMBERS.sub(lambda match: re.sub(r"[^\n]", "_", match[0]), text)
    scanner = _Scanner(text)
    found: list[Printed] = []
    for printed in scanner.scan():
        found.append(printed)
        if len(found) > MAX_NUMBERS:
            raise UsageError(f"the text holds more than {MAX_NUMBERS:,} numbers; give the paper, not its data")
    for offset, end, word, number in words_in(text):
        percent = UNIT.match(text, end)
        found.append(Printed(Decimal(number), offset, word + (" %" if percent else ""), "%" if percent else "", scaled=True))
    return sorted(found, key=lambda printed: printed.offset)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        commas = len(re.findall(r"(?<![0-9.,\[(])[0-9]+,[0-9]{1,2}(?![0-9])(?![.,][0-9])", text))
        self.comma = commas > len(re.findall(r"[0-9]\.[0-9]", text))
        self.brackets = [match.span() for match in _BRACKET.finditer(text)]

    def scan(self) -> Iterator[Printed]:
        past, bracket = 0, 0
        for run in _RUN.finditer(self.text):
            if run.start() < past:
                continue
            while bracket < len(self.brackets) and self.brackets[bracket][1] <= run.start():
                bracket += 1
            listed = bracket < len(self.brackets) and self.brackets[bracket][0] <= run.start()
            if listed and not re.search(r"[,;–-]", self.text[slice(*self.brackets[bracket])]):
                continue  # [12]: a reference
            found, past = self._read(run.start(), run.end(), run[0], listed)
            yield from found
        for broken in _BROKEN.finditer(self.text):
            left, right = (broken[1], broken[2]) if broken[1] else (broken[3], broken[4])
            yield from self._joined(broken.start(), broken.end(), left + right)
        for spaced in _SPACED.finditer(self.text):
            yield from self._joined(spaced.start(), spaced.end(), spaced[1].replace(" ", "'") + spaced[2])

    def _joined(self, start: int, end: int, run: str) -> list[Printed]:
        """A number whose parts stand apart, read as one; the parts are read on their own as well."""
        match = _RUN.fullmatch(run)
        return self._read(start, end, run, False)[0] if match and len(self._numerals(run, False)) == 1 else []

    def _read(self, start: int, end: int, run: str, listed: bool) -> tuple[list[Printed], int]:
        """The readings of a run of digits and separators, and where to go on."""
        before, after = self.text[max(0, start - _REACH) : start], self.text[end : end + _REACH]
        if run[0] == "." and before[-1:] == ".":
            return [], end
        sign = _sign(before)
        if sign is None:
            return [], end
        pair = before[-1:] in "[(" and after[:1] in "])"
        numerals = self._numerals(run, pair)
        if len(numerals) != 1 or isinstance(numerals[0], tuple):
            # A list without blanks, 10,20, or one number with two readings, each a plain number.
            flat = [n for numeral in numerals for n in (numeral if isinstance(numeral, tuple) else (numeral,))]
            unit, _ = _unit(after) if _stands_alone(after, True) else (None, "")
            if unit is None:
                return [], end
            return [Printed(_signed(sign, n), start, n, unit, listed=listed) for n in flat], end
        return self._single(sign, numerals[0], start, end, before, after, listed)

    def _single(self, sign: str, numeral: str, start: int, end: int, before: str, after: str, listed: bool) -> tuple[list[Printed], int]:
        last = before.rstrip()[-1:]
        match = _COMPARES.search(before) if last and last in "<=>≤≥" else None
        compared = match[1].replace("<=", "≤").replace(">=", "≥") if match else ""
        number, is_p = _signed(sign, numeral), match is not None and _P.search(before) is not None

        def printed(value: Decimal, tail: str, unit: str = "", scaled: bool = False) -> Printed:
            shown = " ".join(f"{sign}{numeral}{tail}".split())
            return Printed(value, start, shown, unit, scaled, listed, compared, is_p)

        if power := _SCIENTIFIC.match(after):
            exponent = _whole(power[1] or power[2] or power[3])
            return [printed(number.scaleb(exponent), f"e{exponent}")], end + power.end()
        readings = []
        if power := _FLAT.match(after):
            readings.append(printed(number.scaleb(int(power[1])), f"e{power[1]}"))
        if numeral == "10" and (power := _POWER.match(after)):
            exponent = _whole(power[1] or power[2])
            readings.append(printed(_signed(sign, "1").scaleb(exponent), f"^{exponent}"))
            if power[1]:
                return readings, end + power.end()
        if scale := _SCALE.match(after):
            readings.append(printed(number.scaleb(_SCALES[scale[1] or scale[2]]), scale[0], scaled=True))
            if scale[1]:
                return readings, end
        if numeral.isdigit() and (ordinal := _ORDINAL.match(after)) and ordinal[1] == _suffix(numeral):
            readings.append(printed(number, ordinal[1], ORDINAL, scaled=True))
            return readings, end
        unit, tail = _unit(after)
        is_decimal = not numeral.isdigit()
        if _stands_alone(after, is_decimal) and not (unit == "" and (last in (".", "§") or last.isalpha()) and _LABEL.search(before)):
            readings.append(printed(number, tail, unit))
        return readings, end

    def _numerals(self, run: str, pair: bool) -> list[str | tuple[str, ...]]:
        """The numbers in a run, each with a decimal point and nothing else; a tuple holds two readings of one."""
        parts, marks = re.split(r"[.,'·]", run), re.findall(r"[.,'·]", run)
        if max(map(len, parts)) > _DIGITS:
            return []
        whole = "".join(parts)
        grouped = bool(re.fullmatch(r"[1-9][0-9]{0,2}", parts[0])) and all(len(part) == 3 for part in parts[1:])
        if not marks:
            return [run] if run == "0" or run[0] != "0" else []
        if len(set(marks)) == 1 and len(marks) > 1:
            if grouped and marks[0] != "·":
                return [whole]
            return self._split(run) if marks[0] == "," else []
        if len(marks) == 1:
            decimal = f"{parts[0] or '0'}.{parts[1]}"
            if len(parts[0]) > 1 and parts[0][0] == "0":
                return []
            match marks[0]:
                case "'":
                    return [whole] if grouped else []
                case "·":
                    return [decimal]
                case ".":
                    return [(decimal, whole)] if grouped and self.comma else [decimal]
            if grouped:
                return [(decimal, whole)] if self.comma else [whole]
            return [decimal] if self.comma or (parts[0] == "0" and not pair) else self._split(run)
        last = run.rindex(marks[-1])
        head = run[:last]
        if marks[-1] in ".,·" and len(set(marks[:-1])) == 1 and marks[0] != marks[-1] and marks[0] != "·" and _grouped(head):
            return [f"{re.sub('[.,]', '', head).replace(chr(39), '')}.{parts[-1]}"]
        return self._split(run) if "," in marks else []

    def _split(self, run: str) -> list[str | tuple[str, ...]]:
        return [numeral for part in run.split(",") if part for numeral in self._numerals(part, True)]


def _grouped(head: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,2}(?:[.,'][0-9]{3})+", head) is not None


def _signed(sign: str, numeral: str) -> Decimal:
    return Decimal(f"{sign.replace('−', '-')}{numeral}")


def _suffix(numeral: str) -> str:
    """What English writes behind a whole number to make it an ordinal."""
    return "th" if numeral[-2:-1] == "1" else {"1": "st", "2": "nd", "3": "rd"}.get(numeral[-1], "th")


def _whole(exponent: str) -> int:
    return int(re.sub(r"\s", "", exponent).replace("−", "-").replace("–", "-"))


def _sign(before: str) -> str | None:
    """`−` or nothing, or None where what stands before makes the digits part of something else."""
    dash = _DASH.search(before)
    head = before[: dash.start()] if dash else before
    if re.search(r"[\^_]\{?\(?[+]?\Z", head) or (dash is None and re.search(r"[\w@#\\^]\Z|[0-9]:\Z", before)):
        return None
    if dash is None:
        return ""
    joined = head[-1:]
    if joined.isalnum() or joined in (")", "]", "}", "%", "'", '"', "_"):
        word = _last_word(head)
        if any(c.isalpha() or c == "_" for c in word) and not _COUNTS.search(word):
            return None  # GPT-4, gpt-4-0613
        return ""
    # `5 − 3` is a difference, `0.12 −0.30` two columns.
    if dash[0][-1:].isspace() and re.search(r"[\w)\]}%]\s{1,2}\Z", head):
        return ""
    return "−"


def _last_word(text: str) -> str:
    start = len(text)
    while start and (text[start - 1].isalnum() or text[start - 1] in "_.-–"):
        start -= 1
    return text[start:]


def _stands_alone(after: str, is_decimal: bool) -> bool:
    """Whether what follows leaves the number whole: no letter, no power, no time of day; a footnote mark only behind a decimal."""
    if mark := _MARK.match(after):
        return is_decimal or not any(c.isalnum() for c in mark[1])
    return _TIMES.match(after) is not None or _POINTS.match(after) is not None or re.match(r"\w|:[0-9]", after) is None


def _unit(after: str) -> tuple[str, str]:
    """The unit behind a number and how it is printed. The first end of `10–20 %` has that of the second."""
    if _POINTS.match(after):
        return "pp", " pp"
    if UNIT.match(after):
        return "%", " %"
    if _TIMES.match(after):
        return "times", " times"
    if (span := _RANGE.match(after)) and UNIT.match(after, span.end()):
        return "%", ""
    return "", ""
