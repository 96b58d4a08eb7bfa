//! Opening a component: what we read of it beside validation and WIT alone.

use crate::pairs::Bench;
use std::hint::black_box;
use std::sync::Arc;
use wirebench::component::{decode, features};

const FILES: [&str; 12] = [
    "adder-wat.wasm",
    "fraud-check-wat.wasm",
    "fraud-check-rust.wasm",
    "checkout-rust.wasm",
    "shop-composed.wasm",
    "stock-rust.wasm",
    "greeter-http-rust.wasm",
    "toolbox-rust.wasm",
    "wordcount-rust.wasm",
    "ledger-rust.wasm",
    "fraud-check-js.wasm",
    "fraud-check-go.wasm",
];

pub fn run(bench: &mut Bench) {
    bench.group(
        "Open: our component::decode; bare: wasmparser's validation and wit_component::decode",
        ["ours", "bare"],
    );
    for file in FILES {
        let bytes = crate::sample(file);
        bench.compare(
            &format!("decode {file}"),
            &mut || drop(black_box(decode(file, Arc::clone(black_box(&bytes))))),
            &mut || {
                let mut validator = wasmparser::Validator::new_with_features(features());
                drop(black_box(validator.validate_all(black_box(&bytes)).expect(file)));
                drop(black_box(wit_component::decode(black_box(&bytes)).expect(file)));
            },
        );
    }
}
