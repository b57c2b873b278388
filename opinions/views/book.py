"""抄民情收集簿: the list of photographed pages, a page with its photo beside the form, and the photo itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import Count, F, Max
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts import audit
from core.codes import spell
from core.views import UNUSABLE_INPUT
from core.workdays import local_date
from core.workflow import BadInput, VerbError
from opinions import books, deadlines
from opinions.forms_book import LineForm, MorePhotosForm, PageForm
from opinions.models import BookLine, BookPage, BookPhoto, Opinion
from opinions.present import state_mark
from opinions.states import Kind, Step
from opinions.views import queued
from opinions.views.recording import copy_line
from opinions.views.slip import may_print
from opinions.views.walkin import Recorder, form_choices, recording_stations
from opinions.workflow import AlreadySent

_SHOWN = 30


class Pages(Recorder):
    """The pages one may copy, those that are not finished first, and the form for a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list; the form starts with the book and the page after the newest one."""
        newest = BookPage.objects.visible_to(request.user).filter(added_by_id=request.user.pk).order_by("-id").first()
        initial = {"station": newest.station_id, "book": newest.book, "page": newest.page + 1} if newest else {}
        return self._page(self._form(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the page and go on to its first line; a page that is there is gone on with."""
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, UNUSABLE_INPUT)
        data = {name: form.cleaned_data[name] for name in ("station", "book", "page", "photos")}
        try:
            page, is_new = books.add_page(**data, actor=request.user, at=timezone.now())
        except VerbError as error:
            form.add_error(None, error.message)
            return self._page(form, UNUSABLE_INPUT)
        if not is_new:
            return self._already(page, form)
        messages.success(request, f"{page}存好了。对着照片，一行一行抄。")
        return redirect(page)

    def _already(self, page: BookPage, form: PageForm) -> HttpResponse:
        """Lead to the page that is there, where its reader may see it."""
        if BookPage.objects.visible_to(self.request.user).filter(pk=page.pk).exists():
            messages.info(self.request, f"{page}以前拍过，接着抄就行。照片没有换；拍得更清楚的，可以在这一页里添上。")
            return redirect(page)
        form.add_error(None, f"{page}别人已经拍过了，请找站点工作人员抄。")
        return self._page(form, UNUSABLE_INPUT)

    def _form(self, *args: Any, **kwargs: Any) -> PageForm:
        return PageForm(*args, stations=recording_stations(self.request.user), **kwargs)

    def _page(self, form: PageForm, status: int = 200) -> HttpResponse:
        rows = BookPage.objects.visible_to(self.request.user).select_related("station", "added_by")
        rows = rows.annotate(copied=Count("lines"), newest=Max("lines__copied_at"))
        pages = Paginator(rows.order_by(F("finished_at").desc(nulls_first=True), "-added_at", "-id"), _SHOWN)
        context = {
            "form": form,
            "page": pages.get_page(self.request.GET.get("page", "")),
            "stations": form.fields["station"].queryset.count(),  # type: ignore[attr-defined]
        }
        return render(self.request, "opinions/book_pages.html", context, status=status)


class OnePage(Recorder):
    """What the views of one page share."""

    book_page: BookPage

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the page as the user may see it; out of sight is 404."""
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            rows = BookPage.objects.visible_to(request.user).select_related("station__region", "added_by")
            self.book_page = get_object_or_404(rows, pk=kwargs["pk"])


class Lines(OnePage):
    """A page: the photo beside the form, the lines with their receipts."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the next line's form; the day of the line before is kept, because people write one after another."""
        done = list(self.book_page.lines.values_list("line", "written_on"))
        initial = {"line": books.next_line([line for line, _ in done]), "written_on": done[-1][1] if done else None}
        return self._page(self._form(initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the line a matter; then the next line."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=UNUSABLE_INPUT)
        try:
            line = copy_line(self.book_page, form.cleaned_data, actor=request.user, at=timezone.now())
        except (books.LineTaken, AlreadySent) as error:
            return self._taken(form, error)
        except VerbError as error:
            field = error.field if isinstance(error, BadInput) and error.field in form.fields else None
            form.add_error(field, error.message)
            return self._page(form, status=UNUSABLE_INPUT)
        except IntegrityError:  # the last word is the database's
            form.add_error("line", "这一行刚刚有人抄了。")
            return self._page(form, status=UNUSABLE_INPUT)
        if not queued.is_from_queue(request):
            messages.success(request, _copied(line))
        next_page = self.book_page.get_absolute_url()
        return queued.stored(line.opinion, next_page) if queued.wants_data(request) else redirect(next_page)

    def _taken(self, form: LineForm, error: Any) -> HttpResponse:
        """Say which matter stands there; sending once more under another number is another matter."""
        data = form.data.copy()
        data["client_key"] = str(LineForm.base_fields["client_key"].initial())
        fresh = self._form(data)
        seen = Opinion.objects.visible_to(self.request.user).filter(pk=error.opinion.pk).exists()
        fresh.add_error("line" if isinstance(error, books.LineTaken) else None, error.message)
        return self._page(fresh, status=UNUSABLE_INPUT, taken=error.opinion if seen else None)

    def _form(self, *args: Any, initial: dict[str, Any] | None = None) -> LineForm:
        choices = form_choices(self.request.user, recording_stations(self.request.user), within=self.book_page.station)
        today = local_date(timezone.now())
        return LineForm(*args, page=self.book_page, today=today, **choices, **({} if args else {"initial": initial}))

    def _page(self, form: LineForm, *, status: int = 200, taken: Opinion | None = None) -> HttpResponse:
        at = timezone.now()
        if status == UNUSABLE_INPUT and queued.wants_data(self.request):
            return queued.refused(form, taken)
        context = {
            "form": form,
            "page": self.book_page,
            "photos": list(self.book_page.photos.all()),
            "lines": self._lines(),
            "taken": taken,
            "more": MorePhotosForm(auto_id="more_%s"),
            "may_decide": "how" in form.fields,
            "due_days": [(kind, label, deadlines.due(Step.REPLY, at, kind=kind)) for kind, label in Kind.choices],
        }
        return render(self.request, "opinions/book_page.html", context, status=status)

    def _lines(self) -> list[dict[str, Any]]:
        """Return the lines as this reader may know them: of a matter out of his sight only that it is copied."""
        rows = list(self.book_page.lines.select_related("opinion__station").defer("opinion__name", "opinion__phone"))
        seen = Opinion.objects.visible_to(self.request.user).filter(pk__in=[row.opinion_id for row in rows])
        visible = set(seen.values_list("pk", flat=True))
        return [
            {
                "row": row,
                "opinion": row.opinion if row.opinion_id in visible else None,
                "mark": state_mark(row.opinion.state),
                "holds_receipt": row.opinion_id in visible and may_print(self.request.user, row.opinion),
            }
            for row in rows
        ]


def _copied(line: BookLine) -> str:
    return format_html(
        "第 {} 行抄好了，回执码 <b class='num nowrap'>{}</b>，请写回簿上。<a href='{}'>打印回执</a>",
        line.line, spell(line.opinion.receipt), reverse("opinions:slip", args=[line.opinion_id]),
    )  # fmt: skip


class MorePhotos(OnePage):
    """Adds a photo to a page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep it beside the others, or say what is wrong with it."""
        form = MorePhotosForm(request.POST, request.FILES)
        try:
            if not form.is_valid():
                raise BadInput(str(form.errors["photos"][0]), "photos")
            books.add_photos(pk, photos=form.cleaned_data["photos"], actor=request.user, at=timezone.now())
        except VerbError as error:
            messages.error(request, error.message)
        return redirect(self.book_page)


class Finish(OnePage):
    """这一页抄完了, or there is more after all."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set it as the button said."""
        is_finished = request.POST.get("more") != "1"
        try:
            books.finish(pk, actor=request.user, at=timezone.now(), is_finished=is_finished)
        except VerbError as error:
            messages.error(request, error.message)
            return redirect(self.book_page)
        if is_finished:
            messages.success(request, f"{self.book_page}抄完了。")
        return redirect("opinions:book" if is_finished else self.book_page)


class PagePhoto(OnePage):
    """The photo of a page. Once the page is finished nobody copies from it, so whoever opens it is written down."""

    def get(self, request: HttpRequest, pk: int, token: UUID) -> HttpResponseBase:
        """Serve the JPEG we made and nothing else."""
        photo = get_object_or_404(BookPhoto, page=self.book_page, token=token)
        try:
            file = photo.image.open("rb")
        except OSError as error:
            raise Http404 from error
        if self.book_page.finished_at is not None:
            audit.record(
                "book_photo_seen", actor=request.user, at=timezone.now(), subject=f"book_page:{pk}",
                detail={"what": str(self.book_page)}, ip=audit.address_of(request),
            )  # fmt: skip
        response = FileResponse(file, content_type="image/jpeg")
        response["Content-Disposition"] = 'inline; filename="page.jpg"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, no-store"
        return response
