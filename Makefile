# Every target sets up what it needs in .venv, once. `make site` needs no torch.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export NO_MKDOCS_2_WARNING := 1
# Two cores are common; more workers than cores slow the browser tests down.
WORKERS ?= auto

.PHONY: install site test test-fast replicate lint gen bench clean
.DEFAULT_GOAL := site

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.site: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[site,contribute]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(VENV)/.site $@

install: $(VENV)/.site ## set up .venv with `kb`, and nothing more

site: $(VENV)/.site ## check the records and build the wiki into build/site
	$(BIN)/kb check
	$(BIN)/kb build
	$(BIN)/mkdocs build --strict --quiet
	@echo "The wiki is in build/site: open build/site/index.html"

test: $(VENV)/.dev ## run every test
	$(BIN)/pytest -n $(WORKERS)

test-fast: $(VENV)/.dev ## the tests that build no site and drive no browser
	$(BIN)/pytest -n $(WORKERS) -m "not site and not browser and not slow"

replicate: $(VENV)/.dev ## rerun the findings that have a replication, at scale small; resumes where it stopped
	$(BIN)/verify run --scale small

lint: $(VENV)/.dev ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

gen: $(VENV)/.dev ## regenerate the generated files
	$(BIN)/kb gen

bench: $(VENV)/.dev ## the benchmark tables
	$(BIN)/python benchmarks/check_speed.py
	$(BIN)/python benchmarks/diff_speed.py
	$(BIN)/python benchmarks/site_scale.py
	$(BIN)/python benchmarks/organism_speed.py

clean: ## remove what was built, and the virtual environment
	rm -rf build dist *.egg-info $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
