"""Commands of the stations."""
