"""Reads an IMAP command line into words: atoms, quoted strings, literals and lists (RFC 3501)."""

from collections.abc import Awaitable, Callable

Word = str | list["Word"]
_MOST_LITERAL = 1_000_000  # bytes; a search or a login never needs more


class BadCommand(Exception):
    """The client said something that cannot be read; `tag` is what it awaits the answer under, where that is known."""

    tag = "*"


async def read_command(
    read_line: Callable[[], Awaitable[bytes]],
    read_exactly: Callable[[int], Awaitable[bytes]],
    go_on: Callable[[], None],
) -> list[Word] | None:
    """The words of the next command, literals fetched (`go_on` asks for them); None where the line is closed.

    Raises BadCommand for unbalanced quotes or brackets and for literals that are too long.
    """
    pieces: list[str | bytes] = []
    while True:
        line = await read_line()
        if not line:
            return None
        text = line.rstrip(b"\r\n")
        if not text.endswith(b"}"):
            pieces.append(text.decode("utf-8", "surrogateescape"))
            return _words(pieces)
        head, _, size = text[:-1].rpartition(b"{")
        if not size.rstrip(b"+").isdigit():
            pieces.append(text.decode("utf-8", "surrogateescape"))
            return _words(pieces)
        if int(size.rstrip(b"+")) > _MOST_LITERAL:
            raise BadCommand("literal too long")
        pieces.append(head.decode("utf-8", "surrogateescape"))
        if not size.endswith(b"+"):
            go_on()
        pieces.append(await read_exactly(int(size.rstrip(b"+"))))


def _words(pieces: list[str | bytes]) -> list[Word]:
    stack: list[list[Word]] = [[]]
    try:
        for piece in pieces:
            if isinstance(piece, bytes):
                stack[-1].append(piece.decode("utf-8", "surrogateescape"))
            else:
                _scan(piece, stack)
        if len(stack) != 1:
            raise BadCommand("unbalanced brackets")
    except BadCommand as error:
        error.tag = str(pieces[0]).split(" ")[0] or "*"
        raise
    return stack[0]


def _scan(text: str, stack: list[list[Word]]) -> None:
    at = 0
    while at < len(text):
        char = text[at]
        if char == " ":
            at += 1
        elif char == "(":
            inner: list[Word] = []
            stack[-1].append(inner)
            stack.append(inner)
            at += 1
        elif char == ")":
            if len(stack) == 1:
                raise BadCommand("unbalanced brackets")
            stack.pop()
            at += 1
        elif char == '"':
            word, at = _quoted(text, at + 1)
            stack[-1].append(word)
        else:
            word, at = _atom(text, at)
            stack[-1].append(word)


def _quoted(text: str, at: int) -> tuple[str, int]:
    word = ""
    while at < len(text):
        if text[at] == '"':
            return word, at + 1
        if text[at] == "\\":
            at += 1
        word += text[at : at + 1]
        at += 1
    raise BadCommand("unbalanced quotes")


def _atom(text: str, at: int) -> tuple[str, int]:
    """An atom; what stands in square brackets belongs to it, as in `BODY.PEEK[HEADER.FIELDS (DATE)]`."""
    start, depth = at, 0
    while at < len(text) and (depth or text[at] not in ' ()"'):
        depth += {"[": 1, "]": -1}.get(text[at], 0)
        at += 1
    return text[start:at], at
