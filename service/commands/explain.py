"""`netigate-results explain`: how scales would be scored."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click

from service.app import lexicon_files as lexicons
from service.commands import explain_lines as explaining
from service.commands.refusal import refuse
from service.options import scoring_file as files
from service.survey.scoring.overrides import Overrides
from service.survey.scoring.scorer import Scorer


@click.command()
@click.option(
    "--scoring-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="overrides, as SCORING_FILE"
)
def explain(scoring_file: Path | None) -> None:
    """Say how scales would be scored: one JSON object a line in, one a line out. Needs no option set."""
    try:
        overrides = files.load(scoring_file) if scoring_file else Overrides()
    except files.ScoringFileError as error:
        refuse(str(error))
    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace")
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=True)
    sys.exit(explaining.run(lines, out, Scorer(lexicons.load(), overrides)))
