"""The door of the room: people's values go in, every cell comes out with what may be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.disclosure.hide_cuts import hide_cuts
from relsurvey.disclosure.hide_units import hide_units
from relsurvey.disclosure.rules import TOP, Floats, Rules
from relsurvey.disclosure.unit_tree import UnitTree
from relsurvey.processes import in_processes

Mask = NDArray[np.bool_]
COLUMNS = ("unit", "parent", "wave", "cut", "measure", "n", "total", "reason")
WHOLE = ""  # the cut of a unit as a whole
DOMINANT = 0.9  # share of answers in one category from which the distribution is telling


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """One wave's people.

    Attributes
    ----------
    name : str
    unit : ndarray of int, shape (people,)
        Place in the tree of the lowest unit that each belongs to.
    values : dict of str to ndarray, shape (people,)
        Scores on 0–100 per construct, NaN without one.
    answers : dict of str to ndarray, shape (people, items)
        Answers on 0–100 per construct, for means of items and shares of answers.
    codes : dict of str to ndarray of float
        Values that an answer of each construct can have, on 0–100.
    items : dict of str to tuple of str
        Names of the items of each construct.
    cuts : dict of str to ndarray of str, shape (people,)
        Category of each person, "" where it is not known.
    person : ndarray of object or None
        Ids that are the same from wave to wave, where answers are linked.
    """

    name: str
    unit: NDArray[np.int64]
    values: dict[str, Floats]
    answers: dict[str, Floats]
    codes: dict[str, Floats]
    items: dict[str, tuple[str, ...]]
    cuts: dict[str, NDArray[np.object_]]
    person: NDArray[np.object_] | None = None

    def of(self, construct: str) -> Wave:
        """Return the same people with one construct alone."""
        return replace(
            self,
            values={construct: self.values[construct]},
            answers={construct: self.answers[construct]},
            codes={construct: self.codes[construct]},
            items={construct: self.items[construct]},
        )


def protect(
    tree: UnitTree,
    waves: Sequence[Wave],
    rules: Rules,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Decide for every cell whether it may be shown.

    Parameters
    ----------
    tree : UnitTree
    waves : sequence of Wave
        The oldest first; items, shares of answers and cuts are made of the last one only.
    rules : Rules
    workers : int, default 1
        Processes.
    progress : callable, optional
        Called with measures done and measures in all.

    Returns
    -------
    DataFrame
        One row per unit, wave, cut and measure; ``COLUMNS``. Measures are ``answers`` (people with
        any score; ``total`` counts them), the constructs, the items and ``construct=value`` (share
        of answers; ``total`` in 100 times the answers). ``n`` counts people with the measure,
        ``total`` sums it. ``reason`` is empty where the cell may be shown, else ``none`` (no
        answers), ``few``, ``telling``, ``dominant``, ``wave`` (a few joined or left) or
        ``protects`` (others would follow from it).
    """
    bases = [_answers(tree, wave, rules) for wave in waves]
    parts = [
        base.table(tree, wave.name, "answers") for base, wave in zip(bases, waves, strict=True)
    ]
    jobs = [
        _Job(
            tree=tree,
            wave=wave.of(construct),
            earlier=tuple(one.of(construct) for one in waves[:place] if construct in one.values),
            rules=rules,
            hidden_before=bases[place].hidden,
            last=place == len(waves) - 1,
        )
        for place, wave in enumerate(waves)
        for construct in wave.values
    ]
    with in_processes(workers) as mapped:
        for done, tables in enumerate(mapped(_Job.tables, jobs), start=1):
            parts += tables
            if progress is not None:
                progress(done, len(jobs))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """One measure of all units."""

    n: Floats
    total: Floats
    hidden: Mask
    sensitive: Mapping[str, Mask]

    def table(self, tree: UnitTree, wave: str, measure: str, cut: str = WHOLE) -> pd.DataFrame:
        reason = np.where(self.hidden, "protects", "").astype(object)
        for name, mask in self.sensitive.items():
            reason[mask & self.hidden] = name
        reason[self.n < 0.5] = "none"
        names, above = tree.labels()
        return pd.DataFrame(
            {
                "unit": names,
                "parent": above,
                "wave": wave,
                "cut": cut,
                "measure": measure,
                "n": self.n.astype(np.int64),
                "total": self.total,
                "reason": reason,
            }
        )


def _sums(tree: UnitTree, unit: NDArray[np.int64], values: Floats) -> tuple[Floats, Floats]:
    """Count people with a value and add their values, per unit with what lies below."""
    known = np.isfinite(values)
    n = np.bincount(unit[known], minlength=len(tree)).astype(float)
    total = np.bincount(unit[known], values[known], minlength=len(tree))
    both = tree.roll_up(np.column_stack([n, total]))
    return both[:, 0], both[:, 1]


def _answers(tree: UnitTree, wave: Wave, rules: Rules) -> _Cells:
    anybody = np.isfinite(np.column_stack(list(wave.values.values()))).any(axis=1)
    n, total = _sums(tree, wave.unit, np.where(anybody, TOP / 2, np.nan))
    hidden = hide_units(tree, n, total, rules)
    return _Cells(n, n.copy(), hidden, {"few": rules.few(n)})


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One construct of one wave."""

    tree: UnitTree
    wave: Wave
    earlier: tuple[Wave, ...]
    rules: Rules
    hidden_before: Mask
    last: bool

    def tables(self) -> list[pd.DataFrame]:
        tree, wave, rules = self.tree, self.wave, self.rules
        (construct,) = wave.values
        n, total = _sums(tree, wave.unit, wave.values[construct])
        changed = np.zeros(len(tree), dtype=bool)
        for before in self.earlier:
            changed |= _few_changed(tree, wave, before, construct, rules)
        # what is hidden already is hidden again at less cost: gaps fall into the same units
        cost = (1 + n / max(n[0], 1)) * np.where(self.hidden_before, 0.5, 1.0)
        hidden = hide_units(tree, n, total, rules, also=changed, cost=cost)
        reasons = {"wave": changed, "telling": rules.telling(n, total), "few": rules.few(n)}
        parts = [_Cells(n, total, hidden, reasons).table(tree, wave.name, construct)]
        if not self.last:
            return parts
        parts += _items(tree, wave, construct, rules, hidden, changed)
        for cut, category in wave.cuts.items():
            parts += _cut(tree, wave, construct, rules, hidden, cut, category)
        return parts


def _few_changed(tree: UnitTree, wave: Wave, earlier: Wave, construct: str, rules: Rules) -> Mask:
    """Mark units that only a few joined, or only a few left, since an earlier wave.

    Had all others answered as before, the difference would be those few's answers. Who moved to
    another unit stayed in every unit that holds both.
    """
    if wave.person is None or earlier.person is None:
        return np.zeros(len(tree), dtype=bool)
    now, then = (_placed(one, construct) for one in (wave, earlier))
    both = now.index.intersection(then.index)
    stayed, here, before = (
        tree.roll_up(np.bincount(units, minlength=len(tree)).astype(float))
        for units in (
            tree.common(now[both].to_numpy(), then[both].to_numpy()),
            now.to_numpy(),
            then.to_numpy(),
        )
    )
    joined, left = here - stayed, before - stayed
    few_joined, few_left = rules.few(joined) & (left < 0.5), rules.few(left) & (joined < 0.5)
    told: Mask = (stayed > 0.5) & (few_joined | few_left)
    return told


def _placed(wave: Wave, construct: str) -> pd.Series:
    """Return the unit of each person with a score, by id; the last where an id comes again."""
    units = pd.Series(wave.unit, index=pd.Index(np.asarray(wave.person).astype(str)))
    known = units[np.isfinite(wave.values[construct])]
    return known[~known.index.duplicated(keep="last")]


def _items(
    tree: UnitTree, wave: Wave, construct: str, rules: Rules, hidden: Mask, changed: Mask
) -> list[pd.DataFrame]:
    """Means of items and shares of answers: all of a construct in a unit, or none.

    With one of them hidden alone it would follow from the others and the construct's score.
    """
    answers = wave.answers[construct]
    known = np.isfinite(answers)
    own = np.zeros((len(tree), answers.shape[1]))
    sums = np.zeros_like(own)
    np.add.at(own, wave.unit, known.astype(float))
    np.add.at(sums, wave.unit, np.where(known, answers, 0.0))
    fewest = tree.roll_up(own.min(axis=1))  # sums of fewest never exceed the fewest of sums
    own, sums = tree.roll_up(own), tree.roll_up(sums)
    telling = rules.telling(own, sums).any(axis=1)
    shares = np.stack([(np.abs(answers - code) < 1e-6) for code in wave.codes[construct]], axis=-1)
    counts = np.zeros((len(tree), shares.shape[-1]))
    np.add.at(counts, wave.unit, shares.sum(axis=1))
    counts = tree.roll_up(counts)
    n_answers = counts.sum(axis=1)
    dominant = (n_answers > 0) & (counts.max(axis=1) >= DOMINANT * n_answers)
    middle = fewest * TOP / 2
    apart = hide_units(
        tree, fewest, middle, rules, also=changed | telling | dominant, forced=hidden
    )
    reasons = {"wave": changed, "dominant": dominant, "telling": telling, "few": rules.few(fewest)}
    parts = [
        _Cells(own[:, at], sums[:, at], apart, reasons).table(tree, wave.name, item)
        for at, item in enumerate(wave.items[construct])
    ]
    parts += [
        _Cells(n_answers, TOP * counts[:, at], apart, reasons).table(
            tree, wave.name, f"{construct}={code:g}"
        )
        for at, code in enumerate(wave.codes[construct])
    ]
    return parts


def _cut(
    tree: UnitTree,
    wave: Wave,
    construct: str,
    rules: Rules,
    hidden: Mask,
    cut: str,
    category: NDArray[np.object_],
) -> list[pd.DataFrame]:
    names = sorted(set(category))
    if not names:
        return []
    values = wave.values[construct]
    sums = [_sums(tree, wave.unit, np.where(category == name, values, np.nan)) for name in names]
    n = np.column_stack([one for one, _ in sums])
    total = np.column_stack([one for _, one in sums])
    apart = hide_cuts(tree, hidden, n, total, rules)
    return [
        _Cells(
            n[:, at],
            total[:, at],
            apart[:, at],
            {
                "telling": rules.telling(n[:, at], total[:, at]),
                "few": rules.few(n[:, at]),
            },
        ).table(tree, wave.name, construct, f"{cut}={name}")
        for at, name in enumerate(names)
    ]
