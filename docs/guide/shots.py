"""Takes the pictures of the guides and of the README anew from a running demo. No test needs this file.

Start the demo (`make demo DEMO_PASSWORD=…`), then run with the virtual environment's Python:
`docs/guide/shots.py http://localhost:8000 PASSWORD [NAME …]`. It leaves one message at the demo's home station, as a
resident would, and changes nothing else. Needs Chromium and a Chinese font.
"""

import io
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
GUIDE, FRONT = HERE / "img", HERE.parent / "img"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--lang=zh-CN"]
PHONE, DESK = (390, 780), (1280, 860)
COLOURS = 160  # as many as the pictures need to look like the page
HOME = "/s/mingnan/"
STORY = "友谊社区三号楼前的路灯坏了四天，晚上老人孩子走路看不见，请派人修一修。"


@dataclass(frozen=True)
class Shot:
    """One picture: its name, whose page, how large, and the way there."""

    name: str
    user: str
    size: tuple[int, int]
    go: Callable[[Page], None]
    folder: Path = GUIDE


def at(path: str) -> Callable[[Page], None]:
    """The way to a page by its address."""
    return lambda page: _open(page, path)


def first_of(query: str, act: str = "") -> Callable[[Page], None]:
    """The way to the first matter of a filtered list, or to the first whose next act is `act`."""

    def go(page: Page) -> None:
        _open(page, f"/desk/opinions/?{query}")
        links = page.locator("table a[href*='/desk/opinions/']")
        (links.filter(has_text=act) if act else links).first.click()
        page.wait_for_load_state()

    return go


def _open(page: Page, path: str) -> None:
    page.goto(page.context.base + path)  # type: ignore[attr-defined]


def write_message(page: Page) -> None:
    """Fill in the resident's form without sending it."""
    _open(page, HOME)
    page.get_by_role("link", name="我要留言").click()
    page.locator("[name=body]").fill(STORY)
    page.locator("[name=location]").fill("友谊社区三号楼前")
    page.locator("[name=consent]").check()
    page.evaluate("scrollTo(0, 0)")


def send_message(page: Page) -> None:
    """Send it and stay on the receipt."""
    write_message(page)
    page.get_by_role("button", name="送出").click()
    page.wait_for_url("**/received/**")


def track(state: str, *, elder: bool = False) -> Callable[[Page], None]:
    """The way to a resident's page: the clerk's list tells the receipt of a matter in that state."""

    def go(page: Page) -> None:
        sign_in(page, "station")
        first_of(f"group=all&state={state}")(page)
        receipt = page.locator(".title .num").first.inner_text().replace("-", "").replace(" ", "")
        if elder:
            _open(page, f"/elder/?next=/t/{receipt}/")
            page.locator("form button").last.click()
        _open(page, f"/t/{receipt}/")

    return go


def rating(page: Page) -> None:
    """The resident's question at the end, with an answer picked."""
    track("FED_BACK")(page)
    page.locator("#rate input[value=YES]").check(force=True)
    page.locator("#rate input[value=SATISFIED]").check(force=True)
    page.locator("#rate").evaluate("form => scrollTo(0, form.offsetTop - 70)")


def walk_in(page: Page) -> None:
    """The counter's form, half filled in."""
    _open(page, "/desk/opinions/new/")
    page.locator("[name=name]").fill("田大山")
    page.locator("[name=body]").fill(STORY)
    page.locator("[name=location]").fill("三号楼前")
    page.wait_for_timeout(900)  # the guess of the category comes while one types


def grants(page: Page) -> None:
    """The page of one account, as the security administrator sees it."""
    _open(page, "/accounts/users/?q=station")
    page.locator("table a.t").first.click()


def council(page_of_it: str) -> Callable[[Page], None]:
    """The way to a page of the council that is being held."""

    def go(page: Page) -> None:
        _open(page, "/desk/projects/councils/")
        page.locator(f"main a[href*='/councils/'][href$='/{page_of_it}/']").first.click()
        page.wait_for_load_state()

    return go


def building(page: Page) -> None:
    """The page of the first project that the unit is building."""
    _open(page, "/desk/projects/works/")
    page.locator("main table a.t").first.click()


SHOTS = (
    Shot("today", "station", DESK, at("/desk/"), FRONT),
    Shot("resident-station", "", PHONE, at(HOME)),
    Shot("resident-message", "", PHONE, write_message),
    Shot("resident-receipt", "", PHONE, send_message),
    Shot("resident-track", "", PHONE, track("HANDLING")),
    Shot("resident-rate", "", PHONE, rating),
    Shot("resident-projects", "", PHONE, at("/projects/")),
    Shot("clerk-today", "station", DESK, at("/desk/")),
    Shot("clerk-walkin", "station", DESK, walk_in),
    Shot("clerk-accept", "station", DESK, first_of("group=all&state=SUBMITTED")),
    Shot("clerk-assign", "station", DESK, first_of("group=all&state=ACCEPTED", "交办")),
    Shot("clerk-review", "station", DESK, first_of("group=all&state=REPLIED")),
    Shot("clerk-codes", "station", DESK, at("/desk/stations/mingnan/")),
    Shot("unit-home", "unit", DESK, at("/desk/")),
    Shot("unit-sign", "unit", DESK, first_of("group=all&state=ASSIGNED")),
    Shot("unit-reply", "unit", DESK, first_of("group=all&state=HANDLING")),
    Shot("unit-project", "unit", DESK, building),
    Shot("representative-home", "rep", PHONE, at("/desk/")),
    Shot("representative-matter", "rep", PHONE, first_of("group=all&state=HANDLING")),
    Shot("representative-score", "rep", PHONE, council("score")),
    Shot("county-board", "county", DESK, at("/county/")),
    Shot("county-home", "county", DESK, at("/desk/")),
    Shot("county-projects", "county", DESK, at("/desk/projects/overview/")),
    Shot("county-assign", "county", DESK, first_of("group=county")),
    Shot("administrator-users", "admin", DESK, at("/accounts/users/")),
    Shot("administrator-grant", "security", DESK, grants),
    Shot("administrator-audit", "audit", DESK, at("/accounts/audit/")),
)
_password = ""


def sign_in(page: Page, user: str) -> None:
    """Sign in as one of the demo's accounts."""
    _open(page, "/accounts/login/")
    page.locator("[name=username]").fill(user)
    page.locator("[name=password]").fill(_password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/desk/**")


def small(png: bytes) -> bytes:
    """The same picture with a palette instead of full colour."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    kept = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def take(browser: Browser, base: str, shot: Shot) -> int:
    """Take one picture in a fresh browser context and store it; returns its size in bytes."""
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.base = base  # type: ignore[attr-defined]
    page = context.new_page()
    try:
        if shot.user:
            sign_in(page, shot.user)
        shot.go(page)
        page.wait_for_load_state("load")
        page.wait_for_timeout(500)  # plots are drawn after the page came
        data = small(page.screenshot(animations="disabled"))
    finally:
        context.close()
    shot.folder.mkdir(exist_ok=True)
    (shot.folder / f"{shot.name}.png").write_bytes(data)
    return len(data)


def main(arguments: list[str]) -> int:
    """Take all pictures, or those named."""
    global _password
    if len(arguments) < 2:
        print(__doc__)
        return 2
    base, _password, *names = arguments
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    failed = 0
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=QUIET, env=os.environ | {"LANGUAGE": "zh_CN"})
        for shot in wanted:
            try:
                print(f"{shot.name:<24}{take(browser, base.rstrip('/'), shot) / 1024:6.0f} KB", flush=True)
            except Exception as error:  # noqa: BLE001 - one page that changed must not cost the other pictures
                failed += 1
                print(f"{shot.name:<24}{type(error).__name__}: {str(error).splitlines()[0]}", flush=True)
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
