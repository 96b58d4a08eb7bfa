//! Components that grow in one way each, to see how the work on them grows; for tests and for the benchmark.

use std::fmt::Write;
use std::sync::Arc;
use wirebench::component::{self, Component, Language};
use wirebench::compose::{self, Composition, Instance, Library, Port};

/// A way to grow, with the size to begin with, and what makes the file.
pub type Way = (&'static str, usize, fn(usize) -> Vec<u8>);

/// All of them.
pub const WAYS: [Way; 9] = [
    ("exported functions", 500, exports),
    ("imported interfaces", 240, imports),
    ("types of an interface", 500, types),
    ("fields of a record", 1_000, fields),
    ("nested modules", 240, modules),
    ("nested components", 20, nested),
    ("functions with names", 4_000, functions),
    ("letters of names", 4_000, letters),
    ("custom sections", 4_000, customs),
];

/// So many times the work at most for four times the size: 2.45 for each doubling.
pub const MOST: f64 = 6.0;

/// The same where validation alone grows faster: what every tool has to do, and does it in the square of the number of
/// modules, of which a component can have a thousand.
pub fn most(validation: f64) -> f64 {
    MOST.max(1.3 * validation)
}

/// What every tool has to do with a file.
pub fn validate(bytes: &[u8]) {
    let mut validator = wasmparser::Validator::new_with_features(component::features());
    drop(std::hint::black_box(validator.validate_all(bytes).expect("it is valid")));
}

/// Everything that is asked of a file when it is opened and looked at from all sides.
pub fn look_at(bytes: &Arc<[u8]>) -> Component {
    let never = || false;
    let component = component::decode("growing.wasm", Arc::clone(bytes));
    let sizes = component::size_map(&component);
    let origin = component::origin(&component);
    let uses = component::where_used(&component);
    let used = component::used_imports(&component);
    let found = component::search(&component, "f7", 50, &never);
    let bill = component::cyclonedx(&component, &origin);
    let worlds = component::worlds(&component);
    let proposals = component::proposals(&component, &never);
    let difference = component::difference(&component, &component);
    let all = component::sections(&component);
    let spelled: Vec<_> = all.iter().take(1).map(|s| component::spell(&component, Language::Rust, s)).collect();
    let inside = compose::inside(&component);
    std::hint::black_box((sizes, uses, used, found, bill, worlds, proposals, difference, spelled, inside));
    std::hint::black_box(component.wit().len());
    component
}

/// A provider and so many consumers on wires, checked, with everything that could be wired to one port and the plan of
/// auto-wire.
pub fn wire(consumers: usize) {
    let wat = |text: &str, name: &str| {
        let bytes = wat::parse_str(text).expect("the text is valid");
        Arc::new(component::decode(name, bytes.into()))
    };
    let give = wat(
        r#"(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i "f"))) (instance $x (export "f" (func $f))) (export "a:b/c" (instance $x)))"#,
        "give.wasm",
    );
    let take = wat(r#"(component (import "a:b/c" (instance (export "f" (func)))))"#, "take.wasm");
    let mut composition = Composition::default();
    composition.instances.insert("give".into(), Instance { component: give.digest });
    for i in 0..consumers {
        let name = format!("take-{i}");
        composition.instances.insert(name.clone(), Instance { component: take.digest });
        if i % 2 == 0 {
            composition.wires.insert(Port::new(name, "a:b/c"), Port::new("give", "a:b/c"));
        }
    }
    let library = Library::from([(give.digest, give), (take.digest, take)]);
    let from = Port::new("give", "a:b/c");
    std::hint::black_box((
        compose::check(&composition, &library),
        compose::candidates(&composition, &library, &from, compose::Side::Export),
        compose::plan(&composition, &library, &compose::Scope::All, &compose::Choices::new()),
        compose::sharing(&composition),
    ));
}

fn parsed(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text is valid")
}

/// A text with one line for each number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut out, i| {
        let _ = writeln!(out, "{}", line(i));
        out
    })
}

fn exports(count: usize) -> Vec<u8> {
    let exports = lines(count, |i| format!(r#"(export "f{i}" (func $f))"#));
    parsed(&format!(
        r#"(component (core module $m (func (export "f") (param i32) (result i32) local.get 0))
            (core instance $i (instantiate $m))
            (func $f (param "x" u32) (result u32) (canon lift (core func $i "f"))) {exports})"#
    ))
}

fn imports(count: usize) -> Vec<u8> {
    let import = |i| format!(r#"(import "a:b/i{i}" (instance (export "f" (func (param "x" string) (result u32)))))"#);
    parsed(&format!("(component {})", lines(count, import)))
}

fn interface(wit: &str) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("growing.wit", wit).expect("the WIT is valid");
    wit_component::encode(&resolve, package).expect("the package can be written")
}

/// Each type speaks of the one before: as a tree they would be without end.
fn types(count: usize) -> Vec<u8> {
    let each = |i: usize| match i % 8 {
        0 => format!("record t{i} {{ a: u32 }} g{i}: func(x: t{i});"),
        _ => format!("record t{i} {{ a: t{0}, b: t{0} }} g{i}: func(x: t{i});", i - 1),
    };
    interface(&format!("package a:b; interface i {{ {} }}", lines(count, each)))
}

fn fields(count: usize) -> Vec<u8> {
    let fields = lines(count, |i| format!("g{i}: tuple<u32, string>,"));
    interface(&format!("package a:b; interface i {{ record r {{ {fields} }} f: func(x: r) -> list<r>; }}"))
}

fn modules(count: usize) -> Vec<u8> {
    parsed(&format!("(component {})", lines(count, |i| format!("(core module $m{i} (func $f{i}))"))))
}

fn nested(depth: usize) -> Vec<u8> {
    let open = lines(depth, |i| format!("(component $c{i} (core module (func $f{i} nop))"));
    parsed(&format!("(component {open} {})", ")".repeat(depth)))
}

fn functions(count: usize) -> Vec<u8> {
    let functions =
        lines(count, |i| format!("(func $f{i} (param i32) (result i32) local.get 0 i32.const {i} i32.add)"));
    parsed(&format!("(component (core module $m {functions}))"))
}

fn letters(count: usize) -> Vec<u8> {
    let name = |i: usize| format!("f{i}-{}", "x".repeat(count));
    let imports = lines(20, |i| format!(r#"(import "{}" (func (param "{}" u32)))"#, name(i), name(i)));
    parsed(&format!("(component {imports})"))
}

fn customs(count: usize) -> Vec<u8> {
    let customs = lines(count, |i| format!(r#"(@custom "section-{i}" "contents of it")"#));
    parsed(&format!("(component {customs})"))
}
