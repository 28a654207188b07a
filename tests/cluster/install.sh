#!/usr/bin/env bash
# Install Slurm and munge where that is allowed: for root, where there is Debian's apt-get. Elsewhere their test is skipped.
set -euo pipefail
if command -v slurmctld slurmd munged > /dev/null; then
    exit
elif [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "Slurm is not installed: that takes root and apt-get"
    exit
fi
export DEBIAN_FRONTEND=noninteractive
{ apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends slurm-wlm munge; } > /dev/null ||
    echo "Slurm is not installed: apt-get failed"
