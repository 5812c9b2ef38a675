# Xinxing. `make` alone says what there is. The work is done by small Python programs in bin/.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
HOST ?= 127.0.0.1
LEARNERS ?= 200
ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run demo test lint format bench faults

help: ## Say what there is
	@$(PYTHON) -c 'import re; [print(f"make {n:8} {t}") for n, t in re.findall(r"^([a-z]+):.*?## (.*)", open("Makefile", encoding="utf-8").read(), re.M)]'

setup: ## Install what is missing and prepare the site, without starting it
	@$(PYTHON) bin/setup.py site

run: ## Set up, load the demo content and start site and background worker (PORT=8000, HOST=127.0.0.1)
	@$(PYTHON) bin/run.py --host $(HOST) --port $(PORT)

demo: ## Load the demo content with this many learners (LEARNERS=200)
	@$(PYTHON) bin/setup.py demo --learners $(LEARNERS)

test: ## Install the test tools and a browser, and run every test (ARGS="tests/exams -x")
	@$(PYTHON) bin/setup.py tests
	@$(BIN)/python -m pytest -n 3 --dist loadscope $(ARGS)

lint: ## Run every check that needs no database
	@$(PYTHON) bin/setup.py tools
	@$(BIN)/python bin/check.py

format: ## Put the code into the house style
	@$(PYTHON) bin/setup.py tools
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: ## Measure pages and exams on SQLite and on PostgreSQL, into bench/results.json
	@$(PYTHON) bin/setup.py bench
	@$(BIN)/python -m bench $(ARGS)

faults: ## Kill servers and cut networks, the long way, on both databases, into var/faults.json
	@$(PYTHON) bin/setup.py tests
	@XINXING_FAULTS=long $(BIN)/python -m pytest tests/faults tests/e2e/test_exam_without_network.py $(ARGS)
	@eval "$$($(PYTHON) bin/services.py xinxing_faults)" && XINXING_FAULTS=long $(BIN)/python -m pytest --create-db tests/faults tests/e2e/test_exam_without_network.py $(ARGS)
