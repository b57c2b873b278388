"""表彰: the county thanks a representative or somebody of a station, in words and with what they rest on."""
