# Two commands: `make run` and `make test`. Both set themselves up.
# The first interpreter that starts and is new enough (a version manager's shim may exist and not start).
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
# A lock names everything that is needed, so nothing is resolved: an older pip takes the newest release of what another
# package wants with an extra, which the lock does not name.
LOCKS := $(patsubst %,requirements/%.txt,run embedded granian otel build dev)
LOCKED := --quiet --disable-pip-version-check --no-deps --require-hashes

.PHONY: run test lint unit scores scores-diff screenshots embed docs bench openapi chaos lock clean audit load release-check image-check \
  pythons examples-tools examples-check

# A make that is killed takes the service along, where Linux can be asked for it.
run: .venv
	@exec $$(command -v setpriv >/dev/null && echo setpriv --pdeathsig TERM) $(BIN)/netigate-results run

test: lint unit

lint: .venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry --no-ansi service

# Whole files go to the workers, in the order of tests/conftest.py. COVERAGE=1 measures what is covered too, as .ci/run
# does; tracing makes most tests twice as long.
unit: .venv
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder -rs $(if $(COVERAGE),--cov --cov-report=term)

# The stamp makes an interrupted install start over instead of being taken for a finished one.
.venv: .venv/.stamp
.venv/.stamp: pyproject.toml $(LOCKS)
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 2; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install $(LOCKED) $(addprefix -r ,$(LOCKS))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@

# The scorer over real scales: the two halves of a set that was split before anybody looked, and what it was developed
# on. `make scores-diff` shows what the lexicons at hand change against those of the last commit.
SCALES = $(patsubst %,tests/data/scales-%.jsonl,4-once 3-once 2-once 4-learn 2-learn dev)
scores: .venv
	$(BIN)/python scripts/scores.py $(SCALES) --first tests/data/scales-4-first.json --into docs/scoring.md

scores-diff: .venv
	$(BIN)/python scripts/scores.py $(SCALES) tests/data/lexicons/*.jsonl --against HEAD

# Pictures of the card for README and docs; needs Debian's chromium.
screenshots: .venv
	$(BIN)/python -m scripts.screenshots

# The web component, from its sources; needs Node's npm.
embed: .venv
	$(BIN)/python scripts/embed.py

# Whatever a page or an example says that the code knows better: options, metrics, problems, the picture of the rooms, the hosts' words.
docs: .venv
	$(BIN)/python scripts/docs.py
	$(BIN)/python scripts/host_words.py

# The hosts' own tools from npm (some 20 s, 280 MB), with which tests check examples/. Without them those tests are skipped.
examples-tools: tests/examples/node_modules/.stamp
tests/examples/node_modules/.stamp: tests/examples/package.json
	@command -v npm >/dev/null || { echo "npm is missing: Node.js 20 or newer" >&2; exit 1; }
	cd tests/examples && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel=error
	@touch $@

# Every example compiled, type-checked or validated by what its host publishes; C# needs Debian's mono-mcs and mono-runtime.
examples-check: .venv examples-tools
	$(BIN)/pytest --no-cov -rs tests/examples tests/unit/crm

# Known vulnerabilities in the locked packages, and risky code. Status 3: no vulnerability database was in reach.
audit: .venv
	$(BIN)/python scripts/audit.py

# A minute of one key far over its limit beside others within theirs; loopback only.
load: .venv
	$(BIN)/python -m chaos.greedy

# Builds sdist, wheel and SBOM into dist/; the wheel, installed with the sdist's lock alone, serves the demo.
release-check: .venv
	$(BIN)/python -m scripts.release_check

# README's commands in a fresh clone, on every promised Python that this machine has; ONLY=--oldest: on the oldest.
pythons: .venv
	$(BIN)/python -m scripts.pythons $(ONLY)

# Builds the image and runs it, without a registry. Needs Debian's mmdebstrap and buildah; status 3: they are missing.
image-check: .venv
	$(BIN)/python -m scripts.image_check

# The tables of docs/performance.md and README.md, with plots (about 30 minutes; BENCH_SHORT=1: 5). Needs Debian's wrk and nginx.
bench: .venv .venv-bench/.stamp
	@for tool in wrk nginx; do PATH=$$PATH:/usr/sbin command -v $$tool >/dev/null || \
	  { echo "$$tool is missing: apt-get install wrk nginx-light (Debian's packages)" >&2; exit 1; }; done
	$(BIN)/python -m bench

# The libraries that the service is set beside, never installed to run or test it.
.venv-bench/.stamp: requirements/bench.txt
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install $(LOCKED) -r requirements/bench.txt
	@touch $@

# Every fault under load, in real processes; writes docs/chaos.md. CHAOS_SHORT=1 looks for some minutes and writes nothing.
chaos: .venv
	$(BIN)/python -m chaos
	CHAOS_ROUNDS=$(if $(CHAOS_SHORT),4,20) $(BIN)/pytest --no-cov $(addprefix tests/functional/processes/test_,alerts_under_kills.py churn_under_kills.py)

openapi: .venv
	$(BIN)/netigate-results openapi > openapi.yaml

# Pins every dependency with its hashes, for every promised Python at once; writes no index address.
lock:
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/python scripts/lock.py

clean:
	rm -rf .venv .venv-bench .venv-lock .image dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
