# The portal's commands. `make demo` and `make test` need nothing but Python 3.11+ on a fresh machine.
# Paths are relative throughout, because the checkout's own path may hold blanks.

SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
PACKAGES := core accounts notices stations duties opinions projects dashboards liaison
export PYTHONUTF8 := 1
# make would hand its own flags down to any make started by a child
unexport MAKEFLAGS

.PHONY: help demo run test check bench lock shell deps dev-deps format browser \
  lint types layers migrations templates-check test-keys
.NOTPARALLEL:

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/ —/'

deps:
	@"$(PYTHON)" deploy/bootstrap.py

dev-deps:
	@"$(PYTHON)" deploy/bootstrap.py --dev

demo: deps ## the whole portal with a demo county, until Ctrl-C (PORT=8000, HOST=127.0.0.1, DEMO_PASSWORD=…)
	@exec $(PY) -m liaison.runtime.demo

run: deps ## Django's development server on the demo's data (PORT=8000)
	@$(PY) manage.py migrate --verbosity 0
	@DEBUG=1 DEMO=1 exec $(PY) manage.py runserver "$${PORT:-8000}"

shell: deps ## a Python shell inside the portal
	@exec $(PY) manage.py shell

browser:
	@sh deploy/browser.sh

test: dev-deps browser ## every test, browser tests included, from nothing
	@exec $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -p no:cacheprovider $(ARGS)

check: lint types layers migrations templates-check ## lint, format, types, layers, migrations, templates (-k: do not stop at the first)

lint: dev-deps
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

test-keys: dev-deps
	@$(PY) -m liaison.runtime.testing

types: test-keys
	@LIAISON_FLAVOUR=test $(PY) -m mypy

layers: dev-deps
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

migrations: dev-deps
	@LIAISON_FLAVOUR=test $(PY) manage.py makemigrations --check --dry-run
	@LIAISON_FLAVOUR=test $(PY) manage.py check --fail-level WARNING

templates-check: dev-deps
	@git ls-files -z 'templates/*.html' '*/templates/*.html' | xargs -0 -r .venv/bin/djade --target-version 5.2 --check

format: dev-deps ## put code and templates in shape
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@git ls-files -z 'templates/*.html' '*/templates/*.html' | xargs -0 -r .venv/bin/djade --target-version 5.2

bench: dev-deps ## speed beside the bare framework's floor, in one run
	@exec $(PY) -m bench $(ARGS)

lock: dev-deps ## compile the pinned requirements anew
	@for name in requirements requirements-dev; do \
	  CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m piptools compile -q --strip-extras --no-header --allow-unsafe \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	    --output-file "$$name.txt" "$$name.in" || exit 1; \
	done
	@npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
