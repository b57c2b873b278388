"""Sums for the county board, kept by triggers from this moment on; older matters follow in the next migration.

Each trigger appends to `dashboards_boardchange` only, so that two clerks never wait for each other. What is counted is
said once, in `board_deltas`; a property test compares it with `opinions.figures`.
"""

from typing import Any, ClassVar

from django.db import migrations, models

_SUMS = (
    "received", "in_time", "late_reply", "answered", "happy", "unhappy", "reopened",
    "outcome_a", "outcome_b", "outcome_c", "outcome_d",
)
_KEY = ("start", "station_id", "town", "category_id", "unit_id", "due_at")
_ANSWER_KEY = ("start", "town", "category_id", "unit_id", "days")

_key, _sums, _answer_key = ", ".join(_KEY), ", ".join(_SUMS), ", ".join(_ANSWER_KEY)
_summed = ", ".join(f"sum({name})" for name in _SUMS)
_added = ", ".join(f"{name} = kept.{name} + EXCLUDED.{name}" for name in _SUMS)
_negative = ", ".join(f"-{name}" for name in _SUMS)
_any = "(" + ", ".join(_SUMS) + ") <> (" + ", ".join("0" for _ in _SUMS) + ")"
_any_summed = f"({_summed}) <> (" + ", ".join("0" for _ in _SUMS) + ")"
# Sums of one day and town lie together, so that a board reads few pages.
_order, _answer_order = "start, town, category_id, station_id, unit_id", "start, town, category_id, unit_id, days"
_month_key = _key.replace("start", "date_trunc('month', start)::date", 1)
_month_answer_key = _answer_key.replace("start", "date_trunc('month', start)::date", 1)
# Every sum is kept twice: as it is, and under category 0 for the whole county, where most questions are asked.
_county_key = "start, 0 AS station_id, left(town, 6) AS town, 0 AS category_id, 0 AS unit_id, due_at"
_county_answer_key = "start, left(town, 6) AS town, 0 AS category_id, unit_id, days"

# A matter's own words of discontent stay while the next round runs; the rating is of the round before.
_COUNTED = """
CREATE FUNCTION board_unhappy(matter opinions_opinion) RETURNS boolean LANGUAGE plpgsql STABLE AS $body$
BEGIN
    IF matter.satisfaction <> '' OR NOT matter.is_reopened THEN
        RETURN matter.satisfaction = 'DISSATISFIED';
    END IF;
    RETURN EXISTS (
        SELECT FROM opinions_rating r
        WHERE r.opinion_id = matter.id AND r.round = matter.round - 1 AND r.satisfaction = 'DISSATISFIED'
    );
END
$body$;

CREATE FUNCTION board_deltas(matter opinions_opinion, sign integer, is_unhappy boolean) RETURNS TABLE (
    start date, station_id bigint, town varchar, category_id bigint, unit_id bigint, due_at timestamptz,
    received integer, in_time integer, late_reply integer, answered integer, happy integer, unhappy integer,
    reopened integer, outcome_a integer, outcome_b integer, outcome_c integer, outcome_d integer,
    days integer, timed integer
) LANGUAGE sql STABLE AS $body$
    SELECT (matter.created_at AT TIME ZONE 'Asia/Shanghai')::date,
        matter.station_id, left(matter.region_id, 9)::varchar, matter.category_id, matter.lead_unit_id,
        CASE WHEN matter.replied_at IS NULL THEN matter.reply_due_at END,
        sign,
        CASE WHEN matter.replied_at <= matter.reply_due_at THEN sign ELSE 0 END,
        CASE WHEN matter.replied_at > matter.reply_due_at THEN sign ELSE 0 END,
        CASE WHEN matter.fed_back_at IS NOT NULL OR matter.satisfaction <> '' OR matter.is_reopened
            THEN sign ELSE 0 END,
        CASE WHEN matter.satisfaction IN ('SATISFIED', 'FAIR') THEN sign ELSE 0 END,
        CASE WHEN is_unhappy THEN sign ELSE 0 END,
        CASE WHEN matter.is_reopened THEN sign ELSE 0 END,
        CASE WHEN by_unit.outcome = 'A' THEN sign ELSE 0 END,
        CASE WHEN by_unit.outcome = 'B' THEN sign ELSE 0 END,
        CASE WHEN by_unit.outcome = 'C' THEN sign ELSE 0 END,
        CASE WHEN by_unit.outcome = 'D' THEN sign ELSE 0 END,
        CASE WHEN is_timed.yes THEN extract(day FROM matter.replied_at - matter.assigned_at)::integer END,
        CASE WHEN is_timed.yes THEN sign ELSE 0 END
    FROM (SELECT CASE WHEN matter.lead_unit_id IS NOT NULL AND matter.merged_into_id IS NULL
            THEN matter.outcome END AS outcome) AS by_unit,
        (SELECT matter.lead_unit_id IS NOT NULL AND matter.assigned_at IS NOT NULL
            AND matter.replied_at >= matter.assigned_at AS yes) AS is_timed
$body$;
"""

_FOLLOW = f"""
CREATE FUNCTION board_follow_matter() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO dashboards_boardchange ({_key}, {_sums}, days, timed)
        SELECT * FROM board_deltas(OLD, -1, board_unhappy(OLD));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO dashboards_boardchange ({_key}, {_sums}, days, timed)
        SELECT * FROM board_deltas(NEW, 1, board_unhappy(NEW));
    END IF;
    RETURN NULL;
END
$body$;

-- Before each row, so that several ratings in one statement are seen one after the other.
CREATE FUNCTION board_follow_rating() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    matter opinions_opinion;
    others boolean;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.satisfaction = 'DISSATISFIED' THEN
        SELECT * INTO matter FROM opinions_opinion o WHERE o.id = OLD.opinion_id AND o.round - 1 = OLD.round
            AND o.is_reopened AND o.satisfaction = '';
        others := EXISTS (SELECT FROM opinions_rating r WHERE r.opinion_id = OLD.opinion_id AND r.round = OLD.round
            AND r.satisfaction = 'DISSATISFIED' AND r.id <> OLD.id);
        IF matter.id IS NOT NULL AND NOT others THEN
            INSERT INTO dashboards_boardchange ({_key}, {_sums}, days, timed)
            SELECT * FROM board_deltas(matter, -1, true) UNION ALL SELECT * FROM board_deltas(matter, 1, false);
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.satisfaction = 'DISSATISFIED' THEN
        SELECT * INTO matter FROM opinions_opinion o WHERE o.id = NEW.opinion_id AND o.round - 1 = NEW.round
            AND o.is_reopened AND o.satisfaction = '';
        others := EXISTS (SELECT FROM opinions_rating r WHERE r.opinion_id = NEW.opinion_id AND r.round = NEW.round
            AND r.satisfaction = 'DISSATISFIED' AND r.id <> NEW.id);
        IF matter.id IS NOT NULL AND NOT others THEN
            INSERT INTO dashboards_boardchange ({_key}, {_sums}, days, timed)
            SELECT * FROM board_deltas(matter, -1, false) UNION ALL SELECT * FROM board_deltas(matter, 1, true);
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$body$;

CREATE FUNCTION board_forget_all() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    DELETE FROM dashboards_boardchange;
    DELETE FROM dashboards_daycount;
    DELETE FROM dashboards_monthcount;
    DELETE FROM dashboards_dayanswers;
    DELETE FROM dashboards_monthanswers;
    RETURN NULL;
END
$body$;
"""

_KEEP = f"""
CREATE FUNCTION board_fold(most integer) RETURNS integer LANGUAGE plpgsql AS $body$
DECLARE
    number integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('board_fold'));
    WITH taken AS MATERIALIZED (
        DELETE FROM dashboards_boardchange
        WHERE id IN (SELECT id FROM dashboards_boardchange ORDER BY id LIMIT most) RETURNING *
    ), counts AS MATERIALIZED (
        SELECT {_key}, {_sums} FROM taken UNION ALL SELECT {_county_key}, {_sums} FROM taken
    ), answers AS MATERIALIZED (
        SELECT {_answer_key}, timed FROM taken WHERE days IS NOT NULL
        UNION ALL SELECT {_county_answer_key}, timed FROM taken WHERE days IS NOT NULL
    ), day_counts AS (
        INSERT INTO dashboards_daycount AS kept ({_key}, {_sums})
        SELECT {_key}, {_summed} FROM counts GROUP BY {_key} HAVING {_any_summed}
        ORDER BY {_order}
        ON CONFLICT ({_key}) DO UPDATE SET {_added}
    ), month_counts AS (
        INSERT INTO dashboards_monthcount AS kept ({_key}, {_sums})
        SELECT {_month_key}, {_summed} FROM counts GROUP BY {_month_key} HAVING {_any_summed}
        ORDER BY 1, 3, 4, 2, 5
        ON CONFLICT ({_key}) DO UPDATE SET {_added}
    ), day_answers AS (
        INSERT INTO dashboards_dayanswers AS kept ({_answer_key}, timed)
        SELECT {_answer_key}, sum(timed) FROM answers GROUP BY {_answer_key} HAVING sum(timed) <> 0
        ORDER BY {_answer_order}
        ON CONFLICT ({_answer_key}) DO UPDATE SET timed = kept.timed + EXCLUDED.timed
    ), month_answers AS (
        INSERT INTO dashboards_monthanswers AS kept ({_answer_key}, timed)
        SELECT {_month_answer_key}, sum(timed) FROM answers GROUP BY {_month_answer_key} HAVING sum(timed) <> 0
        ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT ({_answer_key}) DO UPDATE SET timed = kept.timed + EXCLUDED.timed
    )
    SELECT count(*) INTO number FROM taken;
    RETURN number;
END
$body$;

-- Appends what is missing between the matters and what the board would show, each half in one statement and so from
-- one moment; whoever writes meanwhile is not in that moment, and his own changes are added later.
CREATE FUNCTION board_recount() RETURNS bigint LANGUAGE plpgsql AS $body$
DECLARE
    counts bigint;
    answers bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('board_fold'));
    DELETE FROM dashboards_daycount WHERE category_id = 0 OR NOT ({_any});
    INSERT INTO dashboards_daycount ({_key}, {_sums})
    SELECT {_key}, {_summed} FROM (SELECT {_county_key}, {_sums} FROM dashboards_daycount) AS counts
    GROUP BY {_key} HAVING {_any_summed};
    DELETE FROM dashboards_dayanswers WHERE category_id = 0 OR timed = 0;
    INSERT INTO dashboards_dayanswers ({_answer_key}, timed)
    SELECT {_answer_key}, sum(timed) FROM (SELECT {_county_answer_key}, timed FROM dashboards_dayanswers) AS answers
    GROUP BY {_answer_key} HAVING sum(timed) <> 0;
    DELETE FROM dashboards_monthcount;
    INSERT INTO dashboards_monthcount ({_key}, {_sums})
    SELECT {_month_key}, {_summed} FROM dashboards_daycount GROUP BY {_month_key} HAVING {_any_summed}
    ORDER BY 1, 3, 4, 2, 5;
    DELETE FROM dashboards_monthanswers;
    INSERT INTO dashboards_monthanswers ({_answer_key}, timed)
    SELECT {_month_answer_key}, sum(timed) FROM dashboards_dayanswers GROUP BY {_month_answer_key}
    HAVING sum(timed) <> 0 ORDER BY 1, 2, 3, 4, 5;
    INSERT INTO dashboards_boardchange ({_key}, {_sums}, days, timed)
    SELECT {_key}, {_summed}, NULL, 0 FROM (
        SELECT {", ".join(f"truth.{name}" for name in (*_KEY, *_SUMS))}
        FROM opinions_opinion matter, LATERAL board_deltas(matter, 1, board_unhappy(matter)) AS truth
        UNION ALL SELECT {_key}, {_negative} FROM dashboards_daycount WHERE category_id IS DISTINCT FROM 0
        UNION ALL SELECT {_key}, {_negative} FROM dashboards_boardchange
    ) AS missing GROUP BY {_key} HAVING {_any_summed} ORDER BY {_order};
    GET DIAGNOSTICS counts = ROW_COUNT;
    INSERT INTO dashboards_boardchange
        ({_answer_key}, station_id, {_sums}, timed)
    SELECT {_answer_key}, 0, {", ".join("0" for _ in _SUMS)}, sum(timed) FROM (
        SELECT {", ".join(f"truth.{name}" for name in _ANSWER_KEY)}, truth.timed
        FROM opinions_opinion matter, LATERAL board_deltas(matter, 1, false) AS truth WHERE truth.days IS NOT NULL
        UNION ALL SELECT {_answer_key}, -timed FROM dashboards_dayanswers WHERE category_id IS DISTINCT FROM 0
        UNION ALL SELECT {_answer_key}, -timed FROM dashboards_boardchange WHERE days IS NOT NULL
    ) AS missing GROUP BY {_answer_key} HAVING sum(timed) <> 0 ORDER BY {_answer_order};
    GET DIAGNOSTICS answers = ROW_COUNT;
    RETURN counts + answers;
END
$body$;
"""

_WATCHED = (
    "created_at", "station_id", "region_id", "category_id", "lead_unit_id", "outcome", "satisfaction", "is_reopened",
    "round", "merged_into_id", "assigned_at", "replied_at", "fed_back_at", "reply_due_at",
)
_old, _new = (", ".join(f"{row}.{name}" for name in _WATCHED) for row in ("OLD", "NEW"))

# The triggers come last: they wait for whoever is writing a matter, and new writers wait for them no longer than that.
_TRIGGERS = f"""
ALTER TABLE dashboards_monthcount SET (fillfactor = 80);
ALTER TABLE dashboards_monthanswers SET (fillfactor = 80);
ALTER TABLE dashboards_boardchange SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE TRIGGER board_follow_rating BEFORE INSERT OR DELETE OR UPDATE OF opinion_id, round, satisfaction
    ON opinions_rating FOR EACH ROW EXECUTE FUNCTION board_follow_rating();
CREATE TRIGGER board_follow_new AFTER INSERT OR DELETE ON opinions_opinion
    FOR EACH ROW EXECUTE FUNCTION board_follow_matter();
CREATE TRIGGER board_follow_changed AFTER UPDATE ON opinions_opinion
    FOR EACH ROW WHEN (({_old}) IS DISTINCT FROM ({_new})) EXECUTE FUNCTION board_follow_matter();
CREATE TRIGGER board_forget_all AFTER TRUNCATE ON opinions_opinion
    FOR EACH STATEMENT EXECUTE FUNCTION board_forget_all();
"""
_REVERSE = """
DROP TRIGGER board_forget_all ON opinions_opinion;
DROP TRIGGER board_follow_changed ON opinions_opinion;
DROP TRIGGER board_follow_new ON opinions_opinion;
DROP TRIGGER board_follow_rating ON opinions_rating;
DROP FUNCTION board_recount();
DROP FUNCTION board_fold(integer);
DROP FUNCTION board_forget_all();
DROP FUNCTION board_follow_rating();
DROP FUNCTION board_follow_matter();
DROP FUNCTION board_deltas(opinions_opinion, integer, boolean);
DROP FUNCTION board_unhappy(opinions_opinion);
"""


def _id() -> tuple[str, Any]:
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _sum_fields() -> list[tuple[str, Any]]:
    return [
        _id(),
        ("start", models.DateField()),
        ("station_id", models.BigIntegerField()),
        ("town", models.CharField(max_length=9)),
        ("category_id", models.BigIntegerField(null=True)),
        ("unit_id", models.BigIntegerField(null=True)),
        ("due_at", models.DateTimeField(null=True)),
        *((name, models.IntegerField(default=0)) for name in _SUMS),
    ]


def _answer_fields() -> list[tuple[str, Any]]:
    return [
        _id(),
        ("start", models.DateField()),
        ("town", models.CharField(max_length=9)),
        ("category_id", models.BigIntegerField(null=True)),
        ("unit_id", models.BigIntegerField()),
        ("days", models.IntegerField()),
        ("timed", models.IntegerField()),
    ]


def _table(name: str, words: str, fields: list[tuple[str, Any]], key: tuple[str, ...], once: str) -> Any:
    constraints = [models.UniqueConstraint(fields=key, nulls_distinct=False, name=once)] if once else []
    stem = once.removesuffix("_once")
    indexes = [
        models.Index(fields=["town", "start"], name=f"{stem}_town"),
        models.Index(fields=["start"], name=f"{stem}_county", condition=models.Q(category_id=0)),
    ]
    options: dict[str, Any] = {"verbose_name": words, "verbose_name_plural": words}
    return migrations.CreateModel(
        name, fields, options | ({"constraints": constraints, "indexes": indexes} if once else {})
    )


class Migration(migrations.Migration):
    """Tables, functions, triggers."""

    initial = True
    dependencies: ClassVar = [("opinions", "0008_newest_movement")]
    operations: ClassVar = [
        _table(
            "BoardChange",
            "看板变动",
            [*_sum_fields(), ("days", models.IntegerField(null=True)), ("timed", models.IntegerField(default=0))],
            (),
            "",
        ),
        _table("DayCount", "看板日数", _sum_fields(), _KEY, "board_day_once"),
        _table("MonthCount", "看板月数", _sum_fields(), _KEY, "board_month_once"),
        _table("DayAnswers", "看板日用时", _answer_fields(), _ANSWER_KEY, "answers_day_once"),
        _table("MonthAnswers", "看板月用时", _answer_fields(), _ANSWER_KEY, "answers_month_once"),
        migrations.RunSQL(_COUNTED + _FOLLOW + _KEEP + _TRIGGERS, _REVERSE),
    ]
