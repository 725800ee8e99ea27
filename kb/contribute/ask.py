"""Questions to the person at the terminal, and what to say where nobody is there to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kb.contribute.plain import line
from kb.records.similarity import did_you_mean


@dataclass(frozen=True)
class Ask:
    """Asks where somebody is there; otherwise every answer is the default."""

    there: bool
    read: Callable[[str], str] = field(default_factory=lambda: input)
    say: Callable[[str], None] = print

    def text(self, question: str, default: str = "") -> str:
        """One line of plain text; the default where the answer is empty or input ends."""
        if not self.there:
            return default
        return line(self._answer(f"{question}{f' [{default}]' if default else ''}: ")) or default

    def choice(self, question: str, options: Sequence[str], default: str) -> str:
        """One of a few words, asked again until it is one."""
        while (answer := self.text(f"{question} ({', '.join(options)})", default)) not in options and answer:
            self.say(f"  no '{answer}' here; {did_you_mean(answer, options) or 'one of ' + ', '.join(options)}")
        return answer

    def until(self, question: str, valid: Callable[[str], str], default: str = "") -> str:
        """A text for which `valid` returns no objection; an empty answer without a default is returned as it is."""
        while (answer := self.text(question, default)) and (objection := valid(answer)):
            if not self.there:
                return answer
            self.say(f"  {objection}")
        return answer

    def yes(self, question: str) -> bool:
        """Whether the answer is y or yes; no where nobody is there."""
        return self.there and self._answer(f"{question} [y/N]: ").strip().casefold() in ("y", "yes")

    def _answer(self, prompt: str) -> str:
        try:
            return self.read(prompt)
        except EOFError:
            return ""
