#!/bin/sh
# The Python sample: 18 MB with CPython inside, so it stays in .build. Needs python3 with venv.
. "$(dirname "$0")/env.sh"
venv python componentize-py==0.25.1
echo "python: fraud-check"
"$v/bin/componentize-py" -d "$wit/payments" -w checkout componentize --stub-wasi -p "$src/python/fraud-check" app \
  -o "$build/fraud-check-python.wasm" > /dev/null
python3 scripts/scrub.py "$build/fraud-check-python.wasm"
