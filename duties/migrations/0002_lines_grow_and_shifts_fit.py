"""The rosters' history only grows; a shift lies in its roster's month and at its roster's station."""

from typing import ClassVar

from django.db import migrations

from core.appendonly import append_only

FITS = """
CREATE FUNCTION duties_shift_fits() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM 1 FROM duties_roster r WHERE r.id = NEW.roster_id AND r.station_id = NEW.station_id
        AND r.month = date_trunc('month', NEW.day)::date;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a shift lies in the month and at the station of its roster' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER duties_shift_fits BEFORE INSERT OR UPDATE OF roster_id, station_id, day ON duties_shift
    FOR EACH ROW EXECUTE FUNCTION duties_shift_fits();
CREATE FUNCTION duties_roster_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.month <> OLD.month OR NEW.station_id <> OLD.station_id THEN
        RAISE EXCEPTION 'a roster keeps its month and its station' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER duties_roster_stays BEFORE UPDATE OF month, station_id ON duties_roster
    FOR EACH ROW EXECUTE FUNCTION duties_roster_stays();
"""
UNFIT = """
DROP TRIGGER IF EXISTS duties_shift_fits ON duties_shift;
DROP TRIGGER IF EXISTS duties_roster_stays ON duties_roster;
DROP FUNCTION IF EXISTS duties_shift_fits();
DROP FUNCTION IF EXISTS duties_roster_stays();
"""


class Migration(migrations.Migration):
    """Add the triggers."""

    dependencies: ClassVar = [("duties", "0001_initial")]
    operations: ClassVar = [append_only("duties_rosterline"), migrations.RunSQL(sql=FITS, reverse_sql=UNFIT)]
