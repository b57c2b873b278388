"""Screening councils (民生议事会): agenda, scores, what the units say, the result, and the list to the government."""
