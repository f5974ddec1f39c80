# `make demo` and `make test` need only Python >= 3.11 and make; `make help` lists the rest.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install --no-deps
PINNED := --require-hashes --only-binary :all: --requirement
UV_VERSION := 0.13.9

# Named after their content and place, so that only a real change installs again, whatever git did to the file times.
fingerprint = $(shell { cat $(1) pyproject.toml; pwd; } | cksum | tr -cd '[:alnum:]')
RUNTIME := .venv/runtime-$(call fingerprint,requirements/runtime.lock)
DEV := .venv/dev-$(call fingerprint,requirements/dev.lock)

.PHONY: help demo test check prove bench assets lock format clean dev

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '  %-12s %s\n' "$$name" "$$text"; done
	@echo "  Settings: OPPSPOT_PORT (8700), OPPSPOT_DATA_DIR (./data), OPPSPOT_DATABASE_URL (a private PostgreSQL)."

demo: $(RUNTIME) assets ## Start oppSpot with example data; Ctrl-C stops it
	@$(PY) -m oppspot demo

test: dev ## Run the tests, in parallel and in random order; ARGS are for pytest
	@$(PY) tests/chromium.py
	@$(PY) -m pytest -n logical -m "not prove" $(ARGS)

check: dev ## Format, lint, types, import contracts, migrations, templates; no tests
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(PY) -m djlint src/oppspot --lint --quiet
	@$(PY) -m oppspot.migrations.check

prove: dev ## Run the heavy proofs: kills, floods, long streams; ARGS are for pytest
	@$(PY) -m pytest -m prove --timeout 900 $(ARGS)

bench: dev ## Measure, as ratios within one run; ARGS choose what
	@$(PY) -m bench $(ARGS)

assets: | $(PY) ## Fetch and copy what the pages load
	@$(PY) hatch_build.py

format: dev ## Format the code and mend what can be mended
	@$(PY) -m ruff format --quiet .
	@$(PY) -m ruff check --fix --quiet .

dev: $(DEV) assets

lock: ## Pin the newest versions that pyproject.toml and package.json allow
	@test -x build/lock/bin/uv || { scripts/find-python -m venv build/lock && build/lock/bin/python -m pip --quiet install uv==$(UV_VERSION); }
	@set -e; compile="build/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate"; \
	$$compile pyproject.toml --group build --output-file requirements/runtime.lock; \
	$$compile pyproject.toml --group build --extra dev --extra llm --extra bench --constraints requirements/runtime.lock --output-file requirements/dev.lock; \
	$$compile --group node --output-file requirements/node.lock
	@npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean: ## Remove what make made, but keep the data folder
	rm -rf .venv build src/oppspot/web/static/vendor .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# A virtual environment that was left half made, or whose Python is gone, is made anew.
ifeq ($(shell test -x .venv/bin/pip && $(PY) -c 'print(1)' 2>/dev/null),)
.PHONY: $(PY) $(RUNTIME) $(DEV)
endif
$(PY):
	@echo "Making a virtual environment in .venv"
	@rm -rf .venv && scripts/find-python -m venv .venv

$(RUNTIME): | $(PY)
	@echo "Installing the pinned dependencies (a minute or so, once)"
	@$(PIP) $(PINNED) requirements/runtime.lock
	@$(PY) hatch_build.py
	@$(PIP) --no-build-isolation --editable .
	@rm -f .venv/runtime-* && touch $@

$(DEV): $(RUNTIME)
	@echo "Installing the pinned development tools (a minute or so, once)"
	@$(PIP) $(PINNED) requirements/dev.lock
	@rm -f .venv/dev-* && touch $@
