"""The reference, out of the code: a module for each document in `docs/reference/`, which says where its text goes."""

from importlib import import_module

from docutils.nodes import Node
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Generated(SphinxDirective):
    """What the module of this name writes."""

    required_arguments = 1

    def run(self) -> list[Node]:
        markdown: str = import_module(f"generated.{self.arguments[0]}").markdown()
        return self.parse_text_to_nodes(markdown, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("generated", Generated)
    return {"parallel_read_safe": True}
