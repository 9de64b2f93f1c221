"""The tables of a study by their file names, with nothing in them that may not be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pandas as pd

from relsurvey.report.answer_shares import item_shares
from relsurvey.report.chapters.checks import careless_counts, problem_kinds, reasons_by_construct
from relsurvey.report.contents import ReportContents
from relsurvey.report.disclosure import protected, publishable
from relsurvey.report.score_means import score_means
from relsurvey.report.wording import read_wording


@dataclass(frozen=True, slots=True, eq=False)
class NamedTable:
    """A table, the stem of its file, and what it holds in the report's language."""

    name: str
    what: str
    frame: pd.DataFrame


def named_tables(contents: ReportContents, *, person_level: bool = False) -> list[NamedTable]:
    """Return every table that is not empty.

    Parameters
    ----------
    contents : ReportContents
    person_level : bool
        With the tables that have a row per person.
    """
    words = read_wording(contents.language)
    contents = protected(contents)
    groups = [_answers(contents), _measurement(contents), _effects(contents), _ranking(contents)]
    groups.append(_trust(contents))
    if person_level:
        groups.append(_persons(contents))
    return [
        NamedTable(name, words(f"table.{name}"), frame)
        for group in groups
        for name, frame in group
        if not frame.empty
    ]


def _answers(contents: ReportContents) -> Iterator[tuple[str, pd.DataFrame]]:
    if contents.response_rates is not None:
        yield (
            "response_rates",
            publishable(contents.response_rates, "answered", contents.min_n).shown,
        )
    kinds = [
        {"severity": group[0].severity, "code": group[0].code, "n": n}
        for group, n in problem_kinds(contents.problems)
    ]
    yield "problems", pd.DataFrame(kinds)
    yield "changes", pd.DataFrame([asdict(change) for change in contents.responses.log])
    if contents.careless is not None:
        yield "careless", careless_counts(contents.careless)
    yield "missing_answers", reasons_by_construct(contents)
    yield "score_means", pd.DataFrame([asdict(mean) for mean in score_means(contents)])
    summary = contents.scores.describe()
    yield "score_summary", summary[summary["n_obs"] >= contents.min_n]
    yield "answer_shares", _answer_shares(contents)


def _answer_shares(contents: ReportContents) -> pd.DataFrame:
    rows = [
        {"item": item, "code": code, "share": share}
        for scale in contents.instrument.response_scales
        for item, shares in item_shares(contents, scale).items()
        for code, share in zip(scale.codes, shares, strict=False)
    ]
    return pd.DataFrame(rows)


def _measurement(contents: ReportContents) -> Iterator[tuple[str, pd.DataFrame]]:
    if contents.reliability is not None:
        yield "reliability", contents.reliability.tidy()
        yield "reliability_items", contents.reliability.items()
    if contents.general_factor is not None:
        yield "general_factor", contents.general_factor.tidy()
    if contents.level_reliability is not None:
        yield "level_reliability", contents.level_reliability
    if contents.agreement is not None:
        yield "agreement", contents.agreement.tidy()
        yield "agreement_anova", contents.agreement.anova()
    if contents.model_comparison is not None:
        yield "model_comparison", contents.model_comparison
    if contents.cfa is not None:
        yield "cfa_parameters", contents.cfa.tidy()
        yield "cfa_fit", contents.cfa.glance()
        yield "cfa_factor_correlations", contents.cfa.factor_correlations()
        yield "cfa_item_correlations", contents.cfa.correlations().rename_axis("item").reset_index()
    found = contents.invariances
    yield "invariance", _stacked({name: fit.tidy() for name, fit in found.items()}, "groups")
    yield "invariance_freed", _stacked({name: fit.freed() for name, fit in found.items()}, "groups")
    if contents.marker is not None:
        yield "marker", contents.marker


def _effects(contents: ReportContents) -> Iterator[tuple[str, pd.DataFrame]]:
    regressions = contents.regressions
    yield "regressions", _stacked({k: v.tidy() for k, v in regressions.items()}, "outcome")
    yield "regression_fits", _stacked({k: v.glance() for k, v in regressions.items()}, "outcome")
    found = contents.moderations
    yield "moderation_terms", _stacked({k: v.terms for k, v in found.items()})
    yield "moderation_tests", _stacked({k: v.tests for k, v in found.items()})
    yield "moderation_slopes", _stacked({k: v.marks for k, v in found.items()}, "form")
    curves = {k: v.curve for k, v in found.items() if k != "classes"}
    yield "moderation_curves", _stacked(curves, "form")
    yield (
        "moderation_classes",
        _stacked({k: v.classes for k, v in found.items() if k == "classes"}, "form"),
    )


def _ranking(contents: ReportContents) -> Iterator[tuple[str, pd.DataFrame]]:
    found = contents.rankings
    yield "ranking", _stacked({k: v.tidy() for k, v in found.items()}, "model")
    yield "ranking_pairs", _stacked({k: v.pairwise() for k, v in found.items()}, "model")
    yield "ranking_blocks", _stacked({k: v.blocks() for k, v in found.items()}, "model")
    yield "ranking_block_pairs", _stacked({k: v.block_pairs() for k, v in found.items()}, "model")
    orders = {k: v.order_support() for k, v in found.items() if v.order is not None}
    yield "ranking_order", _stacked(orders, "model")
    yield "ranking_fits", _stacked({k: v.fits() for k, v in found.items()}, "model")


def _trust(contents: ReportContents) -> Iterator[tuple[str, pd.DataFrame]]:
    levels = contents.level_rankings
    yield "ranking_levels", _stacked({k: v.tidy() for k, v in levels.items()}, "level")
    yield "ranking_level_pairs", _stacked({k: v.pairwise() for k, v in levels.items()}, "level")
    regions = {k: v.regions for k, v in contents.moderations.items()}
    yield "moderation_regions", _stacked(regions, "form")
    if contents.split_groups is not None:
        yield "split_groups", contents.split_groups.tidy()
    if contents.sensitivity is not None:
        yield "sensitivity", contents.sensitivity.tidy()
        yield "sensitivity_benchmarks", contents.sensitivity.benchmarks()
        yield "sensitivity_method_variance", contents.sensitivity.method_variance()
    if contents.specification_curve is not None:
        yield "specifications", contents.specification_curve.tidy()
        yield "specification_counts", contents.specification_curve.counts()


def _persons(contents: ReportContents) -> Iterator[tuple[str, pd.DataFrame]]:
    scores = contents.scores
    on_100 = scores.frame_100[list(scores.constructs)].add_suffix("_100")
    yield "scores", pd.concat([scores.frame, on_100], axis=1)
    if contents.careless is not None:
        yield "careless_flags", contents.careless.tidy()
    yield "problem_rows", contents.problems.tidy(contents.language)


def _stacked(frames: dict[str, pd.DataFrame], column: str = "") -> pd.DataFrame:
    """Put frames below each other, each marked by its key in a first column."""
    kept = []
    for key, frame in frames.items():
        if frame.empty:
            continue
        marked = frame.copy()
        if column and column not in marked:
            marked.insert(0, column, key)
        kept.append(marked)
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()
