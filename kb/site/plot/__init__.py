"""Reproduced results as drawings: inline SVG that needs no script, follows light and dark, and stands above its own data as a table.

In a template (`templates/plot_parts.html`):

    {% import "plot_parts.html" as p with context %}
    {{ p.forest(result) }}         the estimates: reported beside reproduced with its interval, one dot per job, the region that counts;
                                   `brief=true` leaves out those that no criterion reads and no reported figure stands beside
    {{ p.plots(result) }}          every plot of the result, in its order; nothing where it has none
    {{ p.plot(plot, result) }}     one of them; `result` (may be left out) says how many worlds its bands are over
    {{ p.jobs(result) }}           what each job measured, as a table that starts closed

Each macro writes whole block elements (`<figure>`, `<details>`), without a heading, for use inside any `<section>` or `<div>`. Text of
records is escaped; drawings and tables are kept out of the search. `forest` is a table of all estimates, so that no page needs another.
`plots` gives each figure the id `plot-RESULT-PLOT`. A page shows a result at most once.

From figures to marks, one module each:

    ticks     round tick values and their labels, in exact decimal arithmetic
    scale     a value's place on an axis
    text      estimated widths, line breaks, labels side by side without overlap
    styles    what tells series apart: class for the colour, marker, dashes
    marks     path data of lines, bands and points
    chart     one drawing of a plot, in a frame
    figure    a plot as a page shows it: wide and narrow drawing, key, description, table
    jobs      values of each job, and the estimates' definitions in the record's configuration
    forest    the estimates of a result beside what was reported
"""
