"""Builds `service/widget/static/embed.js` from `service/widget/source`: one file, minified. Needs Node's npm.

The first line names the sources by a digest, so that a test can tell a build that was forgotten without Node.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ESBUILD = "esbuild@0.28.2"
WIDGET = Path(__file__).parents[1] / "service" / "widget"
SOURCE, BUILT = WIDGET / "source", WIDGET / "static" / "embed.js"


def first_line() -> str:
    """Name the sources that a build is of."""
    digest = sha256(b"".join(path.read_bytes() for path in sorted(SOURCE.glob("*.js")))).hexdigest()[:12]
    return f"// netigate-results: built by `make embed` from service/widget/source {digest}\n"


def main() -> int:
    """Build. Exit status 1 where there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        print("npm is missing: install Node", file=sys.stderr)
        return 1
    options = ["--bundle", "--minify", "--format=iife", "--target=es2022", "--charset=utf8", "--log-level=error"]
    command = [npm, "exec", "--yes", f"--package={ESBUILD}", "--", "esbuild", str(SOURCE / "element.js"), *options]
    built = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    BUILT.write_text(first_line() + built, "utf-8")
    print(f"{BUILT.relative_to(WIDGET.parents[1])}: {BUILT.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
