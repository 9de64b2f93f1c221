"""The preview in a real browser: no rule of accessibility broken, keyboard alone, no overflow."""

from __future__ import annotations

import pytest

from relsurvey.questionnaire.export import export_questionnaire

WIDTHS = {"desktop": 1280, "phone": 375}


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("preview")
    made = export_questionnaire("relations", form="full", to="preview", path=folder / "p.html")
    book = export_questionnaire("relations", to="codebook", path=folder / "codebook.html")
    return dict(zip(("da", "en", "codebook"), (*made, *book), strict=True))


@pytest.fixture(params=list(WIDTHS))
def page(request, browser):
    context = browser.new_context(
        viewport={"width": WIDTHS[request.param], "height": 800}, java_script_enabled=True
    )
    opened = context.new_page()
    yield opened
    context.close()


@pytest.mark.parametrize("which", ["da", "en", "codebook"])
def test_axe_finds_nothing_and_nothing_overflows(page, paths, which):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.goto(paths[which].as_uri())
    found = axe.run(page).response["violations"]
    assert not found, [(one["id"], len(one["nodes"])) for one in found]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


@pytest.mark.parametrize("which", ["da", "en"])
def test_the_keyboard_alone_answers_every_question(page, paths, which):
    page.goto(paths[which].as_uri())
    groups = page.evaluate(
        "new Set([...document.querySelectorAll('input[type=radio]')].map(r => r.name)).size"
    )
    for _ in range(groups):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    answered = page.evaluate("document.querySelectorAll('input[type=radio]:checked').length")
    assert answered == groups


def test_the_page_works_without_scripts_and_asks_for_nothing(browser, paths):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(paths["da"].as_uri())
    assert asked == [paths["da"].as_uri()]
    page.locator("input[name=ic1][value='4']").check()
    assert page.locator("input[name=ic1][value='4']").is_checked()
    context.close()
