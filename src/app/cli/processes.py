"""What runs until it is stopped."""

import click
from quart.cli import ScriptInfo, pass_script_info

from app.cli.commands import refuse_in_production
from app.cli.database import migrate
from app.cli.setup import setup_dev


@click.command()
@pass_script_info
def web(info: ScriptInfo) -> None:
    """Serve the pages, until SIGTERM or Ctrl-C."""
    import structlog

    from app.serve import serve
    from app.web import assets

    app = info.load_app()
    if sentence := assets.shortcoming():
        structlog.get_logger().warning(sentence)
    serve(app)


@click.command()
@pass_script_info
def worker(info: ScriptInfo) -> None:
    """Do jobs, and so deliver mail, until SIGTERM or Ctrl-C."""
    from app import loop
    from app.worker import work

    loop.run(work(info.load_app()))


@click.command()
@click.pass_context
def dev(context: click.Context) -> None:
    """Run all that development needs.

    Web, worker, Valkey, a mail catcher and what builds styles and scripts, until Ctrl-C.
    """
    from app import node
    from app.dev import check_port, run_processes
    from app.web import assets

    refuse_in_production()
    check_port()
    context.invoke(migrate)
    context.invoke(setup_dev)
    if assets.shortcoming():
        node.build()
    run_processes()
