"""From anybody's HTML to HTML that can only be read; the one place that makes Markup."""

import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    import nh3

BLOCKS = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "blockquote", "pre", "hr", "br", "figure", "figcaption"}
LISTS = {"ul", "ol", "li", "dl", "dt", "dd", "details", "summary"}
TABLES = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
STRESS = {"em", "strong", "b", "i", "u", "s", "del", "ins", "mark", "small", "sub", "sup"}
WORDS = {"a", "abbr", "cite", "code", "kbd", "q", "span", "img"}

ATTRIBUTES = {  # never class, id or style: a page must not be able to look like one of ours
    "*": {"lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
SCHEMES = {"http", "https", "mailto"}
IMAGE = re.compile(r"https://\S+|/(?![/\\])\S*")  # elsewhere over TLS, or a path of ours, but not //elsewhere


def sanitised(html: str) -> Markup:
    """The HTML without anything that is not known to be harmless; twice is the same as once."""
    return Markup(_cleaner().clean(html))  # noqa: S704 (this is what makes it safe)


def _without_foreign_images(tag: str, attribute: str, value: str) -> str | None:
    return value if (tag, attribute) != ("img", "src") or IMAGE.fullmatch(value) else None


@cache
def _cleaner() -> "nh3.Cleaner":
    import nh3  # noqa: PLC0415 (2 MB, which only pages that somebody has written need)

    return nh3.Cleaner(
        tags=BLOCKS | LISTS | TABLES | STRESS | WORDS,
        attributes=ATTRIBUTES,
        attribute_filter=_without_foreign_images,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow",
    )
