# Two commands serve a user: `make serve` and `make test`. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: serve test lint fuzz bench screenshots clean

serve: .venv/.installed
	@$(BIN)/python app.py serve

test: .venv/.installed-dev
	@sh tests/packages.sh
	@sh tests/npm.sh
	@$(BIN)/python -m pytest -n 2

lint: .venv/.installed-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

fuzz: .venv/.installed-dev
	@$(BIN)/python scripts/fuzz.py

screenshots: .venv/.installed-dev
	@$(BIN)/python scripts/screenshots.py
	@$(BIN)/python scripts/cards.py

bench: .venv/.installed-dev
	@sh bench/packages.sh
	@$(BIN)/python bench/serving.py

clean:
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "nashra needs Python 3.11 or newer; install it and run make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "python3 -m venv is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.made requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-binary feedgen -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-binary feedgen,jstyleson,sgmllib3k -r requirements-dev.txt
	@touch $@
