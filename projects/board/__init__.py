"""进度公示: the year's list for everybody, on a phone, in the lobby and on the wall."""
