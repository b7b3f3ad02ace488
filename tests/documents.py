"""Documents, as somebody follows them: they write files, change files, run commands, and see what comes out."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.servers import ROOT

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:Write|[Ii]n) `([\w./-]+\.\w+)`")
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "node_modules", "var", "__pycache__", ".hypothesis", ".pytest_cache"
)
PROVED_ELSEWHERE = re.compile(  # by .ci/run, or on a platform
    r"(git|docker|heroku|pip|npm) .+|uv run just (bench.*|check|dev|docs|test|test-faults)|(uv run )?just restore .+"
)


@dataclass
class Step:
    """A fenced block: its language, its text, and the file that was named last before it."""

    language: str
    text: str
    file: str
    is_file: bool


def steps(document: str) -> list[Step]:
    """The blocks of a document, in its order."""
    found, file, end = [], "", 0
    for fence in FENCE.finditer(document):
        before = document[end : fence.start()]
        for named in FILE.finditer(before):
            file = named[1]
        end = fence.end()
        found.append(Step(fence[1], fence[2], file, before.rstrip().endswith(f"Write `{file}`:")))
    return found


def shown_commands(document: str) -> str:
    """What a document shows as code in its sentences and tables, and as commands between them."""
    commands = [step.text for step in steps(document) if step.language == "sh"]
    return "\n".join([*re.findall(r"(?<!`)`([^`]+)`(?!`)", document), *commands])


class Project:
    """A copy of the checkout, in which somebody follows a document."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(ROOT, folder, ignore=LEFT_OUT))
        self.run("just migrate setup-dev")  # with which `just dev` begins

    def follow(self, document: str) -> None:
        """Do every step; each line of a text after a command must be a part of what was printed, … being anything."""
        self.printed = ""
        for step in steps(document):
            if step.is_file:
                self.write(step.file, step.text)
            elif step.language == "diff":
                self.change(step.file, step.text)
            elif step.language == "sh":
                self.run(step.text)
            elif step.language == "text" and self.printed:
                for line in step.text.splitlines():
                    pattern = ".*".join(map(re.escape, line.split("…")))
                    assert re.search(pattern, self.printed), f"{line}\nis no part of\n{self.printed}"

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), file
        path.write_text(text)

    def change(self, file: str, diff: str) -> None:
        """Put what is marked with + in the place of what is marked with -, between what is not marked."""
        lines = diff.splitlines(keepends=True)
        former, later = ("".join(line[1:] for line in lines if line[0] in marks) for marks in (" -", " +"))
        text = (self.folder / file).read_text()
        assert text.count(former) == 1, f"{file} does not hold once:\n{former}"
        (self.folder / file).write_text(text.replace(former, later))

    def run(self, commands: str) -> None:
        """Run the commands, one a line, in an environment of their own; remember what they print."""
        self.printed = ""
        for command in commands.replace("\\\n", "").splitlines():
            if not PROVED_ELSEWHERE.fullmatch(command.partition("  #")[0]):
                self.printed += self._run(command.replace("uv run ", ""))

    def _run(self, command: str) -> str:
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": os.environ["HOME"],
            "PYTHONPATH": str(self.folder / "src"),  # before the checkout that is installed
            "QUART_APP": "app",
        }
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout
