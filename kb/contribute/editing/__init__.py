"""Changing a record's text in place: one value at a time, everything else to the letter as it was.

text = edit(text, [(("shapes", 2, "codified"), "set", {"on": today, "by": "ann", "why": "Three examples."})])
write_record(root, "concepts/persona.yaml", old=raw, text=text)
"""

from kb.contribute.editing.edit import edit
from kb.contribute.editing.files import write_record
from kb.contribute.editing.operations import Edit, EditError, Operation

__all__ = ["Edit", "EditError", "Operation", "edit", "write_record"]
