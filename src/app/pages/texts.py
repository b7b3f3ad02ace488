"""From what was typed to what is shown: Markdown in which HTML is allowed, then sanitised."""

import asyncio
from dataclasses import dataclass

from app.pages.sanitising import sanitised


@dataclass(frozen=True)
class Text:
    """A source with what became of it; only `compose` makes one."""

    source: str
    value: str


async def compose(source: str) -> Text:
    """The text to save or to preview; in a thread, since a long one takes a second, and so before a transaction."""
    return await asyncio.to_thread(_composed, source)


def _composed(source: str) -> Text:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (only who writes pages needs it)

    # HTML that an editor has indented must not turn into code; for code there are fences.
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("code")
    return Text(source, value=str(sanitised(markdown.render(source))))
