# One command for each thing a developer does. Needs Python 3.11 or newer, make and a network to the
# package registries for the first run; everything else is installed into this folder.

PYTHON ?= python3
PORT ?= 8000
MAIL_PORT ?= 8025
MAIL_SMTP_PORT ?= 1025
AWS_PORT ?= 4566
export PORT MAIL_PORT MAIL_SMTP_PORT AWS_PORT
export PYTHONDONTWRITEBYTECODE = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

BIN := .venv/bin
CODE := app.py chalicelib infra tests
ENVIRONMENTS := .venv/.installed .venv-aws/.installed
CHECKS := check-format check-lint check-types check-imports check-templates check-infrastructure \
  check-conventions check-copies check-secrets

.DEFAULT_GOAL := help
.PHONY: help env run trial test check $(CHECKS) bench audit seed format lock clean

help: ## Say what each command does
	@echo "Usage: make <command>"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' Makefile

env: $(ENVIRONMENTS) ## Make the environments that the other commands use

run: $(ENVIRONMENTS) ## Serve the whole service here (PORT, MAIL_PORT, AWS_PORT); Ctrl-C stops it
	@exec $(BIN)/python -m infra run

seed: $(ENVIRONMENTS) ## Fill the running service with a handful of invented cases
	@$(BIN)/python -m infra seed

trial: $(ENVIRONMENTS) ## Deploy a stage to a fresh local AWS that checks policies; Ctrl-C stops it
	@exec $(BIN)/python -m infra trial

test: $(ENVIRONMENTS) ## Run every test (ARGS="-k word" for some)
	@$(BIN)/python -m infra.assets
	@$(BIN)/python -m pytest $(ARGS)

check: $(CHECKS) ## Check format, lint, types, imports, templates, infrastructure, copies, secrets

check-format: $(ENVIRONMENTS)
	$(BIN)/ruff format --check --quiet $(CODE)

check-lint: $(ENVIRONMENTS)
	$(BIN)/ruff check --quiet $(CODE)

check-types: $(ENVIRONMENTS)
	$(BIN)/mypy

check-imports: $(ENVIRONMENTS)
	$(BIN)/lint-imports --no-cache --no-logo

check-templates: $(ENVIRONMENTS)
	$(BIN)/djlint templates --lint --quiet

check-infrastructure: $(ENVIRONMENTS) .venv-checkov/.installed
	$(BIN)/python -m infra.rules build/rules
	.venv-aws/bin/cfn-lint build/rules/data.json build/rules/app.json
	.venv-checkov/bin/checkov --config-file infra/rules/checkov.yaml \
	  --file build/rules/data.json build/rules/app.json
	$(BIN)/python -m pytest tests/infra --quiet

check-conventions: $(ENVIRONMENTS)
	$(BIN)/python -m pytest tests/project --quiet

check-copies: $(ENVIRONMENTS)
	$(BIN)/pylint --disable=all --enable=duplicate-code --score=no app.py chalicelib infra

check-secrets: $(ENVIRONMENTS)
	git ls-files -z -- ':!:requirements*.txt' ':!:*package-lock.json' \
	  | xargs -0 $(BIN)/detect-secrets-hook

bench: $(ENVIRONMENTS) ## Measure the budgets against a floor in the same run (ARGS="--full --json")
	@$(BIN)/python -m infra.assets
	@$(BIN)/python -m tests.bench $(ARGS)

audit: $(ENVIRONMENTS) ## Ask whether a package that is shipped is known to be vulnerable
	@$(BIN)/python -m infra.build.audit

format: $(ENVIRONMENTS) ## Put the code into its one format
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

lock: .venv/.installed ## Pin what the requirements*.in files ask for (ARGS=--upgrade for newer ones)
	for name in requirements requirements-dev requirements-aws requirements-checkov; do \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
	    --no-emit-index-url $(ARGS) $$name.in --output-file $$name.txt || exit 1; done

clean: ## Remove the environments and what was built; data under var/ stay
	rm -rf .venv .venv-aws .venv-checkov chalicelib/_assets chalicelib/_templates build infra/local/mail/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The stamp is newer than the pins when the environment holds what they say.
.venv/.installed: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "This needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making .venv: the service and its tools (a minute, once)"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

.venv-aws/.installed: requirements-aws.txt .venv/.installed
	@echo "Making .venv-aws: the local AWS (half a minute, once)"
	@test -x .venv-aws/bin/python || .venv/bin/python -m venv .venv-aws
	@.venv-aws/bin/python -m pip install --quiet --require-hashes -r requirements-aws.txt
	@touch $@

.venv-checkov/.installed: requirements-checkov.txt .venv/.installed
	@echo "Making .venv-checkov: the second reader of the templates (a minute, once)"
	@test -x .venv-checkov/bin/python || .venv/bin/python -m venv .venv-checkov
	@.venv-checkov/bin/python -m pip install --quiet --require-hashes -r requirements-checkov.txt
	@touch $@
