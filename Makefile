# What can be done with the portal. README.md says more about each command.
# PORT chooses another port for `make run`.
PORT ?= 8000
PYTHON_DEV = .venv/bin/python

.PHONY: help run test test-fast check bench handbook lock clean
.DEFAULT_GOAL := help

help:
	@echo "make run        run the portal with its demo city (PORT=8001 make run: on another port)"
	@echo "make test       everything, on SQLite and PostgreSQL, in a real browser"
	@echo "make test-fast  without browser, PostgreSQL and slow tests"
	@echo "make check      style, types, architecture, templates, migrations, deployment"
	@echo "make bench      speed against a minimal Django view, one JSON object a line"
	@echo "make handbook   renew the pictures of docs/redaktorshandbok.md"
	@echo "make lock       renew requirements/*.txt from requirements/*.in"
	@echo "make clean      remove what was generated; data and local.env stay"

run:
	@scripts/venv
	@PORT="$(PORT)" exec .venv/bin/python -m portal.start

test:
	@scripts/venv dev
	@exec $(PYTHON_DEV) -m scripts.test

test-fast:
	@scripts/venv dev
	@exec $(PYTHON_DEV) -m pytest -m "not browser and not slow"

check:
	@scripts/venv dev
	@exec $(PYTHON_DEV) -m scripts.check

bench:
	@scripts/venv dev
	@exec $(PYTHON_DEV) -m bench

handbook:
	@scripts/venv dev
	@exec $(PYTHON_DEV) -m scripts.handbook_pictures

lock:
	@scripts/venv
	@exec scripts/lock

clean:
	rm -rf .venv static-collected var/test var/browser var/lock var/ready.json
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path "./.git/*" -prune -exec rm -rf {} +
