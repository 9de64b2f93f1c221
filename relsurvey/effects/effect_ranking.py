"""The result of ranking effects: tables, verdicts, and what belongs beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from relsurvey.effects.dominance_tables import complete_table, conditional_table
from relsurvey.effects.effect_comparisons import (
    block_pairs_table,
    blocks_table,
    effects_table,
    order_row,
    pairs_table,
)
from relsurvey.effects.ranked_outcome import RankedOutcome
from relsurvey.effects.stated_order import StatedOrder, stated_order
from relsurvey.effects.verdict import (
    Verdict,
    adjacent_verdicts,
    block_verdicts,
    order_verdict,
    strongest_verdict,
)
from relsurvey.errors import ModelError
from relsurvey.results import Result, json_ready


@dataclass(frozen=True, slots=True, eq=False)
class EffectRanking(Result):
    """Effects of predictors on outcomes, ranked, with what resampling says about the ranks.

    Attributes
    ----------
    predictors : tuple of str
    metric, level : str
    ranked : tuple of RankedOutcome
        Per outcome the estimates and the bootstrap draws behind every table.
    block_members : mapping of str to tuple of str
    order : StatedOrder or None
    controls : tuple of str
    cluster : str or None
    n_boot, seed : int
    confidence : float
    notes : tuple of str
    """

    title: ClassVar[str] = "Ranking of effects"
    predictors: tuple[str, ...]
    metric: str
    level: str
    ranked: tuple[RankedOutcome, ...]
    block_members: Mapping[str, tuple[str, ...]]
    order: StatedOrder | None
    controls: tuple[str, ...]
    cluster: str | None
    n_boot: int
    seed: int
    confidence: float
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return one row per outcome and predictor.

        Columns ``outcome predictor metric estimate share conf_low conf_high share_low share_high
        rank rank_low rank_high p_rank_1 …``. ``conf_low conf_high`` are percentile bounds of the
        estimate. ``rank_low rank_high`` hold for all predictors together: ranks that remain when
        the pairs established by ``pairwise`` are taken for true. ``p_rank_r`` is the share of
        bootstrap draws in which the predictor has rank r.
        """
        tables = [
            effects_table(ranked, self.predictors, self.metric, self.confidence)
            for ranked in self.ranked
        ]
        return pd.concat(tables, ignore_index=True)

    def pairwise(self) -> pd.DataFrame:
        """Return one row per outcome and pair of predictors.

        Columns ``outcome predictor_a predictor_b p_a_above_b difference conf_low conf_high
        joint_low joint_high p_value verdict``: ``conf_*`` and ``p_value`` (twice the smaller share
        of draws on one side of zero) hold for the pair by itself, ``joint_*`` for all pairs of the
        outcome at once with 97.5 %; ``verdict`` is ``a_above_b``, ``b_above_a`` or
        ``not_established``: both intervals must exclude zero.
        """
        tables = [pairs_table(ranked, self.predictors, self.confidence) for ranked in self.ranked]
        return pd.concat(tables, ignore_index=True)

    def blocks(self) -> pd.DataFrame:
        """Return ``outcome block n_predictors sum sum_low sum_high mean mean_low mean_high``.

        A block with more predictors has the advantage in sums; the mean is per predictor.
        """
        return self._block_tables(blocks_table)

    def block_pairs(self) -> pd.DataFrame:
        """Return one row per outcome, statistic (``sum``, ``mean``) and pair of blocks.

        Columns as in ``pairwise``, with ``block_a block_b``; sums are ``not_judged``, as a larger
        block has a larger sum.
        """
        return self._block_tables(block_pairs_table)

    def order_support(self, order: str | Sequence[Sequence[str]] | None = None) -> pd.DataFrame:
        """Return how often bootstrap draws agree with a stated order, one row per outcome.

        Parameters
        ----------
        order : str or sequence of sequences of str, optional
            ``"a, b > c > d"`` or ``[["a", "b"], ["c"], ["d"]]``; inside a tier any order is free.
            Without it, the order given to ``rank_effects``.

        Returns
        -------
        DataFrame
            ``outcome order support chance bayes_factor bayes_factor_complement
            posterior_probability p_weakest_pair verdict``. ``chance``, the complexity of the order,
            is the share of all orders that agree; ``bayes_factor`` is support / chance, the order
            against no constraint, ``bayes_factor_complement`` the order against its opposite
            (every other order), ``posterior_probability`` the order's when both have prior odds of
            one. They read the draws as a posterior under a prior that favours no order (Hoijtink
            2012, Informative Hypotheses; Gu, Mulder & Hoijtink 2018, British Journal of
            Mathematical and Statistical Psychology 71, 229-261), which is a large-sample reading:
            the ``verdict``, ``supported suggested not_established contradicted`` by the rules of
            ``rank_effects``, does not rest on them.

        Raises
        ------
        ModelError
            No order, or one that names unknown predictors.
        """
        stated = self.order if order is None else stated_order(order, self.predictors)
        if stated is None:
            raise ModelError(
                "No order was stated.",
                where="order_support",
                expected='an order such as "a, b > c > d"',
            )
        rows = [
            order_row(
                ranked,
                self.predictors,
                stated,
                pairs_table(ranked, self.predictors, self.confidence),
            )
            for ranked in self.ranked
        ]
        return pd.DataFrame(rows)

    def conditional_dominance(self) -> pd.DataFrame:
        """Return what each predictor adds to models with 0, 1, … others, on average.

        Columns ``outcome predictor n_others estimate conf_low conf_high``; whatever the metric.
        """
        return pd.concat(
            [
                conditional_table(ranked.source, self.predictors, self.confidence)
                for ranked in self.ranked
            ],
            ignore_index=True,
        )

    def complete_dominance(self) -> pd.DataFrame:
        """Return for each pair how far one predictor dominates the other, and how often again.

        Columns ``outcome predictor_a predictor_b dominance p_complete_a p_complete_b
        p_conditional_a p_conditional_b p_general_a``: ``dominance`` in these data is ``complete_a``
        (a adds more to every subset of the others), ``conditional_a`` (more on average at every
        number of others), ``general_a`` (more over all), or the same with b; ``p_…`` are shares of
        draws, which Azen & Budescu (2003) call reproducibility.
        """
        return pd.concat(
            [complete_table(ranked.source, self.predictors) for ranked in self.ranked],
            ignore_index=True,
        )

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return what may be said, outcome by outcome, by the rules of ``rank_effects``."""
        effects, pairs = self.tidy(), self.pairwise()
        block_pairs = self.block_pairs()
        orders = [] if self.order is None else self.order_support().to_dict(orient="records")
        found: list[Verdict] = []
        for ranked in self.ranked:
            name = ranked.outcome
            own = effects[effects["outcome"] == name]
            found.append(strongest_verdict(own))
            found += adjacent_verdicts(own, pairs[pairs["outcome"] == name])
            if not block_pairs.empty:
                found += block_verdicts(block_pairs[block_pairs["outcome"] == name])
            found += [order_verdict(row) for row in orders if row["outcome"] == name]
        return tuple(found)

    def fits(self) -> pd.DataFrame:
        """Return one row per outcome: counts, R-squared, and of the controls alone."""
        rows = []
        for ranked in self.ranked:
            row: dict[str, object] = {
                "outcome": ranked.outcome,
                "n_obs": ranked.source.n_obs,
                "n_dropped": ranked.source.n_dropped,
            }
            if self.cluster is not None:
                row["n_clusters"] = ranked.n_units
            row |= {
                "r_squared": ranked.r_squared,
                "r_squared_controls": ranked.r_squared_controls,
                "n_draws": len(ranked.draws),
            }
            rows.append(row)
        return pd.DataFrame(rows)

    def glance(self) -> pd.DataFrame:
        """Return one row; with several outcomes the counts are of the one with fewest rows."""
        smallest = self.fits().sort_values("n_obs", kind="stable").iloc[[0]]
        row = smallest.drop(columns="outcome").reset_index(drop=True)
        row.insert(0, "n_outcomes", len(self.ranked))
        row["n_predictors"], row["metric"] = len(self.predictors), self.metric
        row["level"] = self.level
        row["n_boot"], row["seed"] = self.n_boot, self.seed
        row["confidence"] = self.confidence
        return row

    def summary(self) -> str:
        """Text for a terminal: the tables, and the verdicts as sentences."""
        said = "\n".join(verdict.english() for verdict in self.verdicts())
        return f"{Result.summary(self)}\n\n{said}"

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain JSON types at full precision (not the draws)."""
        everything = Result.to_dict(self) | {
            "fits": json_ready(self.fits()),
            "pairwise": json_ready(self.pairwise()),
            "blocks": json_ready(self.blocks()),
            "block_pairs": json_ready(self.block_pairs()),
            "verdicts": [
                {"code": one.code, "outcome": one.outcome, "values": json_ready(dict(one.values))}
                for one in self.verdicts()
            ],
        }
        if self.order is not None:
            everything["order_support"] = json_ready(self.order_support())
        return everything

    def _block_tables(self, table: Callable[..., pd.DataFrame]) -> pd.DataFrame:
        if not self.block_members:
            return pd.DataFrame()
        tables = [
            table(ranked, self.predictors, self.block_members, self.confidence)
            for ranked in self.ranked
        ]
        return pd.concat(tables, ignore_index=True)
