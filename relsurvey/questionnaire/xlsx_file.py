"""Write sheets as an XLSX workbook: wrapped text, frozen headings, checked answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from relsurvey.atomic_file import replacing
from relsurvey.questionnaire.sheet import Sheet

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.styles import NamedStyle
    from openpyxl.worksheet.worksheet import Worksheet

LINE_HEIGHT = 15.0  # points
_LAST_ROW = 1_048_576
_NARROW, _WIDE = 8, 60
_LISTS = "lists"
_TEXT, _HEAD = "relsurvey text", "relsurvey head"


def write_xlsx(path: Path, sheets: Sequence[Sheet], title: str) -> None:
    """Write all sheets into one workbook; every text stays a text, never a formula."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = _printable(title)
    book.properties.creator = "relsurvey"
    for style in _styles():
        book.add_named_style(style)
    for sheet in sheets:
        _add(book, sheet)
    if _LISTS in book.sheetnames:
        book.move_sheet(_LISTS, offset=len(sheets))
    with replacing(path) as draft:
        book.save(draft)


def _add(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.title)
    for number, line in enumerate(sheet.preamble, start=1):
        _put(page, number, 1, line)
    top = len(sheet.preamble) + 1
    for at, name in enumerate(sheet.columns, start=1):
        _put(page, top, at, name, _HEAD)
    for number, row in enumerate(sheet.rows, start=top + 1):
        for at, value in enumerate(row, start=1):
            _put(page, number, at, value, _TEXT)
    if sheet.columns:
        page.freeze_panes = page.cell(row=top + 1, column=1)
        page.print_title_rows = f"{top}:{top}"
    _set_widths(page, sheet)
    _set_heights(page, sheet, top)
    if sheet.shaded:
        _fit_to_paper(page)
    _shade(page, sheet, top)
    for name in sheet.columns:
        _validate(book, page, sheet, name, top)


def _styles() -> tuple[NamedStyle, ...]:
    """Return the two styles of cells; named ones are looked up, others are compared in full."""
    from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill

    wrapped = Alignment(wrap_text=True, vertical="top")
    fill = PatternFill("solid", fgColor="DDE6EE")
    return (
        NamedStyle(_TEXT, alignment=wrapped),
        NamedStyle(_HEAD, font=Font(bold=True), fill=fill, alignment=wrapped),
    )


def _put(page: Worksheet, row: int, column: int, value: object, style: str | None = None) -> None:
    cell = page.cell(row=row, column=column)
    cell.value = _printable(value) if isinstance(value, str) else value
    if style is not None:
        cell.style = style
    if isinstance(value, str):
        cell.data_type = "s"
        if value.lstrip()[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True


def _printable(text: str) -> str:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return str(ILLEGAL_CHARACTERS_RE.sub(" ", text))


def _set_widths(page: Worksheet, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    for at, name in enumerate(sheet.columns):
        longest = max((len(str(row[at])) for row in sheet.rows if row[at] is not None), default=0)
        width = min(max(longest, len(name), _NARROW) + 2, _WIDE)
        page.column_dimensions[get_column_letter(at + 1)].width = sheet.widths.get(name, width)


def _set_heights(page: Worksheet, sheet: Sheet, top: int) -> None:
    """Make room for texts of several lines; not every program does so itself."""
    widths = [page.column_dimensions[letter].width for letter in page.column_dimensions]
    for number, row in enumerate((sheet.columns, *sheet.rows), start=top):
        lines = max(
            (
                len(wrap(line, max(int(width) - 1, 4))) or 1
                for value, width in zip(row, widths, strict=False)
                if isinstance(value, str) and len(value) >= width
                for line in value.splitlines()
            ),
            default=1,
        )
        if lines > 1:
            page.row_dimensions[number].height = LINE_HEIGHT * lines


def _fit_to_paper(page: Worksheet) -> None:
    """Print lying, as wide as one sheet of A4."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _shade(page: Worksheet, sheet: Sheet, top: int) -> None:
    from openpyxl.formatting.rule import ColorScaleRule
    from openpyxl.utils import get_column_letter

    if not sheet.shaded or not sheet.rows:
        return
    rule = ColorScaleRule(
        start_type="min",
        start_color="D9A35F",
        mid_type="percentile",
        mid_value=50,
        mid_color="FFFFFF",
        end_type="max",
        end_color="7FB8C9",
    )
    letters = [get_column_letter(sheet.columns.index(name) + 1) for name in sheet.shaded]
    for letter in letters:
        page.conditional_formatting.add(f"{letter}{top + 1}:{letter}{top + len(sheet.rows)}", rule)


def _validate(book: Workbook, page: Worksheet, sheet: Sheet, name: str, top: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    if name in sheet.choices:
        rule = DataValidation(type="list", formula1=_list(book, sheet.choices[name]))
        rule.error = "Vælg fra listen. / Choose from the list."
    elif name in sheet.bounds:
        low, high = sheet.bounds[name]
        rule = _number_rule(low, high)
    else:
        return
    rule.allow_blank, rule.showErrorMessage = True, True
    rule.errorTitle = name[:32]
    letter = get_column_letter(sheet.columns.index(name) + 1)
    last = top + len(sheet.rows) if sheet.rows else _LAST_ROW
    rule.add(f"{letter}{top + 1}:{letter}{last}")
    page.add_data_validation(rule)


def _number_rule(low: float | None, high: float | None) -> Any:  # noqa: ANN401  (a validation)
    from openpyxl.worksheet.datavalidation import DataValidation

    if low is None and high is None:
        low, high = -1e15, 1e15
    if low is None:
        rule = DataValidation(type="decimal", operator="lessThanOrEqual", formula1=f"{high:g}")
    elif high is None:
        rule = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1=f"{low:g}")
    else:
        rule = DataValidation(
            type="decimal", operator="between", formula1=f"{low:g}", formula2=f"{high:g}"
        )
    rule.error = "Skriv et tal inden for grænserne. / Enter a number within the limits."
    return rule


def _list(book: Workbook, values: tuple[object, ...]) -> str:
    """Range of a hidden sheet that holds the choices; an equal list is used again."""
    from openpyxl.utils import get_column_letter

    if _LISTS not in book.sheetnames:
        book.create_sheet(_LISTS).sheet_state = "hidden"
    page = book[_LISTS]
    wanted = [_printable(value) if isinstance(value, str) else value for value in values]
    used = page.max_column if page["A1"].value is not None else 0
    for at in range(1, used + 1):
        cells = (page.cell(row=row, column=at).value for row in range(1, page.max_row + 1))
        if [value for value in cells if value is not None] == wanted:
            break
    else:
        at = used + 1
        for row, value in enumerate(wanted, start=1):
            _put(page, row, at, value)
    letter = get_column_letter(at)
    return f"{_LISTS}!${letter}$1:${letter}${len(wanted)}"
