"""Who is told when limits come, pass and turn red, as the SELECTs that `notices.bulk` writes notices from.

Coming: whoever must act – the unit's handlers, else the first contact. Missed: both. A yellow card: the town. A red
card: the county and the town. Each occasion is told once to each person, because its key says limit, date and person.
"""

from accounts.models import Role

# As `notify.to_users` writes them, for many at once; a test holds the two together.
_CONTEXT = """jsonb_build_object('opinion_id', o.id, 'receipt', o.receipt, 'title',
    regexp_replace(o.title, '[[:cntrl:][:space:]]+', ' ', 'g'), 'station', s.name, 'station_phone', s.phone,
    'unit', coalesce(u.short_name, ''), 'holder', coalesce(u.short_name, '站点'), 'due',
    coalesce(to_char(o.reply_due_at AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), ''), 'due_part', coalesce('，' || to_char(o.reply_due_at
    AT TIME ZONE 'Asia/Shanghai', 'FMMM月FMDD日') || '前答复', ''), 'groups', to_jsonb(array_remove(ARRAY[
    'station:' || s.code, 'unit:' || u.code, 'county:' || left(o.region_id, 6)], NULL)))"""
_PLACE = """JOIN stations_station s ON s.id = o.station_id
    LEFT JOIN stations_unit u ON u.id = o.lead_unit_id"""
_HANDLERS = f"""SELECT g.user_id FROM accounts_rolegrant g WHERE g.role = '{Role.UNIT_HANDLER.value}'
    AND g.unit_code = h.code AND g.revoked_at IS NULL"""  # noqa: S608
_FIRST_CONTACT = "SELECT o.first_contact_id"


def _above(*roles: Role) -> str:
    named = ", ".join(f"'{role.value}'" for role in roles)
    return f"""SELECT g.user_id FROM accounts_rolegrant g WHERE g.role IN ({named}) AND g.revoked_at IS NULL
    AND g.region_code <> '' AND left(o.region_id, length(g.region_code)) = g.region_code"""  # noqa: S608


# All text is written here; no value of a user enters it.
_UNITS_OWN = "(d.step IN ('SIGN', 'CO_SIGN', 'REPLY', 'PROMISE'))"
OVERDUE = f"SELECT user_id FROM ({_HANDLERS}) AS h WHERE {_UNITS_OWN} UNION {_FIRST_CONTACT}"  # noqa: S608
SOON = (
    f"SELECT user_id FROM ({_HANDLERS}) AS h WHERE {_UNITS_OWN} "  # noqa: S608
    f"UNION SELECT o.first_contact_id WHERE u.id IS NULL OR NOT {_UNITS_OWN}"
)
TOWN = _above(Role.TOWN_STAFF)
COUNTY = f"{_above(Role.TOWN_STAFF, Role.COUNTY_STAFF)} UNION {_FIRST_CONTACT}"


def of_limits(tag: str, whom: str) -> str:
    """Return the SELECT of notices about limits `%(ids)s`; the date is part of the key, so a moved one is told anew."""
    return f"""
SELECT p.user_id, 'opinion:' || o.id AS subject, o.region_id AS region_code, s.code AS station_code,
    {_CONTEXT} || jsonb_build_object('tag', '{tag}:' || d.id || ':' || to_char(d.due_at, 'YYYYMMDD')) AS context,
    '{tag}:' || d.id || ':' || to_char(d.due_at AT TIME ZONE 'UTC', 'YYYYMMDD') || ':' || p.user_id AS dedupe
FROM opinions_deadline d JOIN opinions_opinion o ON o.id = d.opinion_id {_PLACE}
    LEFT JOIN stations_unit h ON h.id = coalesce(d.unit_id, o.lead_unit_id)
    CROSS JOIN LATERAL ({whom}) AS p(user_id)
WHERE d.id = ANY(%(ids)s)
"""  # noqa: S608


def of_cards(whom: str) -> str:
    """Return the SELECT of notices about cards `%(ids)s`."""
    return f"""
SELECT p.user_id, 'opinion:' || o.id AS subject, o.region_id AS region_code, s.code AS station_code,
    {_CONTEXT} || jsonb_build_object('tag', 'card:' || c.id) AS context,
    'card:' || c.id || ':' || p.user_id AS dedupe
FROM opinions_supervisioncard c JOIN opinions_opinion o ON o.id = c.opinion_id {_PLACE}
    CROSS JOIN LATERAL ({whom}) AS p(user_id)
WHERE c.id = ANY(%(ids)s)
"""  # noqa: S608
