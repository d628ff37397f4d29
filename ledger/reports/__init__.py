"""Reports: trial balance, roll-up, statements, lists. Writes nothing.

`queries` reads figures, a module per report turns them into a `Report`, and three renderers
write any report: `text` for people, `sheet` as CSV, `document` as JSON. All but `queries` are
pure. A report may be longer than memory: its rows are read and written as they come.
"""
