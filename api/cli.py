"""The command `juang`: its global options, its commands, and how it ends.

This is the composition root of the command line: a `Deployment` reads the clock, draws secrets
and opens the database for whichever command is run. Commands are loaded one at a time, so that
help and small commands start at once.
"""

import importlib
import os
import secrets
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, cast

import click

from api.commands.bilingual import (
    BEFORE,
    Group,
    Option,
    language_of,
    of_environment,
    option,
    set_language,
)
from api.commands.failures import CLOSED, STOPPED_CODE, Failure, failure, tell
from ledger.errors import Language, Wording

VERSION: Final = Wording("Tampilkan versi.", "Show the version.")
DEFAULT_DATABASE: Final = "sqlite:///juang.db"

ALONE: Final = object()
"""Says that this process is the program, and not somebody's who calls it."""

COMMANDS: Final = {
    "init": Wording(
        "Siapkan kunci, basis data, dan administrator pertama.",
        "Set up the key, the database, and the first administrator.",
    ),
    "demo": Wording("Coba dengan data contoh.", "Try it out on a small demonstration."),
    "books": Wording("Daftar buku.", "List the books."),
    "book": Wording("Buka buku.", "Open a book."),
    "accounts": Wording("Daftar akun sebuah buku.", "List the accounts of a book."),
    "account": Wording(
        "Buka, bekukan, tutup akun; tetapkan batas.",
        "Open, freeze and close accounts; set limits.",
    ),
    "funds": Wording(
        "Daftar dana terikat sebuah buku, dan tujuan yang boleh dibiayainya.",
        "List the restricted funds of a book, and what each may pay for.",
    ),
    "fund": Wording(
        "Buka dana terikat; tetapkan tujuannya.",
        "Open restricted funds; say what they may pay for.",
    ),
    "person": Wording("Catat orang dan data pribadinya.", "Keep persons and their personal data."),
    "balance": Wording("Saldo akun-akun sebuah buku.", "Show balances of a book's accounts."),
    "trial-balance": Wording("Neraca saldo.", "Show the trial balance."),
    "statement": Wording("Mutasi sebuah akun.", "Show the statement of an account."),
    "entries": Wording("Jurnal sebuah buku.", "List the entries of a book."),
    "holds": Wording("Dana yang masih ditahan.", "List what is still held."),
    "post": Wording("Bukukan entri dari berkas JSON.", "Post entries from a file of JSON lines."),
    "household": Wording(
        "Buku rumah tangga, seperti di ponsel.", "A household's book, as a phone keeps it."
    ),
    "period": Wording("Tutup dan buka kembali periode.", "Close and reopen periods."),
    "officer": Wording(
        "Akun petugas: peran, frasa sandi, faktor kedua.",
        "Look after officers: roles, passphrases, second factors.",
    ),
    "session": Wording("Sesi petugas yang terbuka.", "List and end sessions of officers."),
    "client": Wording(
        "Kunci untuk sistem belakang integrator.", "Keys for the back ends of integrators."
    ),
    "proposal": Wording(
        "Lihat dan putuskan usulan yang menunggu.", "See and decide what waits for approval."
    ),
    "import": Wording("Impor mutasi bank dari CSV.", "Import a bank statement from CSV."),
    "export": Wording("Ekspor ke beancount atau hledger.", "Export to beancount or hledger."),
    "consent": Wording(
        "Persetujuan seseorang, per tujuan.", "What a person consents to, by purpose."
    ),
    "request": Wording("Permintaan orang atas datanya.", "What persons ask for about their data."),
    "breach": Wording("Kebocoran data pribadi.", "Breaches of personal data."),
    "facts": Wording(
        "Keterangan peserta, untuk evaluasi saja.",
        "What participants tell of themselves, for evaluation only.",
    ),
    "serve": Wording(
        "Jalankan API HTTP (docs/http.md), sampai diminta berhenti.",
        "Serve the HTTP API (docs/http.md), until told to stop.",
    ),
    "verify": Wording("Hitung ulang semua angka dan hash.", "Recompute every number and hash."),
    "health": Wording("Apakah program siap bekerja?", "Tell whether everything is ready for work."),
    "backup": Wording("Buat cadangan terenkripsi.", "Make an encrypted backup."),
    "restore": Wording(
        "Pulihkan cadangan ke basis data kosong.", "Restore a backup to an empty database."
    ),
    "rehearse": Wording("Latih pemulihan cadangan.", "Rehearse the restoring of a backup."),
    "keys": Wording("Periksa dan ganti kunci induk.", "Check and replace the master key."),
    "db": Wording("Rawat basis data.", "Look after the database."),
}
"""The commands in the order of their use; `x-y` is `x_y` in the module of `MODULES`."""

MODULES: Final = {
    "book": "books",
    "account": "accounts",
    "fund": "funds",
    "person": "persons",
    "trial-balance": "balances",
    "balance": "balances",
    "statement": "journals",
    "entries": "journals",
    "holds": "journals",
    "period": "periods",
    "officer": "officers",
    "session": "officer_sessions",
    "proposal": "proposals",
    "import": "imports",
    "export": "exports",
    "init": "initial",
    "backup": "backups",
    "restore": "backups",
    "rehearse": "rehearsals",
    "consent": "consents",
    "request": "requests",
    "breach": "breaches",
    "db": "database",
}
"""The module of a command in `api.commands`, where it is not named like it."""


class Juang(Group):
    """The whole command: loads what is asked for, and ends without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands, in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"api.commands.{MODULES.get(cmd_name, cmd_name)}")
        found = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return cast("click.Command", found)

    def summary(self, ctx: click.Context, name: str) -> Wording:
        """Say what a command does, without loading it."""
        return COMMANDS[name]

    def main(self, args: Sequence[str] | None = None, *rest: Any, **named: Any) -> NoReturn:
        """Run the command and end the program."""
        named["standalone_mode"] = False
        try:
            code = super().main(args, *rest, **named)
            sys.stdout.flush()
        except BrokenPipeError:
            _close_output()
            sys.exit(1)
        except (Exception, KeyboardInterrupt) as error:
            language = _language(error, list(sys.argv[1:] if args is None else args))
            failed = failure(error, language)
            if failed is None:
                raise
            with suppress(BrokenPipeError):
                sys.stdout.flush()
            tell(failed, language)
            sys.exit(failed.exit_code)
        sys.exit(code if isinstance(code, int) else 0)


def _close_output() -> None:
    """Keep Python from complaining once more about a pipe that nobody reads."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _language(error: BaseException, args: list[str]) -> Language:
    """Find the language of an error: its context's, or what the command line began to say."""
    ctx = getattr(error, "ctx", None)
    if isinstance(ctx, click.Context):
        return language_of(ctx)
    for name, value in zip(args, [*args[1:], ""], strict=True):
        found = value if name == "--language" else name.removeprefix("--language=")
        if found in {"id", "en"} and name.startswith("--language"):
            return cast("Language", found)
    return language_of(click.Context(juang))


@click.group(
    "juang",
    cls=Juang,
    wording=Wording(
        "Buku besar berpasangan untuk uang pekerja migran, koperasi, dan dana program.\n\n"
        "Mulailah dengan `juang demo`.",
        "A double-entry ledger for the money of migrant workers, cooperatives and funds.\n\n"
        "Begin with `juang demo`.",
    ),
    no_args_is_help=False,
    invoke_without_command=True,
)
@option(
    "--db",
    "url",
    envvar="JUANG_DB",
    default=DEFAULT_DATABASE,
    metavar="URL",
    show_default=True,
    id="Basis data (atau JUANG_DB).",
    en="The database (or JUANG_DB).",
)
@option(
    "--key-file",
    envvar="JUANG_KEY_FILE",
    type=click.Path(path_type=Path),
    metavar="PATH",
    id="Kunci teks terenkripsi (atau JUANG_KEY_FILE); di samping berkas SQLite bila tidak disebut.",
    en="The key of encrypted texts (or JUANG_KEY_FILE); beside the SQLite file by default.",
)
@option(
    "--language",
    type=click.Choice(["id", "en"]),
    envvar="JUANG_LANGUAGE",
    is_eager=True,
    callback=set_language,
    id="Bahasa (atau JUANG_LANGUAGE, LANG).",
    en="The language (or JUANG_LANGUAGE, LANG).",
)
@option(
    "--actor",
    envvar="JUANG_ACTOR",
    metavar="NAME",
    id="Siapa yang bertindak (atau JUANG_ACTOR); pengguna mesin ini bila tidak disebut.",
    en="Who acts (or JUANG_ACTOR); this machine's user by default.",
)
@option(
    "--log",
    type=click.Path(path_type=Path, allow_dash=True),
    envvar="JUANG_LOG",
    metavar="PATH",
    id="Catat kejadian ke berkas ini, `-` berarti keluaran galat (atau JUANG_LOG).",
    en="Log events to this file, `-` is the error output (or JUANG_LOG).",
)
@option(
    "--log-format",
    type=click.Choice(["json", "console"]),
    envvar="JUANG_LOG_FORMAT",
    default="json",
    show_default=True,
    id="Bentuk catatan (atau JUANG_LOG_FORMAT).",
    en="Form of the log (or JUANG_LOG_FORMAT).",
)
@option(
    "--officer",
    envvar="JUANG_OFFICER",
    metavar="TENANT/HANDLE",
    id="Petugas yang bertindak: ditanya frasa sandi dan kode, lalu kebijakan yang memutuskan.",
    en="The officer who acts: asked for passphrase and code, and then the policy decides.",
)
@click.version_option(
    package_name="juang-ledger", message="juang %(version)s", cls=Option, wording=VERSION
)
@click.pass_context
def juang(
    ctx: click.Context,
    url: str,
    key_file: Path | None,
    language: Language,
    actor: str | None,
    log: Path | None,
    log_format: Literal["json", "console"],
    officer: str | None,
) -> None:
    """Put the parts together for the command that follows."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        return
    from api.commands.deployment import Deployment
    from api.logs import Log, Sink, take_over

    sink = None if log is None else Sink(None if str(log) == "-" else log)
    events = Log(sink, form=log_format, run=secrets.token_hex(8))
    if ctx.obj is ALONE:
        take_over(events)
    deployment = Deployment(url, key_file, language, actor, events, officer)
    ctx.obj = deployment
    if officer is not None:
        from api.commands.permissions import admit

        ctx.meta[BEFORE] = admit
    ctx.call_on_close(deployment.close)


def main() -> NoReturn:
    """Run `juang` from the shell."""
    if sys.stdout is None:
        language = of_environment(os.environ)
        tell(Failure(CLOSED.in_language(language), None, 1), language)
        sys.exit(1)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        juang.main(prog_name="juang", obj=ALONE)
    except SystemExit as ended:
        if ended.code == STOPPED_CODE:  # what was half made at that moment has nothing to say
            sys.unraisablehook = lambda _ignored: None
        raise


if __name__ == "__main__":
    main()
