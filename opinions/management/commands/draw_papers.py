"""`manage.py draw_papers`: writes the Word templates that come with the portal anew."""

from typing import Any

from django.core.management.base import BaseCommand

from opinions.papers.drawing import draw_all


class Command(BaseCommand):
    """Draw the templates; for whoever changes `opinions/papers/drawing.py`."""

    help = "Draw the Word templates that come with the portal."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and name them."""
        for path in draw_all():
            self.stdout.write(path.name)
