"""提交政府的清单: the listed projects of a year, on the page, as Word and as Excel."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts import audit
from projects.council import papers
from projects.council.listing import Listed, listed, years
from projects.council.views.base import CouncilMixin
from projects.files import EXCEL, WORD, attachment


def year_of(request: HttpRequest, known: list[int]) -> int:
    """Return the year that was asked for, else the newest that has something."""
    asked = request.GET.get("year", "")
    found = [year for year in known if str(year) == asked]
    return (found or known or [0])[0]


class GovernmentList(CouncilMixin, View):
    """The page."""

    permission = "projects.read_lists"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The rows of one year."""
        known = years(request.user)
        year = year_of(request, known)
        context = {"rows": listed(request.user, year), "year": year, "years": known}
        return render(request, "projects/council/government.html", context)


class Export(GovernmentList):
    """The same list as a file; it is asked for by a button, because it leaves an audit line."""

    ending, kind = "", ""
    write: Callable[[BytesIO, list[Listed], int], None]

    def get(self, request: HttpRequest) -> Any:
        """Lead back to the list."""
        return redirect(f"{reverse('projects:government_list')}?{request.GET.urlencode()}")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Send the file."""
        at, year = timezone.now(), year_of(request, years(request.user))
        rows = listed(request.user, year)
        if not rows:
            messages.warning(request, "清单里一件也没有，没有导出。")
            return redirect("projects:government_list")
        buffer = BytesIO()
        type(self).write(buffer, rows, year)
        detail = {"count": len(rows), "what": f"{year} 年 {self.ending}"}
        audit.record(
            "list_exported", actor=request.user, at=at, subject="ideas", detail=detail, ip=audit.address_of(request)
        )
        return attachment(buffer, self.kind, f"{year}年民生实事清单", self.ending, at)


class AsWord(Export):
    """Word."""

    ending, kind = "docx", WORD
    write = staticmethod(papers.write_word)


class AsExcel(Export):
    """Excel."""

    ending, kind = "xlsx", EXCEL
    write = staticmethod(papers.write_excel)
