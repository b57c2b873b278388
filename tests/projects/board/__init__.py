"""The year's list for everybody."""
