"""A narrow table for the search, kept by triggers from this moment on; older rows follow in the next migration."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

# Characters, pairs of neighbours, and below zero the places (county, town, village) and the station.
# COST tells the planner never to compute this for a row that an index can bring; RESTRICTED, that a search of a few
# milliseconds is not worth starting processes for.
# The words stay in the row itself: a hit is compared with one page read, instead of four for a text kept outside.
_FUNCTIONS = """
ALTER TABLE opinions_opinionwords SET (toast_tuple_target = 8160);
ALTER TABLE opinions_opinionwords ALTER COLUMN folded SET STORAGE MAIN;

CREATE FUNCTION opinion_grams(folded text, region text, station bigint) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED COST 100000
RETURN (
    SELECT array_agg(ascii(one)::bigint)
        || array_agg(ascii(one)::bigint << 21 | ascii(two)) FILTER (WHERE two IS NOT NULL)
    FROM (SELECT string_to_array(folded, NULL) AS characters) AS text_of_row,
        LATERAL unnest(characters, characters[2:]) AS pairs(one, two)
) || ARRAY[
    -left(region, 6)::bigint, -left(region, 9)::bigint, -region::bigint, -1000000000000000 - station
];

CREATE FUNCTION opinion_words_kept() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO opinions_opinionwords (opinion_id, region_code, station_id, folded)
    VALUES (NEW.id, NEW.region_id, NEW.station_id, NEW.body_folded)
    ON CONFLICT (opinion_id) DO UPDATE
    SET region_code = EXCLUDED.region_code, station_id = EXCLUDED.station_id, folded = EXCLUDED.folded;
    RETURN NULL;
END
$body$;

CREATE TRIGGER opinion_words_of_new AFTER INSERT ON opinions_opinion
    FOR EACH ROW EXECUTE FUNCTION opinion_words_kept();
CREATE TRIGGER opinion_words_of_changed AFTER UPDATE OF body_folded, region_id, station_id ON opinions_opinion
    FOR EACH ROW WHEN ((OLD.body_folded, OLD.region_id, OLD.station_id)
        IS DISTINCT FROM (NEW.body_folded, NEW.region_id, NEW.station_id))
    EXECUTE FUNCTION opinion_words_kept();
"""
_REVERSE = """
DROP TRIGGER opinion_words_of_changed ON opinions_opinion;
DROP TRIGGER opinion_words_of_new ON opinions_opinion;
DROP FUNCTION opinion_words_kept();
DROP FUNCTION opinion_grams(text, text, bigint);
"""


class Migration(migrations.Migration):
    """Table, function, triggers."""

    dependencies: ClassVar = [("opinions", "0005_papers_and_sheets")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="OpinionWords",
            fields=[
                (
                    "opinion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="opinions.opinion",
                    ),
                ),
                ("region_code", models.CharField(max_length=12)),
                ("station_id", models.BigIntegerField()),
                ("folded", models.TextField()),
            ],
            options={"verbose_name": "查找用的字", "verbose_name_plural": "查找用的字"},
        ),
        migrations.RunSQL(_FUNCTIONS, _REVERSE),
    ]
