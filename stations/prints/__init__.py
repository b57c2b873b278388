"""Posters, table cards and stickers with a code: drawn once in millimetres, put out as PNG and as PDF."""
