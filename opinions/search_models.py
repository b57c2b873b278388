"""What the search looks through: each matter's folded words in a narrow row of their own, filled by a database trigger.

The row is apart from the matter because a matter changes with every step: an index of all its words on the wide row
would be written anew each time. Name and telephone are not here, and neither is the receipt, which is a key.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func

# Written by the background in one go (`opinions.search.tidy_index`) long before this many kilobytes have come together.
_PENDING_KILOBYTES = 32 * 1024


def grams_of_row() -> Func:
    """Return the indexed expression: numbers for each character, each pair of neighbours, place and station."""
    numbers = ArrayField(models.BigIntegerField())
    return Func(F("folded"), F("region_code"), F("station_id"), function="opinion_grams", output_field=numbers)


class OpinionWords(models.Model):
    """The words of one matter with the place and station that decide who sees it. Nothing but the trigger writes it."""

    opinion = models.OneToOneField("opinions.Opinion", models.CASCADE, primary_key=True, related_name="words")
    region_code = models.CharField(max_length=12)
    station_id = models.BigIntegerField()
    folded = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = "查找用的字"
        indexes = [
            GinIndex(grams_of_row(), name="opinion_words_grams", gin_pending_list_limit=_PENDING_KILOBYTES),
        ]

    def __str__(self) -> str:
        return str(self.opinion_id)
