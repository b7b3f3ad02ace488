"""The tutorial, as somebody new follows it."""

from pathlib import Path

import pytest

from tests.documents import Project
from tests.servers import ROOT

TAKEN = "this checkout has taken the tutorial already"


@pytest.mark.skipif((ROOT / "src/app/guestbook").exists(), reason=TAKEN)
@pytest.mark.usefixtures("built")
def test_each_step_of_the_tutorial_works(tmp_path: Path) -> None:
    Project(tmp_path / "guest-book").follow((ROOT / "docs/tutorial.md").read_text())
