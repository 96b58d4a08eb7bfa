use super::super::bench::{Bench, opened, sample};
use super::*;
use crate::project::Theme;
use crate::ui::look::both;
use egui_kittest::kittest::{NodeT, Queryable};

const ROOM: [f32; 2] = [760.0, 720.0];

fn bench(file: &str) -> Bench {
    Bench::new(ROOM, Theme::Dark, sample(file), View::Summary)
}

fn of_wat(name: &str, text: &str) -> Bench {
    Bench::new(ROOM, Theme::Dark, opened(name, text.as_bytes()), View::Summary)
}

#[test]
fn a_program_says_what_it_is_and_what_it_asks_for() {
    let bench = bench("wordcount-rust.wasm");
    for words in [
        "wasi:cli/command 0.2",
        "A program for the command line",
        "through the preview 1 adapter",
        "Folders",
        "Sign extension",
    ] {
        assert!(bench.has(words), "{words}");
    }
    assert!(!bench.has("Missing for"));
}

#[test]
fn what_only_computes_says_so() {
    let mut bench = bench("adder-wat.wasm");
    for words in [
        "Library",
        "it reaches nothing outside",
        "Nothing beyond WebAssembly 1.0",
        "1 export",
        "0 imports",
        "1 function",
    ] {
        assert!(bench.has(words), "{words}");
    }
    assert!(!bench.has("It does not export wasi:cli/run"), "it is folded away");
    bench.click("Missing for wasi:cli/command 0.2");
    assert!(bench.has("It does not export wasi:cli/run"));
}

#[test]
fn what_must_be_wired_is_named() {
    let bench = bench("checkout-rust.wasm");
    assert!(bench.has("Must be wired") && bench.has("techbytes:payments/fraud-check"));
    assert!(bench.has("it reaches what it is wired to") && !bench.has("it reaches nothing outside"));
}

#[test]
fn async_components_name_what_not_every_engine_has() {
    let bench = bench("stock-rust.wasm");
    assert!(bench.has("Async"));
}

#[test]
fn the_digest_is_copied_whole_and_numbers_lead_on() {
    let mut bench = bench("adder-wat.wasm");
    let digest = bench.desk().session.library().keys().next().unwrap().to_string();
    bench.click("Copy SHA-256");
    assert_eq!(bench.desk().copied, [digest]);
    bench.click("add");
    let at = At::Extern(Side::Export, "add".to_owned());
    assert!(matches!(bench.desk().requests.last(), Some(Request::Inspect(p)) if p.view == View::Types && p.at == at));
    bench.click("Summary");
    bench.click("Where it comes from");
    assert!(matches!(bench.desk().requests.last(), Some(Request::Inspect(p)) if p.view == View::Origin));
    assert!(bench.has("not verified"), "the view is the other one now");
}

#[test]
fn no_known_world_and_a_broken_file_say_why() {
    let mut bench = of_wat("odd.wat", "(component (import \"a:b/c\" (instance (export \"f\" (func)))))");
    assert!(bench.has("No known world"));
    bench.click("Missing for wasi:cli/command 0.2");
    assert!(bench.has("It imports a:b/c, which this world does not offer"));
    let bench = of_wat("broken.wat", "(component (core module (func (result i32))))");
    assert!(bench.has("Not valid WebAssembly") && bench.has("There may be more"));
    let bench = of_wat("module.wat", "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32))))");
    assert!(bench.has("This is a core module") && bench.has("Preview 1, without the adapter"));
    assert!(!bench.has("Asks for"), "what a module reaches is not known");
    assert!(bench.has("1 import") && !bench.has("0 imports"), "of the core kind");
    let bench = of_wat("hostile.wat", "(component (@custom \"authors\" \"A\\e2\\80\\aeda\"))");
    assert!(bench.has("A\\u{202e}da"));
}

#[test]
fn a_wit_package_counts_what_it_defines() {
    let mut resolve = wit_parser::Resolve::default();
    let wit = "package a:b; interface c { f: func(); g: func(); } world w { import c; }";
    let package = resolve.push_str("test.wit", wit).unwrap();
    let bytes = wit_component::encode(&resolve, package).unwrap();
    let mut bench = Bench::new(ROOM, Theme::Dark, opened("package.wasm", &bytes), View::Summary);
    assert!(bench.has("WIT package") && bench.has("1 interface") && bench.has("1 world") && bench.has("2 functions"));
    assert!(!bench.has("0 imports") && !bench.has("Engine"), "it is never run");
    bench.click("a:b/w");
    assert!(matches!(bench.desk().requests.last(), Some(Request::Inspect(p)) if p.at == At::Named(Named::World(0))));
}

#[test]
fn features_that_the_engine_lacks_are_marked() {
    let bench = of_wat("pages.wat", "(module (memory 1 (pagesize 1)))");
    assert!(bench.has("Custom page sizes: not supported here"));
}

#[test]
fn whatever_can_be_used_has_a_name() {
    for view in [View::Summary, View::Origin] {
        let bench = Bench::new(ROOM, Theme::Dark, sample("wordcount-rust.wasm"), view);
        for node in bench.0.harness.root().children_recursive() {
            let node = node.accesskit_node();
            let used = matches!(node.role(), Role::Button | Role::TreeItem | Role::ListItem | Role::DisclosureTriangle);
            assert!(!used || node.label().is_some_and(|l| !l.is_empty()), "{view:?}: {:?}", node.role());
        }
    }
}

#[test]
fn pictures() {
    both(|theme, name| {
        for (file, [w, h]) in [
            ("greeter-http-rust", [720.0, 760.0]),
            ("wordcount-rust", [1250.0, 760.0]),
            ("checkout-rust", [560.0, 700.0]),
        ] {
            let bench = Bench::new([w, h], theme, sample(&format!("{file}.wasm")), View::Summary);
            bench.0.picture(&format!("inspect-summary-{file}-{w}-{name}"));
        }
        let text = "(component (import \"a:b/c\" (instance (export \"f\" (func)))) (import \"wasi:http/types@0.3.0-rc-2025-09-16\" (instance (export \"f\" (func)))))";
        let bench = Bench::new([720.0, 560.0], theme, opened("odd.wat", text.as_bytes()), View::Summary);
        bench.0.picture(&format!("inspect-summary-odd-{name}"));
    });
}

#[test]
fn of_an_older_encoding_there_is_what_can_be_said() {
    let mut old = b"\0asm\x0a\0\x01\0".to_vec();
    old.extend(b"\x07\x03abc");
    old.extend(b"\x00\x06\x04note!");
    old.extend(b"\x0b\x7fcut off");
    let mut bench = Bench::new(ROOM, Theme::Dark, opened("old.wasm", &old), View::Summary);
    assert!(bench.has("older, experimental version of the component model"));
    assert!(bench.has("type") && bench.has("custom note") && bench.has("SHA-256"));
    assert!(!bench.has("it reaches nothing outside"));
    bench.0.harness.query_all_by_label_contains("custom note").next().unwrap().click();
    bench.run();
    assert!(bench.has("Part: Whole file"));
    for view in View::ALL {
        let component = bench.0.harness.state().session.library().keys().next().copied().unwrap();
        bench.0.harness.state_mut().state.go(Place { component, view, at: At::Here });
        bench.run();
    }
}
