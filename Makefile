# `make run` serves the site, `make test` tests it. Both set up what they need; a second run starts in seconds.

HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
ON-EVERY-CORE := --numprocesses auto --maxprocesses 4
export HOST PORT

.PHONY: help run admin test test-all test-postgres test-newest test-django-next lint bench pictures lock
.DEFAULT_GOAL := help

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 16

run: .venv/run.stamp .env staticfiles/staticfiles.json ## serve on HOST:PORT; HOST=0.0.0.0 lets a phone on your network in
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py first_release
	@$(BIN)/python -c "$(BIND)" 2> /dev/null || { echo "Port $(PORT) is taken. Try: make run PORT=8001"; exit 1; }
	@$(let-neighbours-in) exec $(BIN)/gunicorn

admin: .venv/run.stamp .env ## create a staff account
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py createsuperuser

test: .venv/dev.stamp .env staticfiles/staticfiles.json lint ## run the tests, but for what is slow by its nature
	$(BIN)/pytest $(ON-EVERY-CORE) -m "not slow and not faults"

# Faults come last and alone: they count seconds, on a machine that does nothing else.
test-all: .venv/postgres.stamp .env staticfiles/staticfiles.json lint ## everything: faults, axe, PostgreSQL, coverage
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(ON-EVERY-CORE) -m "not faults"
	$(BIN)/coverage run -m pytest -m faults
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --include="triage/engine/*" --fail-under=100
	@$(BIN)/coverage report
	$(MAKE) test-postgres

test-postgres: .venv/postgres.stamp .env staticfiles/staticfiles.json ## the tests that meet a database, on a PostgreSQL server of its own
	$(BIN)/python -m tests.faults.service $(BIN)/pytest $(ON-EVERY-CORE) -m "not slow and not faults"

test-newest: .env staticfiles/staticfiles.json ## the tests that need no browser, with the newest Python there is
	tests/with-newest-python

# Known, and unknown to the Django that we stand on: MAILERS for the settings EMAIL_*, and ADMINS as plain addresses.
test-django-next: .env staticfiles/staticfiles.json ## the same with the newest Django, too: what will have to change
	UPGRADE=Django tests/with-newest-python -W "ignore:The EMAIL_" -W "ignore:Using (name, address) pairs"

lint: .venv/dev.stamp .env ## style, types and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/run.stamp .env staticfiles/staticfiles.json ## measure speed
	$(BIN)/python -m tests.benchmarks

pictures: .venv/dev.stamp ## draw the pictures of the README from the site that is running (`make run`)
	$(BIN)/python -m tests.pictures http://$(HOST):$(PORT)

COMPILE = uv pip compile pyproject.toml --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.11

lock: .venv/bin/python ## renew the lock files
	command -v uv > /dev/null || $(BIN)/python -m pip install --quiet uv
	PATH="$$PATH:$(CURDIR)/$(BIN)" && \
	$(COMPILE) --output-file requirements.lock && \
	$(COMPILE) --constraints requirements.lock --extra postgres --output-file requirements-postgres.lock && \
	$(COMPILE) --constraints requirements.lock --extra dev --output-file requirements-dev.lock

# What the targets above stand on. A stamp is older than a lock that changed, so the lock is installed anew.

INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# Half made, moved with its folder, or of another Python than is asked for: then it is made anew.
IS-WHOLE = $(BIN)/python -c "import pip" && grep -qF "$(CURDIR)/.venv" .venv/pyvenv.cfg && \
	[ "$$($(BIN)/python --version)" = "$$($(PYTHON) --version)" ]
ifneq ($(filter-out help,$(MAKECMDGOALS)),)
ifeq ($(shell [ ! -e .venv ] || { $(IS-WHOLE); } 2> /dev/null || echo broken),broken)
$(info The environment in .venv is half made, was moved, or is of another Python. It is made anew.)
$(shell rm -rf .venv)
endif
endif

.venv/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
		{ echo "Steady needs Python 3.11 or newer. PYTHON= names another one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c "import ensurepip" 2> /dev/null || \
		{ echo "This Python cannot make an environment. On Debian: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock | .venv/bin/python
	$(INSTALL) -r $<
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	$(INSTALL) -r $<
	@touch $@

.venv/postgres.stamp: requirements-postgres.lock .venv/dev.stamp
	$(INSTALL) -r $<
	@touch $@

.env: | .venv/bin/python
	@umask 077 && $(BIN)/python -c "import secrets; print('SECRET_KEY=' + secrets.token_urlsafe(50))" > $@
	@echo "ALLOWED_HOSTS=localhost,127.0.0.1,[::1]" >> $@

staticfiles/staticfiles.json: $(shell find static) .venv/run.stamp | .env
	@$(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0

BIND = import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('$(HOST)', $(PORT)))

# For one run, the address that this machine has on its network is an allowed host, and so is HOST.
ADDRESS = import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9)); print(s.getsockname()[0])
define let-neighbours-in
	if [ "$(HOST)" != 127.0.0.1 ] && [ "$(HOST)" != localhost ]; then \
		address=$$($(BIN)/python -c "$(ADDRESS)" 2> /dev/null || echo $(HOST)); \
		hosts=$${ALLOWED_HOSTS:-$$(sed -n 's/^ALLOWED_HOSTS=//p' .env)}; \
		export ALLOWED_HOSTS="$$hosts,$(HOST),$$address"; \
		echo "Everybody on your network can open http://$$address:$(PORT)/"; \
	fi;
endef
