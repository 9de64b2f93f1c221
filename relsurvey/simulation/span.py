"""Span of control: how many employees leaders have, and the exact moments of its logarithm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from relsurvey.simulation.population import Population

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SpanModel:
    """The distribution of span of control.

    Attributes
    ----------
    log_mean : dict of str to float
        Mean of the logarithm of span over leaders, per sector, before rounding and clipping.
    log_sd : float
        Its standard deviation.
    low, high : int
        Spans are clipped to this range.
    leader_mean : dict of str to float
        Mean span over leaders per sector, after rounding and clipping.
    employee_mean, employee_sd : float
        Mean and standard deviation of log-span over answering employees (who are the more
        numerous the larger the span). Standardised log-span is measured from these.
    skewness, kurtosis : float
        Third and fourth moment of standardised log-span over answering employees.
    """

    log_mean: dict[str, float]
    log_sd: float
    low: int
    high: int
    leader_mean: dict[str, float]
    employee_mean: float
    employee_sd: float
    skewness: float
    kurtosis: float

    def standardised(self, span: npt.ArrayLike) -> Floats:
        """Log-span in standard deviations from its mean over answering employees."""
        if self.employee_sd == 0:
            return np.zeros(np.shape(span))
        logs: Floats = np.log(np.asarray(span, dtype=np.float64))
        return (logs - self.employee_mean) / self.employee_sd


def span_model(population: Population) -> SpanModel:
    """Compute the span distribution that a population states.

    Span is log-normal over leaders with the sector's mean m and standard deviation s of its
    logarithm, so that the logarithm's mean is ln m - s²/2; it is rounded and clipped. The moments
    over employees are sums over every possible span, weighted by span (an employee is met under a
    leader with k employees k times as often), by the sector's share and by its response rate.
    """
    town = population.municipality
    sd = town.span_sd_log.value
    low, high = int(town.span_low.value), int(town.span_high.value)
    spans = np.arange(low, high + 1, dtype=np.float64)
    log_mean = {s: float(np.log(mean) - sd**2 / 2) for s, mean in town.span_mean.as_dict().items()}
    shares, rates = town.sector_share.as_dict(), population.answering.response_rate.as_dict()
    weights = np.zeros(spans.size)
    leader_mean: dict[str, float] = {}
    for sector in town.sectors:
        share_of_span = _rounded_and_clipped(spans, log_mean[sector], sd)
        leader_mean[sector] = float(share_of_span @ spans)
        met = share_of_span * spans / leader_mean[sector]
        weights += shares[sector] * rates[sector] * met
    weights /= weights.sum()
    logs = np.log(spans)
    mean = float(weights @ logs)
    deviation = float(np.sqrt(weights @ (logs - mean) ** 2))
    z = (logs - mean) / deviation if deviation > 0 else np.zeros(spans.size)
    return SpanModel(
        log_mean=log_mean,
        log_sd=sd,
        low=low,
        high=high,
        leader_mean=leader_mean,
        employee_mean=mean,
        employee_sd=deviation,
        skewness=float(weights @ z**3),
        kurtosis=float(weights @ z**4) if deviation > 0 else 1.0,
    )


def _rounded_and_clipped(spans: Floats, log_mean: float, log_sd: float) -> Floats:
    edges = np.log(spans[:-1] + 0.5)
    below = ndtr((edges - log_mean) / log_sd)
    share: Floats = np.diff(np.concatenate([[0.0], below, [1.0]]))
    return share
