# One command does it all, in a virtual environment of its own: .venv. GNU make 3.81 (macOS) or newer.
# Every path is relative, so the folder's own name may hold spaces.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo gallery play test cluster check fix bench clean again

# A variable from the command line or the environment picks the Python: PYTHON=python3.13 make demo
PYTHON ?=
candidates := python3 python3.14 python3.13 python3.12 python3.11 python
python := .venv/bin/python

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'PYTHON=/path/to/python3 make ... picks the Python; else the first of these that is 3.11 or newer:'
	@echo '$(candidates)'

demo: .venv/.demo  ## train two classifiers, leave their pictures in out/
	$(python) examples/demo.py

play: .venv/.demo  ## write the playground into out/ and open it in a browser
	@mkdir -p out
	$(python) -m viz play -o out/playground.html --open

gallery: .venv/.demo  ## every picture and page the project can make, in docs/gallery
	MPLBACKEND=Agg $(python) examples/gallery.py

test: .venv/.test  ## run the whole test suite
	$(python) -m pytest --numprocesses auto

cluster: .venv/.test  ## train on clusters of processes, killing some; takes minutes
	$(python) -m pytest -m "cluster or not cluster" tests/nn/training/test_cluster.py
	$(python) examples/cluster.py

check: .venv/.dev  ## lint, formatting, types
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	@if npx --yes -p typescript@5.9 tsc --version >/dev/null 2>&1; then \
		npx --yes -p typescript@5.9 tsc -p viz/live/tsconfig.json \
		&& npx --yes prettier@3.10 --log-level warn --check viz/live/engine viz/live/page/*.js; \
	else echo "Not checked: types and formatting of the JavaScript; that needs Node.js (npx), and its registry once." >&2; fi

fix: .venv/.dev  ## mend what lint and formatting can mend by themselves
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

bench: .venv/.bench  ## time engine and compiler against their peers; PyTorch may download some GB
	@for peer in casadi torch; do \
		$(python) -c "import $$peer" 2>/dev/null \
		|| $(python) -m pip install --disable-pip-version-check --editable ".[bench-$$peer]" \
		|| echo "$$peer cannot be installed here; the benchmarks leave it out." >&2; \
	done
	@set -e; for file in benchmarks/[!_]*.py; do echo "== $$file"; $(python) "$$file"; done

clean:  ## remove .venv and everything else that was made here
	rm -rf .venv out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed ----------------------------------------------------------------------------------------------------
# Four stamps, each "this extra is installed", each older than the metadata only when there is something to install.
# While pip works, .made is called .busy: an interrupted install leaves no .made, and the next run starts afresh.
# Where pip itself says no (no network, say), nothing is half-done and .made comes back.

.venv/.demo: extras := plot,render
.venv/.test: extras := test
.venv/.dev: extras := dev
.venv/.bench: extras := bench

.venv/.demo .venv/.test .venv/.dev .venv/.bench: .venv/.made setup.cfg pyproject.toml
	@echo 'Installing glassgrad[$(extras)] into .venv (once; again when the metadata changes)'
	@trap 'exit 130' HUP INT TERM; \
	mv .venv/.made .venv/.busy; \
	$(python) -m pip install --disable-pip-version-check --editable '.[$(extras)]'; status=$$?; \
	test $$status -ge 128 || mv .venv/.busy .venv/.made; \
	test $$status -eq 0 || exit 1; \
	touch $@

# The virtual environment ----------------------------------------------------------------------------------------------
# .ours says that make created .venv and may throw it away; one that somebody else created is used but never removed.
# .made says that it is whole, and holds the folder it was made in: an editable install remembers that folder.
# ready is "yes" when .venv is whole, made here, its Python still runs, and is the one that PYTHON asks for, if any.

which := import sys; print(sys.base_prefix, sys.version)
ready := $(shell test "`cat .venv/.made 2>/dev/null`" = "`pwd -P`" \
	&& mine="`$(python) -c '$(which)' 2>/dev/null`" \
	&& { test -z '$(PYTHON)' || test "`'$(PYTHON)' -c '$(which)' 2>/dev/null`" = "$$mine"; } && echo yes)

.venv/.made: $(if $(ready),,again)
	@found=; bare=; \
	for name in $(if $(PYTHON),'$(PYTHON)',$(candidates)); do \
		"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if "$$name" -c 'import venv; from ensurepip import version' 2>/dev/null; then found=$$name; break; fi; \
		bare=$${bare:-$$name}; \
	done; \
	if test -z "$$found" && test -n "$$bare"; then \
		echo "$$bare cannot make a virtual environment: its venv or ensurepip module is missing." >&2; \
		echo 'On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; \
	elif test -z "$$found" && test -n '$(PYTHON)'; then \
		echo 'PYTHON=$(PYTHON) does not run, or is older than Python 3.11.' >&2; exit 1; \
	elif test -z "$$found"; then \
		echo 'No Python 3.11 or newer found; looked for: $(candidates)' >&2; \
		echo 'Install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python),' >&2; \
		echo 'or say where it is: PYTHON=/path/to/python3 make ...' >&2; exit 1; \
	fi; \
	if test -e .venv && ! test -e .venv/.ours; then \
		mine=`$(python) -c 'import pip; $(which); sys.exit(sys.version_info < (3, 11))' 2>/dev/null` \
		&& { test -z '$(PYTHON)' || test "`"$$found" -c '$(which)'`" = "$$mine"; } || { \
			echo 'The .venv here was not created by make, and lacks pip or the right Python.' >&2; \
			echo 'Move it away, or remove it with: make clean' >&2; exit 1; }; \
	else \
		trap 'exit 130' HUP INT TERM; \
		found=`"$$found" -c 'import sys; print(getattr(sys, "_base_executable", 0) or sys.executable)'`; \
		echo "Creating .venv with $$found"; \
		rm -f .venv/.made && rm -rf .venv/* && rm -rf .venv && mkdir .venv && touch .venv/.ours \
		&& "$$found" -m venv .venv || exit 1; \
	fi; \
	pwd -P > .venv/.made

again:
