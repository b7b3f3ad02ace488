"""The same as a picture: a bar to the median, and a line from the least to the most."""

from collections.abc import Iterator
from html import escape

from bench.comparing import OURS, Comparison, Spread
from bench.reporting import Chapters, rounded

WIDTH, LABELS, BARS, ROW = 960, 330, 330, 22  # pixels

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .chapter { font-size: 17px; font-weight: 700 }
  .title { font-weight: 600 }
  .label { text-anchor: end }
  .bar { fill: #b8c0cc }
  .ours { fill: #2563eb }
  .range { stroke: #24292f; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .bar { fill: #57606a }
    .ours { fill: #60a5fa }
    .range { stroke: #e6edf3 }
  }
"""


def draw(chapters: Chapters) -> str:
    """An SVG of all comparisons, each on a scale of its own."""
    drawn, y = [], 0
    for name, comparisons in chapters.items():
        y += 2 * ROW
        drawn.append(f'<text class="chapter" x="8" y="{y}">{escape(name)}</text>')
        for comparison in comparisons:
            y += ROW
            drawn += _panel(comparison, y)
            y += ROW * (1 + len(comparison.samples))
    body = "\n".join(drawn)
    box = f'viewBox="0 0 {WIDTH} {y + ROW}" width="{WIDTH}" height="{y + ROW}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>\n<style>{STYLE}</style>\n{body}\n</svg>\n'


def _panel(comparison: Comparison, y: int) -> Iterator[str]:
    quantity = comparison.quantity
    most = max(spread.high for _, spread in comparison.values())
    yield f'<text class="title" x="8" y="{y}">{escape(quantity.title)}, {escape(quantity.unit)}</text>'
    for row, (name, spread) in enumerate(comparison.values(), start=1):
        yield from _bar(name, spread, BARS / most, y + row * ROW)
        ratios = [
            f"{rounded(comparison.ratio(name, to=other).median)} × {other}"
            for other in quantity.beside[:1]
            if other != name
        ]
        words = " · ".join([rounded(spread.median), *ratios])
        yield f'<text x="{LABELS + BARS + 10}" y="{y + row * ROW}">{escape(words)}</text>'


def _bar(name: str, spread: Spread, scale: float, y: int) -> Iterator[str]:
    kind = "bar ours" if name.startswith(OURS) else "bar"
    low, high = (f"{LABELS + value * scale:.1f}" for value in (spread.low, spread.high))
    yield f'<text class="label" x="{LABELS - 8}" y="{y}">{escape(name)}</text>'
    yield f'<rect class="{kind}" x="{LABELS}" y="{y - 12}" width="{spread.median * scale:.1f}" height="14" rx="2"/>'
    yield f'<line class="range" x1="{low}" x2="{high}" y1="{y - 5}" y2="{y - 5}"/>'
