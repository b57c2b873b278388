"""`make bench`: how fast the portal is beside the bare framework, in one run on one machine. See docs/bench.md."""
