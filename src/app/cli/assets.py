"""What a browser loads."""

import click


@click.command()
@click.option("--watch", is_flag=True, help="Build again whenever a source is saved, until Ctrl-C.")
def assets(watch: bool) -> None:
    """Build styles and scripts into static/dist/.

    It needs no application, so that a deploy can build before anything is set.
    """
    from app import node

    if watch:
        node.watch()
    node.build()
