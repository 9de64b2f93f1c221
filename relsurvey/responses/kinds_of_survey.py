"""Problems of respondents, items and units, in plain Danish and English."""

from __future__ import annotations

from relsurvey.problem_kind import Kind

KINDS_OF_SURVEY: dict[str, Kind] = {
    "missing_respondent": Kind(
        "note",
        "an id in each row",
        "et id i hver række",
        "An id was made from the row number.",
        "Der er dannet et id ud fra rækkenummeret.",
    ),
    "duplicate_respondent": Kind(
        "error",
        "each respondent in one row",
        "hver svarperson i én række",
        "All of the rows still count. Find out which is right and delete the others, or give them "
        "new ids.",
        "Alle rækkerne tæller stadig med. Find ud af, hvilken der er rigtig, og slet de andre, "
        "eller giv dem nye id'er.",
    ),
    "empty_answers": Kind(
        "warning",
        "at least one answered question",
        "mindst ét besvaret spørgsmål",
        "The row counts as not answered. Nothing to do if the person left the form empty.",
        "Rækken tæller som ubesvaret. Intet at gøre, hvis personen har afleveret skemaet tomt.",
    ),
    "empty_item": Kind(
        "warning",
        "answers to the question",
        "svar på spørgsmålet",
        "Nobody has a valid answer here. Check the column in the file.",
        "Ingen har et gyldigt svar her. Se kolonnen efter i filen.",
    ),
    "constant_item": Kind(
        "note",
        "answers that differ between people",
        "svar, der varierer mellem personer",
        "Everybody gave the same answer. Check that the column is right; the question cannot tell "
        "people or units apart.",
        "Alle har givet samme svar. Se efter, at kolonnen er rigtig; spørgsmålet kan ikke skelne "
        "mellem personer eller enheder.",
    ),
    "careless": Kind(
        "note",
        "answers given with attention",
        "svar givet med omtanke",
        "Signs of careless answering, no proof of it, and nobody was left out. Compare the results "
        "with and without these respondents.",
        "Tegn på uopmærksom besvarelse, intet bevis for det, og ingen er udeladt. Sammenlign "
        "resultaterne med og uden disse svarpersoner.",
    ),
    "missing_unit": Kind(
        "warning",
        "a unit in each row",
        "en enhed i hver række",
        "The answer counts in the whole, but in no unit. Fill in the unit if it is known.",
        "Svaret tæller med i helheden, men ikke i nogen enhed. Udfyld enheden, hvis den er kendt.",
    ),
    "unknown_unit": Kind(
        "error",
        "a unit of the roster{nearest_en}",
        "en enhed fra enhedslisten{nearest_da}",
        "Correct the unit in the answers, or add it to the roster.",
        "Ret enheden i svarene, eller tilføj den i enhedslisten.",
    ),
    "unit_without_answers": Kind(
        "note",
        "answers from the unit",
        "svar fra enheden",
        "Nobody answered. Check that the invitations arrived and that the unit's name is spelled "
        "the same in both files.",
        "Ingen har svaret. Se efter, at invitationerne er nået frem, og at enhedens navn er stavet "
        "ens i de to filer.",
    ),
    "roster_wins": Kind(
        "note",
        "the column in one file only",
        "kolonnen i kun én fil",
        "The roster's values are used; those in the file of answers were not.",
        "Enhedslistens værdier er brugt; værdierne i svarfilen er ikke.",
    ),
    "duplicate_unit": Kind(
        "error",
        "each unit in one row",
        "hver enhed i én række",
        "The first row is used. Keep one row per unit.",
        "Den første række er brugt. Behold én række pr. enhed.",
    ),
    "nameless_unit": Kind(
        "error",
        "a unit in each row",
        "en enhed i hver række",
        "The row was left out. Fill in the unit or delete the row.",
        "Rækken er udeladt. Udfyld enheden, eller slet rækken.",
    ),
    "unknown_parent": Kind(
        "error",
        "a unit of the roster{nearest_en}, or blank at the top",
        "en enhed fra enhedslisten{nearest_da}, eller tom øverst",
        "Correct the parent unit, or add it to the roster as a row of its own.",
        "Ret den overordnede enhed, eller tilføj den i enhedslisten som en række for sig.",
    ),
    "unit_cycle": Kind(
        "error",
        "a tree in which no unit lies under itself",
        "et træ, hvor ingen enhed ligger under sig selv",
        "Correct the parent unit of one of the units in the ring.",
        "Ret den overordnede enhed for en af enhederne i ringen.",
    ),
    "span_differs": Kind(
        "warning",
        "the same span of control in all rows of leader {leader}",
        "samme ledelsesspænd i alle rækker for leder {leader}",
        "The span belongs to the leader, not to the unit: write the number of all employees who "
        "have this leader in each row.",
        "Ledelsesspændet hører til lederen, ikke til enheden: skriv i hver række antallet af alle "
        "medarbejdere, der har denne leder.",
    ),
    "span_too_small": Kind(
        "warning",
        "a span of control of at least {answers}, the number of answers under this leader",
        "et ledelsesspænd på mindst {answers}, antallet af svar under denne leder",
        "More people answered than the leader is said to have. Correct the span, or the unit of "
        "the answers.",
        "Flere har svaret, end lederen står til at have. Ret ledelsesspændet eller svarenes enhed.",
    ),
    "headcount_too_small": Kind(
        "error",
        "a headcount of at least {answers}, the number of answers from this unit",
        "et antal inviterede på mindst {answers}, antallet af svar fra denne enhed",
        "More people answered than were invited. Correct the headcount, or the unit of the "
        "answers.",
        "Flere har svaret, end der er inviteret. Ret antallet af inviterede eller svarenes enhed.",
    ),
    "span_counted": Kind(
        "note",
        "the span of control from the roster",
        "ledelsesspændet fra enhedslisten",
        "Answers were counted instead. That is a lower bound: people who did not answer are not in "
        "it.",
        "Svarene er talt i stedet. Det er en nedre grænse: de, der ikke har svaret, er ikke talt "
        "med.",
    ),
}
