"""A representative's own duties: what he reads on his telephone and what he may do about it."""
