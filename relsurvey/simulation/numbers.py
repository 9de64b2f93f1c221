"""Numbers that say where they come from: sourced, derived or assumed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    field_validator,
)
from pydantic.dataclasses import dataclass

STRICT = ConfigDict(extra="forbid")

Basis = Literal["sourced", "derived", "assumed"]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _pairs(value: object) -> object:
    return tuple(value.items()) if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Quantity:
    """One number. ``basis`` says how it is known, ``source`` from where or by which reasoning."""

    value: Number
    basis: Basis
    source: Text


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class NumberGroup:
    """Several named numbers with one basis and one source."""

    basis: Basis
    source: Text
    values: Annotated[tuple[tuple[str, Number], ...], BeforeValidator(_pairs)]


class Numbers(RootModel[tuple[NumberGroup, ...]]):
    """Named numbers in one or more groups, each group with its own basis; frozen.

    Written in TOML as one table with ``basis``, ``source`` and ``values``, or as several
    (``[[name]]``). A name may stand in one group only.
    """

    model_config = ConfigDict(frozen=True)

    @field_validator("root", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, dict) else value

    @field_validator("root")
    @classmethod
    def _names_once(cls, groups: tuple[NumberGroup, ...]) -> tuple[NumberGroup, ...]:
        names = [name for group in groups for name, _ in group.values]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"given twice: {', '.join(twice)}")
        return groups

    @property
    def names(self) -> tuple[str, ...]:
        """Names in the order written."""
        return tuple(name for name, _, _ in self.each())

    def each(self) -> Iterator[tuple[str, float, NumberGroup]]:
        """Name, value and the group that holds basis and source."""
        for group in self.root:
            for name, value in group.values:
                yield name, value, group

    def as_dict(self) -> dict[str, float]:
        """Plain dictionary of name to value, in the order written."""
        return {name: value for name, value, _ in self.each()}


def _within(low: float, high: float) -> AfterValidator:
    def check(found: Quantity | Numbers) -> Quantity | Numbers:
        values = (found.value,) if isinstance(found, Quantity) else found.as_dict().values()
        outside = [value for value in values if not low <= value <= high]
        if outside:
            raise ValueError(f"must lie between {low:g} and {high:g}, got {outside[0]:g}")
        return found

    return AfterValidator(check)


def _whole(found: Quantity) -> Quantity:
    if found.value != int(found.value) or found.value < 1:
        raise ValueError(f"must be a whole number from 1, got {found.value:g}")
    return found


Share = Annotated[Quantity, _within(0.0, 1.0)]
Shares = Annotated[Numbers, _within(0.0, 1.0)]
Percentages = Annotated[Numbers, _within(1.0, 99.0)]
Positive = Annotated[Quantity, _within(1e-9, 1e9)]
Positives = Annotated[Numbers, _within(1e-9, 1e9)]
Count = Annotated[Quantity, AfterValidator(_whole)]
