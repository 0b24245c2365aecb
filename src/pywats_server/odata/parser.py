"""
Reads a `$filter` into a tree, with two stacks in place of recursion: whatever the text nests, the interpreter's
stack stays flat.

An operator is known by its place after an operand, so a property may begin like one (`orderNo`, `inUse`, `allocation`).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pywats_server.odata.lexer import Token, described, tokens
from pywats_server.odata.literals import read_operand
from pywats_server.odata.refusal import FILTER, refuse, refused, shown
from pywats_server.odata.tree import (
    Call,
    Comparison,
    Exists,
    Junction,
    Literal,
    Member,
    Membership,
    Negation,
    Node,
)

LENGTH_LIMIT: Final = 16 * 1024
"""Characters of a filter."""
CONDITION_LIMIT: Final = 500
"""Comparisons in a filter, and parts joined by `and` and `or`. SQLite takes expressions up to 1000 levels high."""
CHOICE_LIMIT: Final = 1000
"""Values in the list of one `in`."""
NESTING_LIMIT: Final = 64
"""Parentheses, functions and `not` that may be open at one place."""
DEPTH_LIMIT: Final = 48
"""Depth of a tree; SQLite's own parser holds 100 symbols, which the statement around the filter shares."""

_CALL_DEPTH: Final = 5
_EXISTS_DEPTH: Final = 10
_KEPT_LENGTH: Final = 1024

_STRENGTH: Final = {
    "or": 1,
    "and": 2,
    "not": 3,
    "eq": 4,
    "ne": 4,
    "gt": 5,
    "ge": 5,
    "lt": 5,
    "le": 5,
    "in": 5,
}


def parse_filter(text: str) -> Node:
    """
    The tree of the `$filter` *text*. Short texts that come again are read once.

    Raises:
        InvalidQuery: *text* is no filter, or larger than the limits of this module; names the token and its position.
    """
    if len(text) > LENGTH_LIMIT:
        raise refuse(FILTER, f"a filter has at most {LENGTH_LIMIT} characters, this one {len(text)}", "", LENGTH_LIMIT)
    return _parse_again(text) if len(text) <= _KEPT_LENGTH else _Parser(text).parse()


@lru_cache(maxsize=512)
def _parse_again(text: str) -> Node:
    return _Parser(text).parse()


@dataclass(slots=True)
class _Frame:
    """
    What waits for operands: an operator, or something that a parenthesis opened.

    *kind* is an operator's word, or one of "(", "call", "any"; *base* is the number of operands before it.
    """

    kind: str
    token: Token
    base: int
    variable: str = ""

    @property
    def is_open(self) -> bool:
        return self.kind in ("(", "call", "any")


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._next = 0
        self._operands: list[Node] = []
        self._frames: list[_Frame] = []
        self._joints = 0
        self._comparisons = 0
        self._nesting = 0

    def parse(self) -> Node:
        if self._peek().kind == "end":
            raise refused(self._peek(), "the filter is empty; write a condition such as state eq 3")
        while True:
            self._read_operand()
            while self._read_closing():
                pass
            if self._peek().kind == "end":
                return self._finish()
            self._read_operator()

    def _peek(self) -> Token:
        return self._tokens[min(self._next, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._peek()
        self._next += 1
        return token

    def _expect(self, mark: str) -> Token:
        token = self._take()
        if token.text != mark:
            raise refused(token, f"expected {mark!r} in place of {described(token)}")
        return token

    # Operands

    def _read_operand(self) -> None:
        """Read up to the end of one operand, opening on the way whatever stands before it."""
        while True:
            token = self._take()
            if token.text == "(":
                self._open("(", token)
            elif token.word == "not":
                self._open("not", token)
            elif token.kind == "name" and self._peek().text == "(":
                self._open("call", token)
                self._take()
                if self._peek().text == ")":
                    return
            elif token.kind == "name" and self._peek().text == "/":
                if self._read_path(token):
                    return
            else:
                self._operands.append(read_operand(token))
                return

    def _open(self, kind: str, token: Token, variable: str = "") -> None:
        self._nesting += 1
        if self._nesting > NESTING_LIMIT:
            raise refused(token, f"a filter nests parentheses, functions and not at most {NESTING_LIMIT} deep")
        self._frames.append(_Frame(kind, token, len(self._operands), variable))

    def _read_path(self, first: Token) -> bool:
        """Read `t/key` or `tags/any(t:`; True when the operand is complete."""
        self._expect("/")
        second = self._take()
        if second.kind != "name":
            raise refused(second, f"expected a name after / in place of {described(second)}")
        if self._peek().text != "(":
            self._operands.append(Member(first.text, second.text, first.position))
            return True
        if second.word != "any":
            raise refused(second, f"{shown(second.text)} is not known here; only any can be asked of a list")
        self._expect("(")
        if self._peek().text == ")":
            self._open("any", first)
            return True
        variable = self._take()
        if variable.kind != "name":
            example = "tags/any(t: t/key eq 'K')"
            raise refused(variable, f"expected a variable as in {example} in place of {described(variable)}")
        self._expect(":")
        self._open("any", first, variable.text)
        return False

    # Closing

    def _read_closing(self) -> bool:
        """Close one parenthesis, or read one list of choices; False when neither comes next."""
        token = self._peek()
        if token.word == "in":
            self._reduce(_STRENGTH["in"])
            self._read_choices(self._take())
            return True
        if token.text != ")":
            return False
        self._take()
        self._reduce(0)
        if not self._frames:
            raise refused(token, "this parenthesis was never opened")
        self._close(self._pop_frame())
        return True

    def _close(self, frame: _Frame) -> None:
        inside = tuple(self._operands[frame.base :])
        if frame.kind == "(":
            return
        del self._operands[frame.base :]
        if frame.kind == "call":
            depth = _CALL_DEPTH + max((node.depth for node in inside), default=0)
            self._push(Call(frame.token.word, inside, frame.token.position, depth), frame.token)
        else:
            condition = inside[0] if inside else None
            depth = _EXISTS_DEPTH + (condition.depth if condition else 0)
            node = Exists(frame.token.text, frame.variable, condition, frame.token.position, depth)
            self._push(node, frame.token)

    def _read_choices(self, operator: Token) -> None:
        self._count_comparison(operator)
        self._expect("(")
        choices = [self._read_choice()]
        while (token := self._take()).text == ",":
            if len(choices) == CHOICE_LIMIT:
                raise refused(token, f"the list of in has at most {CHOICE_LIMIT} values")
            choices.append(self._read_choice())
        if token.text != ")":
            raise refused(token, f"expected ',' or ')' in place of {described(token)}")
        item = self._operands.pop()
        self._push(Membership(item, tuple(choices), operator.position, 1 + item.depth), operator)

    def _read_choice(self) -> Literal:
        token = self._take()
        node = read_operand(token)
        if not isinstance(node, Literal):
            raise refused(token, f"the list of in holds values only; {shown(token.text)} is a name")
        return node

    # Operators

    def _read_operator(self) -> None:
        token = self._take()
        word = token.word
        if word == ",":
            self._next_argument(token)
        elif word in ("and", "or"):
            self._joints += 1
            self._check_conditions(self._joints + 1, token)
            # A row of the same operator is left waiting, to become one node.
            self._reduce(_STRENGTH[word] + 1)
            self._frames.append(_Frame(word, token, len(self._operands)))
        elif word in _STRENGTH and word != "not":
            self._count_comparison(token)
            self._reduce(_STRENGTH[word])
            self._frames.append(_Frame(word, token, len(self._operands)))
        else:
            expected = "and, or, a comparison such as eq, or the end"
            raise refused(token, f"expected {expected} in place of {described(token)}")

    def _next_argument(self, token: Token) -> None:
        self._reduce(0)
        if not self._frames or self._frames[-1].kind != "call":
            raise refused(token, "a comma has no place here; it separates arguments of a function and values of in")

    def _count_comparison(self, token: Token) -> None:
        self._comparisons += 1
        self._check_conditions(self._comparisons, token)

    def _check_conditions(self, count: int, token: Token) -> None:
        if count > CONDITION_LIMIT:
            raise refused(token, f"a filter has at most {CONDITION_LIMIT} conditions")

    def _reduce(self, strength: int) -> None:
        """Build the nodes of all operators on top that bind at least as tightly as *strength*."""
        while self._frames and not self._frames[-1].is_open and _STRENGTH[self._frames[-1].kind] >= strength:
            self._build(self._pop_frame())

    def _build(self, frame: _Frame) -> None:
        last = self._operands.pop()
        if frame.kind == "not":
            self._push(Negation(last, frame.token.position, 1 + last.depth), frame.token)
        elif frame.kind in ("and", "or"):
            self._join(frame, last)
        else:
            left = self._operands.pop()
            depth = 1 + max(left.depth, last.depth)
            self._push(Comparison(frame.kind, left, last, frame.token.position, depth), frame.token)

    def _join(self, frame: _Frame, last: Node) -> None:
        reversed_parts = [last, self._operands.pop()]
        while self._frames and self._frames[-1].kind == frame.kind:
            frame = self._pop_frame()
            reversed_parts.append(self._operands.pop())
        depth = 1 + max(part.depth for part in reversed_parts)
        self._push(Junction(frame.kind, tuple(reversed(reversed_parts)), frame.token.position, depth), frame.token)

    def _push(self, node: Node, token: Token) -> None:
        if node.depth > DEPTH_LIMIT:
            raise refused(token, "the filter nests functions or and/or too deeply")
        self._operands.append(node)

    def _pop_frame(self) -> _Frame:
        frame = self._frames.pop()
        if frame.is_open or frame.kind == "not":
            self._nesting -= 1
        return frame

    def _finish(self) -> Node:
        self._reduce(0)
        if self._frames:
            raise refused(self._frames[-1].token, "the parenthesis that is opened here is never closed")
        return self._operands.pop()
