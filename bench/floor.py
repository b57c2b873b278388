"""The bare framework doing the least that the work could be: what the portal's figures are held against.

`submit/` is one form with CSRF that inserts two rows; `page/` one indexed SELECT into a 2-KB template; `template/`
that template without a query.
"""

from django import forms
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

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


urlpatterns = [path("submit/", submit), path("page/", page), path("template/", template)]
