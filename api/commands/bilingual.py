"""Commands whose help and usage errors exist in Indonesian and English.

Click speaks English only, and reads texts when a module is loaded; here a text is a `Wording`
until it is shown, in the language the command line asks for.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast

import click

from ledger.errors import Language, Wording

_LANGUAGE: Final = "juang.language"
"""Where a context keeps its language."""

BEFORE: Final = "juang.before"
"""Where a context keeps what is done before its command runs."""

F = TypeVar("F", bound=Callable[..., Any])

USAGE: Final = Wording("Pemakaian: ", "Usage: ")
OPTIONS: Final = Wording("Pilihan", "Options")
COMMANDS: Final = Wording("Perintah", "Commands")
SHOW_HELP: Final = Wording("Tampilkan bantuan ini.", "Show this help.")


def language_of(ctx: click.Context) -> Language:
    """Give the language a command line asks for, or else that of the environment."""
    return cast("Language", ctx.meta.get(_LANGUAGE) or of_environment(os.environ))


def set_language(ctx: click.Context, _option: click.Parameter, value: Language | None) -> Language:
    """Note the language as soon as the option is read: help may follow it."""
    if value is not None:
        ctx.meta[_LANGUAGE] = value
    return language_of(ctx)


def of_environment(environ: "os._Environ[str] | dict[str, str]") -> Language:
    """Read the language from the environment; Indonesian unless it asks for English.

    >>> of_environment({"LANG": "en_GB.UTF-8"}), of_environment({"LANG": "C.UTF-8"})
    ('en', 'id')
    """
    own = environ.get("JUANG_LANGUAGE")
    if own in {"id", "en"}:
        return cast("Language", own)
    locale = next((environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(n)), "")
    return "en" if locale.startswith("en") else "id"


class Usage(click.UsageError):
    """The command line cannot be understood, said in both languages."""

    def __init__(self, wording: Wording, ctx: click.Context | None = None) -> None:
        super().__init__(wording.en, ctx)
        self.wording = wording


class _Help(click.Command):
    """Help in the language asked for."""

    wording: Wording

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, USAGE.in_language(language_of(ctx)))

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Name what a command takes."""
        asked = "[OPTIONS]"
        own = "[PILIHAN]" if language_of(ctx) == "id" else asked
        return [own if piece == asked else piece for piece in super().collect_usage_pieces(ctx)]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            for at, paragraph in enumerate(
                self.wording.in_language(language_of(ctx)).split("\n\n")
            ):
                if at:
                    formatter.write_paragraph()
                formatter.write_text(paragraph)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [record for each in options if (record := each.get_help_record(ctx))]
        if records:
            with formatter.section(OPTIONS.in_language(language_of(ctx))):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Explain `--help` too."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = SHOW_HELP.in_language(language_of(ctx))
        return found


class Command(_Help):
    """A command with help in both languages."""

    def __init__(self, *args: Any, wording: Wording, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.wording = wording

    def invoke(self, ctx: click.Context) -> Any:
        """Run what has to come before any command, then the command."""
        before = ctx.meta.get(BEFORE)
        if before is not None:
            before(ctx)
        return super().invoke(ctx)


class Group(_Help, click.Group):
    """A group of commands with help in both languages."""

    def __init__(self, *args: Any, wording: Wording, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.wording = wording

    def summary(self, ctx: click.Context, name: str) -> Wording:
        """Say in one sentence what a command of the group does."""
        found = cast("_Help", self.get_command(ctx, name)).wording
        return Wording(*(text.partition("\n")[0] for text in found))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the commands after them."""
        super().format_options(ctx, formatter)
        language = language_of(ctx)
        names = self.list_commands(ctx)
        with formatter.section(COMMANDS.in_language(language)):
            rows = [(name, self.summary(ctx, name).in_language(language)) for name in names]
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say that there is none of this name."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            raise Usage(
                Wording(f"Tidak ada perintah “{name}”.", f"There is no command “{name}”."), ctx
            )
        return super().resolve_command(ctx, args)


class Option(click.Option):
    """An option explained in both languages."""

    def __init__(self, *args: Any, wording: Wording, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.wording = wording

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Explain the option."""
        self.help = self.wording.in_language(language_of(ctx))
        return super().get_help_record(ctx)


def option(*names: str, id: str, en: str, **rest: Any) -> Callable[[F], F]:  # noqa: A002
    """Declare an option with its explanation in both languages."""
    return click.option(*names, cls=Option, wording=Wording(id, en), **rest)


def command(name: str, *, id: str, en: str, **rest: Any) -> Callable[[Callable[..., Any]], Command]:  # noqa: A002
    """Declare a command with its help in both languages: a sentence, then paragraphs."""
    return click.command(name, cls=Command, wording=Wording(id, en), **rest)


def group(name: str, *, id: str, en: str) -> Group:  # noqa: A002
    """Declare a group of commands."""
    return Group(name, wording=Wording(id, en), no_args_is_help=False)


def complaint(error: click.UsageError) -> Wording:
    """Say in both languages what is wrong with a command line."""
    if isinstance(error, Usage):
        return error.wording
    english = error.format_message()
    match error:
        case click.NoSuchOption():
            return Wording(f"Tidak ada pilihan {error.option_name}.", english)
        case click.MissingParameter():
            kind = "argumen" if isinstance(error.param, click.Argument) else "pilihan"
            return Wording(f"Kurang {kind} {_name(error)}.", english)
        case click.BadParameter():
            return Wording(
                f"Nilai untuk {_name(error)} tidak dapat dipakai{_choices(error)}.", english
            )
        case click.BadOptionUsage():
            return Wording(f"Pilihan {error.option_name} dipakai dengan keliru.", english)
        case _:
            return Wording("Baris perintah tidak dapat dipahami.", english)


def _name(error: click.BadParameter) -> str:
    if error.param is None or error.ctx is None:
        return str(error.param_hint or "")
    return str(error.param.get_error_hint(error.ctx)).replace("'", "")


def _choices(error: click.BadParameter) -> str:
    kind = None if error.param is None else error.param.type
    choices: Sequence[Any] = kind.choices if isinstance(kind, click.Choice) else ()
    return f" (yang ada: {', '.join(map(str, choices))})" if choices else ""
