"""A server behind a real address, as programs of other processes use it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docs.blocks import ROOT, Block

SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server: its address, an administrator's token, and its database."""

    url: str
    token: str
    database: Path

    def named_in(self, block: Block) -> Block:
        """The block with this server's address and token in place of those of its page."""
        code = re.sub(r'base_url="[^"]*"', f'base_url="{self.url}"', block.code)
        return replace(block, code=re.sub(r'token="[^"]*"', f'token="{self.token}"', code))

    def run(self, blocks: Sequence[Block], *, zone: str = "UTC", folder: Path = ROOT, is_plain: bool = False) -> str:
        """
        Run *blocks* in another process and return what they print.

        Args:
            zone: Local time zone of that process.
            folder: Where it runs; files that blocks name without a folder are there.
            is_plain: Whether blocks run without their awaits.
        """
        environment = {**os.environ, "TZ": zone, "PYWATS_BASE_URL": self.url, "PYWATS_TOKEN": self.token}
        done = subprocess.run(
            [sys.executable, "-W", "error", Path(__file__).with_name("run_blocks.py")],
            input=json.dumps({"blocks": [block.as_dict() for block in blocks], "is_plain": is_plain}),
            env=environment | {"PYTHONIOENCODING": "utf-8"},
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout
