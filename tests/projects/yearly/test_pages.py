"""The pages of the import: upload, columns, preview, result; who may, and whose upload it is."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects.models import ProjectIdea
from projects.yearly.models import YearlySheet
from stations.models import Region
from tests.opinions.ledger.books import book, cells
from tests.projects.yearly.conftest import HEADINGS, ROAD, TITLE_ROW, WATER, Office
from tests.world import make_user

PAGE = "/desk/projects/import/"


def signed_in(office: Office, who: str = "county_staff") -> Client:
    client = Client()
    client.force_login(office.hall.world.users[who])
    return client


def send(client: Client, *rows: Any, year: str = "2026", **more: Any) -> Any:
    content = book([TITLE_ROW, HEADINGS, *rows])
    return client.post(PAGE, {"year": year, "file": SimpleUploadedFile("清单.xlsx", content)} | more)


def test_from_the_file_to_the_list(office: Office) -> None:
    client = signed_in(office)
    preview = send(client, ROAD, WATER, [*ROAD[:5], "县教育局", *ROAD[6:]])
    sheet = YearlySheet.objects.get()
    assert preview.url == f"{PAGE}{sheet.pk}/"
    page = client.get(preview.url).content.decode()
    assert "导入这 <span" in page
    assert "第 5 行 责任单位：没有“县教育局”这个单位" in page
    assert "→ 2026 年 9 月 30 日" in page
    assert not ProjectIdea.objects.exists()
    for _ in range(2):
        done = client.post(f"{preview.url}run/")
        assert done.url == preview.url
    result = client.get(preview.url).content.decode()
    assert '导入了 <span class="num">2</span> 个项目' in result
    assert "没有“县教育局”这个单位" in result
    assert ProjectIdea.objects.count() == 2
    assert "清单.xlsx" in client.get(PAGE).content.decode()


@pytest.mark.parametrize(("show", "there"), [("READY", "能导入"), ("BAD", "有错，不导入"), ("no", "能导入")])
def test_rows_are_shown_by_what_becomes_of_them(office: Office, show: str, there: str) -> None:
    client = signed_in(office)
    url = send(client, ROAD, [*WATER[:5], "", *WATER[6:]]).url
    page = client.get(url, {"show": show, "page": "abc"}).content.decode()
    assert f"<b>{there}</b>" in page
    assert page.count("<tr>") + page.count("<tr class") == (3 if show == "no" else 2)


def test_columns_are_matched_by_hand(office: Office) -> None:
    client = signed_in(office)
    url = send(client, ROAD).url
    sheet = YearlySheet.objects.get()
    given = {f"c{at}": key for key, at in sheet.columns.items()}
    doubled = client.post(f"{url}match/", given | {"c0": "title"})
    assert (doubled.status_code, "有两栏都选了“项目名称”" in doubled.content.decode()) == (422, True)
    missing = client.post(f"{url}match/", {"c1": "title", "c99": "scope", "cx": "unit"})
    assert missing.status_code == 422
    assert "还没有说哪一栏是“建设内容、责任单位" in missing.content.decode()
    assert client.post(f"{url}match/", given | {"c9": ""}).url == url
    sheet.refresh_from_db()
    assert "people" not in sheet.columns


def test_a_column_that_the_file_has_not_is_passed_over(office: Office) -> None:
    client = signed_in(office)
    url = send(client, ROAD).url
    given = {f"c{at}": key for key, at in YearlySheet.objects.get().columns.items() if key != "funds"}
    assert client.post(f"{url}match/", given | {"c88": "funds"}).status_code == 422
    assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"year": "26"}, "这里最小填 2000"),
        ({"file": SimpleUploadedFile("清单.doc", b"hello")}, "请传 .xlsx 或 .csv 文件"),
        ({"file": ""}, "请填写这一项"),
        ({"file": SimpleUploadedFile("大.xlsx", b"PK" + b"0" * (5 * 1024 * 1024))}, "文件最大 5 MB"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(office: Office, more: dict[str, Any], said: str) -> None:
    answer = send(signed_in(office), ROAD, **more)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not YearlySheet.objects.exists()


@pytest.mark.parametrize("path", ["", "match/", "run/"])
def test_an_upload_is_its_owners_alone(office: Office, path: str) -> None:
    url = send(signed_in(office), ROAD).url
    other = Client()
    other.force_login(make_user("colleague", "COUNTY_STAFF", region_code="411625"))
    for method in (other.get, other.post):
        assert method(f"{url}{path}").status_code in (404, 405)
    for who in ("clerk", "leader", "rep", "handler"):
        assert signed_in(office, who).get(f"{url}{path}").status_code == 403
    assert not ProjectIdea.objects.exists()


@pytest.mark.parametrize("path", ["match/", "run/"])
def test_an_address_that_takes_a_form_leads_back(office: Office, path: str) -> None:
    client = signed_in(office)
    url = send(client, ROAD).url
    assert client.get(f"{url}{path}").url == url


def test_an_erased_upload_says_so(office: Office) -> None:
    client = signed_in(office)
    url = send(client, ROAD).url
    YearlySheet.objects.update(rows="")
    assert "请重新上传" in client.get(url).content.decode()
    assert client.post(f"{url}run/").status_code == 422
    assert client.post(f"{url}match/", {}).status_code == 422


def test_whoever_looks_after_two_counties_chooses(office: Office) -> None:
    Region.objects.create(code="411626", name="甲县", short_name="甲县", level="county")
    client = Client()
    client.force_login(make_user("city", "COUNTY_STAFF", region_code="4116"))
    assert "哪个县" in client.get(PAGE).content.decode()
    assert send(client, ROAD).status_code == 422
    assert send(client, ROAD, region="411625").status_code == 302
    assert YearlySheet.objects.get().region_id == "411625"


def test_the_empty_file_is_downloaded(office: Office) -> None:
    answer = signed_in(office).get(f"{PAGE}sample/")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert cells(answer.content)[0][:2] == ["项目名称", "建设内容"]


def test_the_way_there_is_on_the_page_of_what_is_built(office: Office) -> None:
    assert PAGE in signed_in(office).get("/desk/projects/works/").content.decode()
    assert PAGE not in signed_in(office, "leader").get("/desk/projects/works/").content.decode()
