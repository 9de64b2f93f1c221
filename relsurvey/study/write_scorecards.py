"""Scorecards in one call: a study file in; a page a unit, tables and a workbook out."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relsurvey.cards.organisation import own_people
from relsurvey.cards.scorecards import Scorecards, scorecards
from relsurvey.disclosure.rules import Rules
from relsurvey.effects.rank_effects import rank_effects
from relsurvey.errors import RelsurveyError, StudyError
from relsurvey.questionnaire.csv_file import write_csv
from relsurvey.questionnaire.sheet import Sheet
from relsurvey.questionnaire.xlsx_file import write_xlsx
from relsurvey.report.cards.card_desk import CardDesk
from relsurvey.report.cards.overview import overview
from relsurvey.report.cards.unit_card import unit_card
from relsurvey.report.html import render_page
from relsurvey.report.pdf import render_pdf
from relsurvey.report.wording import read_wording
from relsurvey.responses.responses import Responses
from relsurvey.responses.roster import read_roster
from relsurvey.results import json_ready
from relsurvey.scoring.score import score
from relsurvey.study.ledger import Ledger
from relsurvey.study.output import no_wider, whole_folder
from relsurvey.study.plan import resolve_plan
from relsurvey.study.published_table import read_published_table, write_published_table
from relsurvey.study.read_answers import read_answers, read_leaders
from relsurvey.study.study_file import Language, Study, load_study

MARK = "scorecards.json"
PUBLISHED = "published.csv"
OWNER = "owner_only"
RANKED_DRAWS = 1000
Progress = Callable[[str, int, int], None]


def write_scorecards(
    study: str | Path | Study,
    output: str | Path,
    *,
    language: Language | None = None,
    pdf: bool = False,
    audience: str = "",
    workers: int = 1,
    progress: Progress | None = None,
) -> Scorecards:
    """Write a card for every unit, the organisation's page, and what they show as tables.

    Parameters
    ----------
    study : str, Path or Study
        A study file, or one already read.
    output : str or Path
        New folder, or that of earlier scorecards, which is replaced: written whole or not at all.
        ``index.html`` links to all cards, ``published.csv`` holds every number shown
        (cut ``~weight``: weights of the themes in hundredths),
        ``heat_map.xlsx`` the scores of all units. ``owner_only/hidden.csv`` says what is hidden and
        why; it is not to be handed on. Leaders' ratings of themselves stand on their own card and
        in ``owner_only/self_ratings.csv``.
    language : {"da", "en"}, optional
        Instead of the study's.
    pdf : bool, default False
        Every card as PDF/UA-1 too, in the folder ``pdf``.
    audience : str
        Who gets the cards, for the ledger.
    workers : int
        Processes.
    progress : callable, optional
        Called with the step, work done and work in all.

    Returns
    -------
    Scorecards

    Raises
    ------
    RelsurveyError
        A file that cannot be used, a folder in the way, numbers other than those published before,
        or a hidden number that the auditor could recover, alone or with what was published before;
        nothing is written then.

    Notes
    -----
    What is published is entered into a ledger beside the study file (a folder of its name and
    ``_ledger``), and everything in it counts as known to everybody.
    """
    asked = study if isinstance(study, Study) else load_study(study)
    spoken: Language = language or asked.language
    ledger = Ledger(asked.folder / f"{asked.stem}_ledger") if asked.stem else None
    with whole_folder(Path(output), MARK) as folder:
        responses = read_answers(asked)
        made = _scorecards(asked, responses, workers, progress)
        new = ledger is not None and ledger.check(made, workers=workers)
        tree = made.organisation.tree
        walked = [tree.names[at] for at in tree.walk()]
        units = [unit for unit in walked if not unit.endswith(own_people(""))]
        files = {unit: f"cards/{at:04d}.html" for at, unit in enumerate(units, start=1)}
        importance = _importance(asked, responses, made.organisation.waves[-1].name)
        desk = CardDesk(made, read_wording(spoken), importance, asked.synthetic, files)
        _write_cards(desk, folder, progress)
        if pdf:
            _write_pdfs(desk, folder, workers, progress)
        page = render_page(overview(desk), desk.words)
        (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
        _write_tables(desk, folder)
        record = json.dumps(_record(asked, made), ensure_ascii=False, indent=1)
        (folder / MARK).write_text(record + "\n", encoding="utf-8")
        no_wider(folder, asked.inputs())
        (folder / OWNER).chmod(0o700)
        if ledger is not None and new:
            ledger.add(made, audience)
    return made


def _scorecards(
    study: Study, responses: Responses, workers: int, progress: Progress | None
) -> Scorecards:
    """Make what a study asks for."""
    path, plan = study.roster_path(), study.scorecards
    roster = read_roster(path, responses.instrument, columns=study.roster.columns) if path else None
    return scorecards(
        responses,
        roster,
        leaders=read_leaders(study, responses.instrument),
        name=plan.organisation or (study.survey.organisation if study.survey else study.title),
        cuts=plan.cuts,
        rules=Rules(study.min_n, plan.width, plan.below_five),
        linked=plan.linked,
        min_answered=study.analysis.min_answered,
        workers=workers,
        progress=progress,
    )


def _write_cards(desk: CardDesk, folder: Path, progress: Progress | None) -> None:
    (folder / "cards").mkdir()
    for done, (unit, file) in enumerate(desk.files.items(), start=1):
        page = render_page(unit_card(desk, unit), desk.words)
        (folder / file).write_text(page, encoding="utf-8", newline="\n")
        if progress is not None:
            progress("cards", done, len(desk.files))


def _write_pdfs(desk: CardDesk, folder: Path, workers: int, progress: Progress | None) -> None:
    """Write every card as PDF, under the number that its page has."""
    (folder / "pdf").mkdir()

    (folder / "pdf" / "index.pdf").write_bytes(render_pdf(overview(desk), desk.words))

    def write(unit: str) -> None:
        target = folder / "pdf" / f"{Path(desk.files[unit]).stem}.pdf"
        target.write_bytes(render_pdf(unit_card(desk, unit), desk.words))

    with ThreadPoolExecutor(workers) as threads:  # typst leaves Python alone while it works
        for done, _ in enumerate(threads.map(write, desk.files), start=1):
            if progress is not None:
                progress("pdf", done, len(desk.files))


def _importance(study: Study, responses: Responses, wave: str) -> pd.DataFrame | None:
    """Rank the study's predictors for its first outcome over all answers of a wave."""
    frame = score(responses, study.analysis.min_answered).frame
    plan = resolve_plan(study, responses.instrument, frame)
    if "wave" in frame:
        frame = frame[frame["wave"].fillna("").astype(str) == wave]
    if len(plan.predictors) < 2 or not plan.outcomes:
        return None
    try:
        ranked = rank_effects(
            frame,
            outcome=plan.outcomes[0],
            predictors=list(plan.predictors),
            cluster=plan.cluster or None,
            n_boot=RANKED_DRAWS,
            seed=study.seed,
        )
    except RelsurveyError:  # too few answers: the card says so
        return None
    return ranked.tidy()


def _write_tables(desk: CardDesk, folder: Path) -> None:
    made = desk.cards
    shown = pd.concat([made.published, _weights(desk)], ignore_index=True)
    write_published_table(folder / PUBLISHED, shown)
    content = json_ready(shown)
    (folder / "published.json").write_text(
        json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    heads = tuple(desk.names.construct(one) for one in desk.constructs)
    heat = Sheet(
        "heat map",
        (desk.words("cards.unit"), *heads),
        tuple(
            (desk.indented(unit), *(_told(desk, unit, one) for one in desk.constructs))
            for unit in desk.files
        ),
        preamble=(*desk.words.lines("cards.read"),),
        shaded=heads,
        widths=dict.fromkeys(heads, 20.0),
    )
    write_xlsx(folder / "heat_map.xlsx", (heat,), desk.words("cards.heat_title"))
    owner = folder / OWNER
    owner.mkdir()
    for name, table in (("hidden", made.hidden), ("self_ratings", made.self_ratings)):
        if len(table):
            rows = tuple(table.itertuples(index=False, name=None))
            write_csv(owner / f"{name}.csv", (Sheet(name, tuple(table.columns), rows),), ",")


def _weights(desk: CardDesk) -> pd.DataFrame:
    """Return what the themes weigh in the whole organisation as rows, in hundredths."""
    found = desk.importance
    if found is None:
        return desk.cards.published.head(0)
    return pd.DataFrame(
        {
            "unit": desk.top,
            "parent": "",
            "wave": desk.wave,
            "cut": "~weight",
            "measure": found["predictor"],
            "n": np.nan,
            "score": (100 * found["share"]).round(),
            "conf_low": np.floor(100 * found["share_low"]),
            "conf_high": np.ceil(100 * found["share_high"]),
            "status": "shown",
        }
    )


def _told(desk: CardDesk, unit: str, construct: str) -> object:
    row = desk.shown(unit, construct, "~shrunk")
    return int(row["score"]) if row else desk.words("cards.hidden")


def _record(study: Study, made: Scorecards) -> dict[str, Any]:
    return {
        "relsurvey": version("relsurvey"),
        "instrument": made.instrument.id,
        "instrument_version": made.instrument.version,
        "form": made.form,
        "min_n": made.rules.min_n,
        "width": made.rules.width,
        "seed": study.seed,
        **{key: value[0] for key, value in json_ready(made.glance().to_dict("list")).items()},
    }


def read_published(folder: str | Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Read what scorecards published, and their record.

    Raises
    ------
    StudyError
        The folder holds no scorecards.
    """
    folder = Path(folder)
    try:
        record = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StudyError(
            "The folder holds no scorecards.",
            got=str(folder),
            expected=f"{MARK} and {PUBLISHED}, as relsurvey scorecards writes them",
        ) from error
    return read_published_table(folder / PUBLISHED), record
