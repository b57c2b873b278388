"""What must never be false about accounts, held by the database: an append-only audit log, separated administrators."""

from django.db import migrations

from core.appendonly import append_only

# Runs before the row is written. The lock on the account makes two grants at one moment wait for each other;
# afterwards the second one sees the first and is refused.
SEPARATE = """
CREATE FUNCTION accounts_separate_administrators() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    admins text[] := ARRAY['SYSTEM_ADMIN', 'SECURITY_ADMIN', 'AUDIT_ADMIN'];
BEGIN
    IF NEW.revoked_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM accounts_rolegrant AS held
        WHERE held.user_id = NEW.user_id AND held.revoked_at IS NULL AND held.id IS DISTINCT FROM NEW.id
          AND (CASE WHEN held.role = ANY (admins) THEN held.role ELSE 'BUSINESS' END)
           <> (CASE WHEN NEW.role = ANY (admins) THEN NEW.role ELSE 'BUSINESS' END)
    ) THEN
        RAISE EXCEPTION 'administrator roles are separated: account % cannot also hold %', NEW.user_id, NEW.role
            USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_separate_administrators BEFORE INSERT OR UPDATE ON accounts_rolegrant
    FOR EACH ROW EXECUTE FUNCTION accounts_separate_administrators();
"""

JOIN = """
DROP TRIGGER accounts_separate_administrators ON accounts_rolegrant;
DROP FUNCTION accounts_separate_administrators();
"""


class Migration(migrations.Migration):
    """Triggers only; no column changes."""

    dependencies = [("accounts", "0001_initial")]

    operations = [append_only("accounts_auditentry"), migrations.RunSQL(SEPARATE, JOIN)]
