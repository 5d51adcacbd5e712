"""Known vulnerabilities in the locked packages (pip-audit), and risky code (bandit) that no reason excuses.

Exit status: 0 clean, 1 something was found, 3 the vulnerability database could not be asked, so nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = tuple(f"requirements/{name}.txt" for name in ("run", "embedded", "granian", "otel", "build", "dev"))
FOUND, UNKNOWN = 1, 3
# (bandit's test, file) → why it is no risk there.
ALLOWED = {
    ("B101", "service/crm/card.py"): "an assertion for the type checker; nothing depends on it",
    ("B104", "service/process/run.py"): "the service is there to be reached; the demo binds to loopback",
    ("B104", "service/simulator/http/control.py"): "an address to compare with, not to bind to",
    ("B311", "service/simulator/records.py"): "invented answers, no secret",
    ("B311", "service/store/fetch_leases.py"): "jitter",
    ("B311", "service/store/concurrency_limit.py"): "jitter",
    ("B311", "service/sweeping/worker.py"): "jitter",
    ("B404", "service/process/supervisor.py"): "starts the service's own processes",
    ("B603", "service/process/supervisor.py"): "our own command lines, no shell, nothing from outside",
    ("B606", "service/cli.py"): "our own command line, no shell, nothing from outside",
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def code() -> int:
    """Risky code: whatever bandit finds that is not allowed, and whatever is allowed without need."""
    done = run("bandit", "-q", "-r", "service", "-f", "json")
    results: list[dict[str, Any]] = json.loads(done.stdout)["results"]
    found = {(result["test_id"], result["filename"].removeprefix("./")) for result in results}
    for result in results:
        if (result["test_id"], result["filename"].removeprefix("./")) not in ALLOWED:
            print(f"  {result['filename']}:{result['line_number']} {result['test_id']} {result['issue_text']}")
    stale = ALLOWED.keys() - found
    for test, file in sorted(stale):
        print(f"  {file} {test}: allowed, but no longer found")
    wrong = len(found - ALLOWED.keys()) + len(stale)
    print(f"bandit: {wrong} to look at; {len(results)} findings in all, {len(ALLOWED)} kinds allowed with a reason")
    return FOUND if wrong else 0


def packages(lock: str) -> int:
    """Known vulnerabilities of one lock file."""
    done = run("pip_audit", "-r", lock, "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json")
    try:
        listed: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        lines = done.stderr.strip().splitlines()
        print(f"pip-audit {lock}: NOT CHECKED, it could not run: {lines[-1][:200] if lines else 'no output'}")
        return UNKNOWN
    skipped = [package for package in listed if "skip_reason" in package]
    hit = [package for package in listed if package.get("vulns")]
    for package in hit:
        for vulnerability in package["vulns"]:
            fixed = ", ".join(vulnerability["fix_versions"]) or "no version"
            print(f"  {package['name']} {package['version']}: {vulnerability['id']}, mended in {fixed}")
    if skipped:
        told = f"{len(skipped)} of {len(listed)} packages"
        print(f"pip-audit {lock}: NOT CHECKED, {told}: no vulnerability database in reach")
        print("  That is no word on whether they are safe: run it where PyPI's own service can be reached.")
    else:
        print(f"pip-audit {lock}: {len(hit)} of {len(listed)} packages with known vulnerabilities")
    if hit:
        return FOUND
    return UNKNOWN if skipped else 0


def main() -> int:
    statuses = {code(), *(packages(lock) for lock in LOCKS)}
    return FOUND if FOUND in statuses else max(statuses)


if __name__ == "__main__":
    sys.exit(main())
