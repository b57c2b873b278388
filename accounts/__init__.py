"""Who may sign in, in which role and for which region, and the audit log. No matters, no stations."""
