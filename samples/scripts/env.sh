# shellcheck shell=sh
# Read by the other scripts: where things are, and the small tools they share.
# Everything made on the way lies in samples/.build, which can be deleted.
set -eu
samples=$(cd "$(dirname "$0")/.." && pwd)
root=$(dirname "$samples")
build=$samples/.build
src=$samples/src
out=$samples/components
wit=$root/wit
jobs=${JOBS:-2}
adapter_version=48.0.8   # of the WASI preview 1 adapter; the wasmtime the workbench uses
mkdir -p "$build" "$out"
cd "$samples"

# jco does "component new", "embed" and "parse" without anything to compile.
jco() {
  [ -x "$build/npm/node_modules/.bin/jco" ] || {
    mkdir -p "$build/npm"
    (cd "$build/npm" && echo '{"private":true,"type":"module"}' > package.json && npm install --silent --save-exact @bytecodealliance/jco@1.35.0)
  }
  "$build/npm/node_modules/.bin/jco" "$@" > /dev/null
}

# adapter reactor|command: prints where that adapter lies.
adapter() {
  [ -f "$build/wasi_snapshot_preview1.$1.wasm" ] || {
    cargo info -q "wasi-preview1-component-adapter-provider@$adapter_version" > /dev/null
    cp "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/wasi-preview1-component-adapter-provider-$adapter_version/artefacts/*.wasm "$build/"
  }
  echo "$build/wasi_snapshot_preview1.$1.wasm"
}

# A Python environment of our own: venv NAME PACKAGE...
venv() {
  v=$build/$1; shift
  [ -d "$v" ] || { python3 -m venv "$v"; "$v/bin/pip" -q install "$@"; }
}

# wit-bindgen writes the C, C++ and Go bindings; cargo builds it once.
wit_bindgen() {
  [ -x "$build/tools/bin/wit-bindgen" ] ||
    cargo install -q --locked --root "$build/tools" wit-bindgen-cli@0.63.0 --no-default-features --features c,cpp,go
  "$build/tools/bin/wit-bindgen" "$@" > /dev/null
}
