"""What the counter needs without network: the key for drafts on the device, an empty form, the worker that keeps it.

Which drafts are whose, and what a device keeps, is decided in docs/adr/0016-paper-and-no-network.md.
"""

import base64
import hashlib
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from core.fields import keyed_hash
from opinions.forms_walkin import WalkInForm
from opinions.views.walkin import Recorder
from stations.models import Category, Region, Station, Unit

SHELL_FILES = (
    "css/tokens.css",
    "css/look.css",
    "css/opinions.css",
    "css/drafts.css",
    "js/drafts.js",
    "js/offline.js",
    "js/once.js",
    "js/desk.js",
    "js/dialog.js",
    "img/sprite.svg",
    "img/mark.svg",
)
_HOUR = 3600


class DraftSession(Recorder):
    """The key of this person's drafts, who he is without his name, and a fresh token against forgery."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> JsonResponse:
        """Hand it out to the signed-in person; it is the same each time he comes back."""
        person = str(request.user.pk)
        key = bytes.fromhex(keyed_hash(person, "draft-key"))
        return JsonResponse(
            {
                "owner": keyed_hash(person, "draft-owner")[:32],
                "key": base64.b64encode(key).decode("ascii"),
                "hours": settings.SESSION_COOKIE_AGE // _HOUR,
                "token": get_token(request),
            },
            headers={"Cache-Control": "no-store, private"},
        )


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """Show the empty form that a device keeps: nobody's, with nothing to choose from until the page itself fills it."""
    return HttpResponse(_shell())


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the worker's script. It lies under /desk/, so it reaches no resident's page."""
    files = [static(name) for name in SHELL_FILES]
    version = hashlib.sha256((_shell() + "".join(files)).encode()).hexdigest()[:12]
    script = render_to_string("opinions/worker.js", {"version": version, "files": json.dumps(files)})
    return HttpResponse(
        script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "private, max-age=600"}
    )


def _shell() -> str:
    form = WalkInForm(
        stations=Station.objects.none(),
        regions=Region.objects.none(),
        units=Unit.objects.none(),
        categories=Category.objects.none(),
        may_decide=True,
        initial={"client_key": ""},
    )
    context = {"form": form, "may_decide": True, "due_days": [], "site_name": "码上找代表"}
    return render_to_string("opinions/walkin_shell.html", context)
