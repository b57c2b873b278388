"""Duty rosters: who sits when at which station."""
