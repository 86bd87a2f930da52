# innomotor: two commands are enough, `make run` and `make test`. Everything lives in .venv beside this file.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= scenarios/self_monitoring.yaml

.PHONY: help demo run test check screenshots facts paper evidence golden picture bench clean

help:            ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "innomotor needs Python 3.11, 3.12 or 3.13; this is %d.%d. Write make PYTHON=python3.12 …" % v)'
	@echo "Installing innomotor into $(VENV) (once) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(VENV)/installed  ## show the dynamics in a browser, without internet
	@$(BIN)/innomotor workshop $(ARGS)

run: $(VENV)/installed   ## compare the strategies of SCENARIO=scenarios/self_monitoring.yaml
	@$(BIN)/innomotor run $(SCENARIO) $(ARGS)

test: $(VENV)/installed  ## every test
	@.ci/browser
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile

check: $(VENV)/installed ## format, lint, types, who imports whom
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

picture: $(VENV)/installed ## draw the README's picture anew
	@$(BIN)/innomotor run self_monitoring --lang en --quiet --out results/self_monitoring
	@cp results/self_monitoring/figures/spread.png scenarios/self_monitoring.png

screenshots: $(VENV)/installed ## every page as a picture in results/screenshots, and the README's anew
	@.ci/browser
	@$(BIN)/python -m tests.browser.screenshots

facts: $(VENV)/installed ## run the stylised facts and write their outcomes anew; look at the difference before committing
	@$(BIN)/innomotor facts model --out sim/facts_outcome.yaml
	@for plugin in $(notdir $(patsubst %/__init__.py,%,$(wildcard plugins/*/__init__.py))); do \
	  $(BIN)/innomotor facts $$plugin --out plugins/$$plugin/facts_outcome.yaml; done

paper: $(VENV)/installed ## write the generated tables of sim/README.md anew
	@$(BIN)/python -m sim.facts.paper

evidence: $(VENV)/installed ## posteriors and forecasts in full; which facts and tests notice when a part of the model is missing (an hour; ARGS=--worlds=0.3: facts only, sooner)
	@$(BIN)/python -m tests.evidence.learning
	@$(BIN)/python -m tests.noticing $(or $(ARGS),--tests)

golden: $(VENV)/installed ## write the golden results anew; look at the difference before committing
	@$(BIN)/python -m pytest tests/golden --refresh-golden

$(VENV)/installed-bench: $(VENV)/installed
	@echo "Installing what innomotor is measured against (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@touch $@

bench: $(VENV)/installed-bench ## measure against Mesa, NDlib and a fused loop, in about five minutes (ARGS=--quick: one)
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench.seams $(ARGS)

torture: $(VENV)/installed ## kill, fill, corrupt and cut off sweeps, in about ten minutes (ARGS='--kills 5')
	@$(BIN)/python tests/torture/run.py $(ARGS)

clean:           ## remove what make made
	@rm -rf $(VENV) .venv-* build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
