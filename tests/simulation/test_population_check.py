from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from relsurvey.errors import StudyError
from relsurvey.simulation.numbers import Numbers, Quantity
from relsurvey.simulation.population import Population
from relsurvey.simulation.population_check import check_population

World = Callable[..., Population]


def number(value: float) -> str:
    return f'{{value = {value}, basis = "assumed", source = "test"}}'


def rule(text: str, value: float = 0.5) -> str:
    return f'[[correlations]]\n{text}\nvalue = {value}\nbasis = "assumed"\nsource = "test"\n'


def effects(key: str, outcome: str, values: str) -> str:
    head = f'[[{key}]]\noutcome = "{outcome}"\nbasis = "assumed"\nsource = "test"\n'
    return f"{head}values = {{{values}}}\n"


def group(values: str) -> str:
    return f'{{basis = "assumed", source = "test", values = {{{values}}}}}'


MUNICIPALITY = "[municipality]\n"
CASES = {
    "a construct twice": ('[constructs]\nmarkers = ["shared_vision"]\n', "two places"),
    "no dimension": ("[constructs]\ndimensions = []\n", "at least one dimension"),
    "an unknown block member": ("[constructs.blocks]\nodd = ['nobody']\n", "unknown"),
    "shares of sectors": (
        f"{MUNICIPALITY}sector_share = {group('elderly_care = 0.5')}\n",
        "add up to 1",
    ),
    "a sector without span": (
        f"{MUNICIPALITY}span_mean = {group('elderly_care = 30')}\n",
        "number is missing",
    ),
    "span bounds": (f"{MUNICIPALITY}span_low = {number(101)}\n", "smallest span"),
    "units of a team of one": (f"{MUNICIPALITY}second_unit_from = {number(1)}\n", "team of one"),
    "a rule without names": (rule(""), "either"),
    "a rule with both": (rule('among = ["markers"]\nbetween = ["markers", "proximity"]'), "either"),
    "a rule between three": (
        rule('between = ["markers", "proximity", "dimensions"]'),
        "either",
    ),
    "a rule for nobody": (rule('among = ["dimension"]'), "unknown"),
    "a correlation of 2": (rule('among = ["dimensions"]', 2), "between -1 and 1"),
    "an outcome with a dimension": (rule('among = ["outcomes", "dimensions"]'), "follows from"),
    "effects on nothing": (effects("effects", "sales", "shared_vision = 0.1"), "unknown"),
    "effects of an outcome": (
        effects("effects", "within_group_relations", "cross_group_relations = 0.1"),
        "unknown",
    ),
    "the same effect twice": (
        effects("moderation", "within_group_relations", "shared_vision = 0.1") * 2,
        "given twice",
    ),
    "an icc too few": (f"icc1 = {group('marker = 0.1')}\n", "number is missing"),
    "span effects on nothing": (f"span_effects = {group('sales = 0.1')}\n", "unknown"),
    "a construct without level": (
        f"[measurement]\nmean_100 = {group('marker = 50')}\n",
        "number is missing",
    ),
    "a profile that does not add up": (
        f"[measurement]\ncategory_profile = {group('one = 0.5, two = 0.4')}\n",
        "add up to 1",
    ),
    "a profile with an empty category": (
        f"[measurement]\ncategory_profile = {group('one = 0.0, two = 1.0')}\n",
        "two categories",
    ),
    "loadings the wrong way round": (
        f"[measurement]\nloading_low = {number(0.9)}\n",
        "Loadings run",
    ),
    "nothing left for the item": (
        f"[measurement]\nmethod_variance = {number(0.5)}\n",
        "leave nothing",
    ),
    "a rate below the lowest": (
        f"[answering]\nresponse_low = {number(0.8)}\n",
        "must lie between",
    ),
    "rates that vary too much": (
        f"[answering]\nresponse_rate_sd = {number(0.4)}\n",
        "cannot vary that much",
    ),
    "no answers left": (
        f"[answering]\nskipped = {number(0.98)}\n",
        "leave no answers",
    ),
    "background shares": (
        '[[background]]\nfield = "x"\nbasis = "assumed"\nsource = "t"\nvalues = {a = 0.4}\n',
        "add up to 1",
    ),
    "background in an unknown sector": (
        '[[background]]\nfield = "x"\nsector = "moon"\nbasis = "assumed"\nsource = "t"\n'
        "values = {a = 1.0}\n",
        "unknown",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_contradiction_is_refused_with_its_place(world: World, name: str) -> None:
    toml, what = CASES[name]
    with pytest.raises(StudyError, match=what) as caught:
        world(toml)
    assert "world.toml" in caught.value.where
    assert "key " in caught.value.where


def test_a_population_changed_in_memory_is_checked_too(article: Population) -> None:
    low = Quantity(value=0.99, basis="assumed", source="test")
    broken = replace(article, answering=replace(article.answering, response_low=low))
    with pytest.raises(StudyError, match="must lie between"):
        check_population(broken)


def test_numbers_keep_order_basis_and_values() -> None:
    found = Numbers.model_validate(
        [
            {"basis": "sourced", "source": "a", "values": {"x": 1, "y": 0.5}},
            {"basis": "assumed", "source": "b", "values": {"z": 2.0}},
        ]
    )
    assert found.names == ("x", "y", "z")
    assert found.as_dict() == {"x": 1.0, "y": 0.5, "z": 2.0}
    assert [group.basis for _, _, group in found.each()] == ["sourced", "sourced", "assumed"]
