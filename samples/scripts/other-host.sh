#!/bin/sh
# Shows that a composed component is one for everybody: other-host.sh [rust|c|js...], all by default.
# Wires that fraud check to the checkout in the sample project, composes it with the workbench, lets wasm-tools validate
# it, and places orders in three hosts: the workbench, JavaScript (node, made by jco) and Wasmtime's Python package.
# Needs cargo, node with npm, and python3 with venv. The first time takes some minutes, most of them for wasm-tools.
. "$(dirname "$0")/env.sh"
wirebench=$root/target/debug/wirebench
work=$build/other-host
(cd "$root" && cargo build -q --locked)
[ -x "$build/tools/bin/wasm-tools" ] ||
  cargo install -q --locked --root "$build/tools" wasm-tools@1.263.0 --no-default-features --features validate
venv wasmtime wasmtime==50.0.1
# QuickJS is compiled with a feature of WebAssembly that is younger than this node and hidden in it behind a switch.
case $(node --version) in v20.*) switch=--experimental-wasm-extended-const ;; *) switch= ;; esac

# In the workbench an order is a call in WAVE; its answer is brought into the form of the others.
order() {
  "$wirebench" invoke "$1" "place(\"$2\", [{sku: \"tea\", quantity: $3, unit-cents: $4}])" > "$work/answer" || [ $? -eq 1 ]
  sed 's/^ok({total-cents: \([0-9]*\), note: "\(.*\)"})$/accepted: \1, \2/; s/^err(fraud("\(.*\)"))$/refused: \1/' "$work/answer"
}

[ $# -gt 0 ] || set -- rust c js
for language in "$@"; do
  echo "== checkout in Rust, fraud check in $language"
  rm -rf "$work"
  mkdir -p "$work/components"
  cp components/checkout-rust.wasm components/fraud-check-*.wasm "$work/components/"
  # Only wires have an "instance": theirs begins at another fraud check.
  sed "s/\"instance\": \"fraud-check-rust\"/\"instance\": \"fraud-check-$language\"/" payments.wirebench.json \
    > "$work/payments.wirebench.json"
  shop=$work/shop.wasm
  "$wirebench" compose "$work/payments.wirebench.json" -o "$shop"
  "$build/tools/bin/wasm-tools" validate "$shop"
  echo "valid: wasm-tools $("$build/tools/bin/wasm-tools" --version | cut -d' ' -f2)"
  { order "$shop" alice 3 450; order "$shop" new-zoe 1 300000; } > "$work/wirebench.txt"
  jco transpile "$shop" -o "$work/js" --name shop
  echo '{"type":"module"}' > "$work/js/package.json"
  node $switch scripts/other-host.mjs "$work/js/shop.js" > "$work/node.txt"
  "$build/wasmtime/bin/python" scripts/other-host.py "$shop" > "$work/python.txt"
  cat "$work/wirebench.txt"
  grep -q "^accepted: 1350, " "$work/wirebench.txt"
  grep -q "^refused: " "$work/wirebench.txt"
  for host in node python; do diff "$work/wirebench.txt" "$work/$host.txt"; done
  echo "the same in: wirebench, node $(node --version) with jco 1.35.0, wasmtime 50.0.1 in Python"
done
