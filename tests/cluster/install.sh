#!/usr/bin/env bash
# Install what tests of clusters take and nobody else: plugins of Snakemake in a folder beside the environment, then Slurm,
# munge and rsync where that is allowed: for root, where there is Debian's apt-get. What is not installed, its test is skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -d build/plugins ] ||
    .venv/bin/pip install --quiet --no-deps --target build/plugins --requirement tests/cluster/plugins.txt ||
    echo "Plugins of Snakemake are not installed: pip failed"
if command -v slurmctld > /dev/null && command -v munged > /dev/null && command -v rsync > /dev/null; then
    exit
elif [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "Slurm is not installed: that takes root and apt-get"
    exit
fi
export DEBIAN_FRONTEND=noninteractive
{ apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends slurm-wlm munge rsync; } > /dev/null ||
    echo "Slurm is not installed: apt-get failed"
