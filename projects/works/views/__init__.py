"""The desk's pages of the building."""
