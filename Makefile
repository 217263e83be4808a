# Two commands serve a user: `make serve` and `make test`. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin

# Nothing is installed that is not named, with its hash, in a lock file. What has no wheel is pure Python and is built
# with the locked setuptools, not with whatever is newest.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
UV := uv==0.13.9
LOCK := .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock'

.PHONY: serve test lint fuzz crash soak bench screenshots lock clean

serve: .venv/.installed
	@$(BIN)/python app.py serve

test: .venv/.installed-dev
	@sh tests/packages.sh
	@sh tests/npm.sh
	@$(BIN)/python -m pytest -n 3 --dist worksteal

lint: .venv/.installed-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

fuzz: .venv/.installed-dev
	@$(BIN)/python scripts/fuzz.py

crash: .venv/.installed-dev
	@$(BIN)/python scripts/crash.py

screenshots: .venv/.installed-dev
	@$(BIN)/python scripts/screenshots.py
	@$(BIN)/python scripts/cards.py

soak: .venv/.installed-dev
	@$(BIN)/python scripts/soak.py --docs

# About 40 minutes, and the first time what reading 100,000 articles takes; each table has a target of its own.
bench: bench-serving bench-settings bench-edit bench-memory bench-workers bench-search bench-start bench-export bench-bandwidth

bench-%: .venv/.installed-dev
	@sh bench/packages.sh
	@$(BIN)/python bench/$*.py

# After a change of a requirements file. What need not change keeps its version; `make lock UPGRADE=--upgrade` takes the newest.
lock: .venv/.made
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/python -m pip install --quiet --disable-pip-version-check $(UV)
	@$(LOCK) $(UPGRADE) requirements-build.txt -o requirements-build.lock
	@$(LOCK) $(UPGRADE) requirements.txt -o requirements.lock
	@$(LOCK) $(UPGRADE) requirements-dev.txt -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "nashra needs Python 3.11 or newer; install it and run make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "python3 -m venv is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.made requirements-build.lock requirements.lock
	@$(INSTALL) -r requirements-build.lock
	@$(INSTALL) --no-build-isolation --no-binary feedgen -r requirements.lock
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	@$(INSTALL) --no-build-isolation --no-binary feedgen,jstyleson,sgmllib3k -r requirements-dev.lock
	@touch $@
