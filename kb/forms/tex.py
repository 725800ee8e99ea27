"""Text as LaTeX that pdfLaTeX, XeLaTeX and LuaLaTeX all compile, whatever script it is in."""

from __future__ import annotations

from kb.forms.bibtex import escape

_MATHS = "≥ge ≤le ×times ±pm →to ≈approx ≠ne ∞infty ·cdot αalpha βbeta γgamma δdelta ΔDelta εepsilon κkappa λlambda μmu πpi ρrho σsigma τtau χchi θtheta"
_SIGNS = {sign[0]: f"$\\{sign[1:]}$" for sign in _MATHS.split()} | {"−": "$-$", "°": r"$^\circ$", "§": r"\S{}", "\u00a0": "~", "\u202f": r"\,"}

_QUOTE = "\ue000"  # for private use: no text of a record means anything by it


def tex(value: str) -> str:
    """One line of text as LaTeX. Characters that TeX has no command for stay as they are; `declarations` makes pdfLaTeX print them."""
    # `[` after a macro of ours would be its option. A straight quotation mark is a curly one in TeX, and part of its accents.
    made = escape(value.replace(_QUOTE, "").replace('"', _QUOTE)).replace("[", "{[}").replace("]", "{]}").replace(_QUOTE, "{\\textquotedbl}")
    return "".join(_SIGNS.get(char, char) for char in made)


def declarations(document: str) -> list[str]:
    """For pdfLaTeX: every character beyond its reach in a document, printed as its number."""
    return [f"\\DeclareUnicodeCharacter{{{ord(char):04X}}}{{[U+{ord(char):04X}]}}" for char in sorted(set(document)) if ord(char) >= 0xA0]
