"""Colours that stay apart for colour-blind readers and in black and white."""

from __future__ import annotations

SERIES = ("#0b5c8a", "#b34700", "#5b3f8f", "#1d6b45")
_DIVERGING = ("#8a4b08", "#d9a35f", "#e9ebec", "#7fb8c9", "#0b5c74")
_SEQUENTIAL = ("#ffffff", "#9cc6de", "#0b5c8a")


def diverging(n: int) -> tuple[str, ...]:
    """Colours for n ordered categories, from brown over grey to blue."""
    return tuple(_between(_DIVERGING, i / (n - 1) if n > 1 else 0.5) for i in range(n))


def sequential(share: float) -> str:
    """Colour for a share from 0 (white) to 1 (dark blue)."""
    return _between(_SEQUENTIAL, share)


def signed(value: float) -> str:
    """Colour for a value from −1 (brown) over 0 (grey) to 1 (blue)."""
    return _between(_DIVERGING, (value + 1.0) / 2.0)


def ink_on(fill: str) -> str:
    """Text colour, black or white, with the higher contrast on a background: 4.5 to 1 or more."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, fill))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as WCAG 2.1 defines it (1 to 21)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _between(anchors: tuple[str, ...], position: float) -> str:
    place = min(max(position, 0.0), 1.0) * (len(anchors) - 1)
    first = min(int(place), len(anchors) - 2)
    share = place - first
    pairs = zip(_rgb(anchors[first]), _rgb(anchors[first + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255.0 for part in _rgb(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
