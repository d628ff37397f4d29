"""The household room: the back end of a worker's phone, over the posting engine.

She records what she spends and earns, in any currency she uses, without knowing the chart of
accounts: a category is an account, a pocket is an account, and both are opened by their first
use. Packages: `feed` (what a phone must hear of), `books` (her book, categories, pockets),
`records` (expenses and income), `notes`, `rules` (which find a category), `recurring`, `budgets`,
`family`, `wages` (contracts, slips, legal limits), `remittances` (money on its way home, and its
true cost), `debts` (what she owes, and its real rate). Verbs come in bulk and answer outcomes; a
refusal is one.
"""
