"""The page in a real browser: accessible, nothing overflows, everything opens in print."""

from __future__ import annotations

from pathlib import Path

import pytest

from relsurvey.report.html import write_report

pytestmark = [
    pytest.mark.browser,
    # playwright calls what newer Pythons deprecate; that is not ours to mend
    pytest.mark.filterwarnings("ignore::DeprecationWarning:playwright"),
]
SIZES = {"desktop": 1280, "phone": 375}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="module")
def addresses(danish, english, bare, tmp_path_factory) -> dict[str, str]:
    found = {}
    for name, contents in {"da": danish, "en": english, "bare": bare}.items():
        folder: Path = tmp_path_factory.mktemp(name)
        found[name] = write_report(contents, folder).as_uri()
    return found


@pytest.fixture(params=SIZES.values(), ids=SIZES.keys())
def page(request, browser):
    opened = browser.new_page(viewport={"width": request.param, "height": 800})
    requests: list[str] = []
    opened.on("request", lambda sent: requests.append(sent.url))
    opened.requests_seen = requests
    yield opened
    opened.close()


def open_all(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")


@pytest.mark.parametrize("which", ["da", "en", "bare"])
def test_axe_finds_no_violation(page, addresses, which):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.goto(addresses[which])
    if page.viewport_size["width"] == SIZES["desktop"]:
        open_all(page)  # what opens is the same at both sizes; once is enough
    found = axe.run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("which", ["da", "en", "bare"])
def test_nothing_overflows_the_window(page, addresses, which):
    page.goto(addresses[which])
    open_all(page)
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """width => [...document.querySelectorAll('main *')].filter(part =>
             !part.closest('.scroll') && !part.closest('svg') && part.getClientRects().length
             && part.getBoundingClientRect().right > width + 1).map(part => part.outerHTML)""",
        width,
    )
    assert outside == []


def test_figures_are_drawn_at_the_size_of_the_window(page, addresses):
    page.goto(addresses["da"])
    wide = page.viewport_size["width"] > 640
    assert page.locator("figure .wide").first.is_visible() == wide
    assert page.locator("figure .narrow").first.is_visible() != wide
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('svg.drawing text')].filter(text =>
             text.getClientRects().length).map(text => text.getBoundingClientRect().height)"""
    )
    assert sizes
    assert min(sizes) >= 10


def test_text_in_figures_does_not_leave_its_drawing(page, addresses):
    page.goto(addresses["da"])
    open_all(page)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('svg.drawing')].flatMap(drawing => {
             const box = drawing.getBoundingClientRect();
             return [...drawing.querySelectorAll('text')].filter(text => {
               const own = text.getBoundingClientRect();
               return own.width && (own.left < box.left - 2 || own.right > box.right + 2);
             }).map(text => text.textContent); })"""
    )
    assert outside == []


def test_the_page_asks_for_nothing_else(page, addresses):
    page.goto(addresses["da"])
    open_all(page)
    assert page.requests_seen == [addresses["da"]]


def test_everything_is_open_in_print(page, addresses):
    page.goto(addresses["da"])
    tables = page.locator("details table")
    count = tables.count()
    assert count > 10
    assert not tables.first.is_visible()
    page.emulate_media(media="print")
    page.wait_for_function(
        """count => {
             const tables = [...document.querySelectorAll('details table')];
             return tables.length === count && tables.every(table =>
               table.checkVisibility({contentVisibilityAuto: true}) && table.offsetHeight > 20);
           }""",
        arg=count,
    )
    assert not page.locator("nav").first.is_visible()
    assert page.locator("figure .wide").first.is_visible()


def test_the_keyboard_reaches_the_content(page, addresses):
    page.goto(addresses["da"])
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.className")
    assert focused == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
