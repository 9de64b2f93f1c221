"""A model read into terms: lavaan's lines, or a mapping of factor to items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relsurvey.errors import ModelError

Model = Mapping[str, Sequence[str]] | str
OPERATOR = re.compile(r"^(.*?)\s*(=~|~~|~|:=|==|\||<|>)\s*(.*)$", re.DOTALL)
NAME = re.compile(r"^[^\W\d][\w.]*$")
EXPECTED = "lines such as  factor =~ item + item,  item ~~ item,  factor ~ factor + column"


@dataclass(frozen=True, slots=True)
class Modifier:
    """What stands before a name: a fixed value, ``NA`` (free), a label; one for each group."""

    fixed: float | None = None
    free: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One statement of a model.

    Attributes
    ----------
    lhs, op, rhs : str
        In lavaan's notation; the rhs of an intercept (``~1``) is empty.
    modifiers : tuple of Modifier
        None, one for all groups, or one for each group.
    line : str
        The line it stood in, for messages.
    """

    lhs: str
    op: str
    rhs: str
    modifiers: tuple[Modifier, ...]
    line: str

    def modifier(self, group: int) -> Modifier:
        """Return what applies in a group."""
        if not self.modifiers:
            return Modifier()
        return self.modifiers[group] if len(self.modifiers) > 1 else self.modifiers[0]


def read_terms(model: Model) -> tuple[Term, ...]:
    """Return the terms of a model in the order given.

    Parameters
    ----------
    model : mapping or str
        ``{"visual": ["x1", "x2", "x3"]}``, or lavaan's lines, separated by line breaks or
        semicolons, with ``#`` before comments: ``=~`` measured by, ``~~`` (co)variance, ``~``
        regression, ``x ~ 1`` intercept; before a name ``1*`` fixes, ``NA*`` frees, ``a*`` labels
        (equal labels are equal parameters) and ``c(a, b)*`` says it for each group.

    Raises
    ------
    ModelError
        When the model is empty or a line is not understood; the line is shown.
    """
    terms = _from_text(model) if isinstance(model, str) else _from_mapping(model)
    if not any(term.op == "=~" for term in terms):
        raise ModelError("The model has no factors.", expected='{"factor": ["x1", "x2", "x3"]}')
    _check(terms)
    return terms


def _from_mapping(model: Mapping[str, Sequence[str]]) -> tuple[Term, ...]:
    if not isinstance(model, Mapping):
        raise ModelError(
            "The model is neither a mapping nor text.",
            got=type(model).__name__,
            expected='{"factor": ["x1", "x2", "x3"]}',
        )
    for factor, items in model.items():
        if isinstance(items, str):
            raise ModelError("A factor needs a list of items.", where=f"factor {factor}", got=items)
        if len(items) == 0:
            raise ModelError("A factor has no items.", where=f"factor {factor}")
    return tuple(
        Term(factor, "=~", item, (), f"factor {factor}")
        for factor, items in model.items()
        for item in items
    )


def _from_text(text: str) -> tuple[Term, ...]:
    terms: list[Term] = []
    for line in _lines(text):
        match = OPERATOR.match(line)
        if match is None or match[2] not in ("=~", "~~", "~"):
            raise _not_understood(
                line, "Thresholds, definitions (:=) and constraints (==) are not supported."
            )
        for lhs in _parts(match[1], line):
            if not NAME.match(lhs):
                raise _not_understood(line, f"'{lhs}' is no name.")
            terms += [_term(lhs, match[2], part, line) for part in _parts(match[3], line)]
    return tuple(terms)


def _lines(text: str) -> list[str]:
    joined = re.sub(r"([+~*,])[ \t]*\n", r"\1 ", re.sub(r"#.*", "", text))
    joined = re.sub(r"\n\s*\+", " +", joined)
    return [line.strip() for line in re.split(r"[\n;]", joined) if line.strip()]


def _parts(side: str, line: str) -> list[str]:
    parts = [part.strip() for part in side.split("+")]
    if not all(parts):
        raise _not_understood(line, "A name is missing beside an operator.")
    return parts


def _term(lhs: str, op: str, part: str, line: str) -> Term:
    *before, name = [piece.strip() for piece in part.split("*")]
    if op == "~" and name in ("0", "1"):
        value = () if name == "1" else (Modifier(fixed=0.0),)
        return Term(lhs, "~1", "", _modifiers(before, line) or value, line)
    if not NAME.match(name):
        raise _not_understood(line, f"'{name}' is no name.")
    return Term(lhs, op, name, _modifiers(before, line), line)


def _modifiers(before: list[str], line: str) -> tuple[Modifier, ...]:
    if not before:
        return ()
    if len(before) > 1:
        raise _not_understood(line, "Only one modifier can stand before a name.")
    listed = re.match(r"^c\((.*)\)$", before[0])
    texts = listed[1].split(",") if listed else [before[0]]
    return tuple(_modifier(text.strip(), line) for text in texts)


def _modifier(text: str, line: str) -> Modifier:
    if text == "NA":
        return Modifier(free=True)
    if NAME.match(text):
        return Modifier(label=text)
    try:
        return Modifier(fixed=float(text))
    except ValueError:
        raise _not_understood(line, f"'{text}' is no number, NA or label.") from None


def _check(terms: tuple[Term, ...]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for term in terms:
        place = (term.lhs, term.op, term.rhs)
        if place in seen or (term.op == "~~" and (term.rhs, "~~", term.lhs) in seen):
            raise ModelError(
                "An item stands twice in one factor."
                if term.op == "=~"
                else "A statement stands twice.",
                where=term.line,
                got=f"{term.lhs} {term.op} {term.rhs}",
            )
        seen.add(place)
        if term.op in ("=~", "~") and term.lhs == term.rhs:
            raise ModelError("A factor bears the name of an item.", where=term.line, got=term.lhs)


def _not_understood(line: str, hint: str) -> ModelError:
    return ModelError(
        "A line of the model is not understood.", got=line, expected=EXPECTED, hint=hint
    )
