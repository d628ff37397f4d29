"""What went wrong, as RFC 9457 writes it: one stable type per code, in the caller's language.

The words never repeat what was sent: a caller knows it, and a log or a screenshot need not.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from api.commands import outcome_words
from ledger.access.operations import NotAllowed
from ledger.errors import Language, LedgerError, Malformed, NotFound, Refused, Wording
from ledger.journal.outcomes import Code, Outcome
from ledger.journal.queue import QueueClosed, QueueFull

MEDIA_TYPE: Final = b"application/problem+json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its status, what it is called, and whether the same may pass later."""

    status: int
    title: Wording
    detail: Wording | None = None
    retryable: bool = False


_NOT_FOUND: Final = Wording("Yang diminta tidak ada", "What was asked for does not exist")
_REFUSED: Final = Wording("Permintaan ini tidak diperbolehkan", "This request is not allowed")
_MALFORMED: Final = Wording("Permintaan tidak terbaca", "The request cannot be read")

KINDS: Final[Mapping[str, Kind]] = {
    "bad_request": Kind(400, _MALFORMED),
    "json_malformed": Kind(400, Wording("Isi bukan JSON yang sah", "The body is no valid JSON")),
    "json_too_deep": Kind(400, Wording("JSON terlalu dalam", "The JSON is nested too deeply")),
    "parameter_unknown": Kind(400, Wording("Parameter tidak dikenal", "An unknown parameter")),
    "parameter_repeated": Kind(400, Wording("Parameter berulang", "A parameter is repeated")),
    "parameter_malformed": Kind(
        400, Wording("Parameter tidak terbaca", "A parameter cannot be read")
    ),
    "page_token_invalid": Kind(
        400,
        Wording("Tanda halaman tidak berlaku", "The page token is not valid here"),
        Wording(
            "Mulai lagi dari halaman pertama, dengan saringan yang sama.",
            "Begin again at the first page, with the same filter.",
        ),
    ),
    "idempotency_key_missing": Kind(
        400, Wording("Kunci permintaan tidak ada", "The Idempotency-Key is missing")
    ),
    "idempotency_key_malformed": Kind(
        400,
        Wording("Kunci permintaan tidak sah", "The Idempotency-Key is malformed"),
        Wording(
            "Satu kepala, 16 sampai 64 huruf A-Z a-z 0-9 _ -.",
            "One header, 16 to 64 of A-Z a-z 0-9 _ -.",
        ),
    ),
    "https_required": Kind(400, Wording("Hanya lewat HTTPS", "HTTPS only")),
    "unauthorised": Kind(
        401,
        Wording("Belum masuk", "Not signed in"),
        Wording(
            "Perlu token yang berlaku; perbarui, atau minta kode aktivasi baru.",
            "A valid token is needed: renew it, or ask for a new activation code.",
        ),
    ),
    "token_expired": Kind(
        401, Wording("Token sudah habis masanya", "The token has expired"), retryable=True
    ),
    "code_wrong": Kind(
        401,
        Wording("Kode atau tanda tangan salah", "The code or the signature is wrong"),
        Wording(
            "Kode hanya berlaku sekali dan sepuluh menit; minta yang baru.",
            "A code is good once, for ten minutes; ask for another.",
        ),
    ),
    "forbidden": Kind(403, Wording("Tidak berwenang", "Not allowed to do this")),
    "not_found": Kind(404, _NOT_FOUND),
    "method_not_allowed": Kind(
        405, Wording("Metode tidak diperbolehkan", "The method is not allowed")
    ),
    "body_too_slow": Kind(
        408, Wording("Isi terlalu lama datang", "The body took too long"), retryable=True
    ),
    "precondition_failed": Kind(
        412,
        Wording("Sudah berubah", "It has changed meanwhile"),
        Wording("Baca lagi, lalu kirim ulang.", "Read it again, then send anew."),
    ),
    "body_too_large": Kind(413, Wording("Isi terlalu besar", "The body is too large")),
    "media_type_unsupported": Kind(
        415,
        Wording("Jenis isi tidak didukung", "The media type is not supported"),
        Wording(
            "Kirim application/json dalam UTF-8, tanpa Content-Encoding.",
            "Send application/json in UTF-8, without Content-Encoding.",
        ),
    ),
    "request_invalid": Kind(422, Wording("Isian tidak sah", "The content is not valid")),
    "idempotency_key_reused": Kind(
        422,
        Wording("Kunci sudah dipakai", "The Idempotency-Key was used before"),
        Wording(
            "Kunci ini milik permintaan lain; pakai kunci baru.",
            "The key belongs to another request; take a new one.",
        ),
    ),
    "precondition_required": Kind(428, Wording("Perlu If-Match", "If-Match is required")),
    "too_many_requests": Kind(
        429,
        Wording("Terlalu banyak permintaan", "Too many requests"),
        Wording("Tunggu, lalu coba lagi.", "Wait, then try again."),
        retryable=True,
    ),
    "internal_error": Kind(
        500,
        Wording("Kesalahan di server", "A mistake in the server"),
        Wording("Boleh dicoba lagi dengan id yang sama.", "It may be tried again by the same id."),
        retryable=True,
    ),
    "database_failed": Kind(
        503,
        Wording("Basis data sedang tidak dapat dihubungi", "The database cannot be reached"),
        Wording("Coba lagi dengan id yang sama.", "Try again by the same id."),
        retryable=True,
    ),
    "busy": Kind(
        503,
        Wording("Server sedang sibuk", "The server is busy"),
        Wording("Coba lagi sebentar.", "Try again shortly."),
        retryable=True,
    ),
}
"""Problems of HTTP itself, by code."""

FIELDS: Final[Mapping[str, Wording]] = {
    "field_missing": Wording("isian ini harus ada", "this field must be there"),
    "field_unknown": Wording("isian ini tidak dikenal", "there is no such field"),
    "field_repeated": Wording("isian ini ditulis dua kali", "this field is written twice"),
    "wrong_type": Wording("jenis nilainya salah", "the value is of the wrong type"),
    "text_too_long": Wording("teks terlalu panjang", "the text is too long"),
    "text_malformed": Wording(
        "teks memuat karakter yang tidak boleh", "the text has characters it may not have"
    ),
    "too_many": Wording("terlalu banyak", "there are too many"),
    "too_few": Wording("terlalu sedikit", "there are too few"),
    "out_of_range": Wording("angka di luar batas", "the number is out of range"),
    "money_malformed": Wording(
        'uang ditulis {"amount": "1250.00", "currency": "IDR"}',
        'money is written {"amount": "1250.00", "currency": "IDR"}',
    ),
    "instant_malformed": Wording(
        "waktu ditulis menurut RFC 3339, dengan selisih zona",
        "an instant is written as in RFC 3339, with its offset",
    ),
    "date_malformed": Wording("tanggal ditulis TTTT-BB-HH", "a date is written YYYY-MM-DD"),
    "id_malformed": Wording("id ini tidak sah", "this is not a valid id"),
    "field_malformed": Wording("isian ini tidak sah", "this value is not valid"),
}
"""What is wrong with one field, by code."""


@dataclass(frozen=True, slots=True)
class Field:
    """What is wrong in one place of the body or the query: a JSON pointer (RFC 6901) and a code."""

    pointer: str
    code: str
    wording: Wording | None = None

    def written(self, language: Language) -> dict[str, str]:
        """Write it in a language."""
        told = self.wording or FIELDS.get(self.code, FIELDS["field_malformed"])
        detail = told.in_language(language)
        return {"pointer": self.pointer, "code": self.code, "detail": detail}


@dataclass(eq=False)
class Problem(Exception):
    """An answer that is not the one asked for."""

    code: str
    status: int = 0
    title: Wording = _REFUSED
    detail: Wording | None = None
    errors: Sequence[Field] = ()
    retryable: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take what the kind of the code says."""
        kind = KINDS.get(self.code)
        if kind is not None:
            self.status, self.title = kind.status, kind.title
            self.detail = self.detail or kind.detail
            self.retryable = kind.retryable

    def document(self, language: Language, request_id: str) -> dict[str, Any]:
        """Give the members of the problem document."""
        found: dict[str, Any] = {
            "type": type_of(self.code),
            "title": self.title.in_language(language),
            "status": self.status,
            "detail": (self.detail or self.title).in_language(language),
            "instance": request_id,
            "code": self.code,
            "retryable": self.retryable,
            "errors": [each.written(language) for each in self.errors],
        }
        if self.facts:
            found["facts"] = dict(self.facts)
        return found

    def body(self, language: Language, request_id: str) -> bytes:
        """Write the problem document."""
        return json.dumps(self.document(language, request_id), ensure_ascii=False).encode()


def type_of(code: str) -> str:
    """Name the type of a problem: stable for ever.

    >>> type_of("period_closed")
    'urn:juang:problem:period_closed'
    """
    return f"urn:juang:problem:{code}"


def of_error(error: LedgerError) -> Problem:
    """Turn an error of the ledger into a problem."""
    match error:
        case QueueFull() | QueueClosed():
            return Problem("busy", headers={"Retry-After": "1"})
        case NotAllowed():
            return Problem("forbidden")
        case NotFound():
            # The same words whatever is not there: whether it exists elsewhere is not told.
            return Problem("not_found")
        case Refused():
            status, title = 409, _REFUSED
        case Malformed():
            status, title = 422, KINDS["request_invalid"].title
        case _:
            return Problem("internal_error")
    told = Wording(error.message("id"), error.message("en"))
    return Problem(error.code, status, title, told)


STATUS_OF: Final[Mapping[Code, int]] = {
    Code.POSTED: 201,
    Code.EXISTS: 200,
    Code.BOOK_NOT_FOUND: 404,
    Code.PERIOD_CLOSED: 423,
    **dict.fromkeys(
        (
            Code.INVALID_REQUEST,
            Code.INVALID_DATE,
            Code.BUNDLE_SCATTERED,
            Code.BUNDLE_CROSSES_TENANTS,
            Code.NO_POSTINGS,
            Code.TOO_MANY_POSTINGS,
            Code.AMOUNT_NOT_POSITIVE,
            Code.SELF_TRANSFER,
            Code.CURRENCY_MISMATCH,
            Code.UNBALANCED,
            Code.EXCHANGE_NOT_TWO_CURRENCIES,
            *(code for code in Code if code.startswith("exists_with_different_")),
        ),
        422,
    ),
}
"""Statuses of outcomes; every other one is a refusal by the state of the books: 409."""


def status_of(code: Code) -> int:
    """Give the status an outcome is answered with.

    >>> status_of(Code.PERIOD_CLOSED), status_of(Code.BELOW_FLOOR)
    (423, 409)
    """
    return STATUS_OF.get(code, 409)


def of_outcome(outcome: Outcome, facts: Mapping[str, Any]) -> Problem:
    """Turn a refusal of the journal into a problem."""
    if outcome.code is Code.BOOK_NOT_FOUND:
        return Problem("not_found")
    return Problem(
        outcome.code.value,
        status_of(outcome.code),
        outcome_words.sentence(outcome.code),
        retryable=outcome.code is Code.LINKED_FAILED,
        facts=facts,
    )
