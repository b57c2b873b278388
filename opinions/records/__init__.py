"""The duty record (履职档案): gathered from real work, added to by hand only with a second person's word."""
