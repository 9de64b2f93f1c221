"""Find and read instruments: the shipped ones by name, any other by path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from relsurvey.errors import InstrumentError
from relsurvey.instrument.coherence import coherence
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.yaml_file import read_yaml
from relsurvey.shipped import shipped_folder


def shipped_instruments() -> dict[str, Path]:
    """Names of the instruments that come with relsurvey, and where they lie."""
    folder = shipped_folder("instruments")
    found = {path.name: path for path in folder.iterdir() if (path / "instrument.yaml").is_file()}
    found |= {path.stem: path for path in folder.glob("*.yaml")}
    return dict(sorted(found.items()))


def load_instrument(source: str | Path, *, strict: bool = True) -> Instrument:
    """Read an instrument.

    Parameters
    ----------
    source : str or Path
        Name of a shipped instrument (``"relations"``), a ``.yaml`` file, or a folder whose
        ``.yaml`` files together make one instrument.
    strict : bool, default True
        Refuse an instrument that contradicts itself. With False it is read as far as its types
        allow, so that `relsurvey.instrument.coherence.coherence` can list what is wrong.

    Returns
    -------
    Instrument
        Frozen and typed.

    Raises
    ------
    InstrumentError
        Unknown name, unreadable YAML, a wrong or unknown key (with its place in the file), or,
        when strict, the first contradictions found and how many there are.
    """
    content = _read(_locate(source))
    try:
        instrument = TypeAdapter(Instrument).validate_python(content)
    except ValidationError as error:
        raise InstrumentError(
            f"The instrument file has {error.error_count()} fault(s).",
            where=str(source),
            got="; ".join(_fault(fault, content) for fault in error.errors()[:10]),
            hint="instruments/README.md documents the file format.",
        ) from error
    if strict:
        _refuse_contradictions(instrument, str(source))
    return instrument


def _locate(source: str | Path) -> Path:
    shipped = shipped_instruments()
    if str(source) in shipped:
        return shipped[str(source)]
    try:
        if str(source) and Path(source).exists():
            return Path(source)
    except (TypeError, ValueError, OSError):
        pass  # no path at all: answered below like any other name that is not there
    raise InstrumentError(
        "There is no such instrument.",
        got=repr(source),
        expected="a shipped name (" + ", ".join(shipped) + ") or the path of a file or folder",
    )


def _read(path: Path) -> dict[str, Any]:
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise InstrumentError("The folder holds no .yaml file.", where=str(path))
    content: dict[str, Any] = {}
    for file in files:
        for key, value in read_yaml(file).items():
            if key in content:
                raise InstrumentError(
                    "A part of the instrument stands in two files.", where=str(file), got=key
                )
            content[key] = value
    return content


def _fault(fault: Any, content: object) -> str:  # noqa: ANN401  (pydantic's ErrorDetails)
    return f"{_place(fault['loc'], content)}: {fault['msg']}"


def _place(location: Sequence[int | str], content: object) -> str:
    """Name a place by ids where parts have them: ``items[ic1].text``, not ``items.0.text``."""
    place = ""
    for step in location:
        content = _step_into(content, step)
        if isinstance(step, str):
            place += f".{step}" if place else step
        elif isinstance(content, dict) and "id" in content:
            place += f"[{content['id']}]"
        else:
            place += f"[{step}]"
    return place


def _step_into(content: object, step: int | str) -> object:
    if isinstance(content, dict):
        return content.get(step)
    if isinstance(content, list) and isinstance(step, int) and step < len(content):
        return content[step]
    return None


def _refuse_contradictions(instrument: Instrument, source: str) -> None:
    errors = coherence(instrument).errors
    if errors:
        shown = "; ".join(f"{p.column}: {p.code} ({p.found})" for p in errors[:5])
        raise InstrumentError(
            f"The instrument contradicts itself in {len(errors)} place(s).",
            where=source,
            got=shown,
            hint="List them all with coherence(load_instrument(…, strict=False)).",
        )
