# Two commands for a new user: make demo, make test. The rest is for those who change the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 9747
VCSIM_VERSION := v0.46.3
COMPILE = $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header

.DEFAULT_GOAL := help
.PHONY: help demo test check test-vcsim test-e2e bench docs dashboards fixtures lock vcsim clean

help:  ## show these targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "vjourney needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "no virtual environment could be made: on Debian, apt install python3-venv"; exit 2; }

$(VENV)/run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/run  ## serve bundled recordings at 127.0.0.1:9747 (PORT=N for another port); Ctrl-C ends it
	@exec $(BIN)/vjourney demo --port $(PORT)

test: $(VENV)/dev  ## the default tests: no vCenter, no Go, no network
	$(BIN)/pytest -n auto

check: $(VENV)/dev  ## format, lint, types and the rules of the architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

vcsim:  ## install the vCenter simulator (needs Go)
	go install github.com/vmware/govmomi/vcsim@$(VCSIM_VERSION)

test-vcsim: $(VENV)/dev  ## tests against the vCenter simulator
	$(BIN)/pytest -m vcsim -rs

test-e2e: $(VENV)/dev  ## tests against a real Prometheus and the simulator
	$(BIN)/pytest -m e2e -rs

bench: $(VENV)/dev  ## measure a vCenter of 10,000 VMs (needs vcsim); several minutes
	$(BIN)/python -m benchmarks

docs: $(VENV)/dev  ## write the generated parts of docs/ again
	$(BIN)/python -m exporters.prometheus.catalogue > docs/metrics.md

dashboards: $(VENV)/dev  ## write the Grafana dashboards again from exporters/grafana
	$(BIN)/python -m exporters.grafana

fixtures: $(VENV)/dev  ## record fixtures/recordings again from fixtures/estates (needs vcsim)
	$(BIN)/python -m fixtures.record

lock: $(VENV)/dev  ## pin the newest allowed dependencies
	$(COMPILE) --upgrade --extra postgres --build-deps-for editable --output-file requirements.lock pyproject.toml
	$(COMPILE) --upgrade --extra postgres --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean:  ## remove the environment and caches
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
