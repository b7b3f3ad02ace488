"""A slug that is built of a commit, and dynos that run it."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from asyncio.subprocess import Process
from pathlib import Path

from honcho.environ import parse_procfile
from httpx2 import AsyncClient, ConnectError
from router import Router

from tests.servers import free_port

GRACE = 25  # seconds that a dyno has to stop in


class Slug:
    """A checkout with its packages and assets, as a platform makes it of a commit."""

    def __init__(self, checkout: Path, directory: Path) -> None:
        self.path, self._venv = directory / "app", directory / "packages"
        run("git", "clone", "--quiet", str(checkout), str(self.path), cwd=directory)
        self.processes = dict(parse_procfile((self.path / "Procfile").read_text()).processes)

    def build(self) -> None:
        """Build styles and scripts, then install the packages, in the order of app.json's buildpacks."""
        if shutil.which("npm"):
            run("npm", "ci", cwd=self.path)
            run("npm", "run", "build", cwd=self.path)
        else:  # from the wheel that development has
            build = "from app import node; node.build()"
            run(sys.executable, "-c", build, cwd=self.path, PYTHONPATH=str(self.path / "src"))
        run("bin/pre_compile", cwd=self.path)
        run(sys.executable, "-m", "venv", str(self._venv), cwd=self.path)
        pip = (str(self._venv / "bin/pip"), "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "-r", "requirements.txt", cwd=self.path)

    @property
    def search_path(self) -> str:
        return f"{self._venv / 'bin'}:/usr/bin:/bin"


class Platform:
    """Runs the lines of the Procfile, and sends every process of a dyno a SIGTERM when it has to go."""

    def __init__(self, slug: Slug, config: dict[str, str], router: Router) -> None:
        self._slug, self._config, self._router = slug, config | {"PATH": slug.search_path}, router
        self._dynos: dict[str, Process] = {}
        self._started: list[Process] = []
        self.stopping: list[float] = []

    async def run(self, line: str, **environment: str) -> Process:
        with (self._slug.path / "log").open("ab") as log:
            started = await asyncio.create_subprocess_shell(
                line,
                cwd=self._slug.path,
                env=self._config | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started.append(started)
        return started

    async def command(self, line: str) -> None:
        """Run a one-off dyno to its end."""
        ended = await (await self.run(line)).wait()
        assert ended == 0, f"{line} ended with {ended}:\n{self.log()[-3000:]}"

    async def deploy(self, *, stop_first: bool) -> None:
        """Release, and replace the dynos: once the new ones answer, or with a gap that the router bridges."""
        await self.command(self._slug.processes["release"])
        former, self._dynos = self._dynos, {}
        if stop_first:
            await self._stop(former)
        port = free_port()
        for name in ("worker", "web"):
            self._dynos[name] = await self.run(self._slug.processes[name], PORT=str(port), DYNO=f"{name}.1")
        await self._healthy(port)
        self._router.dyno = port
        if not stop_first:
            await self._stop(former)

    async def stop(self) -> None:
        await self._stop(self._dynos)

    def log(self) -> str:
        return (self._slug.path / "log").read_text()

    def kill(self) -> None:
        """Leave nothing running, wherever it was interrupted."""
        for dyno in self._started:
            if dyno.returncode is None:
                os.killpg(dyno.pid, signal.SIGKILL)

    async def _stop(self, dynos: dict[str, Process]) -> None:
        for dyno in dynos.values():
            os.killpg(dyno.pid, signal.SIGTERM)
        for name, dyno in dynos.items():
            began = time.monotonic()
            code = await asyncio.wait_for(dyno.wait(), GRACE)
            assert code == 0, f"{name} stopped with {code}"
            self.stopping.append(time.monotonic() - began)

    async def _healthy(self, port: int) -> None:
        async with asyncio.timeout(60), AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            while True:
                try:
                    (await client.get("/healthz")).raise_for_status()
                except ConnectError:
                    await asyncio.sleep(0.1)
                else:
                    return


def run(*command: str, cwd: Path, **environment: str) -> None:
    done = subprocess.run(command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
