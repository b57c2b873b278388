"""The desk's pages of the rosters, one class for one page or action."""
