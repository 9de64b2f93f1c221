"""Every contradiction in an instrument, as rows."""

from __future__ import annotations

from relsurvey.instrument.coherence_forms import form_findings
from relsurvey.instrument.coherence_ids import id_findings
from relsurvey.instrument.coherence_items import item_findings
from relsurvey.instrument.coherence_scales import scale_findings
from relsurvey.instrument.coherence_texts import text_findings
from relsurvey.instrument.instrument import Instrument
from relsurvey.problems import Problems


def coherence(instrument: Instrument) -> Problems:
    """List the contradictions of an instrument.

    Parameters
    ----------
    instrument : Instrument
        As read, with ``load_instrument(…, strict=False)`` where it may contradict itself.

    Returns
    -------
    Problems
        One row per contradiction. ``column`` names the part (``"item ic1, text (en)"``), ``found``
        what stood there; ``code`` is a key of
        `relsurvey.instrument.coherence_catalogue.CATALOGUE`, which also fixes the severity. Errors
        make the instrument unusable; warnings and notes are for its author to weigh.
    """
    return Problems.collect(
        id_findings(instrument),
        text_findings(instrument),
        scale_findings(instrument),
        item_findings(instrument),
        form_findings(instrument),
    )
