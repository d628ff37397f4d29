"""Expenses and income that come again: rent, school fees, a phone plan; rules as data."""
