"""Chapter: what was left out and why."""

from __future__ import annotations

from relsurvey.report.desk import Desk
from relsurvey.report.page import Bullets, Chapter, Heading, Part, Text


def left_out(desk: Desk, number: int) -> Chapter:
    """Write the chapter on parts that could not be computed, and on what is never shown."""
    words, contents = desk.words, desk.contents
    parts: list[Part] = [Heading(words("left_out.omitted_title"))]
    if contents.omitted:
        parts.append(
            Bullets(
                tuple(
                    words(
                        "left_out.omitted",
                        part=words.either(f"part.{part}", part),
                        reason=desk.reason(reason),
                    )
                    for part, reason in contents.omitted
                )
            )
        )
    else:
        parts.append(Text((words("left_out.nothing"),)))
    min_n = desk.numbers.whole(contents.min_n)
    kept_back = words.lines("left_out.protected", min_n=min_n)
    persons = words(f"left_out.{'with' if contents.person_level else 'without'}_persons")
    parts += [Heading(words("left_out.protected_title")), Bullets((*kept_back, persons))]
    return Chapter(
        "left-out", number, words("left_out.title"), words.lines("left_out.lead"), tuple(parts)
    )
