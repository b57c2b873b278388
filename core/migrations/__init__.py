"""Schema history of the core app."""
