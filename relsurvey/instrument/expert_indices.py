"""The numbers of content validity: pure arithmetic on counts of experts."""

from __future__ import annotations

import math

from scipy.stats import binom

SIGNIFICANCE = 0.05


def modified_kappa(n_agree: int, n_experts: int) -> float:
    """I-CVI adjusted for chance agreement.

    ``κ* = (I-CVI − p_c) / (1 − p_c)`` with ``I-CVI = A / N`` and
    ``p_c = N! / (A! (N − A)!) · 0.5^N``, the probability that exactly A of N experts agree by
    chance. NaN without experts.

    References
    ----------
    Polit, D. F., Beck, C. T., & Owen, S. V. (2007). Is the CVI an acceptable indicator of content
    validity? Research in Nursing & Health, 30(4), 459-467. doi 10.1002/nur.20199.
    R: ``pc <- dbinom(A, N, .5); (A / N - pc) / (1 - pc)``.
    """
    if n_experts < 1:
        return math.nan
    chance = float(binom.pmf(n_agree, n_experts, 0.5))
    return (n_agree / n_experts - chance) / (1 - chance)


def kappa_band(kappa: float) -> str:
    """Band of κ*: excellent above .74, good from .60, fair from .40, poor below; "" for NaN.

    References
    ----------
    Polit, Beck & Owen (2007), after Cicchetti & Sparrow (1981) and Fleiss (1981).
    """
    if math.isnan(kappa):
        return ""
    if kappa > 0.74:
        return "excellent"
    return "good" if kappa >= 0.60 else "fair" if kappa >= 0.40 else "poor"


def content_validity_ratio(n_essential: int, n_experts: int) -> float:
    """Lawshe's ``CVR = (n_e − N / 2) / (N / 2)``, from −1 to 1; NaN without experts.

    References
    ----------
    Lawshe, C. H. (1975). A quantitative approach to content validity. Personnel Psychology, 28(4),
    563-575. doi 10.1111/j.1744-6570.1975.tb01393.x.
    R: ``(n_e - N / 2) / (N / 2)``.
    """
    return (2 * n_essential - n_experts) / n_experts if n_experts else math.nan


def tail_probability(n_agree: int, n_experts: int) -> float:
    """One-tailed exact binomial p-value: P(X ≥ n_agree) where each expert tosses a coin.

    R: ``pbinom(n_agree - 1, N, .5, lower.tail = FALSE)``.
    """
    return float(binom.sf(n_agree - 1, n_experts, 0.5)) if n_experts else math.nan


def critical_count(n_experts: int, significance: float = SIGNIFICANCE) -> int | None:
    """Count the experts that must agree for a one-tailed exact binomial test to be significant.

    The smallest count n with P(X ≥ n) ≤ ``significance``; None where even agreement of all would
    not do (four experts or fewer at .05).
    """
    if n_experts < 1 or tail_probability(n_experts, n_experts) > significance:
        return None
    return min(n for n in range(n_experts + 1) if tail_probability(n, n_experts) <= significance)


def critical_ratio(n_experts: int, significance: float = SIGNIFICANCE) -> float:
    """Smallest significant value of CVR, and likewise of c_sv: ``(2 n − N) / N``; NaN if none.

    The values are computed from the exact binomial, because Lawshe's printed table is not monotone
    in N. Anderson and Gerbing test c_sv in the same way, with the assignments that are not to the
    posited construct counted against it.

    References
    ----------
    Ayre, C., & Scally, A. J. (2014). Critical values for Lawshe's content validity ratio.
    Measurement and Evaluation in Counseling and Development, 47(1), 79-86.
    doi 10.1177/0748175613513808.
    R: ``n <- qbinom(.05, N, .5, lower.tail = FALSE) + 1; (2 * n - N) / N``.
    """
    needed = critical_count(n_experts, significance)
    return math.nan if needed is None else content_validity_ratio(needed, n_experts)


def proportion_of_agreement(n_posited: int, n_experts: int) -> float:
    """Anderson and Gerbing's ``p_sa = n_c / N``, from 0 to 1; NaN without experts.

    References
    ----------
    Anderson, J. C., & Gerbing, D. W. (1991). Predicting the performance of measures in a
    confirmatory factor analysis with a pretest assessment of their substantive validities. Journal
    of Applied Psychology, 76(5), 732-740. doi 10.1037/0021-9010.76.5.732.
    """
    return n_posited / n_experts if n_experts else math.nan


def substantive_validity(n_posited: int, n_most_other: int, n_experts: int) -> float:
    """Anderson and Gerbing's ``c_sv = (n_c − n_o) / N``, from −1 to 1; NaN without experts.

    ``n_most_other`` is the largest number of experts that chose one and the same other construct.

    References
    ----------
    Anderson & Gerbing (1991), as for `proportion_of_agreement`.
    """
    return (n_posited - n_most_other) / n_experts if n_experts else math.nan
