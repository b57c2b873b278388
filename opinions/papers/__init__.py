"""The loop's papers as Word documents: what each holds, who may have it, its template, and how it is filled in."""
