"""Every item comes out with its five TRAPD steps in every language."""

from __future__ import annotations

from pydantic import TypeAdapter

from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.instrument.translation_log import STEPS, translation_log_table


def test_relations_is_written_out_and_open_where_open():
    relations = load_instrument("relations")
    log = translation_log_table(relations)
    assert len(log) == 55 * 2 * 5
    assert not log.duplicated(["item", "language", "step"]).any()
    assert set(log.loc[log["done"], "step"]) == {"translation"}
    assert (log.groupby("step")["done"].mean() == [0, 0, 0, 0, 1]).all()
    assert (log["note"] != "").all()


def test_later_entries_override_and_silence_means_open(small):
    small["translation_log"] = [
        {"step": "review", "done": False, "note": "all"},
        {"step": "review", "done": True, "items": ["c1"], "languages": ["en"], "note": "one"},
    ]
    log = translation_log_table(TypeAdapter(Instrument).validate_python(small))
    assert tuple(log["step"].unique()) == STEPS
    done = log[log["done"]]
    assert list(zip(done["item"], done["language"], done["note"], strict=True)) == [
        ("c1", "en", "one")
    ]
    assert (log.loc[log["step"] == "pretest", "note"] == "").all()
