#!/bin/sh
# Resolve requirements/*.in into hashed lock files. Needs uv (any environment): sh bin/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")/../requirements"
for name in base dev; do
    uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 \
        "$@" "$name.in" -o "$name.lock"
done
