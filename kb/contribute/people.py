"""Authors as bibliographies write them, as persons of a record."""

from __future__ import annotations

import re
from typing import Any, Final

from kb.contribute.plain import line

Author = dict[str, str]
"""The fields of `schemas.Person` as YAML has them: family and given, or literal; ORCID."""

PARTICLES: Final = frozenset(
    "af al ap av bin da dal dalla das de degli dei del dela della den der des di do dos du el ibn la las le les lo los ten ter van vom von zu zum zur".split()  # noqa: SIM905 - words
)
_SUFFIX: Final = re.compile(r"(?:jr|sr)\.?|ii|iii|iv", re.IGNORECASE)
_GROUP: Final = re.compile(
    r"\b(?:association|centre|center|collaboration|committee|community|company|consortium|contributors|council|department|foundation|group|inc|initiative"
    r"|institute|lab|labs|laboratory|ltd|network|organi[sz]ation|project|society|team|university|working)\b",
    re.IGNORECASE,
)
_ORCID: Final = re.compile(r"(?:https?://orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])/?")


def person(family: Any = "", given: Any = "", *, particle: Any = "", suffix: Any = "", literal: Any = "", orcid: Any = "") -> Author | None:
    """An author of cleaned parts; None where no name is left.

    Particles go before the family name and suffixes behind it, since records have no field for either. A given name alone is a literal.
    """
    family_name = " ".join(part for part in (line(particle), line(family), line(suffix)) if part) if line(family) else ""
    given_name, whole = line(given), line(literal)
    if family_name:
        author = {"family": line(family_name)} | ({"given": given_name} if given_name else {})
    elif whole or given_name:
        author = {"literal": whole or given_name}
    else:
        return None
    identifier = orcid_of(orcid)
    return author | ({"ORCID": identifier} if identifier else {})


def person_of_name(name: Any) -> Author | None:
    """An author of a name in one piece: `Family, Given`, `Family, Jr., Given`, or `Given von Family Jr.`; a group or a single word is a literal.

    In a name without a comma the last word is the family name, with the particles before it; that is a guess, which a contributor is asked to look at.
    """
    text = line(name)
    if "," in text and not _GROUP.search(text):
        parts = [part.strip() for part in text.split(",")]
        suffix = next((part for part in parts[1:] if _SUFFIX.fullmatch(part)), "")
        given = " ".join(part for part in parts[1:] if part != suffix)
        return person(parts[0], given, suffix=suffix) if parts[0] else person(literal=given)
    words = text.split()
    if len(words) < 2 or _GROUP.search(text):
        return person(literal=text)
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    start = len(words) - 1
    while start > 1 and words[start - 1] in PARTICLES:
        start -= 1
    return person(" ".join(words[start:]), " ".join(words[:start]), suffix=suffix)


def orcid_of(text: Any) -> str:
    """An ORCID with its hyphens, from an id or its address; empty where it is none or its check character (ISO 7064 11,2) is wrong."""
    found = _ORCID.fullmatch(text.strip()) if isinstance(text, str) and len(text) < 60 else None
    if found is None:
        return ""
    digits = "".join(found.groups()).upper()
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "-".join(found.groups()).upper() if digits[15] == ("X" if check == 10 else str(check)) else ""
