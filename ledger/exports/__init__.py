"""Books as text that other people's programs read: beancount and hledger.

`queries` streams what was posted, `names` turns our names into what each format allows,
`beancount` and `hledger` write the text, part by part and in constant memory. What is only held
is left out: an export shows the posted layer. Each ends with balances taken from our counters,
which the reading program checks against the entries.
"""
