"""The file of a backup: what goes in comes out, and whatever was done to a file is noticed."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.db.transfer import sealed
from ledger.db.transfer.blocks import Block
from ledger.errors import LedgerError

KEY = bytes(range(32))
HEADER = sealed.Header("b0", "data", "2026-11-24T08:00:00+00:00", "0001", "f0", "aa", {"t": ["a"]})
BLOCKS = [Block("tenant", 2, b"1\ta\n2\tb\n"), Block("book", 1, b"7\n"), Block("book", 1, b"8\n")]

blocks = st.lists(
    st.builds(
        Block,
        st.sampled_from(["tenant", "book", "büro"]),
        st.integers(0, 9),
        st.binary(max_size=99),
    ),
    max_size=5,
)


def written(found: Sequence[Block] = BLOCKS, header: sealed.Header = HEADER) -> bytes:
    file = io.BytesIO()
    sealed.write(file, header, KEY, found)
    return file.getvalue()


def read(content: bytes, key: bytes = KEY) -> list[Block]:
    return [*sealed.open_file(io.BytesIO(content)).blocks(key)]


def frames(content: bytes) -> tuple[bytes, list[bytes]]:
    """Cut a file into what comes before the frames, and the frames."""
    at = content.index(b"\n") + 1
    at += 4 + int.from_bytes(content[at : at + 4], "big")
    start, found = content[:at], []
    while at < len(content):
        end = at + 5 + int.from_bytes(content[at + 1 : at + 5], "big")
        found.append(content[at:end])
        at = end
    return start, found


@given(blocks)
def test_blocks_come_back_as_they_were(found: list[Block]) -> None:
    assert read(written(found)) == found


def test_the_header_comes_back_as_it_was() -> None:
    assert sealed.open_file(io.BytesIO(written())).header == HEADER


@given(st.data())
def test_a_file_with_any_byte_altered_is_refused(data: st.DataObject) -> None:
    content = bytearray(written())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(LedgerError):
        read(bytes(content))


def test_a_file_cut_at_any_place_is_refused() -> None:
    content = written()

    for end in range(len(content)):
        with pytest.raises((sealed.BackupCutShort, sealed.NotABackup)):
            read(content[:end])


def test_a_file_cut_between_frames_is_cut_short() -> None:
    start, found = frames(written())

    for count in range(len(found)):
        with pytest.raises(sealed.BackupCutShort):
            read(start + b"".join(found[:count]))


@pytest.mark.parametrize(
    "order",
    [
        (1, 0, 2, 3),  # moved
        (0, 2, 3),  # taken away from the middle
        (1, 2, 3),  # from the beginning
        (0, 1, 3),  # from the end
        (0, 0, 1, 2, 3),  # repeated
        (0, 1, 2, 2, 3),
        (3,),  # only the conclusion
        (0, 1, 2, 3, 3),  # something after the end
        (0, 1, 2, 3, 0),
    ],
)
def test_frames_in_another_order_are_refused(order: tuple[int, ...]) -> None:
    start, found = frames(written())

    with pytest.raises(sealed.BackupAltered):
        read(start + b"".join(found[number] for number in order))


def test_a_frame_of_another_file_is_refused() -> None:
    start, found = frames(written())
    _, others = frames(written(header=replace(HEADER, backup="b1")))

    with pytest.raises(sealed.BackupAltered) as refused:
        read(start + found[0] + others[1] + found[2] + found[3])
    assert refused.value.frame == 1


def test_something_after_the_end_is_refused() -> None:
    with pytest.raises(sealed.BackupAltered):
        read(written() + b"\n")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(sealed.BackupAltered):
        read(written(), bytes(32))


def test_a_frame_that_claims_to_be_endless_is_refused_unread() -> None:
    start, _ = frames(written())

    with pytest.raises(sealed.BackupAltered):
        read(start + b"\x00\xff\xff\xff\xff")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"SQLite format 3\x00" + bytes(100),
        b"juang backup \n",
        b"juang backup one\n",
        b"juang backup 1\n" + b"\xff" * 40,
        *(
            b"juang backup 1\n" + len(head).to_bytes(4, "big") + head
            for head in (
                b"",
                b"{}",
                b"[]",
                b'"x"',
                b"\xff\xfe",
                json.dumps({**asdict(HEADER), "more": "x"}).encode(),
                json.dumps({**asdict(HEADER), "key": 7}).encode(),
                json.dumps({**asdict(HEADER), "tables": []}).encode(),
                json.dumps({**asdict(HEADER), "tables": {"t": 7}}).encode(),
            )
        ),
    ],
)
def test_what_is_no_backup_is_called_so(content: bytes) -> None:
    with pytest.raises(sealed.NotABackup):
        read(content)


def test_a_later_format_is_named() -> None:
    with pytest.raises(sealed.BackupFormatUnknown, match="format 2; this version reads format 1"):
        read(written().replace(b"backup 1\n", b"backup 2\n", 1))
