from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import relsurvey as rs
from relsurvey.errors import DataError, ModelError


def published(**columns):
    rows = {"outcome": "y", "predictor": ["x1", "x2"], "estimate": [0.4, 0.2], "std_error": 0.05}
    return pd.DataFrame(rows | columns)


@pytest.fixture(scope="module")
def world(draw_world):
    return draw_world((0.45, 0.25), n_teams=100, reliability=1.0, seed=3)


def test_numbers_follow_from_both_studies(world):
    result = rs.replication(world, published(), cluster="team")
    table = result.tidy()
    own = rs.regress(world, "y ~ x1 + x2", cluster="team", standardise=True).tidy()
    np.testing.assert_allclose(table["own"], own["estimate"].iloc[1:])
    both = np.hypot(0.05, own["std_error"].iloc[1:].to_numpy())
    np.testing.assert_allclose(table["z"], (table["own"] - [0.4, 0.2]) / both)
    np.testing.assert_allclose(table["predict_high"] - table["predict_low"], 2 * 1.959964 * both,
                               rtol=1e-6)  # fmt: skip
    # the small effect has a chance of one third to be found with the other study's error
    power = stats.norm.sf(1.959964 - table["small_effect"] / 0.05)
    np.testing.assert_allclose(power, 1 / 3, rtol=1e-5)
    assert list(table["verdict"]) == ["agrees", "agrees"]
    assert len(result.glance()) == 1
    assert json.dumps(result.to_dict(), allow_nan=False)


def test_verdicts(world):
    table = rs.replication(world, published(estimate=[-0.4, 0.9]), cluster="team").tidy()
    assert list(table["verdict"]) == ["differs", "differs"]
    assert not table["inside_prediction"].any()
    rng = np.random.default_rng(2)
    nothing = pd.DataFrame(rng.standard_normal((900, 3)), columns=["x1", "x2", "y"])
    table = rs.replication(nothing, published(estimate=0.15, std_error=0.12)).tidy()
    assert set(table["verdict"]) == {"too_small_to_find"}
    table = rs.replication(nothing.head(40), published(estimate=0.2, std_error=0.05)).tidy()
    assert "undecided" in set(table["verdict"])


def test_a_file_will_do(world, tmp_path):
    path = tmp_path / "other.csv"
    published().to_csv(path, index=False)
    found = rs.replication(world, path, cluster="team").tidy()
    pd.testing.assert_frame_equal(found, rs.replication(world, published(), cluster="team").tidy())


def test_errors(world, tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        rs.replication(world, tmp_path / "nothing.csv")
    with pytest.raises(DataError, match="std_error"):
        rs.replication(world, published().drop(columns="std_error"))
    with pytest.raises(DataError, match="positive"):
        rs.replication(world, published(std_error=0.0))
    with pytest.raises(DataError, match="no column"):
        rs.replication(world, published(outcome="profit"))
    with pytest.raises(ModelError, match="not in this model"):
        rs.replication(world, published(), predictors=["x1"])
