"""Template tags of the matters."""
