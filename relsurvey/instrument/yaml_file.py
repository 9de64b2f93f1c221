"""Read one YAML file without YAML's traps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from relsurvey.errors import InstrumentError


class _StrictLoader(yaml.SafeLoader):
    """YAML 1.2 scalars, and no key twice in one mapping.

    YAML 1.1 turns an unquoted ``No`` into false, ``2026-01-01`` into a date and ``12:30`` into 750;
    here they stay the texts they look like, so that answer labels and language codes are safe.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012  (filled below; the base class declares it)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping whose keys are the texts that stand in the file."""
        _refuse_repeated_keys(node)
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=deep) for key, value in node.value}


_SCALARS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ("merge", r"<<", "<"),
)
for _tag, _pattern, _first in _SCALARS:
    _StrictLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), [*_first]
    )
_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^$"), [""])


def read_yaml(file: Path) -> dict[str, Any]:
    """Read a YAML file that holds one mapping.

    Parameters
    ----------
    file : Path
        A file in UTF-8, with or without a byte order mark.

    Returns
    -------
    dict
        The mapping; keys are always texts.

    Raises
    ------
    InstrumentError
        The file cannot be read, is not UTF-8, is not YAML, holds a key twice, or is no mapping.
    """
    where = str(file)
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=_StrictLoader)
    except UnicodeDecodeError as error:
        raise InstrumentError(
            "An instrument file is not UTF-8.",
            where=where,
            got=str(error),
            hint="Save the file as UTF-8.",
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InstrumentError(
            "An instrument file is not valid YAML.", where=where, got=" ".join(str(error).split())
        ) from error
    except OSError as error:
        raise InstrumentError(
            "An instrument file cannot be read.", where=where, got=str(error.strerror)
        ) from error
    if not isinstance(content, dict):
        raise InstrumentError(
            "An instrument file must be a mapping.",
            where=where,
            got="an empty file" if content is None else type(content).__name__,
            expected="lines such as `id: my_survey` and `items:`",
        )
    return content


def _refuse_repeated_keys(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(
                None, None, "a key must be a plain text", key.start_mark
            )
        if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key.value!r} stands twice in one mapping", key.start_mark
            )
        seen.add(key.value)
