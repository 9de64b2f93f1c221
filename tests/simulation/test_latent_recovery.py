"""Drawn latent values have the stated covariances, effects and ICCs up to Monte Carlo error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from relsurvey.instrument.instrument import Instrument
from relsurvey.simulation.simulate import simulate
from relsurvey.simulation.simulation import Simulation

SMALL_POPULATION = Path(__file__).parent / "small_population.toml"
# A true value lies this many standard errors away once in 150,000 checks.
STANDARD_ERRORS = 4.5


def clustered_least_squares(
    y: npt.NDArray[np.float64], x: npt.NDArray[np.float64], cluster: pd.Series
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Coefficients without the intercept, and standard errors that allow for clusters."""
    design = np.column_stack([np.ones(y.size), x])
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ design.T @ y
    scores = design * (y - design @ coefficients)[:, None]
    by_cluster = pd.DataFrame(scores).groupby(cluster.to_numpy()).sum().to_numpy()
    errors = np.sqrt(np.diag(bread @ by_cluster.T @ by_cluster @ bread))
    return coefficients[1:], errors[1:]


@pytest.fixture(
    scope="module", params=["article", "equal", "individual_first", "one_factor", "no_moderation"]
)
def town(request: pytest.FixtureRequest, relations: Instrument, big: Simulation) -> Simulation:
    if request.param == "article":
        return big
    return simulate(request.param, n_employees=100_000, instrument=relations, seed=11)


def test_effects_and_moderation_are_recovered(town: Simulation) -> None:
    latent = town.latent
    z = latent["log_span_std"].to_numpy()[:, None]
    names = list(town.population.constructs.dimensions)
    x = latent[names].to_numpy()
    for outcome, truth in town.truth["outcomes"].items():
        y = latent[outcome].to_numpy()
        found, error = clustered_least_squares(y, np.hstack([x, z, z * x]), latent["leader"])
        expected = [
            *(truth["effects"][name] for name in names),
            truth["effect_of_log_span"],
            *(truth["moderation_per_sd_log_span"][name] for name in names),
        ]
        assert (np.abs(found - expected) < STANDARD_ERRORS * error).all()
        if town.population.id != "one_factor":
            assert error.max() < 0.016


def test_moderation_of_one_construct_alone_is_recovered(town: Simulation) -> None:
    latent = town.latent
    z = latent["log_span_std"].to_numpy()
    for outcome, truth in town.truth["outcomes"].items():
        for name in ("individual_consideration", "shared_vision", "physical_presence"):
            x = latent[name].to_numpy()
            found, error = clustered_least_squares(
                latent[outcome].to_numpy(), np.column_stack([x, z, x * z]), latent["leader"]
            )
            expected = truth["moderation_alone_per_sd_log_span"][name]
            assert abs(found[2] - expected) < STANDARD_ERRORS * error[2]
            assert error[2] < 0.01


def test_means_variances_and_correlations_are_the_stated_ones(town: Simulation) -> None:
    names = list(town.truth["constructs"])
    values = town.latent[names].to_numpy()
    assert values.mean(axis=0) == pytest.approx(np.zeros(len(names)), abs=0.05)
    assert values.var(axis=0) == pytest.approx(np.ones(len(names)), abs=0.035)
    expected = np.array([[town.truth["correlations"][a][b] for b in names] for a in names])
    assert np.corrcoef(values.T) == pytest.approx(expected, abs=0.025)


def test_model_r2_is_the_explained_share(town: Simulation) -> None:
    names = list(town.population.constructs.dimensions)
    x = town.latent[names].to_numpy()
    for outcome, truth in town.truth["outcomes"].items():
        y = town.latent[outcome].to_numpy()
        residual = y - y.mean()
        residual = residual - (x - x.mean(0)) @ np.linalg.lstsq(x - x.mean(0), residual)[0]
        found = 1 - residual.var() / y.var()
        assert found == pytest.approx(truth["models"]["dimensions"]["r2"], abs=0.015)


def test_icc1_is_the_share_of_variance_between_units(town: Simulation) -> None:
    """Mean product of two members of a unit, each unit weighted by its members: no model."""
    names = list(town.truth["constructs"])
    by_unit = town.latent.groupby("unit")[names]
    n = by_unit.size().to_numpy()
    many = n > 1
    total = by_unit.sum().to_numpy()[many]
    squares = (town.latent[names] ** 2).groupby(town.latent["unit"]).sum().to_numpy()[many]
    weight = n[many][:, None] / n[many].sum()
    pairs = (total**2 - squares) / (n[many] * (n[many] - 1))[:, None]
    found = (weight * pairs).sum(axis=0)
    error = np.sqrt((weight**2 * (pairs - found) ** 2).sum(axis=0))
    expected = np.array([town.truth["constructs"][name]["icc1"] for name in names])
    # Units of one leader share more than chance; a fifth is added to the error for that.
    assert (np.abs(found - expected) < STANDARD_ERRORS * 1.2 * error).all()
    assert error.max() < 0.008


def test_nearness_falls_with_span_as_stated(big: Simulation) -> None:
    z = big.latent["log_span_std"].to_numpy()[:, None]
    slopes = {}
    for name in ("physical_presence", "digital_accessibility", "mental_closeness", "shared_vision"):
        y = big.latent[name].to_numpy()
        found, error = clustered_least_squares(y, z, big.latent["leader"])
        expected = big.truth["constructs"][name]["direct_effect_of_log_span"]
        assert abs(found[0] - expected) < STANDARD_ERRORS * error[0]
        slopes[name] = found[0]
    assert slopes["physical_presence"] < slopes["mental_closeness"] < 0
    assert slopes["physical_presence"] < -0.08


def test_the_marker_is_related_to_nothing(big: Simulation) -> None:
    row = big.latent[list(big.truth["constructs"])].corr()["marker"].drop("marker")
    assert row.abs().max() < 0.02


STRONG = """
moderation = [{ outcome = "trust", basis = "assumed", source = "test", values = { care = 0.4 } }]
effects = [{ outcome = "trust", basis = "assumed", source = "test", values = { care = 0.3 } }]
icc1 = { basis = "assumed", source = "test", values = { care = 0.6, trust = 0.4 } }
span_effects = { basis = "assumed", source = "test", values = { care = -0.8, trust = -0.1 } }
[municipality]
span_sd_log = { value = 0.8, basis = "assumed", source = "test" }
"""


@pytest.fixture(scope="module")
def strong(tmp_path_factory: pytest.TempPathFactory, small_instrument: Instrument) -> Simulation:
    """A world where span moves x, changes x's effect and moves y: all moments of z count."""
    file = tmp_path_factory.mktemp("strong") / "strong.toml"
    extends = f'extends = "{SMALL_POPULATION.as_posix()}"\n'
    file.write_text(extends + STRONG, encoding="utf-8")
    return simulate(file, n_employees=400_000, instrument=small_instrument, seed=2)


def test_strong_effects_of_span_keep_means_and_variances(strong: Simulation) -> None:
    care, trust = strong.latent["care"], strong.latent["trust"]
    assert care.mean() == pytest.approx(0, abs=0.02)
    assert trust.mean() == pytest.approx(0, abs=0.02)
    assert care.var() == pytest.approx(1, abs=0.02)
    assert trust.var() == pytest.approx(1, abs=0.03)
    stated = strong.truth["correlations"]["care"]["trust"]
    assert care.corr(trust) == pytest.approx(stated, abs=0.015)


def test_strong_effects_of_span_are_recovered(strong: Simulation) -> None:
    truth = strong.truth["outcomes"]["trust"]
    x, z = strong.latent["care"].to_numpy(), strong.latent["log_span_std"].to_numpy()
    found, error = clustered_least_squares(
        strong.latent["trust"].to_numpy(), np.column_stack([x, z, x * z]), strong.latent["leader"]
    )
    expected = [0.3, truth["effect_of_log_span"], 0.4]
    assert (np.abs(found - expected) < STANDARD_ERRORS * error).all()
    assert error.max() < 0.01
    assert truth["moderation_alone_per_sd_log_span"]["care"] == pytest.approx(0.4)


def test_units_of_other_leaders_share_nothing(big: Simulation) -> None:
    """Unit means of neighbouring leaders in a department do not correlate."""
    names = list(big.truth["constructs"])
    means = big.latent.groupby("leader")[names].mean()
    department = big.roster.groupby("leader")["department"].first().loc[means.index]
    same = (department.to_numpy()[1:] == department.to_numpy()[:-1]).nonzero()[0]
    for name in names:
        values = means[name].to_numpy()
        found = np.corrcoef(values[same], values[same + 1])[0, 1]
        # Sectors differ in span and so, a little, in nearness; .05 is four standard errors.
        assert abs(found) < 0.05, name
