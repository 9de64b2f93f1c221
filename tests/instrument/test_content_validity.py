"""Content validity of a small panel worked out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from relsurvey.errors import DataError
from relsurvey.instrument.content_validity import content_validity

CONSTRUCTS = {"a1": "care", "a2": "care", "b1": "trust", "b2": "trust"}


def _panel():
    relevance = {
        "a1": [4, 4, 4, 4, 3],
        "a2": [4, 3, 3, 2, 4],
        "b1": [1, 2, 4, 4, 3],
        "b2": [4, 4, None, 4, 4],
    }
    belongs = {
        "a1": ["care"] * 5,
        "a2": ["care", "care", "trust", "trust", "none"],
        "b1": ["care", "care", "care", "trust", "none"],
        "b2": ["trust", "trust", "trust", None, "trust"],
    }
    return pd.DataFrame(
        [
            {
                "expert": f"e{n}",
                "item": item,
                "relevance": relevance[item][n],
                "clarity": 4 if n else 2,
                "belongs_to": belongs[item][n],
            }
            for item in CONSTRUCTS
            for n in range(5)
        ]
    )


@pytest.fixture
def result():
    return content_validity(_panel(), CONSTRUCTS)


def test_i_cvi_kappa_and_cvr(result):
    table = result.tidy().set_index("item")
    assert table["n_experts"].tolist() == [5, 5, 5, 4]
    assert table["i_cvi"].tolist() == [1, 0.8, 0.6, 1]
    assert table.loc["a2", "kappa"] == pytest.approx(103 / 135)
    assert table["kappa_band"].tolist() == ["excellent", "excellent", "fair", "excellent"]
    assert table["cvr"].tolist() == pytest.approx([0.6, -0.2, -0.2, 1])
    assert table["cvr_critical"].tolist()[:3] == [1, 1, 1]
    assert math.isnan(table["cvr_critical"].tolist()[3])
    assert table["clarity_i_cvi"].tolist() == [0.8] * 4


def test_substantive_validity(result):
    table = result.tidy().set_index("item")
    assert table["p_sa"].tolist() == pytest.approx([1, 0.4, 0.2, 1])
    assert table["c_sv"].tolist() == pytest.approx([1, 0, -0.4, 1])
    assert table["most_chosen_other"].tolist() == ["", "trust", "care", ""]
    assert table["n_sorted"].tolist() == [5, 5, 5, 4]
    # P(X ≥ 5 of 5) = 1/32, P(X ≥ 2 of 5) = 26/32, P(X ≥ 1 of 5) = 31/32, P(X ≥ 4 of 4) = 1/16
    assert table["p_value"].tolist() == pytest.approx([1 / 32, 26 / 32, 31 / 32, 1 / 16])


def test_scale_level(result):
    glance = result.glance()
    assert len(glance) == 1
    assert glance.loc[0, "s_cvi_ave"] == pytest.approx((1 + 0.8 + 0.6 + 1) / 4)
    assert glance.loc[0, "s_cvi_ua"] == 0.5
    assert glance.loc[0, "n_experts"] == 5
    by = result.by_construct().set_index("construct")
    assert by["s_cvi_ave"].tolist() == pytest.approx([0.9, 0.8])
    assert by["n_items"].tolist() == [2, 2]


def test_result_vocabulary(result):
    assert "Content validity" in result.summary()
    assert result.to_dict()["tidy"][3]["cvr_critical"] is None
    assert len(result.notes) == 3


def test_an_item_nobody_rated_is_nan_not_nought():
    result = content_validity(_panel(), CONSTRUCTS | {"c1": "care"})
    row = result.tidy().set_index("item").loc["c1"]
    assert row["n_experts"] == 0
    assert row[["i_cvi", "kappa", "cvr", "p_sa", "c_sv", "p_value"]].isna().all()
    assert row["kappa_band"] == ""
    assert result.glance().loc[0, "n_items_rated"] == 4
    assert result.glance().loc[0, "s_cvi_ave"] == pytest.approx(0.85)


def test_rows_in_any_order_with_any_index_and_the_frame_stays_as_it_was():
    panel = _panel().sample(frac=1, random_state=3).set_index(pd.Index([7] * 20))
    before = panel.copy(deep=True)
    shuffled = content_validity(panel, CONSTRUCTS)
    pd.testing.assert_frame_equal(panel, before)
    pd.testing.assert_frame_equal(shuffled.tidy(), content_validity(_panel(), CONSTRUCTS).tidy())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(columns="clarity"), "lack columns"),
        (lambda f: f.assign(item=f["item"].replace("a1", "z9")), "Unknown items"),
        (lambda f: pd.concat([f, f.iloc[:1]]), "twice"),
        (lambda f: f.assign(relevance=5), "out of range"),
        (lambda f: f.assign(clarity="good"), "out of range"),
        (lambda f: f.iloc[:0], "Nothing is rated"),
        (lambda f: f.assign(relevance=None, clarity=None, belongs_to=None), "Nothing is rated"),
    ],
)
def test_unusable_ratings(change, words):
    with pytest.raises(DataError, match=words):
        content_validity(change(_panel()), CONSTRUCTS)
