# make: set up and run the default pipeline.   make test: set up and pass the tests.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run setup test lint schema clean

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

# Three workers for two cores: tests of clusters mostly wait. Files go in the order of tests/conftest.py, the longest first.
test: setup
	pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

lint: setup
	ruff check
	ruff format --check
	mypy
	snakefmt --check Snakefile workflow
	snakemake --lint

schema: setup
	showergan schema > workflow/schemas/config.schema.yaml

clean:
	rm -rf .venv .snakemake results/* logs report.html
