#!/bin/sh
# C, C++ and Zig samples: c.sh [c|cpp|zig...], all by default.
# Needs cargo (for wit-bindgen), node, and python3 with venv: the compiler is Zig, out of PyPI's
# package ziglang, which carries wasi-libc and libc++.
. "$(dirname "$0")/env.sh"
venv zig ziglang==0.17.1
zig() { "$build/zig/bin/python" -m ziglang "$@"; }
export ZIG_GLOBAL_CACHE_DIR="$build/zig-cache" ZIG_LOCAL_CACHE_DIR="$build/zig-cache"
target="-target wasm32-wasi-musl"
o=$build/c; mkdir -p "$o"

bindings() { # language, package, world, where
  rm -rf "$4"; wit_bindgen "$1" "$wit/$2" --world "$3" --out-dir "$4"
}
link() { # core module, component
  jco new "$1" --adapt "wasi_snapshot_preview1=$(adapter reactor)" -o "$2"
}
c() { # name, source, package, world
  g=$o/gen-c-$1; bindings c "$3" "$4" "$g"
  zig cc $target -mexec-model=reactor -Oz -s -iquote "$g" "src/c/$2.c" "$g/$4.c" "$g/$4_component_type.o" -o "$o/$1-c.wasm"
  link "$o/$1-c.wasm" "$out/$1-c.wasm"
}
[ $# -gt 0 ] || set -- c cpp zig
for which in "$@"; do
  echo "c: $which"
  case $which in
    c) c fraud-check fraud_check payments checkout
      c toolbox toolbox toolbox toolbox ;;
    cpp) g=$o/gen-cpp; bindings cpp payments checkout "$g"
      zig c++ $target -mexec-model=reactor -std=c++23 -fno-exceptions -fno-rtti -Oz -s -iquote "$g" \
        src/cpp/fraud_check.cpp "$g/checkout.cpp" "$g/checkout_component_type.o" -o "$o/fraud-check-cpp.wasm"
      link "$o/fraud-check-cpp.wasm" "$out/fraud-check-cpp.wasm" ;;
    zig) g=$o/gen-zig; bindings c payments checkout "$g"
      zig translate-c $target -lc "$g/checkout.h" > "$o/c.zig"
      zig build-obj $target -O ReleaseSmall -lc --dep c -Mroot=src/zig/fraud_check.zig -Mc="$o/c.zig" -femit-bin="$o/fraud_check.o"
      zig cc $target -mexec-model=reactor -Oz -s "$o/fraud_check.o" "$g/checkout.c" "$g/checkout_component_type.o" -o "$o/fraud-check-zig.wasm"
      link "$o/fraud-check-zig.wasm" "$out/fraud-check-zig.wasm" ;;
  esac
done
