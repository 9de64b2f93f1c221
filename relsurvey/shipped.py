"""Where the shipped data lies: inside an installed package, or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from relsurvey.errors import RelsurveyError


def shipped_folder(name: str) -> Path:
    """Folder of shipped data.

    Parameters
    ----------
    name : {"instruments", "analysis", "synthetic_data"}
        Which of the three folders.

    Returns
    -------
    Path
        The folder inside the installed package, or in the checkout for an editable install.

    Raises
    ------
    RelsurveyError
        If neither is there.
    """
    package = Path(str(files("relsurvey")))
    for folder in (package / "_shipped" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise RelsurveyError(
        "The data that ships with relsurvey is missing.",
        where=str(package),
        got=name,
        hint="Install relsurvey again.",
    )
