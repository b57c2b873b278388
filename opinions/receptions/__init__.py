"""Reception days: who receives residents at a station today, whom they received, and the sheets of the day."""
