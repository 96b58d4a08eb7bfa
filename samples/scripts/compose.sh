#!/bin/sh
# The checkout of Rust with the fraud check of C in it: one component that needs nothing.
. "$(dirname "$0")/env.sh"
echo "compose: shop"
python3 scripts/compose.py "$out/checkout-rust.wasm" techbytes:payments/fraud-check \
  "$out/fraud-check-c.wasm" techbytes:orders/checkout "$out/shop-composed.wasm"
