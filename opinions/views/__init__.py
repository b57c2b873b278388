"""The desk's pages of matters: list, page of one matter, counter form, slip, and one view per verb."""
