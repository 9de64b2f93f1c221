"""What was published of a study, when and to whom; each publication is checked with all before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from relsurvey.atomic_file import replacing
from relsurvey.cards.scorecards import Scorecards
from relsurvey.disclosure.attacked_table import SHOWN
from relsurvey.disclosure.audit import audit
from relsurvey.disclosure.relations import people_of
from relsurvey.errors import StudyError
from relsurvey.study.published_table import read_published_table, write_published_table

INDEX = "ledger.csv"
COLUMNS = ("date", "audience", "waves", "cuts", "shown", "file")
_KEY = ["people", "wave", "cut", "measure"]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A folder with a list of publications and the table of each.

    Attributes
    ----------
    folder : Path
        Beside the study file; made with the first publication.
    """

    folder: Path

    def index(self) -> pd.DataFrame:
        """Return the list: ``COLUMNS``, the oldest first.

        Raises
        ------
        StudyError
            The list cannot be read.
        """
        path = self.folder / INDEX
        if not path.exists():
            return pd.DataFrame(columns=list(COLUMNS))
        try:
            table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
            return table[list(COLUMNS)]
        except (OSError, ValueError, KeyError) as error:
            raise StudyError(
                "The ledger of what was published cannot be read.",
                where=str(path),
                expected=f"columns {', '.join(COLUMNS)}",
            ) from error

    def check(self, made: Scorecards, *, workers: int = 1) -> bool:
        """Check new scorecards together with everything published before.

        Parameters
        ----------
        made : Scorecards
        workers : int
            Processes.

        Returns
        -------
        bool
            Whether they say anything that no publication said.

        Raises
        ------
        StudyError
            A number of the same people is another one than before, or a hidden number could be
            worked out from several publications together.
        """
        plain = _keyed(_plain(made.published))
        earlier = []
        for entry in self.index().to_dict(orient="records"):
            table = read_published_table(self.folder / str(entry["file"]))
            then = _keyed(table)
            both = plain.merge(then, on=_KEY, suffixes=("", "_then"))
            self._refuse_changed(both, str(entry["date"]))
            if (
                len(both) == len(plain) == len(then)
                and (both["status"] == both["status_then"]).all()
            ):
                return False
            if len(both):
                earlier.append(table)
        if earlier:
            self._refuse_recovered(made, earlier, workers)
        return True

    def _refuse_changed(self, both: pd.DataFrame, date: str) -> None:
        shown = both[(both["status"] == SHOWN) & (both["status_then"] == SHOWN)]
        same = shown["n"].eq(shown["n_then"]) & (
            shown["score"].eq(shown["score_then"]) | shown["score"].isna()
        )
        if same.all():
            return
        first = shown[~same].iloc[0]
        raise StudyError(
            "Numbers that were published before are different now; the difference would tell of "
            "those who came in between.",
            where=f"unit {first['unit']}, wave {first['wave']}, {first['measure']}, against {date}",
            got=f"{first['n']:g} answers now, {first['n_then']:g} then",
            expected="the answers that were published",
            hint="Give answers to a new survey a wave of their own. If the earlier cards were "
            f"never handed out, delete their line in {self.folder / INDEX}.",
        )

    def _refuse_recovered(
        self, made: Scorecards, earlier: list[pd.DataFrame], workers: int
    ) -> None:
        limits = made.rules
        found = audit(
            made.published,
            earlier=earlier,
            min_n=limits.min_n,
            width=limits.width,
            workers=workers,
        )
        if not len(found.recovered):
            return
        first = found.recovered.iloc[0]
        raise StudyError(
            f"{len(found.recovered)} hidden number(s) could be worked out from these cards and "
            "those published before; nothing was written.",
            where=f"unit {first['unit']}, wave {first['wave']}, {first['measure']}",
            hint=f"Keep the cuts and the limit of before. If the earlier cards were never handed "
            f"out, delete their line in {self.folder / INDEX}.",
        )

    def add(self, made: Scorecards, audience: str) -> None:
        """Enter a publication.

        Raises
        ------
        StudyError
            The ledger cannot be written.
        """
        index, plain = self.index(), _plain(made.published)
        taken = [int(path.name[:4]) for path in self.folder.glob("[0-9][0-9][0-9][0-9].csv.gz")]
        file = f"{max(taken, default=0) + 1:04d}.csv.gz"
        cuts = sorted({cut.split("=", 1)[0] for cut in plain["cut"]} - {""})
        entry = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "audience": audience,
            "waves": ", ".join(plain["wave"].unique()),
            "cuts": ", ".join(cuts),
            "shown": str(int((plain["status"] == SHOWN).sum())),
            "file": file,
        }
        with replacing(self.folder / file) as path:
            write_published_table(path, plain)
            whole = pd.concat([index, pd.DataFrame([entry])], ignore_index=True)
            with replacing(self.folder / INDEX) as path:
                whole.to_csv(path, index=False, encoding="utf-8-sig")


def _plain(published: pd.DataFrame) -> pd.DataFrame:
    return published[~published["cut"].str.startswith("~")].reset_index(drop=True)


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    people = people_of(table["unit"], table["parent"])
    kept = table[["unit", "wave", "cut", "measure", "n", "score", "status"]]
    kept = kept.assign(people=table["unit"].map(people))
    # a unit with a single unit below has the same people
    return kept.drop_duplicates(_KEY)
