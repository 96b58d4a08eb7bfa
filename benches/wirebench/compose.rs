//! Composing: our encoding (which validates and adds the record) beside bare `wac-graph`, in process, and `wirebench plug`
//! beside `wac plug` as processes.

use crate::pairs::Bench;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use wac_graph::{CompositionGraph, EncodeOptions};
use wac_types::Package;
use wirebench::component::{Component, decode, features};
use wirebench::compose::{Composition, Instance, Library, Port, encode};

/// Chains of so many instances.
const LENGTHS: [usize; 3] = [2, 10, 100];

/// What the links of a chain pass on.
const PASSED: &str = "bench:chain/step";

/// Functions in the core module of a link: about 100 bytes each.
const SIZES: [(&str, usize); 2] = [("nearly empty", 1), ("of 64 KB", 640)];

pub fn run(bench: &mut Bench) {
    bench.group(
        "Encode and validate a chain of instances; bare: wac-graph and wasmparser's validation",
        ["ours", "bare"],
    );
    for (size, functions) in SIZES {
        let links: [Arc<Component>; 2] = [link(functions, false), link(functions, true)].map(|bytes| {
            let component = decode("link.wasm", bytes.into());
            assert!(component.diagnostics.is_empty(), "{:?}", component.diagnostics);
            Arc::new(component)
        });
        for length in LENGTHS {
            let name = format!("compose {length} instances, {size}");
            if !bench.wants(&name) {
                continue;
            }
            let library: Library = links.iter().map(|c| (c.digest, Arc::clone(c))).collect();
            let composition = chain(&links, length);
            bench.compare(
                &name,
                &mut || {
                    black_box(encode(black_box(&composition), &library).expect("it can be composed").bytes.len());
                },
                &mut || {
                    black_box(bare(&links, black_box(length)).len());
                },
            );
        }
    }
    as_process(bench);
}

/// A component with one interface of a function, which it answers with that of the link before, if there is one.
fn link(functions: usize, has_before: bool) -> Vec<u8> {
    let mut core = String::new();
    for i in 0..functions {
        write!(core, "(func (export \"f{i}\") (param i32 i32) (result i32) local.get 0 ").expect("it is a string");
        for k in 0..24 {
            write!(core, "i32.const {} i32.xor ", (i * 31 + k) % 97).expect("it is a string");
        }
        core.push_str("local.get 1 i32.add)");
    }
    let interface = "(export \"step\" (func (param \"a\" u32) (result u32)))".to_owned();
    let import = format!("(import \"{PASSED}\" (instance $before {interface}))");
    let lower = "(core func $before (canon lower (func $before \"step\")))
        (core instance $host (export \"step\" (func $before)))";
    let (import, lower, step) = if has_before {
        (import.as_str(), lower, "(import \"host\" \"step\" (func $step (param i32) (result i32)))")
    } else {
        ("", "(core instance $host)", "(func $step (param i32) (result i32) local.get 0)")
    };
    let (first, last) = if has_before { (step, "") } else { ("", step) };
    let text = format!(
        "(component {import} {lower}
            (core module $m {first} {last} (func (export \"step\") (param i32) (result i32) local.get 0 call $step) {core})
            (core instance $i (instantiate $m (with \"host\" (instance $host))))
            (func $step (param \"a\" u32) (result u32) (canon lift (core func $i \"step\")))
            (instance $out (export \"step\" (func $step)))
            (export \"{PASSED}\" (instance $out)))"
    );
    wat::parse_str(text).expect("the text is a component")
}

fn chain(links: &[Arc<Component>; 2], length: usize) -> Composition {
    let name = |i: usize| format!("link-{i:03}");
    let mut out = Composition::default();
    for i in 0..length {
        out.instances.insert(name(i), Instance { component: links[usize::from(i > 0)].digest });
        if i > 0 {
            out.wires.insert(Port::new(name(i), PASSED), Port::new(name(i - 1), PASSED));
        }
    }
    out.exports = BTreeMap::from([(PASSED.to_owned(), Port::new(name(length - 1), PASSED))]);
    out
}

fn bare(links: &[Arc<Component>; 2], length: usize) -> Vec<u8> {
    let mut graph = CompositionGraph::new();
    let packages = [0, 1].map(|i| {
        let name = format!("bench:link{i}");
        let package = Package::from_bytes(&name, None, links[i].bytes.to_vec(), graph.types_mut()).expect("it is read");
        graph.register_package(package).expect("it is new")
    });
    let mut before = None;
    for i in 0..length {
        let instance = graph.instantiate(packages[usize::from(i > 0)]);
        if let Some(before) = before {
            graph.set_instantiation_argument(instance, PASSED, before).expect("it fits");
        }
        before = Some(graph.alias_instance_export(instance, PASSED).expect("it is there"));
    }
    graph.export(before.expect("there is one"), PASSED).expect("its name is free");
    let bytes = graph.encode(EncodeOptions { validate: false, ..EncodeOptions::default() }).expect("it is encoded");
    let mut validator = wasmparser::Validator::new_with_features(features());
    validator.validate_all(&bytes).expect("it is valid");
    bytes
}

fn as_process(bench: &mut Bench) {
    let pairs = [
        ("checkout-rust.wasm", "fraud-check-rust.wasm"),
        ("checkout-rust.wasm", "fraud-check-js.wasm"),
        ("checkout-rust.wasm", "fraud-check-go.wasm"),
    ];
    let name = |plug: &str| format!("plug {plug} as a process");
    if !pairs.iter().any(|(_, plug)| bench.wants(&name(plug))) {
        return;
    }
    let Ok(version) = Command::new("wac").arg("--version").output() else {
        return println!("\nNo comparison with wac as a process: there is no wac on the PATH");
    };
    println!("\nBeside {}", String::from_utf8_lossy(&version.stdout).trim());
    let Ok(folder) = tempfile::tempdir() else { return println!("No folder to write to: the rest is left out") };
    bench.group("As a process: wirebench plug; bare: wac plug", ["ours", "bare"]);
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components");
    for (socket, plug) in pairs {
        let [socket, plug_path] = [socket, plug].map(|file| samples.join(file));
        let [ours, theirs] = ["ours.wasm", "theirs.wasm"].map(|file| folder.path().join(file));
        bench.compare(
            &name(plug),
            &mut || {
                done(
                    Command::new(env!("CARGO_BIN_EXE_wirebench"))
                        .args(["plug"])
                        .args([&socket, &plug_path])
                        .arg("-o")
                        .arg(&ours),
                );
            },
            &mut || {
                done(Command::new("wac").arg("plug").arg("--plug").args([&plug_path, &socket]).arg("-o").arg(&theirs))
            },
        );
    }
}

fn done(command: &mut Command) {
    let out = command.stdout(Stdio::null()).stdin(Stdio::null()).stderr(Stdio::piped()).output();
    let out = out.expect("it starts");
    assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
}
