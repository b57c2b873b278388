"""Building blocks without domain words: workflow tables, working days, codes, fields, text, uploads, jobs."""
