from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from relsurvey.errors import StudyError
from relsurvey.simulation.library import load_population, shipped_populations
from relsurvey.simulation.population import Population

SMALL = Path(__file__).parent / "small_population.toml"
World = Callable[..., Population]


def test_five_worlds_ship_and_can_be_read() -> None:
    names = list(shipped_populations())
    assert names == ["article", "equal", "individual_first", "no_moderation", "one_factor"]
    for name in names:
        population = load_population(name)
        assert population.id == name
        for texts in (population.title, population.description):
            assert texts.languages == ("en", "da")


def test_an_extending_world_keeps_what_it_does_not_say() -> None:
    article, mirrored = load_population("article"), load_population("individual_first")
    assert mirrored.measurement == article.measurement
    assert mirrored.correlations == article.correlations
    assert mirrored.effects != article.effects
    assert mirrored.extends == "article"


def test_tables_are_joined_key_by_key_and_a_number_is_replaced_whole(world: World) -> None:
    changed = world('[answering]\ncareless = {value = 0, basis = "assumed", source = "none"}\n')
    assert changed.answering.careless.value == 0
    assert changed.answering.careless.source == "none"
    assert changed.answering.dont_know == load_population("article").answering.dont_know


def test_a_replaced_number_must_bring_its_own_basis(world: World) -> None:
    with pytest.raises(StudyError, match="fault") as caught:
        world("[answering]\ncareless = {value = 0}\n")
    assert "answering.careless.basis" in caught.value.got
    assert "world.toml" in caught.value.where
    assert "README" in caught.value.hint


def test_a_world_may_extend_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "below.toml").write_text(SMALL.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "above.toml").write_text('extends = "below.toml"\nid = "above"', encoding="utf-8")
    assert load_population(tmp_path / "above.toml").id == "above"


def test_worlds_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{one}.toml").write_text(f'extends = "{other}.toml"', encoding="utf-8")
    with pytest.raises(StudyError, match="circle") as caught:
        load_population(tmp_path / "a.toml")
    assert "a.toml → b.toml → a.toml" in caught.value.got


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"id = ", "valid TOML"),
        (b'id = "\xff"', "valid TOML"),
        (b"id = 'a'\nid = 'b'", "valid TOML"),
        (b"extends = 3", "extends one other"),
        (b"extends = 'nowhere'", "no such population"),
        (b"", "fault"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    with pytest.raises(StudyError, match=what) as caught:
        load_population(file)
    assert "broken.toml" in caught.value.where or str(tmp_path) in caught.value.where


def test_an_unknown_name_lists_the_shipped_ones() -> None:
    with pytest.raises(StudyError) as caught:
        load_population("artikel")
    assert "article" in caught.value.expected
    assert caught.value.got == "artikel"


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ("careles = 3\n", "careles: unknown key"),
        ('[answering]\nboredom = {value=1, basis="assumed", source="x"}\n', "answering.boredom"),
        ('[answering]\ncareless = {value=1.2, basis="assumed", source="x"}\n', "between 0 and 1"),
        ('[answering]\ncareless = {value="a", basis="assumed", source="x"}\n', "careless.value"),
        ('[answering]\ncareless = {value=true, basis="assumed", source="x"}\n', "careless.value"),
        ('[answering]\ncareless = {value=nan, basis="assumed", source="x"}\n', "careless.value"),
        ('[answering]\ncareless = {value=0.1, basis="felt", source="x"}\n', "careless.basis"),
        ('[answering]\ncareless = {value=0.1, basis="assumed", source=" "}\n', "careless.source"),
        (
            '[municipality]\nn_employees = {value=2.5, basis="assumed", source="x"}\n',
            "municipality.n_employees",
        ),
        (
            '[[icc1]]\nbasis="assumed"\nsource="x"\nvalues={marker=0.1}\n'
            '[[icc1]]\nbasis="assumed"\nsource="x"\nvalues={marker=0.1}\n',
            "given twice: marker",
        ),
        ('[measurement]\nmean_100={basis="assumed", source="x", values={marker=0}}\n', "mean_100"),
    ],
)
def test_a_wrong_key_or_value_is_named(world: World, toml: str, key: str) -> None:
    with pytest.raises(StudyError, match="fault") as caught:
        world(toml)
    assert key in caught.value.got
    assert "extends" in caught.value.where


def test_a_population_is_frozen(article: Population) -> None:
    with pytest.raises(AttributeError):
        article.id = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        article.answering.careless.value = 1.0  # type: ignore[misc]
