"""Which column is what in a model: outcomes, predictors, controls; nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from relsurvey.errors import ModelError


@dataclass(frozen=True, slots=True)
class ModelRoles:
    """Names of columns by their role."""

    outcomes: tuple[str, ...]
    predictors: tuple[str, ...]
    controls: tuple[str, ...]


def model_roles(
    outcome: str | Sequence[str],
    predictors: Sequence[str],
    controls: Sequence[str],
    *,
    moderator: str | None = None,
) -> ModelRoles:
    """Return the roles; a single name counts as a list of one.

    Raises
    ------
    ModelError
        No outcome, no predictor, a column in two roles, or a name that is not text.
    """
    outcomes = _listed(outcome)
    roles = ModelRoles(outcomes, _listed(predictors), _listed(controls))
    for role, names in (("outcome", roles.outcomes), ("predictors", roles.predictors)):
        if not names:
            raise ModelError(f"There are no {role}.", where=role, expected="at least one column")
    named = [*roles.outcomes, *roles.predictors, *roles.controls]
    named += [moderator] if moderator is not None else []
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise ModelError(
            "A column can have one role only.",
            where=", ".join(twice),
            got="named more than once among outcomes, predictors, moderator and controls",
            expected="every column once",
        )
    return roles


def _listed(names: str | Sequence[str]) -> tuple[str, ...]:
    listed = (
        tuple(names) if isinstance(names, Iterable) and not isinstance(names, str) else (names,)
    )
    odd = [name for name in listed if not isinstance(name, str)]
    if odd:
        raise ModelError(
            "Columns are named by text.",
            got=", ".join(repr(name) for name in odd),
            expected="names such as 'shared_vision'",
            hint="Rename the columns of the frame.",
        )
    return listed
