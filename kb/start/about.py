"""What a new knowledge base is called, taken from whoever starts it."""

from __future__ import annotations

import re

from pydantic import ValidationError

from kb.errors import UsageError
from kb.records.config import Config
from kb.records.invisible import HIDDEN

# The site tool prints a site's name and description as they are, into text and into attributes.
_MARKUP = re.compile(r'[<>"]')


def about(given: dict[str, str | None]) -> Config:
    """The settings of a new knowledge base: those given, and the engine's defaults.

    `given` maps fields of kb.yaml that are one line (title, tagline, url, repository, license) to their text, None where it was left out.
    Raises UsageError, which names the option, for what is no single line, too long, no address of the web, hidden or markup.
    """
    for name, value in given.items():
        if value is not None and (found := _MARKUP.search(value)):
            raise UsageError(f"--{name} holds {found[0]}, which the site would take for markup; write it without (typographic quotation marks are text)")
        if value is not None and (hidden := HIDDEN.search(value)):
            raise UsageError(f"--{name} holds an invisible character, U+{ord(hidden[0][0]):04X}; write it without")
        if value is not None and not value.isprintable():
            raise UsageError(f"--{name} holds a line break or another control character; write it on one line")
    try:
        return Config.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        what = "an address like https://example.org/wiki" if first["loc"][0] in ("url", "repository", "license") else "one line of at most 300 characters"
        raise UsageError(f"--{first['loc'][0]} is {str(first['input'])[:80]!r}; expected {what}, without blanks at its ends") from None
