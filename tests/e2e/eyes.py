"""How a page is looked at: what axe-core finds, and whether anything is wider than the screen."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = "axe.run({resultTypes: ['violations']}).then((all) => all.violations.map((one) => [one.id, one.nodes[0].html]))"
WIDTHS = (1440, 768, 360)  # a desk, a tablet, a phone
WIDER = "document.documentElement.scrollWidth > innerWidth && document.documentElement.scrollWidth"


def violations(page: Page) -> list[str]:
    """Return what axe-core finds; its script comes in as a debugger's does, the page's own policy stays in force."""
    if page.evaluate("typeof axe") == "undefined":  # a page drawn anew at another width still has it
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return [f"{page.url} {rule}: {html[:160]}" for rule, html in page.evaluate(RUN)]


def faults(page: Page) -> list[str]:
    """Return what is wrong with an opened page at the width it has."""
    wide = page.evaluate(WIDER)
    return [*violations(page), *([f"{page.url} scrolls sideways: {wide}"] if wide else [])]


def faults_at(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Return what is wrong with an opened page at each width, as when its window is drawn smaller.

    Between the first and the last width only the edge is looked at: what axe-core reads changes with the two layouts.
    """
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        at_edge = [f"{page.url} at {width} scrolls sideways: {wide}"] if (wide := page.evaluate(WIDER)) else []
        found += at_edge + (violations(page) if width in (widths[0], widths[-1]) else [])
    return found
