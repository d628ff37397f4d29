"""A small demonstration: two months of a worker in Hong Kong, her family, a cooperative, a fund.

`story.json` is the data, `story.py` turns it into requests. Persons and institutions are made up.
"""
