"""From the yearly list to the last stone: who builds a project, how far it is, what changed and what was found."""
