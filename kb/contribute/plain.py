"""Text from elsewhere as one line of plain text: no markup, no entity, no character that hides or turns anything.

What registries and bibliography files say is written by strangers. What this module returns satisfies `schemas.scalars.Line`
or is empty, and passes the checks on HTML and on invisible characters.
"""

from __future__ import annotations

import html
import re
import unicodedata

from kb.errors import UsageError

MOST = 300
"""Characters of a line of a record."""
_READ = 5_000
"""Characters of a text that are looked at."""
_PASSES = 12
_TAG = re.compile(
    r"</?[A-Za-z][^<>]*>|<[!?][^<>]*>"
    # Left open, these would still be completed by a browser.
    r"|<(?=[!?]|/?(?:script|style|iframe|object|embed|svg|math|img|link|meta|base|form|input|button|video|audio|template)\b)",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Not of category Cf, and invisible all the same: joiners, fillers, variation selectors.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LATEX = re.compile(r"[\\${}]")


def line(text: object, most: int = MOST) -> str:
    """One line of plain text, at most `most` characters; cut with an ellipsis where it is longer. Empty for what is no text.

    Entities are decoded and tags dropped until none is left, so that an entity cannot hide a tag.
    """
    if not isinstance(text, str):
        return ""
    visible = text[:_READ]
    # Characters that are dropped may have held a tag apart, and a tag another. What is not settled soon was made to keep us busy.
    for _ in range(_PASSES):
        before, visible = visible, _visible(_without_markup(visible))
        if visible == before:
            break
    else:
        visible = _visible(re.sub("[<>&]", "", visible))
    return visible if len(visible) <= most else visible[: most - 1].rstrip() + "…"


def from_latex(text: object, most: int = MOST) -> str:
    """`line` of a text in LaTeX: accents and signs decoded, braces gone, formulas as their text.

    A text that the decoder cannot take (too deep, broken) loses its braces and backslashes only.
    Raises UsageError where the library is missing.
    """
    if not isinstance(text, str) or not _LATEX.search(text):
        return line(text, most)
    try:
        from pylatexenc.latex2text import LatexNodes2Text
    except ModuleNotFoundError as error:
        raise missing("pylatexenc") from error
    # A bare per cent sign is no comment in a title, and none of these is a command there.
    source = re.sub(r"(?<!\\)([%#&])", r"\\\1", text[:2_000])
    try:
        decoded = LatexNodes2Text(math_mode="text", strict_latex_spaces=False).latex_to_text(source)
    except Exception:
        # The decoder raises a dozen kinds of errors on broken input, RecursionError among them; none is the user's business.
        decoded = re.sub(r"[\\${}]", "", source)
    return line(decoded, most)


def missing(library: str) -> UsageError:
    """What to say where a library of the extra `contribute` is not installed."""
    return UsageError(
        f"this needs {library}, which is not installed: install the project with its extra `contribute`, "
        "or scaffold the record with --offline (or by its --title alone) and fill it in by hand"
    )


def _without_markup(text: str) -> str:
    return _TAG.sub("", _ENTITY.sub(lambda found: html.unescape(found[0]) if html.unescape(found[0]) != found[0] else f"{found[1]};", text))


def _visible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    spaced = "".join(" " if c.isspace() else c for c in composed)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in _DROPPED)
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", kept)).split())
