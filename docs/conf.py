"""How `just docs` builds the documentation: the same files that one reads in the repository, and a reference."""

import re
import shutil
import sys
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

project = "Quart Base"
extensions = ["myst_parser", "generated"]
nitpicky = True
smartquotes = False  # which would make one dash of the two before an option

# The root of the checkout is the root of the documents, so that a link from one to another holds here and there.
root_doc = "docs/README"
include_patterns = ["*.md", "docs/**/*.md", "docs/*.md"]
exclude_patterns = [folder.name for folder in DOCS.parent.iterdir() if folder.is_dir() and folder != DOCS]
myst_heading_anchors = 3

html_theme = "furo"
html_title = project
html_favicon = "../static/logo.svg"
html_copy_source = False
html_show_copyright = False

CHAPTER = re.compile(r"^## (.+)\n((?:(?!## ).*\n)+)", re.MULTILINE)
DOCUMENT = re.compile(r"^- \[.+?\]\(([^)#]+)\.md\)", re.MULTILINE)
START = '<!doctype html><title>Documentation</title><meta http-equiv="refresh" content="0; url=docs/README.html">\n'


def setup(app: Sphinx) -> None:
    app.connect("source-read", _add_navigation)
    app.connect("build-finished", _complete)


def _add_navigation(_app: Sphinx, document: str, source: list[str]) -> None:
    """Make the menu out of the lists that everybody reads, so that no document is in one and not in the other."""
    if document == root_doc:
        for chapter, text in CHAPTER.findall(source[0]):
            listed = "\n".join(DOCUMENT.findall(text))
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {chapter}\n\n{listed}\n```\n"


def _complete(app: Sphinx, _error: Exception | None) -> None:
    """Add what Sphinx does not know of: an address to begin at, and the pictures that the README shows by HTML."""
    (Path(app.outdir) / "index.html").write_text(START)
    shutil.copytree(DOCS / "screenshots", Path(app.outdir) / "docs/screenshots", dirs_exist_ok=True)
