"""The pages of the service posts: the list, the four forms, one record with its acts, the way to a matter."""
