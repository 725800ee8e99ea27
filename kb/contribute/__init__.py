"""Contributing: from an identifier to a record, layout, similarity, and what a change does to the evidence."""
