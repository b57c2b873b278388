"""Files that are asked for by a button: what kind they are, and how they are handed over."""

from datetime import datetime
from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(buffer: BytesIO, kind: str, name: str, ending: str, at: datetime) -> HttpResponse:
    """Return a written file under a name that says when it was made."""
    response = HttpResponse(buffer.getvalue(), content_type=kind)
    whole = f"{name}-{timezone.localtime(at):%Y%m%d-%H%M}.{ending}"
    response["Content-Disposition"] = content_disposition_header(True, whole) or "attachment"
    return response
