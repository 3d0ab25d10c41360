# slipway.codedeploy: everything a contributor runs. `make help` lists the targets.
#
# Everything is created in build/, which git ignores. Neither $HOME nor the system is touched.

PYTHON ?= python3
PORT ?= 4566
SPEED ?= 1
TLS ?=
TARGET ?=
BENCH ?=
HOSTILE ?=
SCENE ?=

ROOT := $(CURDIR)
ifneq ($(words $(ROOT)),1)
$(error The path of the checkout contains a space, which make does not support: $(ROOT). Move it elsewhere)
endif
BUILD := $(ROOT)/build
TARBALL := $(BUILD)/tarball
VENV := $(BUILD)/venv
READY := $(BUILD)/ready
# What playbooks, pytest, mypy and ansible-lint see: the checkout itself, by a link, with amazon.aws beside it.
LIVE := $(BUILD)/collections
# What ansible-test sees: a copy in a repository of its own, because it refuses links and ignored folders.
COPY := $(BUILD)/copy/ansible_collections/slipway/codedeploy

# The tools that build hosts are in sbin, which is not in every PATH.
export PATH := $(VENV)/bin:$(PATH):/usr/sbin:/sbin
export ANSIBLE_COLLECTIONS_PATH := $(LIVE)
export ANSIBLE_HOME := $(BUILD)/ansible
export PYTHONPATH := $(ROOT)/tests
export LC_ALL ?= C.UTF-8
# Nothing here may reach a real account by accident: tests pass their own credentials.
unexport AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_REGION AWS_DEFAULT_REGION AWS_CA_BUNDLE

.DEFAULT_GOAL := help
.PHONY: help setup env demo emulator test unit emulator-test integration e2e hostile hosts hosts-bases hosts-test versions versions-environments bench bench-fleet bench-waiting sanity lint types docs-lint tarball pins clean copy

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## ship a small web application to three hosts on the emulator, break it, and watch it recover (about a minute)
	@python -m e2e.demo

test: setup ## run every test and check, and list what was left out, if anything
	@python -m suite

emulator: setup ## serve the emulator on 127.0.0.1:PORT (default 4566; 0 picks a free port) until Ctrl-C; SPEED=60 turns an hour into a minute, TLS=1 serves HTTPS
	@python -m emulator --port $(PORT) --speed $(SPEED) $(if $(TLS),--tls $(BUILD)/emulator)

env: setup ## print shell exports: eval "$(make -s env)" makes ansible-playbook, ansible-doc, aws and python use this checkout
	@echo 'export PATH="$(VENV)/bin:$$PATH"'
	@echo 'export ANSIBLE_COLLECTIONS_PATH="$(LIVE):$${ANSIBLE_COLLECTIONS_PATH:-$$HOME/.ansible/collections:/usr/share/ansible/collections}"'
	@echo 'export PYTHONPATH="$(ROOT)/tests$${PYTHONPATH:+:$$PYTHONPATH}"'

unit: setup ## run the unit tests of the plugins
	@python -m pytest -q -n 2 tests/unit

emulator-test: setup ## run the tests of the emulator and its stand-in host agent
	@python -m pytest -q -n 2 tests/emulator

integration: setup copy ## run the ansible-test integration targets on the emulator; TARGET=application runs one
	@python -m integration.run $(TARGET)

e2e: setup ## run whole playbooks, including the demo, as a user does
	@python -m pytest -q tests/e2e

hostile: export SCENE := $(SCENE)
hostile: export PYTHONPATH := $(ROOT)/tests:$(LIVE)
hostile: setup ## try hostile responses in all variants against all plugins (long: some 12,000 runs), and hostile directories and archives at full size; HOSTILE=answers, trees or archives runs one part, SCENE=deploy only the responses to tasks of that name
	@python -m hostile $(HOSTILE)

hosts: ## test the role on booted Debian hosts, as root; the first run installs debootstrap and systemd-nspawn and builds the hosts' systems
	-@$(MAKE) --no-print-directory hosts-bases
	@$(MAKE) --no-print-directory hosts-test

hosts-bases:
	@$(PYTHON) -m hosts.bases

hosts-test: setup
	@python -m pytest -q -n 2 --dist loadfile -rs tests/hosts

versions: versions-environments ## the main job on each pair of ansible-core and amazon.aws that requirements/versions.yml names and whose Python is here; ends with a table
	@python -m pytest -q -n 2 tests/versions

versions-environments: setup ## what those tests run in, cached in build/versions (the first time some minutes; 1 GB)
	@python -m versions.environments

bench: setup ## how fast bundles are pushed, beside `aws deploy push` (minutes, 3 GB of disk); BENCH='--scale 0.01' for a quick look
	@python -m benchmarks $(BENCH)

bench-fleet: setup ## measure how long the emulator takes for a deployment to 2,000 simulated hosts; BENCH='--hosts 500' for fewer
	@python -m benchmarks.fleet $(BENCH)

bench-waiting: export PYTHONPATH := $(ROOT)/tests:$(LIVE)
bench-waiting: setup ## measure how late a waiting task notices the end, how many calls it makes, and how long it takes to explain a failure; BENCH='--rounds 2' for a quick look
	@python -m benchmarks.waiting $(BENCH)

sanity: setup copy ## run ansible-test sanity, without any ignore file
	@cd $(COPY) && HOME=$(BUILD)/home ansible-test sanity --local --color no --python $$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

lint: setup ## run ansible-lint (production profile), ruff and the changelog linter
	@ruff check .
	@ruff format --check .
	@HOME=$(BUILD)/home ansible-lint --offline -q
	@antsibull-changelog lint

types: setup ## run mypy: strict on the pure part, and on the rest of the plugins and the emulator
	@mypy

# antsibull-docs copies what git knows of a collection; below this folder it must not ask the checkout, which ignores build/.
docs-lint: export GIT_CEILING_DIRECTORIES := $(LIVE)
docs-lint: setup ## antsibull-docs over the modules' documentation
	@cd $(LIVE)/ansible_collections/slipway/codedeploy && HOME=$(BUILD)/home antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs dependent --check-extra-docs-refs .

tarball: setup ## build the collection's tarball, of what is committed, into build/tarball/
	@rm -rf $(TARBALL) && mkdir -p $(TARBALL)/tree
	@git archive HEAD | tar -xC $(TARBALL)/tree
	@ansible-galaxy collection build --output-path $(TARBALL) $(TARBALL)/tree

clean: ## remove build/
	rm -rf $(BUILD)

pins: ## resolve requirements/development.in into development.txt
	rm -rf $(BUILD)/pins && $(PYTHON) -m venv $(BUILD)/pins
	$(BUILD)/pins/bin/pip install -q -r requirements/development.in
	{ echo '# Made by `make pins` from development.in; do not edit.'; $(BUILD)/pins/bin/pip freeze; } > requirements/development.txt
	rm -rf $(BUILD)/pins

setup: $(READY)

# Marked at the end, so an interrupted setup starts over.
$(READY): requirements/development.txt requirements/collections.txt requirements/unpack_collections.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is required, but $(PYTHON) is %d.%d; set PYTHON to another one" % sys.version_info[:2])'
	@echo 'Setting up in build/: about a minute, once ...' >&2
	@rm -rf $(READY) $(VENV) $(LIVE) $(BUILD)/wheels
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-input --cache-dir $(BUILD)/pip -r requirements/development.txt
	@$(VENV)/bin/pip download --quiet --disable-pip-version-check --no-cache-dir --no-deps --dest $(BUILD)/wheels -r requirements/collections.txt
	@$(VENV)/bin/python requirements/unpack_collections.py $(BUILD)/wheels amazon.aws $(LIVE)
	@rm -rf $(BUILD)/wheels
	@mkdir -p $(LIVE)/ansible_collections/slipway $(BUILD)/home $(BUILD)/ansible
	@ln -sfn $(ROOT) $(LIVE)/ansible_collections/slipway/codedeploy
	@touch $(READY)

copy: setup
	@rm -rf $(COPY) && mkdir -p $(COPY)
	@ln -sfn $(LIVE)/ansible_collections/amazon $(BUILD)/copy/ansible_collections/amazon
	@git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -cT - | tar -xC $(COPY)
	@git -C $(COPY) init -q
	@mkdir -p $(BUILD)/home/.ansible/test/cache && cp requirements/get_pip.py $(BUILD)/home/.ansible/test/cache/get_pip_24_2.py
