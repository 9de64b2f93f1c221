"""An output folder that is there whole or not at all."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from relsurvey.errors import StudyError

MARK = "run.json"


@contextmanager
def whole_folder(target: Path, mark: str = MARK) -> Iterator[Path]:
    """Give a new folder beside ``target`` that takes its place when the block ends well.

    An earlier run's folder (it holds the file ``mark``) is replaced; any other folder that is not
    empty is refused before the work begins. When the block fails, nothing is left behind and what
    stood there before still stands.

    Parameters
    ----------
    target : Path
        Where the results shall lie.
    mark : str
        File that tells a folder of the same kind; the block must write it.

    Yields
    ------
    Path
        An empty folder to write into.

    Raises
    ------
    StudyError
        ``target`` is a file, holds something that is not ours, or cannot be written.
    """
    _refuse_foreign(target, mark)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise StudyError(
            "The output folder cannot be made.", where=str(target), got=str(error.strerror)
        ) from error
    try:
        made = workshop / "new"
        made.mkdir()
        yield made
        _swap(made, target, workshop / "old")
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _refuse_foreign(target: Path, mark: str) -> None:
    if target.is_file():
        raise StudyError("The output folder is a file.", got=str(target))
    if target.is_dir() and any(target.iterdir()) and not (target / mark).is_file():
        raise StudyError(
            "The output folder holds something that no earlier run made; nothing was written.",
            got=str(target),
            expected=f"a new or empty folder, or one with the {mark} of an earlier run",
        )


def _swap(made: Path, target: Path, aside: Path) -> None:
    try:
        if target.exists():
            target.rename(aside)
        made.rename(target)
    except OSError as error:
        if aside.exists():
            aside.rename(target)
        raise StudyError(
            "The output folder could not be replaced; what stood there still stands.",
            where=str(target),
            got=str(error.strerror),
            hint="Close the files of the earlier run (a workbook open in Excel?) and run again.",
        ) from error


def no_wider(folder: Path, inputs: Iterable[Path]) -> None:
    """Let nobody read or write what lies in a folder who may not do so with every input.

    The owner keeps all rights. Where files have no such rights (Windows), nothing changes.
    """
    allowed = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO
    for path in inputs:
        allowed &= path.stat().st_mode
    enter = (allowed & 0o444) >> 2  # who may read may look into folders
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        own = stat.S_IRWXU if path.is_dir() else stat.S_IRUSR | stat.S_IWUSR
        path.chmod(mode & (allowed | (enter if path.is_dir() else 0)) | own)
