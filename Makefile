# Everything a developer or CI does, by the same names. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
INSTALLED := .venv/.installed
# Test runs at a time.
WORKERS ?= 2
# More arguments for pytest.
PYTEST ?=
# Days that `make simulate` lives through: about 0.6 s each.
SEEDS ?= 1000
# The conformance suite, which is kept outside this repository.
CONFORMANCE ?= ../shared/conformance
LOCALCLUSTER := PYTHONPATH=tests $(BIN)/python -m localcluster

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: $(INSTALLED) ## Make .venv with the command .venv/bin/zonewright and what developers need

# The first Python that runs and is new enough; a name on the PATH may be a stub that does not run.
$(INSTALLED): pyproject.toml
	@python=""; \
	for name in python3.13 python3.12 python3.11 python3; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$$name"; break; fi; \
	done; \
	if [ -z "$$python" ] && [ ! -x $(BIN)/python ]; then \
	  echo "Python 3.11 or later is needed, and none is on the PATH (python3.13, python3.12, python3.11, python3)." >&2; exit 1; \
	fi; \
	if [ ! -x $(BIN)/python ]; then echo "Making .venv with $$("$$python" --version)"; "$$python" -m venv .venv; fi
	@echo "Installing what pyproject.toml asks for"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -m compileall -q operator # as an installation that is not editable does: 0.15 s less at each start
	@touch $@

.PHONY: binaries
binaries: install ## Build the control plane and CoreDNS, once
	@$(LOCALCLUSTER) build >/dev/null

.PHONY: unit
unit: install ## Run the tests that need no servers
	$(BIN)/pytest -n $(WORKERS) tests/unit

.PHONY: test
test: binaries ## Run all tests; what they need is built and started
	$(BIN)/pytest -n $(WORKERS) $(PYTEST)

.PHONY: chaos
chaos: binaries ## The tests with faults in their long form: more kills, outages of minutes; half an hour
	ZONEWRIGHT_TEST_CHAOS=long $(BIN)/pytest -n $(WORKERS) --timeout=1800 --durations=15 -rP tests/chaos $(PYTEST)

.PHONY: simulate
simulate: install ## Simulate days of trouble, SEEDS of them, each from other random numbers
	SEEDS=$(SEEDS) $(BIN)/pytest -q --timeout=0 tests/simulation/test_day.py $(PYTEST)

.PHONY: million
million: install ## A million records in a thousand zones through the engine alone: time and memory, 5 minutes
	$(BIN)/python -m benchmarks.million --zones 1000 --names 500

.PHONY: lint
lint: install ## Check style, types and import directions
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	MYPYPATH=operator:tests $(BIN)/mypy -p localcluster -p conformance -p cluster -p contract -p differential -p handover -p chaos -p simulation -p budgets -m conftest
	MYPYPATH=operator:tests:. $(BIN)/mypy -p benchmarks
	$(BIN)/lint-imports

.PHONY: check
check: lint test ## lint and test

.PHONY: cluster
cluster: install ## Start a control plane in the background: .cluster/kubeconfig
	@$(LOCALCLUSTER) up --dns

.PHONY: cluster-down
cluster-down: install ## Stop it, and whatever `make demo` left running
	@$(LOCALCLUSTER) down

.PHONY: demo
demo: install ## Show it: from an Ingress to an answer in DNS
	@PYTHONPATH=tests $(BIN)/python -m localcluster.demo

# What `make bench` is given besides: BENCH="--names 50000 --tools zonewright", or --profile full.
BENCH ?=
BENCHMARKS := PYTHONPATH=tests:. $(BIN)/python -m benchmarks
PLOTTING := .venv/.plotting

$(PLOTTING): $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	@touch $@

.PHONY: bench
bench: binaries $(PLOTTING) ## Measure beside ExternalDNS: tables and pictures; less than an hour on 2 cores
	@$(BENCHMARKS) run --profile standard $(BENCH)

.PHONY: bench-short
bench-short: binaries $(PLOTTING) ## The same with 1,000 names, once: about 5 minutes
	@$(BENCHMARKS) run --profile short $(BENCH)

.PHONY: conformance
conformance: install ## Run the conformance suite; fails when a case that passed is lost
	@PYTHONPATH=tests $(BIN)/python -m conformance --suite $(CONFORMANCE)

.PHONY: conformance-accept
conformance-accept: install ## Run it, and keep the list of passing cases as it is now
	@PYTHONPATH=tests $(BIN)/python -m conformance --suite $(CONFORMANCE) --accept

.PHONY: clean
clean: ## Stop the local cluster; remove .venv and all that was made here (built programs stay in the user's cache)
	@if [ -x $(BIN)/python ] && [ -d .cluster ]; then $(LOCALCLUSTER) down; fi
	rm -rf .venv .cluster .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
