"""The drawn answers have the stated loadings, thresholds, method variance and holes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from relsurvey.instrument.instrument import Instrument
from relsurvey.simulation.population import Population
from relsurvey.simulation.simulate import simulate
from relsurvey.simulation.simulation import Simulation

World = Callable[..., Population]


@pytest.fixture(scope="module")
def careful(big: Simulation) -> pd.DataFrame:
    """Answers of careful respondents, turned to the construct's side, missing where none."""
    ids = [name for names in big.truth["careless"].values() for name in names]
    answers = big.answers.loc[~big.answers["respondent"].isin(ids)]
    turned = answers[list(big.truth["items"])].astype("float64")
    turned = turned.where(turned <= 5)
    for name, item in big.truth["items"].items():
        if item["reverse"]:
            turned[name] = 6 - turned[name]
    return turned


def test_category_shares_are_those_that_the_thresholds_imply(
    big: Simulation, careful: pd.DataFrame
) -> None:
    for name, item in big.truth["items"].items():
        found = careful[name].value_counts(normalize=True).sort_index().to_numpy()
        assert found == pytest.approx(item["category_shares"], abs=0.012), name
        implied = np.diff([0, *norm.cdf(item["thresholds"]), 1])
        assert item["category_shares"] == pytest.approx(implied)


def test_construct_means_are_the_stated_levels(big: Simulation, careful: pd.DataFrame) -> None:
    for construct, truth in big.truth["constructs"].items():
        items = [n for n, item in big.truth["items"].items() if item["construct"] == construct]
        mean = ((careful[items].mean() - 1) / 4 * 100).mean()
        assert mean == pytest.approx(truth["mean_100"], abs=0.8)


def test_loadings_are_recovered(big: Simulation, careful: pd.DataFrame) -> None:
    """A category's correlation with its construct is loading * sum(density at thresholds) / SD."""
    latent = big.latent.loc[careful.index]
    for name, item in big.truth["items"].items():
        answered = careful[name].notna()
        found = np.corrcoef(careful[name][answered], latent[item["construct"]][answered])[0, 1]
        density = norm.pdf(item["thresholds"]).sum()
        shares = np.array(item["category_shares"])
        mean = shares @ np.arange(5)
        spread = np.sqrt(shares @ (np.arange(5) - mean) ** 2)
        assert found * spread / density == pytest.approx(item["loading"], abs=0.012), name


def tendency(careful: pd.DataFrame, items: dict[str, dict[str, object]]) -> float:
    """Mean latent correlation of marker items with others: what the method factor makes common."""
    scores = careful.apply(lambda column: (column - column.mean()) / column.std())
    lift = {}
    for name, item in items.items():
        shares = np.array(item["category_shares"])
        mean = shares @ np.arange(5)
        spread = np.sqrt(shares @ (np.arange(5) - mean) ** 2)
        lift[name] = norm.pdf(np.asarray(item["thresholds"], dtype=float)).sum() / spread
    others = [name for name, item in items.items() if item["construct"] != "marker"]
    found = [(scores["mk1"] * scores[name]).mean() / (lift["mk1"] * lift[name]) for name in others]
    return float(np.mean(found))


def test_method_variance_is_common_to_all_items(big: Simulation, careful: pd.DataFrame) -> None:
    assert tendency(careful, big.truth["items"]) == pytest.approx(0.10, abs=0.012)


def test_everything_that_disturbs_can_be_switched_off(world: World, relations: Instrument) -> None:
    zero = '{value = 0, basis = "assumed", source = "test"}'
    disturbances = ("dont_know", "refused", "skipped", "dropout", "careless")
    switches = "".join(f"{name} = {zero}\n" for name in disturbances)
    clean = world(f"[measurement]\nmethod_variance = {zero}\n[answering]\n{switches}")
    town = simulate(clean, n_employees=30_000, instrument=relations)
    answers = town.answers[list(town.truth["items"])]
    assert answers.notna().all().all()
    assert answers.max().max() == 5
    assert answers.min().min() == 1
    assert town.truth["careless"] == {"straight_line": [], "random": []}
    assert town.truth["method_loading"] == 0
    assert abs(tendency(answers.astype("float64"), town.truth["items"])) < 0.012


def test_missing_answers_have_the_stated_shares(big: Simulation) -> None:
    first_page = big.answers[["ic1", "ic2", "ic3", "ic4", "ic5", "ic6"]]
    cells = first_page.size
    assert (first_page == 8).sum().sum() / cells == pytest.approx(0.03, abs=0.001)
    assert (first_page == 9).sum().sum() / cells == pytest.approx(0.005, abs=0.0005)
    assert first_page.isna().sum().sum() / cells == pytest.approx(0.015, abs=0.001)


def test_dropout_rises_from_page_to_page(big: Simulation, relations: Instrument) -> None:
    left = []
    for block in relations.form("full").blocks:
        left.append(big.answers[list(block.items)].isna().all(axis=1).mean())
    n = len(left)
    # The chance to leave before page p grows with p: 1 + 2 + ... parts of the whole dropout.
    expected = 0.06 * np.cumsum(np.arange(n)) / (n * (n - 1) / 2)
    assert left == pytest.approx(expected.tolist(), abs=0.002)


def test_who_has_left_does_not_come_back(big: Simulation, relations: Instrument) -> None:
    pages = [list(block.items) for block in relations.form("full").blocks]
    gone = pd.concat([big.answers[page].isna().all(axis=1) for page in pages[:-1]], axis=1)
    last = big.answers[pages[-1]].isna().all(axis=1)
    # A whole page of six or more blanks by chance is all but impossible; the marker page has 3.
    back = gone.iloc[:, :6].any(axis=1) & ~last
    assert back.sum() == 0


def test_careless_answers_are_those_that_the_truth_names(big: Simulation) -> None:
    answers = big.answers.set_index("respondent")[list(big.truth["items"])].astype("float64")
    answers = answers.where(answers <= 5)
    straight = answers.loc[big.truth["careless"]["straight_line"]]
    random = answers.loc[big.truth["careless"]["random"]]
    n = len(answers)
    assert len(straight) / n == pytest.approx(0.025, abs=0.002)
    assert len(random) / n == pytest.approx(0.025, abs=0.002)
    assert (straight.nunique(axis=1) == 1).all()
    shares = straight["ic1"].value_counts(normalize=True).sort_index()
    assert shares.to_numpy() == pytest.approx([0.02, 0.13, 0.24, 0.48, 0.13], abs=0.03)
    uniform = random.stack().value_counts(normalize=True).to_numpy()
    assert uniform == pytest.approx(np.full(5, 0.2), abs=0.004)


def test_response_rates_follow_the_sector(big: Simulation) -> None:
    sector = big.roster.set_index("unit")["sector"]
    answered = big.answers["unit"].map(sector).value_counts()
    invited = big.roster.groupby("sector")["headcount"].sum()
    stated = big.population.answering.response_rate.as_dict()
    for name, rate in (answered / invited).items():
        assert rate == pytest.approx(stated[str(name)], abs=0.01)
    overall = len(big.answers) / big.roster["headcount"].sum()
    assert overall == big.truth["counts"]["response_rate"]
    assert 0.75 < overall < 0.80


def test_background_answers_follow_the_sector(big: Simulation) -> None:
    sector = big.answers["unit"].map(big.roster.set_index("unit")["sector"])
    job = pd.crosstab(sector, big.answers["job_group"], normalize="index")
    assert job.loc["elderly_care", "1"] == pytest.approx(0.74, abs=0.01)
    assert job.loc["school", "3"] == pytest.approx(0.66, abs=0.01)
    assert job.loc["day_care", "1"] == 0
    away = big.answers["away_share"].value_counts(normalize=True)
    assert away["5"] == pytest.approx(0.15, abs=0.01)
    assert set(big.answers["language"]) == {"da", "en"}
    assert set(big.answers["wave"]) == {"2026"}
