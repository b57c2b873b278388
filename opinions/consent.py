"""Which privacy notice a resident agrees to. Whoever changes what templates/privacy.html says counts on here."""

VERSION = "2026-1"  # the year and the number in it, as stored with each message
WORDS = "{} 年第 {} 版".format(*VERSION.split("-"))
