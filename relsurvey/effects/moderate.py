"""Does span of control change what leadership does? Moderated regression, all dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from relsurvey.effects.complete_cases import complete_cases
from relsurvey.effects.inference import check_confidence, resolve_vcov
from relsurvey.effects.model_roles import model_roles
from relsurvey.effects.moderation_tables import outcome_tables
from relsurvey.effects.moderator import FORMS, encode_moderator
from relsurvey.effects.span_classes import ARTICLE_BREAKS, check_breaks
from relsurvey.errors import ModelError
from relsurvey.results import Result, json_ready

RANDOM_SLOPES = "random_slopes"


@dataclass(frozen=True, slots=True, eq=False)
class Moderation(Result):
    """Moderated regressions of one or more outcomes.

    Every table has a column ``model``: ``joint`` holds all predictors and all their products with
    the moderator at once, ``single`` one predictor and its product at a time.

    Attributes
    ----------
    moderator, form, vcov : str
        ``vcov`` is ``random_slopes`` where these take the place of a robust covariance.
    terms, tests, marks, curve, regions, classes, fits : DataFrame
        What ``tidy``, ``joint_tests``, ``simple_slopes``, ``slopes``, ``johnson_neyman``,
        ``span_classes`` and ``glance`` are made of.
    confidence : float
    notes : tuple of str
    """

    title: ClassVar[str] = "Moderation"
    moderator: str
    form: str
    vcov: str
    terms: pd.DataFrame
    tests: pd.DataFrame
    marks: pd.DataFrame
    curve: pd.DataFrame
    regions: pd.DataFrame
    classes: pd.DataFrame
    fits: pd.DataFrame
    confidence: float
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return every coefficient: ``outcome model form predictor term estimate … p_holm``.

        Outcome and predictors are z-scores. ``p_holm`` is given for the products, adjusted over all
        products of the same outcome and model; ``std_estimate`` is the coefficient per standard
        deviation of its own column.
        """
        return self.terms.copy()

    def joint_tests(self) -> pd.DataFrame:
        """Return F-tests that products are zero: per predictor, and ``(all)`` in the joint model.

        Columns ``outcome model form predictor statistic df_numerator df_denominator p_value
        p_holm``; ``p_holm`` is over the predictors of the same outcome and model. With random
        slopes ``slope_sd`` is their standard deviation over clusters, and there is no ``(all)``.
        """
        return self.tests.copy()

    def simple_slopes(self) -> pd.DataFrame:
        """Return the predictors' slopes at three values of the moderator, or in each class.

        Columns ``outcome model predictor at value estimate … conf_high``.
        """
        return self.marks.copy()

    def slopes(self) -> pd.DataFrame:
        """Return the same columns along a curve over the observed values, for drawing."""
        return self.curve.copy()

    def johnson_neyman(self) -> pd.DataFrame:
        """Return where along the moderator each slope differs from zero; empty for classes.

        Columns ``outcome model predictor sign low high n_obs p_limit``: the regions of one
        predictor follow each other from the lowest value observed to the highest; ``sign`` is
        ``positive``, ``negative`` or ``not_established``. The tests at the values that occur are a
        family with false discovery rate 1 - confidence (Esarey & Sumner 2018); ``p_limit`` is the
        largest p-value that this family lets count.
        """
        return self.regions.copy()

    def span_classes(self) -> pd.DataFrame:
        """Return ``outcome span_class n_obs n_clusters span_low span_high``."""
        return self.classes.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row; with several outcomes the counts are of the one with fewest rows."""
        smallest = self.fits.sort_values("n_obs", kind="stable").iloc[[0]]
        row = smallest.drop(columns="outcome").reset_index(drop=True)
        row.insert(0, "n_outcomes", len(self.fits))
        row["moderator"], row["form"] = self.moderator, self.form
        mixed = self.vcov == RANDOM_SLOPES
        row["estimator"], row["vcov"] = ("reml" if mixed else "ols"), self.vcov
        row["confidence"] = self.confidence
        return row

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain JSON types at full precision."""
        return Result.to_dict(self) | {
            "fits": json_ready(self.fits),
            "joint_tests": json_ready(self.tests),
            "simple_slopes": json_ready(self.marks),
            "slopes": json_ready(self.curve),
            "johnson_neyman": json_ready(self.regions),
            "span_classes": json_ready(self.classes),
        }


def moderate(
    frame: pd.DataFrame,
    outcome: str | Sequence[str],
    predictors: Sequence[str],
    moderator: str = "span_of_control",
    *,
    form: str = "log",
    breaks: Sequence[float] = ARTICLE_BREAKS,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    vcov: str | None = None,
    random_slopes: bool = False,
    confidence: float = 0.95,
) -> Moderation:
    """Ask whether a moderator changes the slopes of predictors.

    Parameters
    ----------
    frame : DataFrame
        One row per person; rows with a missing value are left out, counted and named.
    outcome : str or sequence of str
        Each has models of its own.
    predictors : sequence of str
        z-scored on the rows used, like the outcome: slopes are standardised.
    moderator : str
        A number such as the leader's span of control, or the score of a form of proximity.
    form : {"log", "linear", "quadratic", "classes"}
        The natural logarithm of a positive moderator; the moderator itself; it and its square, all
        centred; or classes between ``breaks``, the lowest as the reference.
    breaks : sequence of float
        Of the classes. A value equal to the first break belongs to the class above it, one equal to
        a later break to the class below it: with (20, 35) both 20 and 35 are in the middle.
    controls : sequence of str
        Numbers as they are, other types as indicators.
    cluster : str, optional
        Column that says which rows belong together (leader, unit).
    vcov : str, optional
        As in ``regress``: CR2 where ``cluster`` is given, HC3 otherwise.
    random_slopes : bool
        Judge each predictor and its products by a mixed model (REML, Satterthwaite) in which
        clusters have intercepts and slopes of that predictor: the cross-level interaction with a
        moderator that belongs to clusters. Takes the place of ``vcov``.
    confidence : float

    Raises
    ------
    DataError
        Unknown or non-numeric columns, no complete row, a logarithm of zero or less.
    ModelError
        Columns that do not vary or follow from each other, one cluster only, everyone in one class.

    Notes
    -----
    Joint tests with clusters are Hotelling's T-squared by Pustejovsky & Tipton (2018), in R
    ``clubSandwich::Wald_test(fit, constrain_zero(...), "CR2")``; otherwise F on (q, n - p). Slopes
    are linear contrasts, in R ``emmeans::emtrends``; bounds of a curve hold point by point,
    ``johnson_neyman`` says where they may be believed. A random slope of the predictor concerned is
    what a cross-level interaction needs for its test to hold its level: Heisig & Schaeffer (2019),
    European Sociological Review 35, 258-279; in R ``lmerTest::lmer(y ~ (x1 + x2) * w + (1 + x1 |
    cluster))``.
    """
    kind = _judged_by(vcov, cluster, random_slopes=random_slopes)
    check_confidence(confidence)
    if form not in FORMS:
        raise ModelError(
            "Unknown form of the moderator.", where="form", got=repr(form), expected=" ".join(FORMS)
        )
    limits = check_breaks(breaks)
    roles = model_roles(outcome, predictors, controls, moderator=moderator)
    parts = []
    for name in roles.outcomes:
        numeric = [name, *roles.predictors, moderator]
        cases = complete_cases(frame, numeric, roles.controls, cluster)
        encoded = encode_moderator(cases, moderator, form, limits)
        parts.append(
            outcome_tables(
                cases,
                name,
                roles,
                encoded,
                form=form,
                kind=kind,
                random_slopes=random_slopes,
                confidence=confidence,
            )
        )
    tables = {
        key: pd.concat([part.tables[key] for part in parts], ignore_index=True)
        for key in parts[0].tables
    }
    return Moderation(
        moderator=moderator,
        form=form,
        vcov=kind,
        confidence=confidence,
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        **tables,
    )


def _judged_by(vcov: str | None, cluster: str | None, *, random_slopes: bool) -> str:
    if not random_slopes:
        return resolve_vcov(vcov, cluster)
    if cluster is None or vcov is not None:
        raise ModelError(
            "Random slopes vary over clusters, and take the place of a robust covariance.",
            where="random_slopes",
            got=f"cluster={cluster!r}, vcov={vcov!r}",
            expected="the column with the leader or unit as cluster, and no vcov",
        )
    return RANDOM_SLOPES
