"""The report as one self-contained page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from relsurvey.report.chapters.checks import checks
from relsurvey.report.chapters.common_method import common_method
from relsurvey.report.chapters.effects import effects
from relsurvey.report.chapters.left_out import left_out
from relsurvey.report.chapters.limits import limits
from relsurvey.report.chapters.measurement import measurement
from relsurvey.report.chapters.people import people
from relsurvey.report.chapters.ranking import ranking
from relsurvey.report.chapters.scores import scores
from relsurvey.report.chapters.span import span
from relsurvey.report.chapters.summary import summary
from relsurvey.report.chapters.trust import trust
from relsurvey.report.contents import ReportContents
from relsurvey.report.desk import Desk
from relsurvey.report.disclosure import protected
from relsurvey.report.names import Names
from relsurvey.report.page import Chapter, Page
from relsurvey.report.wording import Wording, read_wording

FILE = "index.html"
CHAPTERS: tuple[Callable[[Desk, int], Chapter], ...] = (
    summary,
    people,
    checks,
    scores,
    measurement,
    effects,
    ranking,
    span,
    common_method,
    trust,
    left_out,
    limits,
)


def write_report(contents: ReportContents, folder: Path) -> Path:
    """Write the report into an existing folder.

    Parameters
    ----------
    contents : ReportContents
        What the study produced.
    folder : Path
        An existing folder; the page becomes ``index.html`` in it.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    StudyError
        If the report does not speak ``contents.language``.
    """
    path = folder / FILE
    path.write_text(render(contents), encoding="utf-8", newline="\n")
    return path


def render(contents: ReportContents) -> str:
    """Return the report as the text of one HTML page without scripts or outside resources."""
    words = read_wording(contents.language)
    desk = Desk(protected(contents), words, Names(contents.instrument, words))
    page = Page(
        language=contents.language,
        title=contents.title,
        eyebrow=words("page.eyebrow"),
        byline=words(
            "page.byline",
            instrument=desk.names.text(contents.instrument.title),
            version=contents.instrument.version,
        ),
        footer=words("page.footer"),
        chapters=tuple(write(desk, number) for number, write in enumerate(CHAPTERS)),
    )
    return render_page(page, words)


def render_page(page: Page, words: Wording) -> str:
    """Return a page as HTML without scripts or outside resources."""
    return _template().render(page=page, words=words, style=Markup(page_style())) + "\n"


@cache
def page_style() -> str:
    """Return the style of every page."""
    return (files("relsurvey.report") / "templates" / "style.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("relsurvey.report"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("page.html.j2")
