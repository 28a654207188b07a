#!/usr/bin/env bash
# Run in the top folder, inside a new environment: by make in .venv, by Snakemake in a conda environment.
set -euo pipefail
python -m pip install --quiet --require-hashes --requirement requirements.lock
# What is left to fetch is torch, unless it is there already, for CPUs (2.13.0+cpu) or GPUs.
python -m pip install --quiet --no-build-isolation --editable . torch==2.13.0
