#!/usr/bin/env bash
# Lay out build/onnxruntime as a release of onnxruntime for C++ is, which the test of examples/cpp compiles against: the library
# of the Python package of PATH, and Debian's headers, of its first release that has them (13), where there is apt-get. Older headers fit
# a newer library. Without them that test is skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ ! -e build/onnxruntime/include ] || exit 0
command -v apt-get > /dev/null || { echo "onnxruntime's headers are not installed: that takes apt-get"; exit; }

scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial"
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Created-By: Packages' | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive trixie main" > "$scratch/trixie.list"
# Of a folder of its own: the machine's sources stay as they are.
apt() {
    apt-get --quiet -o Dir::Etc::SourceList="$scratch/trixie.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$scratch/lists" -o Dir::Cache="$scratch/cache" -o APT::Sandbox::User=root "$@" > /dev/null
}
{ apt update && (cd "$scratch" && apt download libonnxruntime-dev && dpkg-deb --extract libonnxruntime-dev_*.deb .); } ||
    { echo "onnxruntime's headers are not installed: apt-get failed"; exit; }

library=$(python -c 'import onnxruntime, pathlib; print(*pathlib.Path(onnxruntime.__path__[0]).glob("capi/libonnxruntime.so.*"))')
mkdir -p build/onnxruntime/lib
ln -sf "$library" build/onnxruntime/lib/libonnxruntime.so
ln -sf "$library" build/onnxruntime/lib/libonnxruntime.so.1
mv "$scratch/usr/include/onnxruntime" build/onnxruntime/include
