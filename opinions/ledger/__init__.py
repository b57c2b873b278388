"""Spreadsheets of the loop: the ledger out, an older ledger in, and a unit's list out and back with its answers."""
