"""Reading IMAP command lines."""

import asyncio

import pytest

from followup.simulator.mailbox.imap_words import BadCommand, Word, read_command


def read(sent: bytes) -> tuple[list[Word] | None, int]:
    """The words of the first command in what a client sent, and how often the client was told to go on."""

    async def reading() -> tuple[list[Word] | None, int]:
        reader = asyncio.StreamReader()
        reader.feed_data(sent)
        reader.feed_eof()
        asked: list[None] = []
        words = await read_command(reader.readline, reader.readexactly, lambda: asked.append(None))
        return words, len(asked)

    return asyncio.run(reading())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"a1 NOOP\r\n", ["a1", "NOOP"]),
        (b'a1 LOGIN "a b" "say \\"x\\\\"\r\n', ["a1", "LOGIN", "a b", 'say "x\\']),
        (b"a1 FETCH 1 (UID BODY.PEEK[])\r\n", ["a1", "FETCH", "1", ["UID", "BODY.PEEK[]"]]),
        (b"a1 SEARCH (OR (SEEN) (FROM x))\r\n", ["a1", "SEARCH", ["OR", ["SEEN"], ["FROM", "x"]]]),
        (b"a1 X BODY[HEADER.FIELDS (DATE)]<0.5>\r\n", ["a1", "X", "BODY[HEADER.FIELDS (DATE)]<0.5>"]),
        (b"a1 SEARCH FROM {x}\r\n", ["a1", "SEARCH", "FROM", "{x}"]),
        (b'a1 X ""\r\n', ["a1", "X", ""]),
    ],
)
def test_a_line_is_read_into_words(line: bytes, words: list[Word]) -> None:
    assert read(line) == (words, 0)


def test_a_literal_is_asked_for_and_read_whole() -> None:
    assert read(b"a1 LOGIN {3}\r\na b {4+}\r\n(c)\n\r\n") == (["a1", "LOGIN", "a b", "(c)\n"], 1)


def test_a_closed_line_has_no_command() -> None:
    assert read(b"") == (None, 0)


@pytest.mark.parametrize("line", [b'a1 LOGIN "x\r\n', b"a1 FETCH (1\r\n", b"a1 FETCH 1)\r\n", b"a1 X {99999999}\r\n"])
def test_what_cannot_be_read_is_refused(line: bytes) -> None:
    with pytest.raises(BadCommand):
        read(line)


def test_a_refusal_knows_what_it_answers() -> None:
    with pytest.raises(BadCommand) as caught:
        read(b"a7 FETCH (1\r\n")
    assert caught.value.tag == "a7"
