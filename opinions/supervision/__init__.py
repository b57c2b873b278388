"""Supervision (督办): cards blue, yellow and red, what raises them and what clears them. A date clears nothing."""
