"""What a change does to the evidence: two states of a knowledge base, compared section by section.

    change = compare(root, "main", None, today=day)      sides.py: the two states, read from git and from the files
    report(change)                                       registry.py: every section's items
    render(report), text(report), as_json(report)        markdown.py, plain.py

The JSON form is one object, whose keys stay as they are for `version` 1:
`version`; `before` and `after`, the states in words; `summary`, one line; `moved`, whether anything that the evidence adds up to has moved;
`sections`, in order, those without an item left out, each with `section` (its key), `heading`, and `items`, each with `kind` (a word of its section),
`about` (record, claim, `concept/shape` or place), `what` (a sentence) and `details` (lines). Texts are plain and hold what strangers wrote: escape them.

| section | kinds |
|---|---|
| records | added, changed, renamed, removed, layout, settings |
| problems | invalid, valid, invalid-gone, new-error, new-warning, gone |
| shapes | threshold-reached, threshold-lost, moved, tracked, untracked, beside |
| conflicts | opened, closed |
| disputes | opened, resolved, withdrawn |
| checks | worse, better, failing |
| beliefs | credence, evidence |
| triggers | fired, due, reviewed, no-longer |
| results | verdict, rerun, gone, stale, fresh |
| decisions | opened, cleared |
"""
