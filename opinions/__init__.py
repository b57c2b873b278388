"""The opinion loop: from a resident's message to his rating, with every deadline and history line between."""
