"""票决: the county's representatives choose among the projects of a year, by slip or telephone, in secret."""
