#!/bin/sh
# The samples written by hand in the text format: wat.sh [NAME...], all by default. Needs node and npm.
. "$(dirname "$0")/env.sh"
[ $# -gt 0 ] || set -- adder fraud-check loop trap hog
for n in "$@"; do
  echo "wat: $n"
  jco parse "src/wat/$n.wat" -o "$out/$n-wat.wasm"
done
