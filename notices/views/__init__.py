"""Pages under /desk/notices/: one's own notices, what did not arrive, texts, groups, rules; the gateway's receipts."""
