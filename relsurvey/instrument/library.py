"""Find and read instruments: the shipped ones by name, any other by path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from relsurvey.errors import InstrumentError
from relsurvey.instrument.instrument import Instrument
from relsurvey.shipped import shipped_folder


class _StrictLoader(yaml.SafeLoader):
    """YAML without the trap of a key that stands twice in one mapping."""


def _mapping_without_duplicates(loader: _StrictLoader, node: yaml.MappingNode) -> dict[str, Any]:
    seen: set[str] = set()
    for key_node, _ in node.value:
        key = str(key_node.value)
        if key in seen:
            mark = key_node.start_mark
            raise InstrumentError(
                "A key stands twice in one mapping of an instrument file.",
                where=f"{mark.name}, line {mark.line + 1}",
                got=key,
                hint="Keep one of the two.",
            )
        seen.add(key)
    return {str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}


_StrictLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_duplicates
)


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
            got="; ".join(_fault(fault) for fault in error.errors()[:10]),
            hint="instruments/README.md documents the file format.",
        ) from error
    if strict:
        _refuse_contradictions(instrument, str(source))
    return instrument


def _locate(source: str | Path) -> Path:
    shipped = shipped_instruments()
    if str(source) in shipped:
        return shipped[str(source)]
    path = Path(source)
    if not path.exists():
        raise InstrumentError(
            "There is no such instrument.",
            got=str(source),
            expected="a shipped name (" + ", ".join(shipped) + ") or the path of a file or folder",
        )
    return path


def _read(path: Path) -> dict[str, Any]:
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise InstrumentError("The folder holds no .yaml file.", where=str(path))
    content: dict[str, Any] = {}
    for file in files:
        for key, value in _read_file(file).items():
            if key in content:
                raise InstrumentError(
                    "A part of the instrument stands in two files.", where=str(file), got=key
                )
            content[key] = value
    return content


def _read_file(file: Path) -> dict[str, Any]:
    try:
        with file.open(encoding="utf-8") as stream:
            content = yaml.load(stream, Loader=_StrictLoader)
    except UnicodeDecodeError as error:
        raise InstrumentError(
            "An instrument file is not UTF-8.", where=str(file), got=str(error)
        ) from error
    except yaml.YAMLError as error:
        raise InstrumentError(
            "An instrument file is not valid YAML.",
            where=str(file),
            got=" ".join(str(error).split()),
        ) from error
    except OSError as error:
        raise InstrumentError(
            "An instrument file cannot be read.", where=str(file), got=str(error.strerror)
        ) from error
    if not isinstance(content, dict):
        raise InstrumentError(
            "An instrument file must be a mapping.", where=str(file), got=type(content).__name__
        )
    return content


def _fault(fault: Any) -> str:  # noqa: ANN401  (pydantic's ErrorDetails)
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}"


def _refuse_contradictions(instrument: Instrument, source: str) -> None:
    from relsurvey.instrument.coherence import coherence

    errors = coherence(instrument).errors
    if errors:
        shown = "; ".join(f"{p.column}: {p.code} ({p.found})" for p in errors[:5])
        raise InstrumentError(
            f"The instrument contradicts itself in {len(errors)} place(s).",
            where=source,
            got=shown,
            hint="List them all with `relsurvey show` or coherence(load_instrument(…, strict=False)).",
        )
