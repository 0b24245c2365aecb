"""
A program: runs Python blocks in order and in one namespace, as a reader would who types them into one session.

Takes JSON on standard input: `blocks`, and `is_plain`. A block that awaits runs in a running event loop, or, where
`is_plain` is true, without its awaits, as a script would say the same. Blocks without an await run as they are.
"""

import ast
import asyncio
import inspect
import json
import sys
from typing import Any


class Plain(ast.NodeTransformer):
    """Turns code that awaits into code that blocks."""

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Leave a coroutine function as it is: it runs in a loop of its own."""
        return node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        return self.visit(node.value)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        self.generic_visit(node)
        return ast.With(items=node.items, body=node.body)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        self.generic_visit(node)
        return ast.For(target=node.target, iter=node.iter, body=node.body, orelse=node.orelse)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id="pyWATS", ctx=node.ctx) if node.id == "AsyncWATS" else node

    def visit_alias(self, node: ast.alias) -> ast.AST:
        return ast.alias(name="pyWATS") if node.name == "AsyncWATS" else node


def run(blocks: list[dict[str, Any]], is_plain: bool) -> None:
    """Run all *blocks*; an error of one ends the program, with the place in the page as the place of the error."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with asyncio.Runner() as runner:
        for block in blocks:
            before = dict(namespace)
            tree = ast.parse("\n" * block["line"] + block["code"])
            awaits = compiled(tree, block["page"]).co_flags & inspect.CO_COROUTINE
            if awaits and is_plain:
                tree = ast.fix_missing_locations(Plain().visit(tree))
                awaits = False
            outcome = eval(compiled(tree, block["page"]), namespace)
            if awaits:
                runner.run(outcome)
            # What a `with` closed is of no use to the blocks that follow.
            namespace |= {name: before[name] for name in names_bound_by_with(tree) if name in before}


def compiled(tree: ast.Module, page: str) -> Any:
    return compile(tree, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def names_bound_by_with(tree: ast.Module) -> list[str]:
    items = [item for node in tree.body if isinstance(node, ast.With | ast.AsyncWith) for item in node.items]
    return [item.optional_vars.id for item in items if isinstance(item.optional_vars, ast.Name)]


if __name__ == "__main__":
    run(**json.load(sys.stdin))
