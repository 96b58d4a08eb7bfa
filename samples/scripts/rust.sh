#!/bin/sh
# Rust samples: rust.sh [CRATE...], all by default; and virtual-wasi, the core module behind nodes of that name, in assets/.
# Needs cargo (any recent one), node, and Debian's apt after an "apt-get update" (packages are unpacked, never installed).
# The standard library for wasm is built from rust-web-src by the rustc of the same release, rustc-web.
. "$(dirname "$0")/env.sh"
R=$build/rust-root/usr
[ -x "$R/bin/rustc" ] || {
  mkdir -p "$build/debs" "$build/rust-root"
  std=$(apt-cache depends libstd-rust-web-dev | sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p')
  llvm=$(apt-cache depends "$std" | sed -n 's/.*Depends: \(libllvm[0-9]*\)$/\1/p')
  (cd "$build/debs" && apt-get download -q rustc-web rust-web-src libstd-rust-web-dev "$std" "$llvm" wasi-libc)
  for d in "$build"/debs/*.deb; do dpkg -x "$d" "$build/rust-root"; done
}
libc=$R/lib/wasm32-wasi
lld=$(rustc --print sysroot)/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld   # of the installed toolchain
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$build/target"
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$lld" CARGO_TARGET_WASM32_WASIP1_LINKER="$lld"
# No path of this machine and no registry's name in what is committed.
flags="--remap-path-prefix=$root=. --remap-path-prefix=$R/lib/rustlib/src/rust=rust"
for d in "$R"/src/rustc-*; do flags="$flags --remap-path-prefix=$d=rust"; done
for d in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do flags="$flags --remap-path-prefix=$d=crates"; done

folder() { case $1 in virtual-wasi) echo "$root/assets/virtual" ;; *) echo "$src/rust/$1" ;; esac; }
one() { # crate, target, what else rustc is told, what else "component new" is told, parts of std, where the core module goes (then no component is made of it)
  f="$flags $3"
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$f" CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="$f" \
  RUSTC="$R/bin/rustc" LD_LIBRARY_PATH="$R/lib/x86_64-linux-gnu" \
    cargo build -q -j"$jobs" --locked --release --manifest-path "$(folder "$1")/Cargo.toml" --target "$2" "-Zbuild-std=${5:-std,panic_abort}"
  core=$build/target/$2/release/$(echo "$1" | tr - _).wasm
  if [ -n "${6:-}" ]; then cp "$core" "$6"; else jco new "$core" $4 -o "$out/$1-rust.wasm"; fi
}
[ $# -gt 0 ] || set -- fraud-check checkout toolbox stock greeter-http ledger wordcount labels ribbon packer virtual-wasi
for c in "$@"; do
  echo "rust: $c"
  case $c in
    ledger) one "$c" wasm32-wasip1 "-L native=$libc -C link-self-contained=no -C link-arg=$libc/crt1-reactor.o" \
      "--adapt wasi_snapshot_preview1=$(adapter reactor)" ;;
    wordcount) one "$c" wasm32-wasip1 "-L native=$libc -C link-self-contained=no -C link-arg=$libc/crt1-command.o" \
      "--adapt wasi_snapshot_preview1=$(adapter command)" ;;
    virtual-wasi)
      # The interfaces of WASI come with the crate that implements them for the workbench.
      mkdir -p "$build/virtual/deps"
      cargo info -q "wasmtime-wasi@$adapter_version" > /dev/null
      cp "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/wasmtime-wasi-$adapter_version/src/p2/wit/deps/*.wit "$build/virtual/deps/"
      cp "$root/assets/virtual/virtual.wit" "$build/virtual/"
      one "$c" wasm32-unknown-unknown "" "" core,alloc "$root/assets/virtual/virtual-wasi.wasm" ;;
    *) one "$c" wasm32-unknown-unknown "" "" ;;
  esac
done
