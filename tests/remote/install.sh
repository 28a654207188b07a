#!/usr/bin/env bash
# Install what tests of s3:// and root:// URLs need where that is allowed: the libraries of `showergan[s3,root]` for the Python
# of PATH, and two servers: moto for S3, in an environment of its own, and Debian's xrootd, for root where there is apt-get.
# Without them these tests are skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."

fsspec=$(python -c "import fsspec; print(fsspec.__version__)") # s3fs takes this one alone
python -m pip install --quiet "s3fs==$fsspec" fsspec-xrootd || echo "showergan[s3,root] is not installed: pip failed"

if [ ! -x .servers/bin/moto_server ]; then
    { python -m venv --clear .servers && .servers/bin/python -m pip install --quiet moto==5.2.5 flask flask-cors; } ||
        echo "moto is not installed: pip failed"
fi

if command -v xrootd > /dev/null; then
    exit
elif [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "xrootd is not installed: that takes root and apt-get"
    exit
fi
export DEBIAN_FRONTEND=noninteractive
{ apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends xrootd-server; } > /dev/null ||
    echo "xrootd is not installed: apt-get failed"
