# Two commands: `make run` and `make test`. Both set themselves up.
# The first interpreter that starts and is new enough (a version manager's shim may exist and not start).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
# A lock names everything that is needed, so nothing is resolved: an older pip takes the newest release of what another
# package wants with an extra, which the lock does not name.
LOCKED := --quiet --disable-pip-version-check --no-deps --require-hashes

.PHONY: run test lint unit scores scores-diff screenshots docs bench openapi chaos lock clean audit load release-check

# A make that is killed takes the service along, where Linux can be asked for it.
run: .venv
	@exec $$(command -v setpriv >/dev/null && echo setpriv --pdeathsig TERM) $(BIN)/netigate-results run

test: lint unit

lint: .venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: .venv
	$(BIN)/pytest -n 3 --dist loadfile -rs --cov --cov-report=term

# The stamp makes an interrupted install start over instead of being taken for a finished one.
.venv: .venv/.stamp
.venv/.stamp: pyproject.toml requirements/run.txt requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install $(LOCKED) -r requirements/run.txt -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@

# The scorer over real scales: the two halves of a set that was split before anybody looked, and what it was developed
# on. `make scores-diff` shows what the lexicons at hand change against those of the last commit.
SCALES = tests/data/scales-2-once.jsonl tests/data/scales-2-learn.jsonl tests/data/scales-dev.jsonl
scores: .venv
	$(BIN)/python scripts/scores.py $(SCALES) --first tests/data/scales-2-first.json --into README.md docs/scoring.md

scores-diff: .venv
	$(BIN)/python scripts/scores.py $(SCALES) tests/data/lexicons/*.jsonl --against HEAD

# Pictures of the card for README and docs; needs Debian's chromium.
screenshots: .venv
	$(BIN)/python scripts/screenshots.py

# Whatever a page or an example says that the code knows better: options, metrics, problems, the picture of the rooms, HubSpot's words.
docs: .venv
	$(BIN)/python scripts/docs.py
	$(BIN)/python scripts/hubspot_words.py

# Known vulnerabilities in the locked packages, and risky code. Status 3: no vulnerability database was in reach.
audit: .venv
	$(BIN)/python scripts/audit.py

# A minute of one key far over its limit beside others within theirs; loopback only.
load: .venv
	$(BIN)/python bench/load.py

# The wheel, alone in an empty environment, serves the demo.
release-check: .venv
	$(BIN)/python scripts/release_check.py

# The table of docs/performance.md with its plots (about 20 minutes; BENCH_SHORT=1: 5). Needs Debian's wrk.
bench: .venv .venv-bench/.stamp
	@command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk (Debian's packages)" >&2; exit 1; }
	$(BIN)/python -m bench

# The libraries that the service is set beside, never installed to run or test it.
.venv-bench/.stamp: requirements/bench.txt
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install $(LOCKED) -r requirements/bench.txt
	@touch $@

# Every fault under load, in real processes; writes docs/chaos.md. CHAOS_SHORT=1 looks for a minute and writes nothing.
chaos: .venv
	$(BIN)/python -m chaos

openapi: .venv
	$(BIN)/netigate-results openapi > openapi.yaml

# Pins every dependency with its hashes; writes no index address.
lock:
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet pip-tools
	for pair in run.txt:pyproject.toml dev.txt:requirements/dev.in; do \
	  .venv-lock/bin/pip-compile --quiet --upgrade --allow-unsafe --strip-extras --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    -o requirements/$${pair%%:*} $${pair##*:}; done

clean:
	rm -rf .venv .venv-bench .venv-lock .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
