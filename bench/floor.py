"""The bare framework doing the least that the work could be: what the portal's figures are held against.

`submit/` is one form with CSRF that inserts two rows; `page/` one indexed SELECT into a 2-KB template; `template/`
that template without a query; `board/` the county board's own statements run raw, and that template.
"""

from functools import cache
from typing import Any

from django import forms
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.utils import timezone

from core.workdays import local_date
from dashboards.county_scope import span_of
from dashboards.queries import MONTHS, judged, month_before
from dashboards.tally import Where, answers_sql, beside, months_sql, pieces, tables_sql, totals_sql
from opinions.models import Opinion
from stations.models import Station

TABLES = """
CREATE TABLE bench_message (id bigserial PRIMARY KEY, code varchar(12) UNIQUE, body text, made timestamptz);
CREATE TABLE bench_line (id bigserial PRIMARY KEY, message_id bigint, words text, made timestamptz);
"""
FILLER = "有事找代表，站点收下，单位来办，群众来评。" * 30
PAGE = engines["django"].from_string(
    "<!doctype html><html lang=zh-CN><title>{{ code }}</title><body><h1>{{ code }}</h1><p>{{ body }}</p>"
    "<form method=post>{% csrf_token %}<textarea name=body></textarea></form>" + FILLER[:600] + "</body></html>"
)
PLAIN = engines["django"].from_string(
    "<!doctype html><html lang=zh-CN><title>{{ code }}</title><body><h1>{{ code }}</h1><p>{{ body }}</p>"
    + FILLER[:640]
    + "</body></html>"
)


class _Form(forms.Form):
    body = forms.CharField()


def submit(request: HttpRequest) -> HttpResponse:
    """Insert two rows in one transaction."""
    form = _Form(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return HttpResponse(PAGE.render({"code": "", "body": ""}, request))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_message (body, made) VALUES (%s, now()) RETURNING id", [form.cleaned_data["body"]]
        )
        (pk,) = cursor.fetchone()
        cursor.execute("INSERT INTO bench_line (message_id, words, made) VALUES (%s, '收到', now())", [pk])
    return HttpResponse(status=303, headers={"Location": "/page/"})


def page(request: HttpRequest) -> HttpResponse:
    """Read one row by its index and show it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, body FROM bench_message WHERE code = %s", ["FLOOR"])
        code, body = cursor.fetchone()
    return HttpResponse(PLAIN.render({"code": code, "body": body}, request))


def template(request: HttpRequest) -> HttpResponse:
    """Show the same without a query."""
    return HttpResponse(PLAIN.render({"code": "FLOOR", "body": "没有查询"}, request))


def board(request: HttpRequest) -> HttpResponse:
    """Run what the county board asks its sums for the same filters, and show none of it."""
    at = timezone.now()
    span = span_of(request.GET.get("period", "year"), local_date(at))
    where = Where(("411625",), request.GET.get("town", ""), int(request.GET.get("category", 0)) or None)
    first = month_before(span.until.replace(day=1), 2 * MONTHS - 1)
    months, now = pieces(first, span.until), pieces(span.since, span.until)
    before = beside(pieces(span.before_since, span.before_until), [(first, None), (span.until, None)])
    asked = ((tables_sql, now), (totals_sql, before), (months_sql, months), (answers_sql, now))
    with connection.cursor() as cursor:
        rows = sum(_read(cursor, sql(where, days), {**where.params, **days, "at": at}) for sql, days in asked)
        rows += _read(cursor, *_stations(where.town or "411625"))
    return HttpResponse(PLAIN.render({"code": rows, "body": "看板"}, request))


@cache
def _stations(place: str) -> tuple[str, Any]:
    stations = Station.objects.filter(region__code__startswith=place)
    query = judged(stations, Opinion.objects.filter(region__code__startswith=place)).query
    return query.sql_with_params()


def _read(cursor: Any, sql: str, params: Any) -> int:
    cursor.execute(sql, params)
    return len(cursor.fetchall())


urlpatterns = [path("submit/", submit), path("page/", page), path("template/", template), path("board/", board)]
