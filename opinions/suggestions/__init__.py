"""Formal suggestions (代表建议): several matters of one kind become one paper with a clock of the law behind it."""
