"""Write a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relsurvey.errors import StudyError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path beside ``path`` to write to; it takes ``path``'s place if all went well.

    Nested, several files take their places only when all of them are written.

    Parameters
    ----------
    path : Path
        Where the file shall be. Its folder is made if it is not there.

    Yields
    ------
    Path
        A hidden file in the same folder, gone afterwards whatever happens.

    Raises
    ------
    StudyError
        The file or its folder cannot be written.
    """
    draft = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        draft.replace(path)
    except OSError as error:
        raise StudyError(
            "A file cannot be written.",
            where=str(path),
            got=str(error.strerror or error),
            hint="Close the file if it is open elsewhere, or choose another place.",
        ) from error
    finally:
        if draft.exists():
            draft.unlink()
