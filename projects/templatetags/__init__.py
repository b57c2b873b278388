"""Template tags of the livelihood projects."""
