"""Commands of the opinions."""
