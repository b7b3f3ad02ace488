"""From what is typed to what is shown."""

import pytest

from app.pages import texts


async def value(source: str) -> str:
    return (await texts.compose(source)).value.strip()


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("# Hello\n\nyou", "<h1>Hello</h1>\n<p>you</p>"),
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("https://a.example stays text", "<p>https://a.example stays text</p>"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>"),
        ("![a](javascript:alert(1))", "<p>![a](javascript:alert(1))</p>"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
        ("{{ 7 * 7 }} {% raw %} ${7*7}", "<p>{{ 7 * 7 }} {% raw %} ${7*7}</p>"),
        ("a <b>b</b> <script>c</script>", "<p>a <b>b</b> </p>"),
        ("", ""),
    ],
)
async def test_markdown_becomes_html(source: str, shown: str) -> None:
    assert await value(source) == shown


async def test_a_table_becomes_one() -> None:
    assert "<tr>\n<td>1</td>\n<td>2</td>\n</tr>" in await value("| a | b |\n|---|--:|\n| 1 | 2 |")


async def test_html_that_an_editor_wrote_stays_as_it_is_however_it_is_indented() -> None:
    html = "<h2>Us_and_them</h2>\n\n<div>\n\t<p>*1*</p>\n\n\t\t<ul>\n\t\t\t<li>a&nbsp;b</li>\n\t\t</ul>\n\n</div>"
    shown = (await value(html)).replace("\n", "").replace("\t", "")
    assert shown == "<h2>Us_and_them</h2><div><p>*1*</p><ul><li>a&nbsp;b</li></ul></div>"


async def test_the_source_is_kept_as_it_was_typed() -> None:
    assert (await texts.compose("<script>a</script>\n")).source == "<script>a</script>\n"
