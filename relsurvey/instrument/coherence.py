"""Every contradiction in an instrument, as rows."""

from __future__ import annotations

from relsurvey.instrument.instrument import Instrument
from relsurvey.problems import Problems


def coherence(instrument: Instrument) -> Problems:
    """List the contradictions of an instrument."""
    return Problems()
