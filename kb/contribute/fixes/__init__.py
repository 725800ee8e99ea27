"""Safe fixes, for `kb check --fix`: where a problem has exactly one right answer that changes no meaning.

One module per code, with a function registered by `@fixer`. A misspelt key or word has a nearest neighbour, not one right
answer: it is suggested and never written.
"""

from kb.contribute.fixes.registry import all_fixers
from kb.contribute.fixes.repairing import Repair, marked, repair

__all__ = ["Repair", "all_fixers", "marked", "repair"]
