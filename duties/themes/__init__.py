"""月度主题履职: what a month is about, for the county or for one station, and short notes of what was done."""
