"""DDI-Codebook 2.5: the form's columns, questions and codes as archives keep them."""

from __future__ import annotations

from xml.etree import ElementTree as Tree

from relsurvey.instrument.asked import Asked, Choice, Page, Question
from relsurvey.instrument.texts import Texts

_DDI = "ddi:codebook:2_5"
_SCHEMA = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XML = "http://www.w3.org/XML/1998/namespace"


def ddi(asked: Asked) -> bytes:
    """Write the codebook as XML; texts stand in every language asked for.

    Parameters
    ----------
    asked : Asked

    Notes
    -----
    DDI Alliance, DDI-Codebook 2.5. A grid is a group of variables (``varGrp``); missing codes are
    categories marked ``missing="Y"``.
    """
    Tree.register_namespace("", _DDI)
    Tree.register_namespace("xsi", _XSI)
    root = Tree.Element(
        f"{{{_DDI}}}codeBook",
        {"version": "2.5", f"{{{_XSI}}}schemaLocation": f"{_DDI} {_SCHEMA}"},
    )
    _study(root, asked)
    data = _add(root, "dataDscr")
    variables: list[tuple[str, Question, Texts | None]] = []
    for question in asked.filled:
        variables.append((question.id, question, None))
    for page in asked.pages:
        for question in page.questions:
            if question.rows:
                _group(data, page, question, asked)
            variables += [(row.id, question, row.text) for row in question.rows]
            if not question.rows:
                variables.append((question.id, question, None))
    for name, question, text in variables:
        _variable(data, name, question, text, asked)
    Tree.indent(root)
    written = Tree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'.encode()


def _study(root: Tree.Element, asked: Asked) -> None:
    instrument = asked.instrument
    citation = _add(_add(root, "stdyDscr"), "citation")
    title = _add(citation, "titlStmt")
    for place, language in enumerate(asked.languages):  # one title, the others parallel to it
        one = _add(title, "parTitl" if place else "titl", instrument.title[language])
        one.set(f"{{{_XML}}}lang", language)
    _add(title, "IDNo", f"{instrument.id}-{asked.form.id}")
    version = _add(citation, "verStmt")
    _add(version, "version", instrument.version)
    _add(citation, "biblCit", instrument.citation)
    study = root.find(f"{{{_DDI}}}stdyDscr")
    assert study is not None
    _texts(_add(study, "stdyInfo"), "abstract", instrument.description, asked)
    _texts(_add(study, "method"), "notes", instrument.status, asked)
    use = _add(_add(study, "dataAccs"), "useStmt")
    _add(use, "conditions", instrument.licence)


def _group(data: Tree.Element, page: Page, question: Question, asked: Asked) -> None:
    group = _add(data, "varGrp")
    group.set("ID", f"grid_{question.id}")
    group.set("type", "grid")
    group.set("var", " ".join(f"V_{row.id}" for row in question.rows))
    _texts(group, "labl", page.title, asked)
    _texts(group, "txt", question.text, asked)


def _variable(
    data: Tree.Element, name: str, question: Question, text: Texts | None, asked: Asked
) -> None:
    variable = _add(data, "var")
    variable.set("ID", f"V_{name}")
    variable.set("name", name)
    variable.set("nature", _nature(question))
    shown = text or question.text
    _texts(variable, "labl", shown, asked)
    for language in asked.languages:
        part = _add(variable, "qstn")
        part.set(f"{{{_XML}}}lang", language)
        if text is not None:
            _add(part, "preQTxt", question.text[language])
        _add(part, "qstnLit", shown[language])
    if question.low is not None or question.high is not None:
        bounds = _add(_add(variable, "valrng"), "range")
        for key, value in (("min", question.low), ("max", question.high)):
            if value is not None:
                bounds.set(key, f"{value:g}")
    for choice in question.choices:
        _category(variable, choice, asked)
    form = _add(variable, "varFormat")
    form.set("type", "character" if question.kind == "text" else "numeric")


def _category(variable: Tree.Element, choice: Choice, asked: Asked) -> None:
    category = _add(variable, "catgry")
    if choice.missing:
        category.set("missing", "Y")
    _add(category, "catValu", choice.code)
    _texts(category, "labl", choice.label, asked)


def _nature(question: Question) -> str:
    return {"grid": "ordinal", "choice": "nominal", "number": "ratio"}.get(question.kind, "other")


def _texts(
    parent: Tree.Element, tag: str, text: Texts, asked: Asked, *, once: bool = False
) -> None:
    for language in asked.languages[: 1 if once else None]:
        _add(parent, tag, text[language]).set(f"{{{_XML}}}lang", language)


def _add(parent: Tree.Element, tag: str, text: str | None = None) -> Tree.Element:
    child = Tree.SubElement(parent, f"{{{_DDI}}}{tag}")
    child.text = text
    return child
