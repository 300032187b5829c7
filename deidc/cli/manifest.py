"""`deidc manifest verify` checks that a manifest is complete, and that it lists exactly the files of a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from deidc.batch.account.verification import Verification, verify_manifest
from deidc.cli.command import Command
from deidc.cli.exits import Unusable
from deidc.cli.terminal import say


@click.group("manifest")
def command() -> None:
    """Verify the manifest of a run."""


@command.command("verify", cls=Command, former={"--json": "--format json"})
@click.argument("manifest", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify(manifest: Path, folder: Path | None, form: str) -> None:
    """Check that no line of MANIFEST was changed, and that it lists exactly the files in FOLDER.

    Exit code 0: the manifest is valid; 1: there are findings.
    """
    try:
        found = verify_manifest(manifest, folder)
    except OSError as failure:
        raise Unusable(f"{failure.filename or manifest} cannot be read: {failure.strerror}") from None
    if form == "json":
        click.echo(json.dumps(_document(found), indent=2))
    else:
        for line in _lines(found):
            say(line)
    if not found.is_well:
        sys.exit(1)


def _lines(found: Verification) -> list[str]:
    if found.is_well:
        return [f"well: {found.records} records, chain {found.chain}"]
    return [
        *found.complaints,
        *(f"missing: the output of input {number}, {digest}" for number, digest in found.missing),
        *(f"not in the manifest: {path}" for path in found.surplus),
    ]


def _document(found: Verification) -> dict[str, object]:
    return {
        "version": 1,
        "well": found.is_well,
        "records": found.records,
        "chain": found.chain,
        "complaints": list(found.complaints),
        "missing": [{"number": number, "output": digest} for number, digest in found.missing],
        "surplus": [str(path) for path in found.surplus],
    }
