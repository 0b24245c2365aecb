"""Walking through a list page by page."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from pywats.tasks import beside

Item = TypeVar("Item")


async def walk(
    fetch: Callable[[Item | None, int], Coroutine[Any, Any, list[Item]]], page_size: int
) -> AsyncIterator[Item]:
    """
    The items of all pages. The next page is fetched while the second half of the one before is walked.

    So whoever leaves early, or looks at the first item only, has caused no request that is not needed. An error of a
    page is raised where its first item would come.

    Args:
        fetch: Gets a page after this item and after so many items, or the first after None and 0.
        page_size: How many items a page has that is not the last.
    """
    side, met = beside(), 0
    page = await fetch(None, 0)
    while len(page) >= page_size:
        met += len(page)
        middle = (len(page) + 1) // 2
        for item in page[:middle]:
            yield item
        ahead = side.start(fetch(page[-1], met))
        try:
            for item in page[middle:]:
                yield item
            await side.first_done([ahead])
        finally:
            await side.abandon([ahead])
        page = ahead.result()
    for item in page:
        yield item
