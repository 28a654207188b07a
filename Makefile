# make: set up and run the default pipeline.   make test: set up and pass the tests.   make test-all: all of them.
# make docs: build the site of the documentation, build/docs/site/index.html; a link that leads nowhere is an error.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run setup test servers test-all mutation lint schema docs clean

run: setup
	snakemake --cores all
	snakemake --report report.html
	@cat "results/$$(python -c 'import yaml; print(yaml.safe_load(open("config.yaml", "rb"))["run"])')/conclusion.txt"

setup: .venv/installed

.venv/installed: requirements.lock pyproject.toml envs/showergan.post-deploy.sh
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "error: $(PYTHON) is older than Python 3.11; use make PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	bash envs/showergan.post-deploy.sh
	@touch $@

# Files go in the order of tests/conftest.py, the longest first.
PYTEST := OMP_NUM_THREADS=1 pytest --dist loadfile --no-loadscope-reorder --durations=25

test: setup
	$(PYTEST) --numprocesses 2 -m "not slow"

# What tests of clusters, stores, C++ and TensorBoard take, which are skipped without it: Debian's packages, as root.
servers: setup
	bash tests/cluster/install.sh
	bash tests/remote/install.sh
	bash tests/cpp/install.sh
	pip install --quiet tensorboard

# All, also what is rare and slow; three workers for two cores, because tests of clusters mostly wait.
test-all: setup
	SHOWERGAN_FUZZ=1 $(PYTEST) --numprocesses 3

# Break the code at random places and count what the unit tests see: 150 places take hours.
MUTANTS ?= 150
mutation: setup
	$(BIN)/pip install --quiet --editable ".[mutation]"
	nice python tests/mutation/run.py --mutants $(MUTANTS)

lint: setup
	ruff check
	ruff format --check
	mypy
	snakefmt --check Snakefile workflow
	snakemake --lint

schema: setup
	showergan schema > workflow/schemas/config.schema.yaml

docs: setup
	$(BIN)/pip install --quiet --require-hashes --requirement docs/site/requirements.lock
	python docs/site/make_site.py

clean:
	rm -rf .venv .snakemake results/* logs report.html build/docs
