"""Every parameter of a model, those written and those that follow from lavaan's rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from relsurvey.errors import ModelError
from relsurvey.measurement.model_text import Modifier, Term

EQUAL = (
    "loadings",
    "intercepts",
    "residuals",
    "residual_covariances",
    "factor_variances",
    "factor_covariances",
    "means",
    "regressions",
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its place, its group, its free number (−1 if fixed), value, label."""

    lhs: str
    op: str
    rhs: str
    group: int
    index: int
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """A whole model.

    Attributes
    ----------
    items, factors : tuple of str
        Observed and latent variables, in the order of the model, exogenous items last.
    structural : tuple of str
        Those of the items that stand in regressions. In the matrices each is also a latent variable
        of its own, after the factors, that its item shows without error.
    exogenous : tuple of str
        Those of the structural ones that only predict: their moments are those of the rows.
    rows : tuple of Parameter
        Group by group, the written ones first, then variances, covariances, intercepts.
    n_groups, n_free : int
        Groups, and free parameters (equal ones counted once).
    """

    items: tuple[str, ...]
    factors: tuple[str, ...]
    rows: tuple[Parameter, ...]
    n_groups: int
    n_free: int
    structural: tuple[str, ...] = ()
    exogenous: tuple[str, ...] = ()

    @property
    def latents(self) -> tuple[str, ...]:
        """Columns of the matrices: factors, then structural items."""
        return self.factors + self.structural

    @property
    def measured(self) -> tuple[str, ...]:
        """Items that stand in no regression."""
        return tuple(item for item in self.items if item not in set(self.structural))

    def indicators(self, factor: str) -> list[str]:
        """Items or factors that measure a factor."""
        return [
            row.rhs for row in self.rows if row.op == "=~" and row.lhs == factor and not row.group
        ]

    def first_order(self) -> dict[str, list[str]]:
        """Items of each factor that is measured by items."""
        found = {
            factor: [name for name in self.indicators(factor) if name in self.items]
            for factor in self.factors
        }
        return {factor: items for factor, items in found.items() if items}


@dataclass(frozen=True, slots=True)
class _Draft:
    lhs: str
    op: str
    rhs: str
    default: float | None  # None: free unless a modifier says otherwise
    term: Term | None


def parameter_table(
    terms: tuple[Term, ...],
    *,
    std_lv: bool = False,
    means: bool = False,
    ordinal: Collection[str] = (),
    n_groups: int = 1,
    equal: Iterable[str] = (),
) -> ParameterTable:
    """Complete a model by the rules of lavaan's ``cfa()`` and ``sem()``.

    First loadings are 1 (or, with ``std_lv``, factor variances); variances are free; exogenous
    factors correlate, and so do the disturbances of outcomes that predict nothing.

    Parameters
    ----------
    terms : tuple of Term
        What was written.
    std_lv : bool
        Fix factor variances instead of first loadings.
    means : bool
        Free intercepts of the items; factor means are 0.
    ordinal : collection of str
        Items that are ordinal: their residual variances are no parameters.
    n_groups : int
        Groups.
    equal : iterable of str
        What is equal over groups: names of `EQUAL`.

    Raises
    ------
    ModelError
        When names are used in ways that cannot be estimated; the line is shown.
    """
    check_equal(equal)
    factors = tuple(dict.fromkeys(term.lhs for term in terms if term.op == "=~"))
    items = tuple(dict.fromkeys(t.rhs for t in terms if t.op == "=~" and t.rhs not in set(factors)))
    structural, exogenous = structural_items(terms, items, factors)
    others = (name for name in structural if name not in exogenous)
    items = tuple(dict.fromkeys((*items, *others, *exogenous)))
    _check_roles(terms, items, factors, structural, n_groups)
    drafts = _drafts(terms, items, factors, std_lv=std_lv, means=means, ordinal=ordinal)
    drafts = [d for d in drafts if d.lhs not in exogenous or d.op not in ("~~", "~1")]
    drafts += _given(exogenous, means=means)
    rows = _number(drafts, factors, n_groups, frozenset(equal), std_lv)
    n_free = 1 + max((row.index for row in rows), default=-1)
    return ParameterTable(items, factors, tuple(rows), n_groups, n_free, structural, exogenous)


def refuse_structural(table: ParameterTable) -> None:
    """Raise `ModelError` where observed variables stand in regressions."""
    if table.structural:
        raise ModelError(
            "Observed variables cannot stand in regressions here.",
            got=", ".join(map(str, table.structural)),
            hint="cfa() takes them; here the model is about factors and their items.",
        )


def structural_items(
    terms: tuple[Term, ...], items: tuple[str, ...], factors: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Observed variables in regressions, and those of them that are only predictors.

    An item whose residual covaries with that of an outcome is one of them too. A predictor whose
    variance, covariance or mean is written in the model is a variable like the others.
    """
    latent = set(factors)
    outcomes = [t.lhs for t in terms if t.op == "~" and t.lhs not in latent]
    predictors = [t.rhs for t in terms if t.op == "~" and t.rhs not in latent]
    found = dict.fromkeys((*outcomes, *predictors))
    written = {name for t in terms if t.op in ("~~", "~1") for name in (t.lhs, t.rhs)}
    for term in terms:
        if term.op == "~~" and {term.lhs, term.rhs} & set(found):
            found |= dict.fromkeys(n for n in (term.lhs, term.rhs) if n not in latent)
    other = written | set(outcomes) | set(items)
    exogenous = tuple(dict.fromkeys(name for name in predictors if name not in other))
    return tuple(str(name) for name in found), exogenous


def _given(exogenous: tuple[str, ...], *, means: bool) -> list[_Draft]:
    """Rows of predictors: what the rows say of them is put in when the matrices are made."""
    pairs = [(a, b) for at, a in enumerate(exogenous) for b in exogenous[at:]]
    drafts = [_Draft(a, "~~", b, 0.0, None) for a, b in pairs]
    return drafts + [_Draft(a, "~1", "", 0.0, None) for a in exogenous if means]


def check_equal(equal: Iterable[str]) -> None:
    """Raise `ModelError` for a name that is none of `EQUAL`."""
    unknown = sorted(set(equal) - set(EQUAL))
    if unknown:
        raise ModelError(
            "There is nothing of that name to hold equal.",
            got=", ".join(unknown),
            expected=", ".join(EQUAL),
        )


def _check_roles(
    terms: tuple[Term, ...],
    items: tuple[str, ...],
    factors: tuple[str, ...],
    structural: tuple[str, ...],
    n_groups: int,
) -> None:
    for term in terms:
        sides = [term.lhs, term.rhs] if term.op != "~1" else [term.lhs]
        strange = [name for name in sides if name not in items and name not in factors]
        if strange:
            raise ModelError(
                "A variable of the model is neither a factor, an item nor part of a regression.",
                where=term.line,
                got=", ".join(strange),
                expected="names that stand in a line with =~ or ~",
            )
        mixed = term.op == "~~" and (term.lhs in factors) != (term.rhs in factors)
        if mixed and not {term.lhs, term.rhs} & set(structural):
            raise ModelError("An item cannot covary with a factor.", where=term.line)
        if len(term.modifiers) not in (0, 1, n_groups):
            raise ModelError(
                "The modifiers do not match the groups.",
                where=term.line,
                got=f"{len(term.modifiers)} values",
                expected=f"1 or {n_groups}",
            )
    for factor in factors:
        own = [term for term in terms if term.op == "=~" and term.lhs == factor]
        if len(own) < 2:
            raise ModelError(
                "A factor needs two items or more.",
                where=own[0].line,
                got=", ".join(str(term.rhs) for term in own),
            )


def _drafts(
    terms: tuple[Term, ...],
    items: tuple[str, ...],
    factors: tuple[str, ...],
    *,
    std_lv: bool,
    means: bool,
    ordinal: Collection[str],
) -> list[_Draft]:
    drafts = _written(terms, factors, std_lv)
    there = {(draft.lhs, draft.op, draft.rhs) for draft in drafts}

    def add(lhs: str, op: str, rhs: str, default: float | None = None) -> None:
        if (lhs, op, rhs) not in there and (op != "~~" or (rhs, op, lhs) not in there):
            drafts.append(_Draft(lhs, op, rhs, default, None))

    for item in items:
        add(item, "~~", item)
    for factor in factors:
        add(factor, "~~", factor, 1.0 if std_lv else None)
    for group in _correlated(terms, items, factors):
        for first_factor, second_factor in combinations(group, 2):
            add(first_factor, "~~", second_factor)
    for name in (*items, *factors) if means else ():
        add(name, "~1", "", 0.0 if name in factors else None)
    return [d for d in drafts if d.op != "~~" or d.lhs != d.rhs or d.lhs not in ordinal]


def _written(terms: tuple[Term, ...], factors: tuple[str, ...], std_lv: bool) -> list[_Draft]:
    drafts: list[_Draft] = []
    marked: set[str] = set()
    for term in terms:
        first = term.op == "=~" and term.lhs not in marked and not std_lv
        if term.op == "=~":
            marked.add(term.lhs)
        unit = std_lv and term.op == "~~" and term.lhs == term.rhs and term.lhs in factors
        drafts.append(_Draft(term.lhs, term.op, term.rhs, 1.0 if first or unit else None, term))
    return drafts


def _correlated(
    terms: tuple[Term, ...], items: tuple[str, ...], factors: tuple[str, ...]
) -> list[list[str]]:
    outcomes = {term.lhs for term in terms if term.op == "~"}
    predictors = {term.rhs for term in terms if term.op == "~"}
    measured = {term.rhs for term in terms if term.op == "=~"}
    exogenous = [name for name in factors if name not in outcomes | measured]
    last = [name for name in (*factors, *items) if name in outcomes - predictors - measured]
    return [exogenous, last]


def _number(
    drafts: list[_Draft],
    factors: tuple[str, ...],
    n_groups: int,
    equal: frozenset[str],
    std_lv: bool,
) -> list[Parameter]:
    rows: list[Parameter] = []
    known: dict[str, int] = {}
    count = 0
    placed = [
        (draft, _placed(draft, group, equal, factors, std_lv))
        for group in range(n_groups)
        for draft in drafts
    ]
    fixed = {row.label: row.value for _, row in placed if row.index < 0 and row.label}
    for draft, found in placed:
        row = found
        if row.label in fixed:  # equal to a number is that number
            row = replace(row, index=-1, value=fixed[row.label])
        if row.index >= 0:
            place = f"{draft.lhs} {draft.op} {draft.rhs}"
            shared = row.label or (place if _held(draft, factors, equal) else "")
            index = known.setdefault(shared, count) if shared else count
            count += index == count
            row = replace(row, index=index)
        rows.append(row)
    return rows


def _placed(
    draft: _Draft, group: int, equal: frozenset[str], factors: tuple[str, ...], std_lv: bool
) -> Parameter:
    modifier = draft.term.modifier(group) if draft.term else Modifier()
    fixed = modifier.fixed if modifier.fixed is not None else draft.default
    latent = draft.lhs in factors
    freed = group > 0 and draft.term is None and latent and "intercepts" in equal
    if freed and draft.op == "~1" and "means" not in equal:
        fixed = None
    if std_lv and group > 0 and latent and draft.lhs == draft.rhs and "loadings" in equal:
        fixed = modifier.fixed
    if modifier.free:
        fixed = None
    value = 0.0 if fixed is None else fixed
    return Parameter(
        draft.lhs, draft.op, draft.rhs, group, 0 if fixed is None else -1, value, modifier.label
    )


def _held(draft: _Draft, factors: tuple[str, ...], equal: frozenset[str]) -> bool:
    latent, same = draft.lhs in factors, draft.lhs == draft.rhs
    name = {
        "=~": "loadings",
        "~": "regressions",
        "~1": "means" if latent else "intercepts",
        "~~": ("factor_" if latent else "residual_") + ("variances" if same else "covariances"),
    }[draft.op]
    return name.replace("residual_variances", "residuals") in equal
