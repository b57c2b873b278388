"""The demo county: invented people and matters in real towns, the same at every run."""
