use super::*;
use crate::diag::Severity;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// A component that implements the world with functions that only trap.
pub(super) fn component(wit: &str, world: &str) -> Component {
    decode(&format!("{world}.wasm"), encode(wit, world).into())
}

pub(super) fn encode(wit: &str, world: &str) -> Vec<u8> {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// The WIT as a package that is encoded as a component, with all of its documentation.
pub(super) fn package(wit: &str) -> Vec<u8> {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let package = resolve.push_str("test.wit", wit).unwrap();
    wit_component::encode(&resolve, package).unwrap()
}

fn decoded(name: &str, bytes: &[u8]) -> Component {
    decode(name, Arc::from(bytes))
}

const STORE: &str = "package shop:store@1.2.0;
    interface kv {
        /// A shelf.
        resource bucket { constructor(name: string); get: func(k: string) -> option<string>; }
        record entry { k: string, v: list<u8> }
        all: func(b: borrow<bucket>) -> list<entry>;
    }
    world user { import kv; export run: func(n: u32) -> string; }
    world provider { export kv; }";

#[test]
fn a_component_shows_its_imports_exports_and_types() {
    let user = component(STORE, "user");
    assert_eq!((user.kind, &*user.name), (Kind::Component, "user"));
    assert!(user.diagnostics.is_empty(), "{:?}", user.diagnostics);
    assert_eq!(user.imports.iter().map(|i| &*i.name).collect::<Vec<_>>(), ["shop:store/kv@1.2.0"]);
    let functions: Vec<_> = user.imports[0].functions().iter().map(|f| user.signature(f)).collect();
    assert_eq!(
        functions,
        ["constructor(name: string)", "func(k: string) -> option<string>", "func(b: borrow<bucket>) -> list<entry>"]
    );
    assert_eq!(user.signature(user.function(None, "run").unwrap()), "func(n: u32) -> string");
    let Item::Interface(kv) = &user.imports[0].item else { panic!("not an interface") };
    let bucket = user.types.get(kv.types[0]).unwrap();
    assert_eq!((bucket.name.as_deref(), bucket.owner.as_deref()), (Some("bucket"), Some("shop:store/kv@1.2.0")));
    assert!(user.wit().contains("import shop:store/kv@1.2.0;"), "{}", user.wit());
    assert_eq!(user.root.kind, PartKind::Component);
    assert_eq!(user.root.children[0].kind, PartKind::Module);
}

#[test]
fn other_files_say_what_they_are() {
    for (name, bytes, kind, says) in [
        ("a.wasm", &b""[..], Kind::Unknown, "is empty"),
        ("a.wasm", b"\0asm\x0d\0\x01", Kind::Unknown, "ends within its header"),
        ("a.wasm", b"\0asm\x0c\0\x01\0", Kind::Unknown, "older, experimental version"),
        ("a.wasm", b"\0asm\x02\0\0\0", Kind::Unknown, "unknown version"),
        ("a.wasm", b"\x7fELF\x02\x01\x01\0", Kind::Unknown, "native code"),
        ("a.wasm", b"PK\x03\x04....", Kind::Unknown, "ZIP"),
        ("a.wasm", b"\x1f\x8b\x08\0", Kind::Unknown, "gzip"),
        ("a.wasm", b"\n<!DOCTYPE html>", Kind::Unknown, "HTML"),
        ("a.wit", b"package a:b;", Kind::Unknown, "WIT text"),
        ("a.wasm", b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7", Kind::Unknown, "does not start with"),
        ("a.wat", b"(component\n  (export", Kind::Unknown, "at line 2, column 10"),
        ("a.wasm", b"(component (nonsense))", Kind::Unknown, "line 1, column"),
        ("a.wat", b"hello", Kind::Unknown, "Not valid WebAssembly text"),
        ("a.wasm", b"\0asm\x01\0\0\0", Kind::CoreModule, "core module"),
        ("a.wasm", b"\0asm\x0d\0\x01\0\x07\x7f", Kind::Component, "ends too early"),
        ("a.wasm", b"\0asm\x0d\0\x01\0\x07\x02\x01\x01", Kind::Component, "Not valid WebAssembly"),
    ] {
        let c = decoded(name, bytes);
        assert_eq!(c.kind, kind, "{says}");
        assert!(c.diagnostics.iter().any(|d| d.message.contains(says)), "{says}: {:?}", c.diagnostics);
    }
}

#[test]
fn text_is_read_as_the_binary_it_means() {
    let text = "(component (import \"f\" (func (param \"a\" u8))))";
    let c = decoded("dir/my.thing.wat", text.as_bytes());
    assert_eq!(&*c.bytes, wat::parse_str(text).unwrap());
    assert_eq!(c.digest, Digest::of(&c.bytes));
    assert_eq!((c.name.as_str(), c.imports[0].name.as_str()), ("my.thing", "f"));
    assert!(c.diagnostics.iter().all(|d| d.severity != Severity::Error), "{:?}", c.diagnostics);
}

fn sample(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/samples/components/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What holds for every file, however broken.
pub(super) fn assert_sound(c: &Component, bytes: &[u8]) {
    assert_eq!(c.digest, Digest::of(bytes));
    let whole = c.diagnostics.iter().all(|d| d.severity != Severity::Error);
    assert!(c.kind != Kind::Unknown || !whole, "an unknown file needs an error that says why");
    assert_inside(&c.root, &(0..bytes.len()));
    for function in c.imports.iter().chain(&c.exports).flat_map(|e| e.functions()) {
        c.signature(function);
    }
}

fn assert_inside(part: &Part, outer: &std::ops::Range<usize>) {
    for range in part.sections.iter().map(|s| &s.1).chain(part.children.iter().map(|c| &c.range)).chain([&part.range]) {
        assert!(outer.start <= range.start && range.start <= range.end && range.end <= outer.end, "{range:?}");
    }
    for child in &part.children {
        assert_inside(child, &part.range);
    }
}

#[test]
fn a_file_cut_off_anywhere_says_so() {
    let whole = sample("fraud-check-wat.wasm");
    for end in (0..whole.len()).step_by(7) {
        let c = decoded("cut.wasm", &whole[..end]);
        assert_sound(&c, &whole[..end]);
        // Some cuts fall between two sections and leave a smaller valid component.
        let complete = c.diagnostics.is_empty() && c.exports.is_empty();
        let says = |words: &str| c.diagnostics.iter().any(|d| d.message.contains(words));
        assert!(complete || says("ends") || says("empty") || says("too short"), "{end}: {:?}", c.diagnostics);
    }
}

#[test]
fn damaged_files_never_end_the_program() {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    for (file, mutants) in [("fraud-check-wat.wasm", 2000), ("checkout-rust.wasm", 150)] {
        let whole = sample(file);
        for _ in 0..mutants {
            let mut bytes = whole.clone();
            for _ in 0..=next() % 4 {
                let at = next() % bytes.len();
                bytes[at] = next() as u8;
            }
            assert_sound(&decoded("damaged.wasm", &bytes), &bytes);
        }
    }
}

#[test]
fn a_section_that_claims_gigabytes_costs_nothing() {
    // Reading it through a growing buffer would fill four gigabytes before the end is noticed.
    let bytes = b"\0asm\x0d\0\x01\0\x00\xf0\xff\xff\xff\x0f\x01x";
    let c = decoded("huge.wasm", bytes);
    assert_sound(&c, bytes);
    assert!(c.diagnostics[0].message.contains("ends too early"), "{:?}", c.diagnostics);
}

#[test]
fn deep_nesting_is_refused_in_words() {
    for (depth, fits) in [(90, true), (101, false), (100_000, false)] {
        let mut wat = "(component (type $t0 (list u8))".to_owned();
        for i in 1..depth {
            wat += &format!("(type $t{i} (list $t{}))", i - 1);
        }
        wat += &format!("(import \"f\" (func (param \"x\" $t{}))))", depth - 1);
        let c = decoded("deep.wat", wat.as_bytes());
        assert_eq!(c.kind, Kind::Component);
        assert_eq!(c.diagnostics.is_empty(), fits, "{depth}: {:?}", c.diagnostics);
        assert_eq!(c.import("f").is_some(), fits);
    }
    let c = decoded("deep.wat", "(component ".repeat(100_000).as_bytes());
    assert!(c.diagnostics[0].message.contains("nesting"), "{:?}", c.diagnostics);
}

#[test]
fn parts_nested_too_deep_are_left_out() {
    let depth = 50_000;
    let leb = |mut n: usize| {
        let mut out = Vec::new();
        loop {
            let byte = (n & 0x7f) as u8;
            n >>= 7;
            out.push(if n == 0 { byte } else { byte | 0x80 });
            if n == 0 {
                return out;
            }
        }
    };
    // Each component holds nothing but the next; the innermost is written last.
    let (mut heads, mut size) = (Vec::new(), 8);
    for _ in 1..depth {
        let length = leb(size);
        size += 9 + length.len();
        heads.push(length);
    }
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    for length in heads.iter().rev() {
        bytes.push(4);
        bytes.extend(length);
        bytes.extend(b"\0asm\x0d\0\x01\0");
    }
    let c = decoded("nested.wasm", &bytes);
    assert_sound(&c, &bytes);
    assert!(c.diagnostics.iter().any(|d| d.message.contains("levels deep")), "{:?}", c.diagnostics);

    let many =
        decoded("many.wasm", &[b"\0asm\x0d\0\x01\0".as_slice(), &b"\x01\x08\0asm\x01\0\0\0".repeat(20_000)].concat());
    assert!(many.diagnostics[0].message.contains("more than 10000"), "{:?}", many.diagnostics);
    assert_eq!(many.root.children.len(), 9_999);
}

#[test]
fn text_without_end_is_not_printed() {
    let name = "a".repeat(50_000);
    let mut wat = format!("(component (type $r (record (field \"x\" u8))) (import \"{name}\" (type $n (eq $r)))");
    for i in 0..400 {
        wat += &format!("(import \"f{i}\" (func (param \"x\" $n)))");
    }
    wat += ")";
    let c = decoded("long.wat", wat.as_bytes());
    assert_eq!(c.imports.len(), 401, "{:?}", c.diagnostics);
    assert!(c.wit().is_empty());
    assert!(c.missing().iter().any(|d| d.message.contains("16 MiB")), "{:?}", c.missing());
}

#[test]
fn types_that_share_parts_stay_shared() {
    let mut wat = "(component (type $t0 (tuple u8 u8))".to_owned();
    for i in 1..15 {
        wat += &format!("(type $t{i} (tuple $t{p} $t{p}))", p = i - 1);
    }
    wat += "(import \"f\" (func (param \"x\" $t14))))";
    let c = decoded("dag.wat", wat.as_bytes());
    assert_eq!((c.imports.len(), c.types.defs.len()), (1, 15), "{:?}", c.diagnostics);
    assert!(c.signature(&c.imports[0].functions()[0]).len() < 1000);
}

#[test]
fn what_wit_cannot_say_is_shown_without_it() {
    let c = decoded(
        "odd.wat",
        br#"(component
            (import "a:b/store" (instance $store
                (export "item" (type $item (sub resource)))
                (export "[method]item.size" (func (param "self" (borrow $item)) (result u64)))))
            (import "m" (core module))
            (type $r (record (field "x" (list u8))))
            (export $t "t" (type $r))
            (export "one" (instance $store))
            (export "two" (instance $store)))"#,
    );
    let says = |words: &str| c.diagnostics.iter().any(|d| d.message.contains(words));
    assert!(says("imports the core module `m`") && says("exports the type `t`"), "{:?}", c.diagnostics);
    assert!(c.missing()[0].message.contains("WIT cannot express"), "{:?}", c.missing());
    assert!(c.diagnostics.iter().all(|d| d.severity != Severity::Error), "{:?}", c.diagnostics);
    let names = |list: &[Extern]| list.iter().map(|e| e.name.clone()).collect::<Vec<_>>();
    assert_eq!(
        (names(&c.imports), names(&c.exports)),
        (vec!["a:b/store".into()], vec!["t".into(), "one".into(), "two".into()])
    );
    for e in [&c.imports[0], &c.exports[1], &c.exports[2]] {
        let [size] = e.functions() else { panic!("one function in {}", e.name) };
        assert_eq!((c.signature(size).as_str(), size.display_name()), ("func() -> u64", "item.size"));
        let FunctionKind::Method(item) = size.kind else { panic!("{:?}", size.kind) };
        assert_eq!(c.types.text(Type::Def(item)), "item");
    }
    let Item::Type(t) = c.exports[0].item else { panic!("not a type") };
    assert!(matches!(c.types.kind(Type::Def(t)), Some(TypeKind::Record(fields)) if fields[0].name == "x"));
}

#[test]
fn an_import_holds_only_what_it_asks_for() {
    // A component in the middle: it uses one function of the interface that it gives in full.
    let c = decoded(
        "middle.wat",
        br#"(component
            (import "a:b/c@1.0.0" (instance $c (export "f" (func))))
            (component $inner
                (import "f" (func $f))
                (export "f" (func $f))
                (export "g" (func $f)))
            (instance $i (instantiate $inner (with "f" (func $c "f"))))
            (export "a:b/c@1.0.0" (instance $i)))"#,
    );
    assert!(c.diagnostics.is_empty(), "{:?}", c.diagnostics);
    let names = |e: &Extern| e.functions().iter().map(|f| f.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&c.imports[0]), names(&c.exports[0])), (vec!["f".into()], vec!["f".into(), "g".into()]));
    assert_eq!((c.root.children.len(), c.root.children[0].kind), (1, PartKind::Component));
}

#[test]
fn broken_documentation_hides_nothing_else() {
    let mut bytes = encode(STORE, "user");
    // A custom section with a wrong version byte, appended to the component.
    bytes.extend(b"\0\x0e\x0cpackage-docs\x09");
    let c = decoded("docs.wasm", &bytes);
    assert_eq!(c.imports.len(), 1, "{:?}", c.diagnostics);
    assert!(!c.wit().is_empty());
}

#[test]
fn producers_and_names_come_from_all_parts() {
    let c = decoded("m.wasm", &sample("checkout-rust.wasm"));
    let names: Vec<_> = c.metadata.producers.iter().map(|p| (p.field.as_str(), p.name.as_str())).collect();
    assert!(names.contains(&("processed-by", "wit-bindgen-rust")), "{names:?}");
    let module = c.root.children.iter().find(|p| p.kind == PartKind::Module).unwrap();
    assert!(module.sections.iter().any(|(name, range)| name == "code" && range.len() > 1000), "{module:?}");
    assert!(module.sections.iter().any(|(name, _)| name.starts_with("custom ")), "{module:?}");
}

#[test]
fn types_and_interfaces_have_a_text_of_their_own() {
    let wit = "package t:p@0.1.0;
        interface base { resource r { constructor(n: u8) -> result<r, string>; m: async func() -> u8; s: static func(); } }
        interface i {
            use base.{r as handle};
            record rec { a: list<u8, 4>, b: option<rec2> }
            record rec2 { x: map<string, u8> }
            variant v { one(tuple<u8, char>), two }
            enum e { p, q }
            flags f { w }
            type bytes = list<u8>;
            type rr = rec;
            go: func(h: borrow<handle>, x: bytes) -> result<_, e>;
            come: func(s: stream<u8>, f: future) -> error-context;
        }
        world w { export i; export log: func(m: string); }";
    let mut c = component(wit, "w");
    // Components hold no documentation as built today; WIT packages do.
    let rec = Arc::make_mut(&mut c.types).defs.iter_mut().find(|d| d.name.as_deref() == Some("rec")).unwrap();
    rec.docs = Some("One line.\nAnother.".to_owned());
    let TypeKind::Record(fields) = &mut rec.kind else { panic!("{rec:?}") };
    fields[0].docs = Some("The first.".to_owned());
    let text = |name: &str| c.import(name).or(c.export(name)).unwrap().wit(&c);
    assert_eq!(
        text("t:p/base@0.1.0"),
        "interface base {
  resource r {
    constructor(n: u8) -> result<r, string>;
    m: async func() -> u8;
    s: static func();
  }
}"
    );
    assert_eq!(
        text("t:p/i@0.1.0"),
        "interface i {
  use t:p/base@0.1.0.{r as handle};
  record rec2 {
    x: map<string, u8>,
  }
  /// One line.
  /// Another.
  record rec {
    /// The first.
    a: list<u8, 4>,
    b: option<rec2>,
  }
  variant v {
    one(tuple<u8, char>),
    two,
  }
  enum e {
    p,
    q,
  }
  flags f {
    w,
  }
  type bytes = list<u8>;
  type rr = rec;
  go: func(h: borrow<handle>, x: bytes) -> result<_, e>;
  come: func(s: stream<u8>, f: future) -> error-context;
}"
    );
    assert_eq!(text("log"), "log: func(m: string);");
}

/// What is used of each import, in words.
fn uses(c: &Component) -> Vec<(String, String)> {
    let used = used_imports(c);
    assert_eq!(used.unknown, None, "{}", c.name);
    used.imports.iter().map(|i| (i.name.clone(), i.words())).collect()
}

#[test]
fn functions_that_no_core_module_is_given_are_not_used() {
    let c = decoded(
        "used.wat",
        br#"(component
            (import "a:b/all" (instance $all
                (export "r" (type $r (sub resource)))
                (export "f" (func)) (export "g" (func)) (export "h" (func))))
            (import "a:b/lowered" (instance $lowered (export "f" (func))))
            (import "a:b/types" (instance $types (export "r" (type (sub resource))) (export "f" (func))))
            (import "a:b/handed" (instance $handed (export "f" (func)) (export "g" (func))))
            (import "a:b/again" (instance $again (export "f" (func)) (export "g" (func))))
            (import "one" (func $one))
            (import "other" (func $other))
            (core module $m (import "i" "f" (func)) (import "i" "one" (func)) (import "i" "drop" (func (param i32))))
            (alias export $all "f" (func $f))
            (core func $cf (canon lower (func $f)))
            (core func $cone (canon lower (func $one)))
            (core func (canon lower (func $lowered "f")))
            (alias export $types "r" (type $r))
            (core func $drop (canon resource.drop $r))
            (core instance $i (export "f" (func $cf)) (export "one" (func $cone)) (export "drop" (func $drop)))
            (core instance (instantiate $m (with "i" (instance $i))))
            (component $inner
                (import "x" (instance $x (export "f" (func)) (export "g" (func))))
                (import "y" (func $y))
                (core module $m (import "" "g" (func)))
                (core func $g (canon lower (func $x "g")))
                (core instance (instantiate $m (with "" (instance (export "g" (func $g)))))))
            (instance (instantiate $inner
                (with "x" (instance (export "f" (func $handed "f")) (export "g" (func $handed "g"))))
                (with "y" (func $other))))
            (export "a:b/again" (instance $again)))"#,
    );
    let words: Vec<_> = uses(&c);
    let words: Vec<_> = words.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
    assert_eq!(
        words,
        [
            ("a:b/all", "1 of 3 functions used"),
            ("a:b/lowered", "types only"),
            ("a:b/types", "types only, drops r"),
            ("a:b/handed", "1 of 2 functions used"),
            ("a:b/again", "both functions used"),
            ("one", "used"),
            ("other", "not used"),
        ]
    );
    let used = used_imports(&c);
    assert_eq!(used.import("a:b/all").unwrap().used, ["f"]);
    assert_eq!(used.import("a:b/handed").unwrap().used, ["g"]);
    assert!(used.import("a:b/types").unwrap().is_types_only() && !used.import("one").unwrap().is_types_only());
}

#[test]
fn what_the_samples_use_is_known() {
    let mut of_types = 0;
    for entry in std::fs::read_dir(format!("{}/samples/components", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let c = decoded(&file, &sample(&file));
        let uses = uses(&c);
        assert_eq!(uses.len(), c.imports.len(), "{file}");
        for (name, words) in &uses {
            assert!(!words.starts_with("not"), "{file} {name}: {words}");
            of_types += usize::from(words.starts_with("types only"));
        }
    }
    // Most languages' adapters drop what they never ask for.
    assert!(of_types > 10, "{of_types}");
    let cpp = decoded("cpp.wasm", &sample("fraud-check-cpp.wasm"));
    let used = used_imports(&cpp);
    assert_eq!(used.import("wasi:io/error@0.2.12").unwrap().words(), "types only, drops error");
    assert_eq!(used.import("wasi:clocks/wall-clock@0.2.12").unwrap().words(), "types only");
    assert_eq!(used.import("wasi:io/streams@0.2.12").unwrap().words(), "all 4 functions used");
}

#[test]
fn damage_leaves_unknown_what_is_used() {
    let whole = sample("fraud-check-cpp.wasm");
    for end in (8..whole.len()).step_by(301) {
        let c = decoded("cut.wasm", &whole[..end]);
        let used = used_imports(&c);
        assert!(used.unknown.is_some() || used.imports.len() == c.imports.len(), "{end}");
    }
    let module = decoded("m.wat", b"(module)");
    assert_eq!(used_imports(&module), Used::default());
}

#[test]
fn what_is_not_valid_is_said_in_one_line() {
    let component = decode("a.wat", b"(component (import \"a--b\" (func)))".as_slice().into());
    let message = &component.diagnostics[0].message;
    assert!(message.starts_with("Not valid WebAssembly: import name `a--b` is not a valid extern name: "), "{message}");
    assert!(!message.contains('\n') && !message.contains("\\n"), "{message}");
}
