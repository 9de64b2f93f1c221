"""A formula and a frame become an outcome and a design with named columns."""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases, complete_cases, require_columns
from relsurvey.errors import DataError, ModelError

FloatArray = NDArray[np.float64]

_QUOTED = re.compile(r"`([^`]+)`|\bQ\(\s*(['\"])(.+?)\2\s*\)")
_ALIAS = "quoted_column_{}_"
_CONTRASTS = frozenset({"Treatment", "Sum", "Poly", "Helmert", "Diff"})


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, read far enough to know which columns it uses and how.

    Attributes
    ----------
    text : str
        As the formula engine gets it: quoted names replaced by aliases.
    aliases : dict of str to str
        Alias to column name.
    outcome : str
        The left side as it was written.
    plain : tuple of str
        Columns that stand by themselves.
    transformed : tuple of str
        Columns inside a function call other than ``C(...)``.
    categorical : tuple of str
        Columns inside ``C(...)``.
    """

    text: str
    aliases: dict[str, str]
    outcome: str
    plain: tuple[str, ...]
    transformed: tuple[str, ...]
    categorical: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the formula uses."""
        return tuple(dict.fromkeys((*self.plain, *self.transformed, *self.categorical)))


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """An outcome (n,), a design (n, p), the names of its columns, and the cases behind them."""

    outcome: FloatArray
    columns: FloatArray
    terms: tuple[str, ...]
    cases: CompleteCases


def read_formula(formula: str) -> Formula:
    """Read which columns a formula uses.

    Parameters
    ----------
    formula : str
        ``"y ~ x * z + C(sector) + np.log(span)"``. A name that is no Python word stands in
        backticks: ```"`my score` ~ x"```.

    Raises
    ------
    ModelError
        No left or right side, or text that is no formula.
    """
    sides = formula.split("~")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise ModelError(
            "A formula has an outcome, a tilde and predictors.",
            where="formula",
            got=formula,
            expected='"outcome ~ predictor + predictor"',
        )
    aliases: dict[str, str] = {}

    def alias(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(3)
        return aliases.setdefault(name, _ALIAS.format(len(aliases)))

    text = _QUOTED.sub(alias, formula)
    to_name = {short: name for name, short in aliases.items()}
    uses: dict[str, list[str]] = {"plain": [], "transformed": [], "categorical": []}
    for name, use in _names(text, formula):
        uses[use].append(to_name.get(name, name))
    return Formula(
        text=text,
        aliases=to_name,
        outcome=sides[0].strip().strip("`"),
        plain=tuple(dict.fromkeys(uses["plain"])),
        transformed=tuple(dict.fromkeys(uses["transformed"])),
        categorical=tuple(dict.fromkeys(uses["categorical"])),
    )


def _names(text: str, formula: str) -> list[tuple[str, str]]:
    """Return every column name in the text and whether it is plain, transformed or categorical."""
    try:
        tokens = [
            token
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.string.strip()
        ]
        if any(token.type == tokenize.ERRORTOKEN for token in tokens):
            raise SyntaxError("a sign that no formula has")
    except (tokenize.TokenError, SyntaxError) as error:
        raise ModelError("The formula cannot be read.", where="formula", got=formula) from error
    found: list[tuple[str, str]] = []
    calls: list[str] = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        after = tokens[place + 1].string if place + 1 < len(tokens) else ""
        if token.string in "([":
            calls.append(before.string if before and before.type == tokenize.NAME else "")
        elif token.string in ")]":
            calls = calls[:-1]
        elif token.type == tokenize.NAME and _is_column(token.string, before, after, calls):
            inside = [call for call in calls if call]
            use = "plain" if not inside else "categorical" if inside == ["C"] else "transformed"
            found.append((token.string, use))
    return found


def _is_column(name: str, before: tokenize.TokenInfo | None, after: str, calls: list[str]) -> bool:
    inside_call = any(calls)
    if after == "(" or (before is not None and before.string == "."):
        return False
    if name == "np" and after == ".":
        return False
    if inside_call and (after == "=" or name in _CONTRASTS):
        return False
    return not keyword.iskeyword(name)


def build_design(
    frame: pd.DataFrame,
    formula: str,
    *,
    cluster: str | None,
    standardise: bool,
    also: Sequence[str] = (),
) -> Design:
    """Turn a formula into arrays on the rows that have every value, in the columns ``also`` too.

    Raises
    ------
    DataError
        Unknown columns, a non-numeric outcome, no complete row.
    ModelError
        A formula that cannot be evaluated, or that makes missing values.
    """
    read = read_formula(formula)
    require_columns(frame, read.columns, where=f"formula {formula!r}")
    numeric = [read.outcome] if read.outcome in read.columns else []
    others = [name for name in (*read.columns, *also) if name not in numeric]
    cases = complete_cases(frame, numeric, others, cluster)
    _check_groups(cases.frame, read)
    used = _standardised(cases.frame, read) if standardise else cases.frame
    used = _whole_codes(used, read.categorical)
    if read.aliases:
        used = used.rename(columns={name: short for short, name in read.aliases.items()})
    outcome, columns, terms = _evaluate(read.text, used, formula)
    for short, name in read.aliases.items():
        terms = tuple(term.replace(short, name) for term in terms)
    return Design(outcome=outcome, columns=columns, terms=terms, cases=cases)


def _check_groups(frame: pd.DataFrame, read: Formula) -> None:
    """Refuse a text column that holds numbers, or one group only; the engine would take both."""
    for name in read.plain:
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values.dtype):
            continue
        if values.nunique() < 2:
            raise ModelError(
                f"The column {name!r} has the same value in every row.",
                where=f"column {name}",
                got=repr(values.iloc[0]),
                expected="a column that varies",
            )
        if isinstance(values.dtype, pd.CategoricalDtype):
            continue
        if pd.to_numeric(values, errors="coerce").notna().all():
            raise DataError(
                f"The column {name!r} holds numbers written as text.",
                got=f"for example {values.iloc[0]!r}",
                expected="numbers",
                hint=f"Turn them into numbers, or write C({name}) if they name groups.",
            )


def _whole_codes(frame: pd.DataFrame, categorical: tuple[str, ...]) -> pd.DataFrame:
    """Spell whole numbers in C(...) without a decimal point: ``C(wave)[T.2]``."""
    changed = frame.copy(deep=False)
    for name in categorical:
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values.dtype) and (values % 1 == 0).all():
            changed[name] = values.astype("int64")
    return changed


def _standardised(frame: pd.DataFrame, read: Formula) -> pd.DataFrame:
    """Turn every plain numeric column into z-scores."""
    if read.transformed:
        raise ModelError(
            "standardise=True cannot look inside functions.",
            where=", ".join(read.transformed),
            expected="columns that stand by themselves, or in C(...)",
            hint="Make the transformed column first and use it in the formula.",
        )
    changed = frame.copy()
    for name in read.plain:
        if name in read.categorical or not pd.api.types.is_numeric_dtype(frame[name].dtype):
            continue
        spread = float(frame[name].std(ddof=1))
        if not spread > 0:
            raise ModelError(
                f"The column {name!r} has the same value in every row.",
                expected="a column that varies",
            )
        changed[name] = (frame[name] - frame[name].mean()) / spread
    return changed


def _evaluate(
    text: str, frame: pd.DataFrame, formula: str
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Let the formula engine build the design, from arrays: columns of a frame cost it fourfold."""
    from patsy import dmatrices

    arrays = {
        str(name): values.to_numpy() if pd.api.types.is_float_dtype(values.dtype) else values
        for name, values in frame.items()
    }
    try:
        with np.errstate(all="ignore"):
            made, design = dmatrices(text, arrays)
    except Exception as error:  # the engine raises classes of its own for every fault
        raise ModelError(
            "The formula cannot be evaluated on these data.",
            where=f"formula {formula!r}",
            got=str(error).strip().splitlines()[0] if str(error).strip() else repr(error),
            hint="Functions of numpy are written np.log(x); odd names stand in backticks.",
        ) from error
    outcome, columns = (np.asarray(part, dtype=np.float64) for part in (made, design))
    if outcome.shape[1] != 1:
        raise DataError("The outcome is not numeric.", where=f"formula {formula!r}")
    finite = np.isfinite(outcome).all() and np.isfinite(columns).all()
    if len(outcome) < len(frame) or not finite:
        raise _not_finite(formula)
    return outcome[:, 0], columns, tuple(design.design_info.column_names)


def _not_finite(formula: str) -> ModelError:
    return ModelError(
        "The formula makes missing or infinite values from complete rows.",
        where=f"formula {formula!r}",
        expected="finite numbers in every row",
        hint="A logarithm of zero or of a negative number does this.",
    )
