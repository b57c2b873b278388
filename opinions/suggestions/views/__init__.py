"""Pages of the formal suggestions: the list, writing one, one suggestion with its acts, its papers."""
