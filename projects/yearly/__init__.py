"""An existing yearly list from a file: columns matched, rows looked at, each good row put on the list."""
