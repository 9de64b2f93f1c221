from __future__ import annotations

import tomllib
from typing import Any

from relsurvey.simulation.library import load_population, shipped_populations
from relsurvey.simulation.parameters import parameters_table


def count_numbers(part: Any) -> int:
    """Numbers in a TOML file, found without knowing its keys."""
    if isinstance(part, dict):
        return sum(count_numbers(value) for value in part.values())
    if isinstance(part, list):
        return sum(count_numbers(value) for value in part)
    return int(isinstance(part, int | float) and not isinstance(part, bool))


def test_every_number_of_the_file_is_listed_once() -> None:
    content = tomllib.loads(shipped_populations()["article"].read_text(encoding="utf-8"))
    table = parameters_table(load_population("article"))
    assert list(table.columns) == ["parameter", "value", "basis", "source"]
    assert len(table) == count_numbers(content)
    assert table["parameter"].is_unique
    assert (table["source"].str.len() > 3).all()
    assert set(table["basis"]) == {"sourced", "derived", "assumed"}


def test_a_number_stands_under_its_key() -> None:
    table = parameters_table(load_population("article")).set_index("parameter")
    assert table.loc["icc1.cross_group_relations", "value"] == 0.20
    assert table.loc["icc1.cross_group_relations", "basis"] == "sourced"
    assert table.loc["municipality.span_mean.elderly_care", "value"] == 32
    assert table.loc["correlations.between mental_closeness and individual", "value"] == 0.60
    assert table.loc["background.tenure.all sectors.3", "value"] == 0.31


def test_effect_sizes_are_owned_up_to_as_assumed_in_the_article_s_world() -> None:
    table = parameters_table(load_population("article"))
    effects = table[table["parameter"].str.match("effects|moderation|span_effects")]
    assert len(effects) == 23
    assert set(effects["basis"]) == {"assumed"}
