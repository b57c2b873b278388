"""One matter: its page, its neighbours in the list, its photos, and the telephone behind a reason."""

from uuid import UUID

import rules
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts import audit
from core.workflow import NotAllowed
from opinions import workflow
from opinions.forms import RevealForm
from opinions.models import Photo
from opinions.views import page
from opinions.views.base import OpinionView, whole_page


class Detail(OpinionView):
    """The matter's page with its one next act."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the matter."""
        context = whole_page(request, self.opinion, timezone.now())
        return render(request, "opinions/opinion_detail.html", context)


class Reveal(OpinionView):
    """看电话: shows name and telephone once, for a reason; history and audit log keep who looked."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead back to the matter; what was shown is never at an address."""
        return Detail.as_view()(request, pk=pk)  # type: ignore[return-value]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Check the right and the reason, write both down, show the page with the full number."""
        at = timezone.now()
        form = RevealForm(request.POST, auto_id="reveal_%s")
        if not rules.has_perm("opinions.reveal_opinion", request.user, self.opinion):
            context = whole_page(request, self.opinion, at)
            context["refusal"] = page.Refusal("reveal", NotAllowed("这个电话不归您看。").message, None, 403)
            return render(request, "opinions/opinion_detail.html", context, status=403)
        if not form.is_valid():
            context = whole_page(request, self.opinion, at) | {"reveal_form": form, "reveal_open": True}
            return render(request, "opinions/opinion_detail.html", context, status=422)
        with transaction.atomic():
            workflow.reveal(self.opinion.pk, actor=request.user, at=at, reason=form.cleaned_data["reason"])
            audit.record(
                "identity_revealed", actor=request.user, at=at, subject=f"opinion:{self.opinion.pk}",
                detail={"reason": form.cleaned_data["reason"]}, ip=audit.address_of(request),
            )  # fmt: skip
        context = whole_page(request, self.opinion, at)
        context["identity"] = page.identity(request.user, self.opinion, revealed=True)
        context["is_revealed"] = True
        response = render(request, "opinions/opinion_detail.html", context)
        response["Cache-Control"] = "no-store, private"
        return response


class PhotoFile(OpinionView):
    """A photo of a visible matter, as the JPEG we made of it and nothing else."""

    def get(self, request: HttpRequest, pk: int, token: UUID, size: str) -> HttpResponseBase:
        """Serve the picture or its small copy; an internal one only to staff and the unit."""
        photo = get_object_or_404(Photo, opinion=self.opinion, token=token)
        if not page.may_see_photo(request.user, photo):
            raise Http404
        try:
            file = (photo.thumb if size == "thumb" else photo.image).open("rb")
        except OSError as error:
            raise Http404 from error
        response = FileResponse(file, content_type="image/jpeg")
        response["Content-Disposition"] = 'inline; filename="photo.jpg"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, max-age=3600"
        return response
