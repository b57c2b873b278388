"""Files that are asked for by a button: what kind they are, and how they are handed over."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from stations.prints.sheet import Sheet

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(buffer: BytesIO, kind: str, name: str, ending: str, at: datetime) -> HttpResponse:
    """Return a written file under a name that says when it was made."""
    response = HttpResponse(buffer.getvalue(), content_type=kind)
    whole = f"{name}-{timezone.localtime(at):%Y%m%d-%H%M}.{ending}"
    response["Content-Disposition"] = content_disposition_header(True, whole) or "attachment"
    return response


def pdf(name: str, sheets: Sequence[Sheet]) -> HttpResponse:
    """Return drawn sheets as a file for whoever pressed the button: codes may stand on them, so nothing keeps it."""
    from stations.prints import vector  # noqa: PLC0415 - heavy, and most web workers never need it

    response = HttpResponse(vector.pdf(*sheets), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
