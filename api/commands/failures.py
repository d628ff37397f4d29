"""Turn what went wrong into one line, a hint, and an exit code; only a bug is a traceback.

2 for a command line that cannot be understood, 130 for Ctrl-C, 1 for everything else.
"""

import errno
import sys
from dataclasses import dataclass

import click

from api.commands.bilingual import complaint
from ledger.errors import Language, LedgerError, Wording

HINTS = {
    "no_keyring": Wording(
        "Tunjuk berkas kunci dengan --key-file.", "Name a key file by --key-file."
    ),
    "key_unusable": Wording(
        "Apakah --key-file menunjuk kunci yang benar?", "Is this the right --key-file?"
    ),
    "account_not_found": Wording(
        "Lihat `juang accounts BUKU --all`.", "See `juang accounts BOOK --all`."
    ),
}
"""Advice of the command line for errors that have none of their own."""

ERROR = Wording("galat", "error")
HINT = Wording("saran", "hint")
CLOSED = Wording("Keluaran baku tertutup.", "The standard output is closed.")
STOPPED_CODE = 130
STOPPED = Wording("Dihentikan.", "Stopped.")
SEE_HELP = Wording("Lihat `{path} --help`.", "See `{path} --help`.")

_FILES = {
    errno.ENOENT: Wording("tidak ada berkas {path}", "there is no file {path}"),
    errno.EISDIR: Wording("{path} adalah folder", "{path} is a folder"),
    errno.EACCES: Wording("tidak boleh membuka {path}", "may not open {path}"),
    errno.ENOSPC: Wording("cakram penuh", "the disk is full"),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What is said at the end, and how the program ends."""

    message: str
    hint: str | None
    exit_code: int


def failure(error: BaseException, language: Language) -> Failure | None:
    """Say what an exception means to a person; None where it is a bug."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Failure(STOPPED.in_language(language), None, STOPPED_CODE)
    if isinstance(error, click.UsageError):
        hint = None
        if error.ctx is not None:
            hint = SEE_HELP.in_language(language).format(path=error.ctx.command_path)
        return Failure(complaint(error).in_language(language), hint, 2)
    if isinstance(error, click.ClickException):
        return Failure(error.format_message(), None, 1)
    if not isinstance(error, LedgerError) and _is_of_the_database(error):
        error = _database_failed(error)
    if isinstance(error, LedgerError):
        hint = error.advice(language)
        if hint is None and error.code in HINTS:
            hint = HINTS[error.code].in_language(language)
        return Failure(error.message(language), hint, 1)
    if isinstance(error, OSError):
        return Failure(_of_file(error, language), None, 1)
    return None


def _is_of_the_database(error: BaseException) -> bool:
    if "sqlalchemy" not in sys.modules:
        return False
    from ledger.db.engine import FAILURES

    return isinstance(error, FAILURES)


def _database_failed(error: BaseException) -> LedgerError:
    """Keep the first line of what the database said, without the values that it quotes."""
    from api.commands.deployment import DatabaseFailed
    from api.logs import scrubbed

    cause = str(getattr(error, "orig", None) or error).strip()
    told = cause.partition("\n")[0].partition(': "')[0]
    return DatabaseFailed(scrubbed(told) or type(error).__name__)


def _of_file(error: OSError, language: Language) -> str:
    wording = _FILES.get(error.errno or 0)
    path = str(error.filename)
    if wording is None:
        return f"{error.strerror or error}" + (f": {path}" if error.filename else "")
    return wording.in_language(language).format(path=path)


def tell(failed: Failure, language: Language) -> None:
    """Say it on the error output."""
    stopped = failed.exit_code == STOPPED_CODE
    label = "" if stopped else f"{ERROR.in_language(language)}: "
    click.echo(click.style(label, fg="red", bold=True) + failed.message, err=True)
    if failed.hint is not None:
        name = f"{HINT.in_language(language)}: "
        click.echo(click.style(name, fg="yellow") + failed.hint, err=True)
