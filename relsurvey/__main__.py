"""``python -m relsurvey`` is the command ``relsurvey``."""

from __future__ import annotations

from relsurvey.cli import main

if __name__ == "__main__":
    main()
