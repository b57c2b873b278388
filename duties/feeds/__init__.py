"""Calendar feeds: duties in the calendar that somebody has on his telephone anyway."""
