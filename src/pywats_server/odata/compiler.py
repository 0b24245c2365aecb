"""
Turns a parsed `$filter` into one SQL condition, typed and with every literal bound.

OData knows true and false only: `ne` and `not` hold for null, an order (`gt`, `le`, ...) with null never does. SQL's
third value is kept out by carrying `not` down to the single comparisons, where it also does not hide them from indexes.
"""

from typing import Final

from sqlalchemy import case, false, not_, null, true
from sqlalchemy.sql.elements import ColumnElement

from pywats_server.odata.comparisons import among, equality, order, truth
from pywats_server.odata.entity import TAGS, XML_DATA, Entity, Kind, Tags
from pywats_server.odata.functions import FUNCTIONS, AllOf, AnyOf, text_literal
from pywats_server.odata.refusal import FILTER, refused, shown, suggestion
from pywats_server.odata.tree import (
    Call,
    Comparison,
    Exists,
    Junction,
    Literal,
    LiteralKind,
    Member,
    Membership,
    Name,
    Negation,
    Node,
)
from pywats_server.odata.values import Value, coerced, described, literal_value, told

_EQUALITY: Final = ("eq", "ne")
_NO_ORDER: Final = "true and false have no order; compare them with eq or ne"


def compile_filter(node: Node, entity: Entity) -> ColumnElement[bool]:
    """
    The condition that *node* states about *entity*.

    It is meant for a WHERE and must not be negated there: null counts as false. When it (or a property) asks for the
    present, the statement takes the bind parameter `now`, an instant.

    Raises:
        InvalidQuery: *node* names what *entity* does not have, or compares what cannot be compared.
    """
    return _Compiler(entity).condition(node, wanted=True)


class _Compiler:
    """Compiles the nodes of one scope: an entity, or by a *variable* one of its tags."""

    def __init__(self, entity: Entity, variable: str = "") -> None:
        self._entity = entity
        self._variable = variable

    # Conditions

    def condition(self, node: Node, wanted: bool) -> ColumnElement[bool]:
        """SQL that is true exactly when *node* is as *wanted*; otherwise it is false or null."""
        match node:
            case Negation():
                return self.condition(node.operand, not wanted)
            case Junction():
                return self._junction(node, wanted)
            case Comparison():
                return self._comparison(node, wanted)
            case Membership():
                return self._membership(node, wanted)
            case Exists():
                return self._exists(node, wanted)
            case _:
                return self._plain_condition(node, wanted)

    def _junction(self, node: Junction, wanted: bool) -> ColumnElement[bool]:
        parts = [(part.depth, self.condition(part, wanted)) for part in node.operands]
        # What nests deepest comes first: there it takes the least room in the stack of SQLite's parser.
        parts.sort(key=lambda part: -part[0])
        join = AllOf if (node.operator == "and") == wanted else AnyOf
        return join(*(sql for _, sql in parts))

    def _plain_condition(self, node: Node, wanted: bool) -> ColumnElement[bool]:
        """A function, property or constant that is true or false by itself."""
        value = self._value(node)
        if value.kind is not Kind.BOOLEAN:
            example = "serialNumber eq 'A-17'"
            raise refused(node, f"{described(node)} is not a condition; compare it with something, as in {example}")
        if isinstance(node, Literal):
            return truth(node.value is wanted)
        if not isinstance(node, Call):
            return equality(value, Value(Kind.BOOLEAN, true(), nullable=False), wanted)
        if wanted:
            return value.sql
        return value.sql.is_not(true()) if value.nullable else not_(value.sql)

    def _comparison(self, node: Comparison, wanted: bool) -> ColumnElement[bool]:
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if self._is_xml_data(one):
                return self._has_tag(node, other, wanted)
            if isinstance(one, Literal) and isinstance(one.value, bool) and _is_condition(other):
                return self._truth_test(node, other, one.value, wanted)
        left, right = self._pair(node)
        if node.operator in _EQUALITY:
            return equality(left, right, (node.operator == "eq") is wanted)
        if Kind.BOOLEAN in (left.kind, right.kind):
            raise refused(node, _NO_ORDER)
        return order(node.operator, left, right, wanted)

    def _truth_test(self, node: Comparison, condition: Node, value: bool, wanted: bool) -> ColumnElement[bool]:
        """`startswith(...) eq true`: the condition itself, which an index may serve."""
        if node.operator not in _EQUALITY:
            raise refused(node, _NO_ORDER)
        return self.condition(condition, ((node.operator == "eq") is value) is wanted)

    def _membership(self, node: Membership, wanted: bool) -> ColumnElement[bool]:
        item = self._comparable(node.item)
        choices = [coerced(choice, item, told(node.item, item)) for choice in node.choices]
        return among(item, choices, wanted)

    # Tags

    def _exists(self, node: Exists, wanted: bool) -> ColumnElement[bool]:
        if self._variable:
            raise refused(node, "any(...) cannot stand within another any(...)")
        if self._entity.tags is None or node.collection.lower() != TAGS:
            known = f"only {TAGS} is one" if self._entity.tags else "there are none here"
            raise refused(node, f"{shown(node.collection)} is not a list that any(...) can be asked of; {known}")
        scope = _Compiler(self._entity, node.variable)
        inside = true() if node.condition is None else scope.condition(node.condition, wanted=True)
        return self._with_tag(self._entity.tags, inside, wanted)

    def _with_tag(self, tags: Tags, inside: ColumnElement[bool], wanted: bool) -> ColumnElement[bool]:
        found = tags.exists(inside)
        return found if wanted else not_(found)

    def _is_xml_data(self, node: Node) -> bool:
        return self._entity.tags is not None and isinstance(node, Name) and node.name.lower() == XML_DATA.lower()

    def _has_tag(self, node: Comparison, path: Node, wanted: bool) -> ColumnElement[bool]:
        """`xmlData eq '//KEY'`: the one question that existing clients ask of the XML form of the tags."""
        text = path.value if isinstance(path, Literal) and path.kind is LiteralKind.TEXT else None
        key = text.removeprefix("//") if isinstance(text, str) and text.startswith("//") else ""
        if self._entity.tags is None or self._variable or not key or "/" in key or node.operator not in _EQUALITY:
            raise refused(node, f"{XML_DATA} can only be asked for a tag, as in {XML_DATA} eq '//Rack'")
        found = self._entity.tags.key == text_literal(key)
        return self._with_tag(self._entity.tags, found, (node.operator == "eq") is wanted)

    # Values

    def _pair(self, node: Comparison) -> tuple[Value, Value]:
        """Both sides, a literal read as what it is compared with."""
        left, right = node.left, node.right
        # Of two literals the text gives way, because it can be a date or an identifier in quotes.
        if isinstance(left, Literal) and not (isinstance(right, Literal) and left.kind is not LiteralKind.TEXT):
            second = self._comparable(right)
            return coerced(left, second, told(right, second)), second
        first = self._comparable(left)
        if isinstance(right, Literal):
            return first, coerced(right, first, told(left, first))
        second = self._comparable(right)
        if first.family is not second.family:
            raise refused(node, f"{told(left, first)}, {told(right, second)}; these cannot be compared")
        return first, second

    def _comparable(self, node: Node) -> Value:
        # As a condition a function that gets null is false, and so it is when it is compared.
        return self._truth_value(node) if isinstance(node, Call) and _is_condition(node) else self._value(node)

    def _truth_value(self, node: Node) -> Value:
        return Value(Kind.BOOLEAN, case((self.condition(node, wanted=True), true()), else_=false()), nullable=False)

    def _value(self, node: Node) -> Value:
        match node:
            case Literal():
                return literal_value(node)
            case Name():
                return self._property(node)
            case Member():
                return self._member(node)
            case Call():
                return self._call(node)
            case _:
                return self._truth_value(node)

    def _property(self, node: Name) -> Value:
        if self._variable:
            own = f"{self._variable}/key and {self._variable}/value"
            raise refused(node, f"within any(...) only {own} can be asked, not {shown(node.name)}")
        found = self._entity.find(node.name, FILTER, node.position)
        return Value(found.kind, found.column, found.nullable, found.enum)

    def _member(self, node: Member) -> Value:
        tags = self._entity.tags
        if tags is None or not self._variable or node.variable.lower() != self._variable.lower():
            declared = f"only {TAGS}/any(t: ...) declares one"
            raise refused(node, f"there is no variable {shown(node.variable)} here; {declared}")
        if node.name.lower() == "key":
            return Value(Kind.TEXT, tags.key, nullable=False)
        if node.name.lower() == "value":
            return Value(Kind.TEXT, tags.value, nullable=True)
        raise refused(node, f"a tag has no {shown(node.name)}. {suggestion(node.name, ('key', 'value'))}")

    def _call(self, node: Call) -> Value:
        function = FUNCTIONS.get(node.function)
        if function is None:
            raise refused(node, f"there is no function {shown(node.function)}. {suggestion(node.function, FUNCTIONS)}")
        most = len(function.takes)
        if not most - function.optional <= len(node.arguments) <= most:
            count = f"{most - function.optional} or {most}" if function.optional else str(most)
            raise refused(node, f"{node.function} takes {count} arguments, not {len(node.arguments)}")
        values = [self._argument(node, *pair) for pair in zip(node.arguments, function.takes, strict=False)]
        if any(value.is_null for value in values):
            return Value(function.gives, null(), nullable=True)
        sql = function.build(*(value.sql for value in values))
        return Value(function.gives, sql, any(value.nullable for value in values))

    def _argument(self, call: Call, node: Node, kind: Kind) -> Value:
        wanted = Value(kind, null(), nullable=False)
        clause = f"{call.function} takes {kind} here"
        value = coerced(node, wanted, clause) if isinstance(node, Literal) else self._comparable(node)
        if not value.is_null and (value.family is not wanted.family or value.kind is Kind.NUMBER):
            raise refused(node, f"{clause}, but {told(node, value)}")
        return value


def _is_condition(node: Node) -> bool:
    """Whether *node* can only be true or false. A property may be null besides, a constant needs no condition."""
    if isinstance(node, Call):
        return node.function in FUNCTIONS and FUNCTIONS[node.function].gives is Kind.BOOLEAN
    return isinstance(node, Comparison | Membership | Negation | Junction | Exists)
