"""Tests of the duty rosters."""
