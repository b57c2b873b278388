"""Commands for the server's console."""
