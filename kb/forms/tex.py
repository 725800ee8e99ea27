"""Text as LaTeX that pdfLaTeX, XeLaTeX and LuaLaTeX all compile, whatever script it is in."""

from __future__ import annotations

from kb.forms.bibtex import escape

_SIGNS = {
    "≥": r"$\ge$", "≤": r"$\le$", "×": r"$\times$", "−": r"$-$", "±": r"$\pm$", "→": r"$\to$", "≈": r"$\approx$", "≠": r"$\ne$", "∞": r"$\infty$", "·": r"$\cdot$",
    "α": r"$\alpha$", "β": r"$\beta$", "γ": r"$\gamma$", "δ": r"$\delta$", "Δ": r"$\Delta$", "ε": r"$\epsilon$", "κ": r"$\kappa$", "λ": r"$\lambda$", "μ": r"$\mu$",
    "π": r"$\pi$", "ρ": r"$\rho$", "σ": r"$\sigma$", "τ": r"$\tau$", "χ": r"$\chi$", "θ": r"$\theta$", "°": r"$^\circ$", "§": r"\S{}", "\u00a0": "~", "\u202f": r"\,",
}  # fmt: skip


def tex(value: str) -> str:
    """One line of text as LaTeX. Characters that TeX has no command for stay as they are; `declarations` makes pdfLaTeX print them."""
    # `*` and `[` after a line end of ours would be its option, and a double hyphen would become a dash.
    made = escape(value).replace("[", "{[}").replace("]", "{]}").replace('"', "{\\textquotedbl}")
    return "".join(_SIGNS.get(char, char) for char in made)


def declarations(document: str) -> list[str]:
    """For pdfLaTeX: every character beyond its reach in a document, printed as its number."""
    return [f"\\DeclareUnicodeCharacter{{{ord(char):04X}}}{{[U+{ord(char):04X}]}}" for char in sorted(set(document)) if ord(char) >= 0xA0]
