"""Problems of a whole file or a column, in plain Danish and English."""

from __future__ import annotations

from relsurvey.problem_kind import Kind

KINDS_OF_COLUMNS: dict[str, Kind] = {
    "cut_off": Kind(
        "error",
        "a full last row with {cells} cells",
        "en hel sidste række med {cells} celler",
        "The file seems to be cut off. Export it again and compare the number of rows.",
        "Filen ser ud til at være afbrudt. Eksportér den igen, og sammenlign antallet af rækker.",
    ),
    "short_row": Kind(
        "warning",
        "{cells} cells",
        "{cells} celler",
        "The missing cells at the end were read as blank. Check that the row is whole.",
        "De manglende celler sidst i rækken er læst som tomme. Se efter, at rækken er hel.",
    ),
    "long_row": Kind(
        "error",
        "{cells} cells",
        "{cells} celler",
        "The row was left out, because answers may stand under the wrong heading. Look for a "
        "delimiter inside a text, put quotation marks around that text, and read the file again.",
        "Rækken er udeladt, fordi svar kan stå under den forkerte overskrift. Se efter et "
        "skilletegn inde i en tekst, sæt anførselstegn om teksten, og indlæs filen igen.",
    ),
    "cell_without_heading": Kind(
        "warning",
        "cells only under a column name",
        "kun celler under et kolonnenavn",
        "The cells to the right of the last column name were not read. Give the column a name or "
        "delete the cells.",
        "Cellerne til højre for det sidste kolonnenavn er ikke læst. Giv kolonnen et navn, eller "
        "slet cellerne.",
    ),
    "formula_without_value": Kind(
        "error",
        "a value, or a formula whose result is saved",
        "en værdi eller en formel, hvis resultat er gemt",
        "The cell was read as blank. Open the file in a spreadsheet program, save it, and read it "
        "again; or replace the formula by its value.",
        "Cellen er læst som tom. Åbn filen i et regneark, gem den, og indlæs den igen; eller "
        "erstat formlen med dens værdi.",
    ),
    "column_case": Kind(
        "note",
        "{name}",
        "{name}",
        "The column was taken for {name}. Nothing to do if that is right.",
        "Kolonnen er læst som {name}. Intet at gøre, hvis det er rigtigt.",
    ),
    "unknown_column": Kind(
        "warning",
        "a column of the questionnaire or the roster",
        "en kolonne fra spørgeskemaet eller enhedslisten",
        "The column was not read. If it belongs to the questionnaire, rename it or name it in the "
        "column map; otherwise delete it from the file.{nearest_en}",
        "Kolonnen er ikke læst. Hører den til spørgeskemaet, så omdøb den eller angiv den i "
        "kolonneoversigten; ellers slet den i filen.{nearest_da}",
    ),
    "duplicate_column": Kind(
        "error",
        "each column name once",
        "hvert kolonnenavn én gang",
        "None of the columns with that name was read, because their cells differ. Keep the right "
        "one and delete or rename the others.",
        "Ingen af kolonnerne med det navn er læst, fordi deres celler er forskellige. Behold den "
        "rigtige, og slet eller omdøb de andre.",
    ),
    "repeated_column": Kind(
        "warning",
        "each column name once",
        "hvert kolonnenavn én gang",
        "The columns with that name hold the same cells; the first was read. Delete the others.",
        "Kolonnerne med det navn har ens celler; den første er læst. Slet de andre.",
    ),
    "missing_column": Kind(
        "error",
        "a column for each question of form {form!r}",
        "en kolonne for hvert spørgsmål i skemaet {form!r}",
        "Add the column to the file, name it in the column map, or choose the form that was "
        "used.{hint_en}",
        "Tilføj kolonnen i filen, angiv den i kolonneoversigten, eller vælg det skema, der blev "
        "brugt.{hint_da}",
    ),
    "missing_background": Kind(
        "error",
        "a column with this name in the answers or the roster",
        "en kolonne med dette navn i svarene eller enhedslisten",
        "The questionnaire needs it. Add the column, or name it in the column map.",
        "Spørgeskemaet kræver den. Tilføj kolonnen, eller angiv den i kolonneoversigten.",
    ),
    "absent_background": Kind(
        "note",
        "a column with this name, if it was asked",
        "en kolonne med dette navn, hvis der blev spurgt om det",
        "Analyses that use it are left out.",
        "Analyser, der bruger den, udelades.",
    ),
    "personal_numbers": Kind(
        "error",
        "no CPR numbers anywhere",
        "ingen CPR-numre noget sted",
        "The column seems to hold CPR numbers and was not read. Delete it from the file and use a "
        "number that says nothing about the person.",
        "Kolonnen ser ud til at indeholde CPR-numre og er ikke læst. Slet den i filen, og brug et "
        "nummer, der ikke siger noget om personen.",
    ),
    "email_addresses": Kind(
        "error",
        "no e-mail addresses",
        "ingen e-mailadresser",
        "The column seems to hold e-mail addresses and was not read. Delete it from the file and "
        "use a number that says nothing about the person.",
        "Kolonnen ser ud til at indeholde e-mailadresser og er ikke læst. Slet den i filen, og "
        "brug et nummer, der ikke siger noget om personen.",
    ),
}
