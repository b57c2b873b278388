"""Pages of accounts: sign-in, second factor, people, audit log."""
