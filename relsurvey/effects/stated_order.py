"""An order that someone has stated: tiers of predictors, from the strongest to the weakest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from relsurvey.errors import ModelError


@dataclass(frozen=True, slots=True)
class StatedOrder:
    """Tiers of predictors, the strongest first; inside a tier nothing is said."""

    tiers: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return " > ".join(", ".join(tier) for tier in self.tiers)

    def positions(self, predictors: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Return the tiers as positions in ``predictors``."""
        known = list(predictors)
        return tuple(tuple(known.index(name) for name in tier) for tier in self.tiers)


def stated_order(order: str | Sequence[Sequence[str]], predictors: Sequence[str]) -> StatedOrder:
    """Read an order.

    Parameters
    ----------
    order : str or sequence of sequences of str
        ``"a, b > c > d"`` or ``[["a", "b"], ["c"], ["d"]]``. Predictors that are not named are
        left out of the comparison.
    predictors : sequence of str
        The names there are.

    Raises
    ------
    ModelError
        An unknown predictor, one named twice, an empty tier, or fewer than two tiers.
    """
    if isinstance(order, str):
        tiers = tuple(
            tuple(name.strip() for name in tier.split(",") if name.strip())
            for tier in order.split(">")
        )
    else:
        tiers = tuple((tier,) if isinstance(tier, str) else tuple(tier) for tier in order)
    if len(tiers) < 2 or not all(tiers):
        raise ModelError(
            "An order has at least two tiers, and somebody in each.",
            where="order",
            got=repr(order),
            expected='"first, second > third", or [["first", "second"], ["third"]]',
        )
    named = [name for tier in tiers for name in tier]
    for name in named:
        if name not in predictors:
            near = get_close_matches(str(name), list(predictors), n=1, cutoff=0.5)
            raise ModelError(
                f"{name!r} is not among the predictors.",
                where="order",
                got=str(name),
                expected=f"perhaps {near[0]!r}" if near else "one of " + ", ".join(predictors),
            )
        if named.count(name) > 1:
            raise ModelError(
                f"{name!r} stands more than once.", where="order", expected="every name once"
            )
    return StatedOrder(tiers)
