#!/bin/sh
# Checks the committed files: the checksums, and that no path of a build machine is in them.
# check.sh --update writes the checksums anew.
. "$(dirname "$0")/env.sh"
list=SHA256SUMS
if [ "${1:-}" = --update ]; then
  R=$build/rust-root/usr
  rustc=$(LD_LIBRARY_PATH="$R/lib/x86_64-linux-gnu" "$R/bin/rustc" --version 2> /dev/null | cut -d' ' -f1,2) ||
    rustc=$(sed -n 's/^# Rust: \(rustc .*\), wit-bindgen.*/\1/p' $list)
  {
    echo "# Made with (another version gives other bytes):"
    echo "# Rust: $rustc, wit-bindgen 0.61.1, for greeter-http wasip2 $(sed -n '/^name = "wasip2"/{n;s/.*"\(.*\)"/\1/p;}' src/rust/greeter-http/Cargo.lock)"
    echo "# C, C++, Zig: ziglang 0.17.1, wit-bindgen-cli 0.63.0"
    echo "# Go: go 1.27.3, wit-bindgen-cli 0.63.0"
    echo "# JavaScript: componentize-qjs 0.4.5 (a snapshot: every build differs); AssemblyScript: asc 0.28.20"
    echo "# All: jco 1.35.0, WASI preview 1 adapter of wasmtime $adapter_version"
    sha256sum components/*.wasm ../assets/virtual/*.wasm
  } > $list.new
  mv $list.new $list
fi
sha256sum -c --quiet $list
bad=$(grep -lE "$root|/root/|/home/|\.cargo|/[.]build/" components/*.wasm ../assets/virtual/*.wasm || true)
[ -z "$bad" ] || { echo "a path of the build machine is in: $bad" >&2; exit 1; }
echo "checked: $(ls components/*.wasm | wc -l) files"
