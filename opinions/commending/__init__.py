"""The county's pages of commendations, beside what duty records and matters say of a person."""
