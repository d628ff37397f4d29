"""Every mapped table of the ledger: a room that adds tables adds its module here."""

from ledger.access import tables as access_tables
from ledger.approvals import tables as approvals_tables
from ledger.apps import tables as apps_tables
from ledger.books import tables as books_tables
from ledger.consents import tables as consents_tables
from ledger.consents.facts import tables as facts_tables
from ledger.db import Base
from ledger.household.books import tables as household_tables
from ledger.household.budgets import tables as budgets_tables
from ledger.household.debts import tables as debts_tables
from ledger.household.feed import tables as feed_tables
from ledger.household.notes import tables as notes_tables
from ledger.household.records import tables as records_tables
from ledger.household.recurring import tables as recurring_tables
from ledger.household.remittances import tables as remittances_tables
from ledger.household.rules import tables as rules_tables
from ledger.household.wages import tables as wages_tables
from ledger.journal import tables as journal_tables
from ledger.parties import tables as parties_tables

MAPPED = (
    books_tables,
    journal_tables,
    parties_tables,
    consents_tables,
    facts_tables,
    approvals_tables,
    access_tables,
    household_tables,
    budgets_tables,
    feed_tables,
    notes_tables,
    records_tables,
    recurring_tables,
    rules_tables,
    apps_tables,
    wages_tables,
    remittances_tables,
    debts_tables,
)

metadata = Base.metadata
