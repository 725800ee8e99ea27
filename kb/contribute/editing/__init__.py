"""Changing a record's text in place: one value at a time, everything else to the letter as it was.

text = edit(text, [(("shapes", 2, "codified"), "set", {"on": today, "by": "ann", "why": "Three examples."})])
write_record(tree, "concepts/some-concept.yaml", text)
"""

from kb.contribute.editing.editor import edit
from kb.contribute.editing.files import write_record
from kb.contribute.editing.operations import Edit, EditError, Operation

__all__ = ["Edit", "EditError", "Operation", "edit", "write_record"]
