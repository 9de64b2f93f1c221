# Every target sets up what it needs: a virtual environment in .venv with pinned versions.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python,$(shell $(name) -c 'import sys; print(sys.executable if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
BIN := .venv/bin
# Small matrices on several workers: threads inside the linear algebra only get in each other's way.
PYTEST := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2
UV := $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python -c .ci/constraints.txt
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c .ci/constraints.txt
OUT ?= out/demo

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types tests differences slow oldest bench bench-slow reference validation acceptance-limesurvey clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: .venv/.run ## Set up, run the whole way on the shipped survey, print where the report lies
	$(BIN)/relsurvey demo -o $(OUT)

test: .venv/.dev ## Set up, then lint, types and tests
	$(MAKE) --no-print-directory check

check: lint types tests ## Lint, types and tests in the environment that stands

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

tests: .venv/.dev
	$(PYTEST) -m "not slow"

differences: .venv/.dev ## Hold all numbers to R's and print the largest difference of each quantity
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -p no:xdist --differences -m "not slow" tests/measurement tests/effects tests/stats

slow: .venv/.dev ## Run the long simulation studies
	$(PYTEST) -m slow

oldest: ## Run the tests with the oldest versions that pyproject.toml allows, in .venv-oldest
	$(PYTHON) -m venv --clear .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet uv
	.venv-oldest/bin/uv pip install --quiet --system-certs --python .venv-oldest/bin/python --resolution lowest-direct -e '.[dev]'
	.venv-oldest/bin/python -m pytest -q -n 2 -m "not slow"

bench: .venv/.dev ## Time ours beside the usual alternatives, in pairs (R's where Rscript is there)
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks

bench-slow: .venv/.dev ## The same with the rows for which R needs minutes
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks --slow

reference: .venv/.dev ## Make R's reference numbers anew (needs R with lavaan, semTools, psych, GPArotation, lme4, lmerTest, pbkrtest, multilevel, clubSandwich, mice)
	cd tests/reference && for script in draw_*.py; do ../../$(BIN)/python $$script || exit 1; done && for script in *.R; do Rscript --vanilla $$script || exit 1; done

validation: .venv/.dev ## Count how often each method is wrong: 1,000 draws of every condition (about an hour)
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python analysis/validation

acceptance-limesurvey: .venv/.dev ## Import into a real LimeSurvey, answer, read back (LIMESURVEY=/its/folder; needs php and MariaDB)
	@test -d "$(LIMESURVEY)/vendor" || { echo "Call make acceptance-limesurvey LIMESURVEY=/path/to/limesurvey (version 6, with its vendor folder)." >&2; exit 2; }
	$(BIN)/python tests/acceptance/limesurvey.py "$(LIMESURVEY)"

clean: ## Remove the environment and everything made
	rm -rf .venv .venv-oldest out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/.base: .ci/constraints.txt
	@test -n "$(PYTHON)" || { echo "relsurvey needs Python 3.11 or newer; none was found. Install it, or call make PYTHON=/path/to/python." >&2; exit 2; }
	$(PYTHON) -m venv --clear .venv
	$(PIP) uv
	@touch $@

# uv is quick; where it cannot reach a package source that pip is set up for, pip does the same.
.venv/.run: .venv/.base pyproject.toml
	$(UV) -e . || $(PIP) -e .
	@touch $@

.venv/.dev: .venv/.run
	$(UV) -e '.[dev]' || $(PIP) -e '.[dev]'
	@touch $@
