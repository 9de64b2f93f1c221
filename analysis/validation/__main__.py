"""Draw every condition many times and count how often each method is wrong.

Call: python analysis/validation [--draws 1000] [--seed 20261127] [--workers 2] [--part …]
Writes coverage.csv, ranking.csv and calibration.csv beside this file; README.md reads them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from estimators import judgements, latent_judgements
from worlds import CONDITIONS, RANKINGS, SLOPE

import relsurvey as rs
from relsurvey.errors import RelsurveyError

HERE = Path(__file__).parent
POPULATION_ROWS = 400_000
COLUMNS = ["method", "term", "estimate", "std_error", "p_zero", "p_truth"]
BINS = np.array([0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0])


def score_truth(number: int, seed: int) -> dict[str, float]:
    """Coefficients of the scores in a very large sample; zero where symmetry makes them so."""
    from dataclasses import replace

    condition = CONDITIONS[number]
    middle = sum(condition.sizes) / 2
    large = replace(condition, clusters=int(POPULATION_ROWS / middle))
    frame = large.draw(np.random.default_rng([seed, number, 1])).dropna(subset=["x1", "x2", "y"])
    x = frame[["x1", "x2"]] - frame[["x1", "x2"]].mean()
    design = np.column_stack([np.ones(len(x)), x])
    found = np.linalg.lstsq(design, frame["y"].to_numpy(), rcond=None)[0]
    x2 = 0.0 if condition.correlation == 0 else float(found[2])
    return {"x1": float(found[1]), "x2": x2, "z": 0.0, "x1:z": 0.0}


def one_sample(job: tuple[int, int, int, dict[str, float]]) -> list[tuple[object, ...]]:
    """Judge one sample of one condition by every method."""
    number, draw, seed, truth = job
    frame = CONDITIONS[number].draw(np.random.default_rng([seed, number, 0, draw]))
    rows: list[tuple[object, ...]] = [(number, *row) for row in judgements(frame, truth, draw)]
    latent = {"x1": SLOPE, "x2": 0.0}
    rows += [(number, *row) for row in latent_judgements(frame, latent)]
    return rows


def coverage(draws: int, seed: int, workers: int) -> Iterator[pd.DataFrame]:
    """Yield bias, coverage and rejections per method and term, condition by condition."""
    with ProcessPoolExecutor(workers) as pool:
        for number, condition in enumerate(CONDITIONS):
            truth = score_truth(number, seed)
            jobs = [(number, draw, seed, truth) for draw in range(draws)]
            rows = [row for found in pool.map(one_sample, jobs, chunksize=10) for row in found]
            sys.stderr.write(f"{condition.name}\n")
            yield summary(number, truth, pd.DataFrame(rows, columns=["condition", *COLUMNS]))


def summary(number: int, truth: dict[str, float], table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per method and term of one condition."""
    out = []
    for (method, term), own in table.groupby(["method", "term"], sort=False):
        true = {"x1": SLOPE, "x2": 0.0}[term] if method == "latent" else truth[term]
        usable = own.dropna(subset=["p_truth"])
        out.append(
            {
                "condition": CONDITIONS[number].name,
                "method": method,
                "term": term,
                "truth": true,
                "n_usable": len(usable),
                "bias": usable["estimate"].mean() - true,
                "std_dev": usable["estimate"].std(ddof=1),
                "mean_std_error": usable["std_error"].mean(),
                "coverage": (usable["p_truth"] >= 0.05).mean(),
                "rejects_zero": (usable["p_zero"] < 0.05).mean(),
            }
        )
    return pd.DataFrame(out)


def one_ranking(job: tuple[int, int, int]) -> tuple[int, list[float], list[tuple[float, bool]]]:
    """Rank one sample; return what was said wrongly, and each P(rank 1) with its truth."""
    number, draw, seed = job
    world = RANKINGS[number]
    frame, slopes = world.draw(np.random.default_rng([seed, number, 2, draw]))
    names = [f"x{at + 1}" for at in range(slopes.size)]
    try:
        ranking = rs.rank_effects(
            frame,
            outcome="y",
            predictors=names,
            cluster="cluster",
            order=world.order if slopes.size == 5 or world.slopes else None,
            n_boot=1000,
            seed=draw,
        )
    except RelsurveyError:
        return number, [np.nan] * 5, []
    truth = dict(zip(names, slopes, strict=True))
    pairs = ranking.pairwise()
    gap = np.sign(pairs["predictor_a"].map(truth) - pairs["predictor_b"].map(truth))
    said = pairs["verdict"].map({"a_above_b": 1, "b_above_a": -1, "not_established": 0})
    top = ranking.verdicts()[0]
    named = top.code == "strongest_established"
    best = [name for name, slope in truth.items() if slope == slopes.max()]
    right = named and len(best) == 1 and top.values["predictor"] in best
    order = ranking.order_support().iloc[0]
    said_wrong = [
        float(((said != 0) & (gap != said)).any()),
        float((said != 0).mean()),
        float(named and not right),
        float(right),
        float(order["verdict"] == "supported"),
    ]
    table = ranking.tidy()
    if world.slopes is not None:
        return number, said_wrong, []
    first = [
        (float(p), truth[name] == slopes.max())
        for name, p in zip(table["predictor"], table["p_rank_1"], strict=True)
    ]
    return number, said_wrong, first


def rankings(draws: int, seed: int, workers: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how often the words are wrong, and how well P(rank 1) is calibrated."""
    jobs = [(n, d, seed) for n in range(len(RANKINGS)) for d in range(draws)]
    said: dict[int, list[list[float]]] = {}
    firsts: dict[int, list[tuple[float, bool]]] = {}
    with ProcessPoolExecutor(workers) as pool:
        for done, (number, words, first) in enumerate(pool.map(one_ranking, jobs, chunksize=20), 1):
            said.setdefault(number, []).append(words)
            firsts.setdefault(number, []).extend(first)
            if done % 500 == 0:
                sys.stderr.write(f"{done}/{len(jobs)}\n")
    names = ["false_pair", "pairs_established", "false_first", "right_first", "order_supported"]
    words = pd.DataFrame(
        [
            {
                "world": RANKINGS[n].name,
                "clusters": RANKINGS[n].clusters,
                "order": RANKINGS[n].order,
            }
            | dict(zip(names, np.nanmean(rows, axis=0), strict=True))
            for n, rows in said.items()
        ]
    )
    bins = []
    for n, pairs in firsts.items():
        if not pairs:
            continue
        shown, true = np.array(pairs, dtype=float).T
        where = np.clip(np.digitize(shown, BINS) - 1, 0, len(BINS) - 2)
        for at in range(len(BINS) - 1):
            own = where == at
            if own.any():
                bins.append(
                    {
                        "world": RANKINGS[n].name,
                        "clusters": RANKINGS[n].clusters,
                        "from": BINS[at],
                        "to": BINS[at + 1],
                        "n": int(own.sum()),
                        "mean_p_rank_1": shown[own].mean(),
                        "truly_first": true[own].mean(),
                    }
                )
    return words, pd.DataFrame(bins)


def main() -> None:
    """Run the parts and write their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--part", choices=("coverage", "ranking"))
    parser.add_argument("--to", type=Path, default=HERE)
    given = parser.parse_args()
    stamp = {
        "draws": given.draws,
        "seed": given.seed,
        "date": datetime.now(UTC).date().isoformat(),
        "version": rs.__version__,
    }
    if given.part in (None, "coverage"):
        done: list[pd.DataFrame] = []
        for table in coverage(given.draws, given.seed, given.workers):
            done.append(table)  # written after each condition, so that nothing is lost
            found = pd.concat(done).assign(**stamp)
            found.to_csv(given.to / "coverage.csv", index=False, float_format="%.4f")
    if given.part in (None, "ranking"):
        words, bins = rankings(given.draws, given.seed, given.workers)
        words.assign(**stamp).to_csv(given.to / "ranking.csv", index=False, float_format="%.4f")
        bins.assign(**stamp).to_csv(given.to / "calibration.csv", index=False, float_format="%.4f")


if __name__ == "__main__":
    main()
