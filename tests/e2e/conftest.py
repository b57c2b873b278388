"""A real browser for the end-to-end tests: Debian's Chromium, launched once for each file of tests.

`E2E_SLOW=400 make test ARGS=tests/e2e` holds every request back for 400 ms: what a test asks too early fails each time.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def _launched() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; `make test` installs it where it may")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright runs a loop in this thread
        patch.setattr(Locator, "click", _settled(Locator.click))
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            if slow := int(os.environ.get("E2E_SLOW", 0)):
                patch.setattr(browser, "new_context", _late(browser.new_context, slow / 1000))
            yield browser
            browser.close()


@pytest.fixture
def chromium(_launched: Browser) -> Iterator[Browser]:
    """A browser without a memory: what a test opened in it, with cookies and all it kept, is closed after the test.
    Skipped with a sentence where none is installed.
    """
    yield _launched
    for context in _launched.contexts:
        context.close()


def _settled(click: Callable[..., None]) -> Callable[..., None]:
    """Return `click` that also waits until the page it led to is read and its scripts have run: playwright itself goes
    on with the first bytes, and an `assert` on the page would look too early.
    """

    def clicked(self: Locator, *args: Any, **options: Any) -> None:
        click(self, *args, **options)
        if not self.page.is_closed():
            self.page.wait_for_load_state("domcontentloaded")

    return clicked


def _late(new_context: Callable[..., BrowserContext], seconds: float) -> Callable[..., BrowserContext]:
    """Return `new_context`, whose pages wait for each answer."""

    def hold(route: Route) -> None:
        time.sleep(seconds)
        route.fallback()

    def opened(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.route("**/*", hold)
        return context

    return opened


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Callable[..., Page]:
    """Open a page: `visit("/desk/", user=world.clerk, width=1440, script=True, elder=False)`."""

    def open_page(path: str, *, user: Any = None, width: int = 360, script: bool = True, elder: bool = False) -> Page:
        context: BrowserContext = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", java_script_enabled=script
        )
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        if elder:
            context.add_cookies([{"name": "mode", "value": "elder", "url": live_server.url}])
        context.set_default_timeout(8000)
        page = context.new_page()
        page.goto(path if path.startswith("http") else f"{live_server.url}{path}")
        return page

    return open_page
