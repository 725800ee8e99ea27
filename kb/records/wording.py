"""How messages show what strangers wrote: on one line, bounded, with nothing that a terminal would obey."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 60


def spelled(text: str) -> str:
    """The text with every character that can't be seen, or that reorders what is, as its escape: `\\u202e`. Nothing of it moves a cursor or ends a line."""
    return text if text.isprintable() else "".join(c if c.isprintable() else escape(c) for c in text)


def escape(char: str) -> str:
    """A character in ASCII: `\\x1b`."""
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def quoted(text: str) -> str:
    """A text in single quotes, its invisible characters escaped, shortened to 60 characters."""
    shown = spelled(text[: _SHOWN + 1])
    return f"'{shown}'" if len(shown) <= _SHOWN else f"'{shown[: _SHOWN - 1]}…'"


def either(words: Sequence[str], limit: int = 12) -> str:
    """`'a', 'b' or 'c'`, shortened where there are many."""
    shown = [quoted(word) for word in words[:limit]]
    if len(words) > limit:
        return f"{', '.join(shown)} … ({len(words)} in all)"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def found(value: object) -> str:
    """What stands in the file, in the words of somebody who writes YAML."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value) if value else "an empty text"
    if isinstance(value, (int, float)):
        return f"the number {getattr(value, 'written', value)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "a mapping"
    return f"a {type(value).__name__}"
