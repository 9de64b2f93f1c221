from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from relsurvey.errors import InstrumentError, StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.simulation.answers_draw import blueprint, draw_department
from relsurvey.simulation.background_model import background_model
from relsurvey.simulation.drawn import gathered
from relsurvey.simulation.item_model import item_model
from relsurvey.simulation.latent_model import latent_model
from relsurvey.simulation.population import Population
from relsurvey.simulation.roster_draw import draw_roster
from relsurvey.simulation.simulate import (
    DEPARTMENT_STREAM,
    ROSTER_STREAM,
    _departments,
    _generator,
    simulate,
)

HERE = Path(__file__).parent
World = Callable[..., Population]
# Of the files drawn with seed 7 from the small population; the same on every machine.
SHA256 = {
    "answers.csv": "93aafc3b6f1a9370cdba82ae1ad5d7bae8681909bd0610dbccae338a4e7accd2",
    "roster.csv": "77bf745ff395fb6ff29e1d84677992b4371ce410e0f1df65df2787b4df36d88b",
}


def test_same_seed_same_bytes_on_every_machine(
    small_population: Population, small_instrument: Instrument, tmp_path: Path
) -> None:
    simulate(small_population, instrument=small_instrument, seed=7).write(tmp_path)
    found = {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in SHA256}
    assert found == SHA256


def test_a_fresh_interpreter_draws_the_same(tmp_path: Path) -> None:
    code = (
        "from relsurvey.instrument.library import load_instrument\n"
        "from relsurvey.simulation.simulate import simulate\n"
        f"asked = load_instrument({str(HERE / 'small_instrument.yaml')!r}, strict=False)\n"
        f"town = simulate({str(HERE / 'small_population.toml')!r}, instrument=asked, seed=7)\n"
        f"town.write({str(tmp_path)!r})\n"
    )
    environment = os.environ | {"PYTHONHASHSEED": "4711", "OMP_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    found = hashlib.sha256((tmp_path / "answers.csv").read_bytes()).hexdigest()
    assert found == SHA256["answers.csv"]


def test_another_seed_gives_other_answers(
    small_population: Population, small_instrument: Instrument
) -> None:
    one, two = (simulate(small_population, instrument=small_instrument, seed=s) for s in (1, 2))
    assert not one.answers.equals(two.answers)
    assert not one.roster.equals(two.roster)


def test_departments_do_not_depend_on_each_other(
    article: Population, relations: Instrument
) -> None:
    """Drawn backwards, or one alone, every department gives the same answers."""
    latent = latent_model(article)
    items = item_model(article, relations, "full")
    background = background_model(article, relations, "full")
    plan = blueprint(latent, items, background, article.answering)
    roster = draw_roster(article, latent.span, 2000, _generator(3, ROSTER_STREAM))
    departments = list(_departments(roster))
    backwards = [
        draw_department(plan, department, _generator(3, DEPARTMENT_STREAM, department.number))
        for department in reversed(departments)
    ]
    forwards = gathered(reversed(backwards))
    town = simulate(article, n_employees=2000, instrument=relations, seed=3)
    assert town.latent[list(latent.names)].to_numpy().tolist() == forwards.latent.tolist()
    written = forwards.categories[:, 0] + 1
    shown = town.answers["ic1"].to_numpy(dtype=np.float64, na_value=np.nan)
    answered = forwards.categories[:, 0] >= 0
    assert shown[answered].tolist() == written[answered].tolist()


def test_any_instrument_can_be_simulated(
    small_population: Population, small_instrument: Instrument
) -> None:
    town = simulate(small_population, n_employees=5000, instrument=small_instrument)
    answers = town.answers
    assert list(answers.columns) == [
        "respondent",
        "unit",
        "shift",
        "c1",
        "c2",
        "c3",
        "t1",
        "t2",
    ]
    assert set(answers["c1"].dropna()) == {10, 20, 30, 40, 50, 60, 70, 999}
    assert set(answers["t1"].dropna()) == {0, 1, 2, 3}
    n = len(answers)
    # No code for refusal on the one scale, none for anything on the other: blank instead.
    assert (answers["c1"] == 999).sum() / n == pytest.approx(0.05, abs=0.01)
    assert answers["c1"].isna().sum() / n == pytest.approx(0.05, abs=0.01)
    assert answers["t1"].isna().sum() / n == pytest.approx(0.1 + 0.9 * 0.10, abs=0.02)
    turned = answers["c2"].where(answers["c2"] < 100).astype("float64")
    assert turned.corr(town.latent["care"]) < -0.5
    upright = answers["c1"].where(answers["c1"] < 100).astype("float64")
    assert upright.corr(town.latent["care"]) > 0.5
    sector = answers["unit"].map(town.roster.set_index("unit")["sector"])
    assert set(answers["shift"][sector == "land"]) == {"day"}


def test_other_forms_ask_fewer_items(relations: Instrument) -> None:
    town = simulate("article", n_employees=200, instrument=relations, form="short")
    asked = relations.form("short").items
    assert list(town.answers.columns[-len(asked) :]) == list(asked)
    assert set(town.truth["items"]) == set(asked)


def test_ids_are_unique_and_units_are_on_the_roster(relations: Instrument) -> None:
    town = simulate("article", n_employees=3000, instrument=relations)
    assert town.answers["respondent"].is_unique
    assert town.answers["respondent"].iloc[0] == "r00001"
    assert set(town.answers["unit"]) <= set(town.roster["unit"])
    assert town.latent["respondent"].equals(town.answers["respondent"])
    leader = town.answers["unit"].map(town.roster.set_index("unit")["leader"])
    assert (leader == town.latent["leader"]).all()


@pytest.mark.parametrize("n_employees", [1, 2, 7, 40])
def test_tiny_municipalities_work(relations: Instrument, n_employees: int, tmp_path: Path) -> None:
    for seed in range(4):
        town = simulate("article", n_employees=n_employees, instrument=relations, seed=seed)
        assert town.roster["headcount"].sum() == n_employees
        assert len(town.answers) <= n_employees
        assert len(town.responses.frame) == len(town.answers)
        town.write(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"n_employees": 0}, "n_employees"),
        ({"n_employees": -5}, "n_employees"),
        ({"n_employees": 2000.0}, "n_employees"),
        ({"n_employees": "2000"}, "n_employees"),
        ({"n_employees": True}, "n_employees"),
        ({"seed": -1}, "seed"),
        ({"seed": None}, "seed"),
        ({"seed": 1.5}, "seed"),
    ],
)
def test_a_wrong_number_is_refused(arguments: dict[str, object], argument: str) -> None:
    with pytest.raises(StudyError, match="whole number") as caught:
        simulate("article", **arguments)  # type: ignore[arg-type]
    assert argument in caught.value.where
    assert caught.value.got == repr(arguments[argument])


def test_unknown_names_are_refused(small_population: Population) -> None:
    with pytest.raises(StudyError, match="no such population"):
        simulate("atlantis")
    with pytest.raises(InstrumentError, match="no such instrument"):
        simulate("article", instrument="atlantis")
    with pytest.raises(StudyError, match="does not hold"):
        simulate(small_population)
    with pytest.raises(StudyError, match="Only employees"):
        simulate("article", form="leader")


@pytest.mark.parametrize(
    ("rules", "what"),
    [
        ('field = "tenure"\nvalues = {"7" = 1.0}', "no such answer"),
        ('field = "tenure"\nsector = "school"\nvalues = {"1" = 1.0}', "no shares"),
    ],
)
def test_background_answers_that_do_not_fit_are_refused(
    world: World, relations: Instrument, rules: str, what: str
) -> None:
    population = world(f'[[background]]\nbasis = "assumed"\nsource = "test"\n{rules}\n')
    with pytest.raises(StudyError, match=what) as caught:
        simulate(population, n_employees=50, instrument=relations)
    assert "tenure" in caught.value.where


def test_questions_that_the_population_does_not_know_are_left_out(
    world: World, relations: Instrument
) -> None:
    population = world("background = []\n")
    town = simulate(population, n_employees=50, instrument=relations)
    assert list(town.answers.columns[:3]) == ["respondent", "unit", "ic1"]


def peak_bytes(n_employees: int, instrument: Instrument) -> int:
    tracemalloc.start()
    town = simulate("article", n_employees=n_employees, instrument=instrument)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(town.answers) > n_employees / 2
    return peak


def test_memory_grows_linearly_and_modestly(relations: Instrument) -> None:
    small, middle, large = (peak_bytes(n, relations) for n in (4_000, 8_000, 16_000))
    assert (large - middle) / (middle - small) == pytest.approx(2, abs=0.4)
    assert (large - middle) / 8_000 < 1200  # bytes an employee: 1.2 GB for a million


@pytest.mark.slow
def test_a_million_employees_can_be_drawn(relations: Instrument, tmp_path: Path) -> None:
    town = simulate("article", n_employees=1_000_000, instrument=relations)
    assert 750_000 < len(town.answers) < 800_000
    assert town.answers["respondent"].is_unique
    assert town.latent[list(town.truth["constructs"])].var().to_numpy() == pytest.approx(
        np.ones(11), abs=0.01
    )
    answers, _, _ = town.write(tmp_path)
    with answers.open(encoding="utf-8") as stream:
        assert sum(1 for _ in stream) == len(town.answers) + 1


def test_frames_have_the_documented_types(relations: Instrument) -> None:
    town = simulate("article", n_employees=400, instrument=relations)
    items = list(relations.form("full").items)
    assert {str(kind) for kind in town.answers[items].dtypes} == {"Int8"}
    for name in ("respondent", "unit", "job_group", "language"):
        assert town.answers[name].dtype == object
        assert all(type(value) is str for value in town.answers[name])
    assert {str(kind) for kind in town.latent.dtypes.iloc[3:]} == {"float64"}
    assert isinstance(town.answers.index, pd.RangeIndex)
