"""``relsurvey release``: answers for researchers elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from relsurvey.cli.options import output_folder_option, study_argument


@click.command("release")
@study_argument
@output_folder_option("New folder for the release (an earlier one is replaced).")
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File with the secret behind the pseudonyms; made if it is not there "
    "(default: beside the study file, with the ending .key). Keep it, and do not hand it on.",
)
@click.option(
    "--k",
    type=click.IntRange(min=2),
    default=5,
    show_default=True,
    help="People who must look alike at least.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="FIELD",
    help="A background field to leave out, so that others need not be blanked; may be repeated.",
)
def command(study: Path, output: Path, key: Path | None, k: int, without: tuple[str, ...]) -> None:
    """Write the answers of a STUDY file for research elsewhere.

    Ids become pseudonyms, background is coarse, and values are blanked until nobody stands alone.
    The result is still personal data for whoever has the key.
    """
    from relsurvey.cli.table import show
    from relsurvey.study.write_release import write_release

    key = key or study.with_suffix(".key")
    made = write_release(study, output, key=key, k=k, without=without)
    one = made.glance().iloc[0]
    show(made.tidy())
    click.echo(
        f"{one['n']:,} people, {one['n_left_out']} left out. At least {one['k_after']} look alike "
        f"(before: {one['k_before']}). Key: {key}",
        err=True,
    )
    click.echo(str(output))
