# Every target makes its own environment when there is none: with uv where it is on PATH, else venv and pip.
VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
INPUTS := pyproject.toml constraints.txt
export UV_PYTHON_DOWNLOADS = never
export UV_LINK_MODE = copy
# Three workers on two cores, since tests wait for their children; a file stays with one, for what its tests share.
WORKERS := $(shell expr \( $$(getconf _NPROCESSORS_ONLN) \* 3 + 1 \) / 2)
PYTEST_ARGS ?= -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=40 --durations-min=3

.PHONY: demo test check bench mutants peers docs clean help
help:            ## list the targets
	@grep -E '^[a-z]+: .*##|^[a-z]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.stamp-run   ## open the workbench on examples/shop
	@$(BIN)/pgcraft tui examples/shop

test: $(VENV)/.stamp-dev   ## run the test suite; it starts its own PostgreSQL
	@tools/fetch-postgrest
	@$(BIN)/python -m compileall -q pgcraft pgcraft_tui  # a thousand processes of the tests would do it, each anew
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/.stamp-dev  ## ruff, mypy, import-linter, the size rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/check_size.py

bench: $(VENV)/.stamp-dev  ## measure, as ratios beside a peer in the same run
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

mutants: $(VENV)/.stamp-mutants  ## change the code in small ways, and count what the tests catch; MUTANTS=all or a number
	$(BIN)/python -m tools.mutants $(MUTANTS)

peers: $(VENV)/.stamp-peers  ## run Alembic's own tests without pgcraft and with it, and compare
	$(BIN)/python -m tools.peers

docs: $(VENV)/.stamp-dev   ## write the generated pages and pictures of docs/ anew
	$(BIN)/python -m tools.docs

clean:           ## remove the environment and the caches
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache build dist

$(VENV)/.stamp-run: $(INPUTS)
	@tools/make-venv $(VENV) $(PYTHON) run
	@touch $@

$(VENV)/.stamp-dev: $(INPUTS)
	@tools/make-venv $(VENV) $(PYTHON) dev
	@touch $@ $(VENV)/.stamp-run

$(VENV)/.stamp-mutants: $(INPUTS)
	@tools/make-venv $(VENV) $(PYTHON) mutants
	@touch $@ $(VENV)/.stamp-dev $(VENV)/.stamp-run

$(VENV)/.stamp-peers: $(INPUTS)
	@tools/make-venv $(VENV) $(PYTHON) peers
	@touch $@ $(VENV)/.stamp-dev $(VENV)/.stamp-run
