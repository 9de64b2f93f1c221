"""Find and read populations: the shipped ones by name, any other by path."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from relsurvey.errors import StudyError
from relsurvey.shipped import shipped_folder
from relsurvey.simulation.latent_model import latent_model
from relsurvey.simulation.population import Population
from relsurvey.simulation.population_check import check_population


def shipped_populations() -> dict[str, Path]:
    """Names of the populations that come with relsurvey, and where they lie."""
    folder = shipped_folder("synthetic_data")
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load_population(source: str | Path) -> Population:
    """Read a population.

    Parameters
    ----------
    source : str or Path
        Name of a shipped population (``"article"``) or the path of a TOML file. A file with
        ``extends = "article"`` takes everything it does not say itself from that population (a
        shipped name, or a path seen from the file's own folder): tables are joined key by key, but
        a number is replaced together with its basis and source, and a list as a whole.

    Returns
    -------
    Population
        Frozen and typed; its names and numbers agree with each other.

    Raises
    ------
    StudyError
        Unknown name, unreadable TOML, a wrong or unknown key (with file and key), or names and
        numbers that contradict each other.
    """
    path = _locate(source, Path())
    content = _with_extended(path, ())
    try:
        population = TypeAdapter(Population).validate_python(content)
    except ValidationError as error:
        raise StudyError(
            f"The population file has {error.error_count()} fault(s).",
            where=_place(path, content),
            got="; ".join(_fault(fault) for fault in error.errors()[:10]),
            hint="synthetic_data/README.md documents every key.",
        ) from error
    try:
        check_population(population)
        latent_model(population)
    except StudyError as error:
        raise StudyError(
            error.what,
            where=f"{_place(path, content)}, {error.where}",
            got=error.got,
            expected=error.expected,
            hint=error.hint,
        ) from error
    return population


def _place(path: Path, content: dict[str, Any]) -> str:
    extended = content.get("extends")
    return f"{path} (extends {extended})" if extended else str(path)


def _locate(source: str | Path, folder: Path) -> Path:
    shipped = shipped_populations()
    if str(source) in shipped:
        return shipped[str(source)]
    path = folder / Path(source)
    if not path.is_file():
        raise StudyError(
            "There is no such population.",
            where=str(folder) if folder != Path() else "",
            got=str(source),
            expected="a shipped name (" + ", ".join(shipped) + ") or the path of a .toml file",
        )
    return path


def _with_extended(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    if path.resolve() in seen:
        raise StudyError(
            "Populations extend each other in a circle.",
            where=str(path),
            got=" → ".join(step.name for step in (*seen, path)),
            hint="Let one of them stand on its own.",
        )
    content = _read(path)
    extended = content.get("extends", "")
    if not isinstance(extended, str):
        raise StudyError("A population extends one other, by name.", where=f"{path}, key extends")
    if not extended:
        return content
    below = _with_extended(_locate(extended, path.parent), (*seen, path.resolve()))
    return _joined(below, content)


def _joined(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    joined = dict(below)
    for key, value in above.items():
        old = joined.get(key)
        is_number = isinstance(value, dict) and not {"value", "values"}.isdisjoint(value)
        if isinstance(old, dict) and isinstance(value, dict) and not is_number:
            joined[key] = _joined(old, value)
        else:
            joined[key] = value
    return joined


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(
            "A population file is not valid TOML in UTF-8.",
            where=str(path),
            got=" ".join(str(error).split()),
            hint="Mend that line; synthetic_data/article.toml is an example that works.",
        ) from error
    except OSError as error:
        raise StudyError(
            "A population file cannot be read.", where=str(path), got=str(error.strerror)
        ) from error


def _fault(fault: Any) -> str:  # noqa: ANN401  (pydantic's ErrorDetails)
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden" or fault["type"] == "unexpected_keyword_argument":
        return f"{place}: unknown key"
    return f"{place}: {fault['msg']}"
