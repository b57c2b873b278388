"""Tables that only grow: a database trigger refuses UPDATE, DELETE and TRUNCATE to every role.

The trigger is ENABLE ALWAYS, so switching to the replica role does not get around it. Only the owner of the table can
remove it, with a statement that no part of the portal contains. Test databases (their name starts with `test_`) may
be truncated between tests when the session says `SET liaison.allow_truncate = 'on'`; elsewhere that setting has no
effect.
"""

import re

from django.db import migrations

_TABLE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,48}")

_FUNCTION = """
CREATE OR REPLACE FUNCTION liaison_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%'
       AND current_setting('liaison.allow_truncate', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'table % only grows: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$body$;
"""

_TRIGGERS = """
CREATE TRIGGER {table}_keep_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION liaison_append_only();
CREATE TRIGGER {table}_keep_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION liaison_append_only();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep_table;
"""

_REVERSE = """
DROP TRIGGER IF EXISTS {table}_keep_rows ON {table};
DROP TRIGGER IF EXISTS {table}_keep_table ON {table};
"""


def append_only(table: str) -> migrations.RunSQL:
    """The migration operation that makes `table` append-only. Raises ValueError for an odd table name."""
    if not _TABLE_NAME.fullmatch(table):
        raise ValueError(f"{table!r} is not a plain table name.")
    return migrations.RunSQL(sql=_FUNCTION + _TRIGGERS.format(table=table), reverse_sql=_REVERSE.format(table=table))
