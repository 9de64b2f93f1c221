"""A plain measurement model as factor → items."""

from __future__ import annotations

from relsurvey.errors import ModelError
from relsurvey.measurement.model_text import Model, Term, read_terms

__all__ = ["Model", "is_plain", "read_model"]


def read_model(model: Model) -> dict[str, list[str]]:
    """Return a model as a dictionary of factor to items.

    Parameters
    ----------
    model : mapping or str
        ``{"visual": ["x1", "x2", "x3"]}``, or lines such as ``visual =~ x1 + x2 + x3``.

    Raises
    ------
    ModelError
        When the model is empty, a factor has fewer than two items or an item twice, a factor bears
        an item's name, or a line says anything else than which items load on a factor.
    """
    terms = read_terms(model)
    factors = {term.lhs for term in terms}
    found: dict[str, list[str]] = {}
    for term in terms:
        if term.op != "=~" or term.modifiers:
            raise ModelError(
                "A line of the model is not understood.",
                got=term.line,
                expected="factor =~ item + item + item",
                hint="Only which items belong to which factor can be said here.",
            )
        if term.rhs in factors:
            raise ModelError("A factor bears the name of an item.", got=str(term.rhs))
        found.setdefault(term.lhs, []).append(term.rhs)
    for factor, items in found.items():
        if len(items) < 2:
            raise ModelError(
                "A factor needs two items or more.",
                where=f"factor {factor}",
                got=", ".join(str(item) for item in items),
            )
    return found


def is_plain(terms: tuple[Term, ...]) -> bool:
    """Whether a model only says which items belong to which factor."""
    factors = {term.lhs for term in terms}
    return all(t.op == "=~" and not t.modifiers and t.rhs not in factors for t in terms)
