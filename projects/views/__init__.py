"""The desk's pages of the projects."""
