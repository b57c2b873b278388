"""Maintenance commands of the core."""
