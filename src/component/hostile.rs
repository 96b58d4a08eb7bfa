//! What files made to do harm get: an answer in words, in bounded time, memory and stack.

use super::listing::print_wat;
use super::*;
use crate::diag::Severity;
use wasm_encoder::{
    ComponentBuilder, ComponentDefinedTypeEncoder, ComponentTypeRef, ComponentValType, InstanceType, PrimitiveValType,
};

fn opened(bytes: &[u8]) -> Component {
    decode("hostile.wasm", bytes.into())
}

fn says(c: &Component, words: &str) -> bool {
    c.diagnostics.iter().any(|d| d.message.contains(words))
}

fn is_broken(c: &Component) -> bool {
    c.diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// Does this with just as much stack as reading wants to have at least, and with so little that it has to make more.
fn with_little_stack<T: Send>(work: impl Fn() -> T + Send + Sync) -> T {
    let on = |size: usize| {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(size);
            thread.spawn_scoped(scope, &work).unwrap().join().unwrap()
        })
    };
    on(96 << 10);
    on((4 << 20) + (64 << 10))
}

/// A component that imports a function of a type that is `depth` levels deep, the innermost being a number.
fn nested_value(depth: u32, wrap: impl Fn(ComponentDefinedTypeEncoder<'_>, ComponentValType)) -> Vec<u8> {
    let mut builder = ComponentBuilder::default();
    let mut inner = ComponentValType::Primitive(PrimitiveValType::U8);
    for _ in 1..depth {
        let (index, encoder) = builder.type_defined(None);
        wrap(encoder, inner);
        inner = ComponentValType::Type(index);
    }
    let (function, mut encoder) = builder.type_function(None);
    encoder.params([("x", inner)]).result(None);
    builder.import("f", ComponentTypeRef::Func(function));
    builder.finish()
}

fn leb(mut n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = (n & 0x7f) as u8;
        n >>= 7;
        out.push(if n == 0 { byte } else { byte | 0x80 });
        if n == 0 {
            return out;
        }
    }
}

const HEADER: &[u8] = b"\0asm\x0d\0\x01\0";

fn with_section(id: u8, contents: &[u8]) -> Vec<u8> {
    [HEADER, &[id], &leb(contents.len()), contents].concat()
}

/// A type of an instance (0x42) or component (0x41) that holds nothing but such a type, and so on.
fn nested_type(kind: u8, depth: usize) -> Vec<u8> {
    let mut contents = vec![1];
    for _ in 1..depth {
        contents.extend([kind, 1, 1]);
    }
    contents.extend([kind, 0]);
    with_section(7, &contents)
}

/// Instance types that each export an instance of the one before; the last one is imported.
fn chained_instances(depth: u32) -> Vec<u8> {
    let mut builder = ComponentBuilder::default();
    let mut last = builder.type_instance(None, &InstanceType::new());
    for _ in 1..depth {
        let mut ty = InstanceType::new();
        ty.alias(wasm_encoder::Alias::Outer {
            kind: wasm_encoder::ComponentOuterAliasKind::Type,
            count: 1,
            index: last,
        });
        ty.export("a", ComponentTypeRef::Instance(0));
        last = builder.type_instance(None, &ty);
    }
    builder.import("i", ComponentTypeRef::Instance(last));
    builder.finish()
}

const DEPTHS: [u32; 5] = [99, 100, 101, 10_000, 100_000];

#[test]
fn deep_values_are_shown_to_a_hundred_levels() {
    type Wrap = fn(ComponentDefinedTypeEncoder<'_>, ComponentValType);
    let wraps: [Wrap; 4] = [|e, t| e.list(t), |e, t| e.option(t), |e, t| e.tuple([t]), |e, t| e.result(Some(t), None)];
    for wrap in wraps {
        for depth in DEPTHS {
            let bytes = nested_value(depth, wrap);
            let c = with_little_stack(|| {
                let c = opened(&bytes);
                c.wit();
                c
            });
            let fits = depth <= 100;
            assert_eq!(!is_broken(&c), fits, "{depth}: {:?}", c.diagnostics);
            assert!(fits || says(&c, "nesting is too deep"), "{depth}: {:?}", c.diagnostics);
            assert_eq!(c.types.defs.len() >= 98, fits, "{depth}");
        }
    }
}

#[test]
fn deep_instance_and_component_types_are_refused_before_anybody_reads_them() {
    for kind in [0x42, 0x41] {
        for depth in DEPTHS {
            let bytes = nested_type(kind, depth as usize);
            let c = with_little_stack(|| opened(&bytes));
            assert_eq!(is_broken(&c), depth > 100, "{depth}: {:?}", c.diagnostics);
            assert!(depth <= 100 || says(&c, "100 levels deep"), "{depth}: {:?}", c.diagnostics);
        }
    }
}

#[test]
fn a_callback_of_the_wrong_type_is_no_valid_component() {
    let component = |result: &str, code: &str| {
        let text = format!(
            r#"(component
                (core module $m
                    (func (export "f") (result i32) i32.const 0)
                    (func (export "cb") (param i32 i32 i32) {result} {code}))
                (core instance $i (instantiate $m))
                (func (export "f") async
                    (canon lift (core func $i "f") async (callback (core func $i "cb")))))"#
        );
        opened(&wat::parse_str(text).unwrap())
    };
    assert!(!is_broken(&component("(result i32)", "i32.const 0")));
    for (result, code) in [("", ""), ("(result i64)", "i64.const 0"), ("(result i32 i32)", "i32.const 0 i32.const 0")] {
        let wrong = component(result, code);
        assert!(is_broken(&wrong) && says(&wrong, "callback"), "{result}: {:?}", wrong.diagnostics);
    }
}

#[test]
fn chains_of_instance_types_end_somewhere() {
    for depth in DEPTHS {
        let bytes = chained_instances(depth);
        let c = with_little_stack(|| opened(&bytes));
        assert_eq!(is_broken(&c), depth > 101, "{depth}: {:?}", c.diagnostics);
        assert_eq!((c.imports.len(), c.beyond.len()), (1, 1), "{depth}");
        assert!(c.beyond[0].ty.as_ref().is_none_or(|ty| ty.len() < 32 << 10));
    }
}

#[test]
fn deep_text_is_refused_in_words() {
    for (open, inner, close) in [
        ("(component ", "(component ", ")"),
        ("(component (type (instance ", "(type (instance ", ")))"),
        ("(component (type (list ", "(list ", ")))"),
        ("(module (func ", "(block ", "))"),
    ] {
        for depth in [90, 10_000, 100_000] {
            let ends = inner.matches('(').count();
            let text = open.to_owned() + &inner.repeat(depth) + &")".repeat(depth * ends) + close;
            let c = with_little_stack(|| decode("deep.wat", text.as_bytes().into()));
            // Blocks are no types: nobody recurses into them.
            assert!(
                inner == "(block " || depth < 1000 || says(&c, "nesting too deep at line 1, column"),
                "{:?}",
                c.diagnostics
            );
        }
    }
    let wit = format!("package a:b;\ninterface i {{ type t = {}u8{}; }}", "list<".repeat(100_000), ">".repeat(100_000));
    assert!(says(&decode("deep.wit", wit.as_bytes().into()), "WIT text"));
}

#[test]
fn nobody_else_reads_what_nests_too_deep() {
    let c = opened(&nested_type(0x42, 1_000_000));
    let why = print_wat(&c.bytes, c.root.range.clone(), None, &mut |_| true).unwrap_err();
    assert!(why.contains("100 levels deep"), "{why}");
    assert!(proposals(&c, &|| false).unwrap().incomplete.is_some());
    everything_else(&c);
}

#[test]
fn a_type_that_stands_for_a_million_is_kept_small() {
    let bytes = {
        let mut builder = ComponentBuilder::default();
        let mut inner = ComponentValType::Primitive(PrimitiveValType::U8);
        for _ in 0..18 {
            let (index, encoder) = builder.type_defined(None);
            encoder.tuple([inner, inner]);
            inner = ComponentValType::Type(index);
        }
        let (function, mut encoder) = builder.type_function(None);
        encoder.params([("x", inner)]).result(None);
        builder.import("f", ComponentTypeRef::Func(function));
        builder.finish()
    };
    let c = opened(&bytes);
    assert_eq!((c.types.defs.len(), c.diagnostics.len()), (18, 0), "{:?}", c.diagnostics);
    let ty = c.imports[0].functions()[0].params[0].ty;
    let value = crate::value::default_value(&c.type_ref(ty));
    assert!(crate::value::to_wave(&value).len() < 1 << 20);
    assert!(c.types.text(ty).len() < 1000);
    everything_else(&c);
}

#[test]
fn names_and_counts_at_their_limits_are_opened() {
    let long = "a".repeat(100_000);
    let many = |n: usize| (0..n).map(|i| format!("n{i}")).collect::<Vec<_>>();
    let quoted = |names: &[String]| names.iter().map(|n| format!("\"{n}\" ")).collect::<String>();
    let fields = many(10_000).iter().map(|n| format!("(field \"{n}\" u8)")).collect::<String>();
    let cases = many(10_000).iter().map(|n| format!("(case \"{n}\" u8)")).collect::<String>();
    for (what, text) in [
        ("a name", format!("(import \"{long}\" (func))")),
        ("imports", many(20_000).iter().map(|n| format!("(import \"{n}\" (func))")).collect()),
        (
            "fields",
            format!(
                "(type $r (record {fields})) (import \"r\" (type $n (eq $r))) (import \"f\" (func (param \"x\" $n)))"
            ),
        ),
        (
            "cases",
            format!(
                "(type $r (variant {cases})) (import \"r\" (type $n (eq $r))) (import \"f\" (func (param \"x\" $n)))"
            ),
        ),
        ("labels", format!("(type $r (enum {})) (import \"r\" (type $n (eq $r)))", quoted(&many(10_000)))),
        ("flags", format!("(type $r (flags {})) (import \"r\" (type $n (eq $r)))", quoted(&many(32)))),
        ("elements", "(type $r (list u8 1073741824)) (import \"f\" (func (param \"x\" $r)))".to_owned()),
    ] {
        let c = decode("limit.wat", format!("(component {text})").as_bytes().into());
        assert!(!is_broken(&c), "{what}: {:?}", c.diagnostics);
        assert!(!c.imports.is_empty(), "{what}");
        for function in c.imports.iter().flat_map(|e| e.functions()) {
            for param in &function.params {
                let value = crate::value::default_value(&c.type_ref(param.ty));
                assert!(crate::value::to_wave(&value).len() < 4 << 20, "{what}");
            }
        }
        everything_else(&c);
    }
    // One more is refused in words.
    let c = decode("limit.wat", format!("(component (import \"{long}a\" (func)))").as_bytes().into());
    assert!(is_broken(&c), "{:?}", c.diagnostics);
}

#[test]
fn broken_custom_sections_are_labelled_and_hide_nothing() {
    let whole = std::fs::read("samples/components/fraud-check-wat.wasm").unwrap();
    let sound = opened(&whole);
    for name in ["producers", "package-docs", "component-name", "name", "authors", "revision"] {
        for contents in [&b""[..], b"\xff", b"\x05\xff\xff\xff\xff\x0f", b"\x01\xff\xfe", b"{\"docs\": 3"] {
            let mut section = leb(name.len());
            section.extend(name.as_bytes());
            section.extend(contents);
            let bytes = [&whole, &[0][..], &leb(section.len()), &section].concat();
            let c = opened(&bytes);
            assert_eq!(c.imports.len() + c.exports.len(), sound.imports.len() + sound.exports.len(), "{name}");
            assert_eq!(c.wit(), sound.wit(), "{name} {contents:?}");
            let (_, range) = c.root.sections.iter().rfind(|(n, _)| *n == format!("custom {name}")).unwrap();
            let shown = read_custom_section(&c.bytes, range);
            let is_text = matches!(name, "authors" | "revision");
            assert!(shown.broken.is_some() || contents.is_empty() || is_text, "{name} {contents:?}: {shown:?}");
            everything_else(&c);
        }
    }
}

#[test]
fn what_needs_a_feature_is_told_from_what_is_wrong() {
    for (text, feature) in [
        ("(component (import \"v\" (value $v string)) (export \"w\" (value $v)))", "cm-values"),
        (
            "(component (core module (memory 1 1 shared) (func (result i32) global.get 0) (global (shared i32) (i32.const 0))))",
            "shared-everything-threads",
        ),
        ("(component (core module (memory 1 (pagesize 1))))", "custom-page-sizes"),
    ] {
        let c = decode("feature.wat", text.as_bytes().into());
        assert!(says(&c, &format!("It needs {feature}")), "{feature}: {:?}", c.diagnostics);
        assert!(!says(&c, "Not valid"), "{:?}", c.diagnostics);
    }
    let c = decode("wrong.wat", "(component (core module (func (result i32))))".as_bytes().into());
    assert!(says(&c, "Not valid") && !says(&c, "needs"), "{:?}", c.diagnostics);
}

#[test]
fn what_wit_cannot_say_is_told_in_the_words_of_the_binary() {
    let shown = |text: &str| {
        let c = decode("beyond.wat", text.as_bytes().into());
        everything_else(&c);
        c
    };
    let c = shown(
        r#"(component
            (import "m" (core module
                (import "env" "memory" (memory 1 4))
                (import "env" "f" (func (param i32 i64) (result f32)))
                (export "g" (global (mut i32)))
                (export "t" (table 1 funcref))))
            (import "c" (component (import "x" (func (param "n" u8))) (export "y" (instance (export "z" (func)))))))"#,
    );
    assert!(!is_broken(&c), "{:?}", c.diagnostics);
    assert_eq!(
        c.beyond.iter().map(|b| b.ty.clone().unwrap()).collect::<Vec<_>>(),
        [
            "core module {\n  import \"env\" \"memory\": memory 1 4\n  import \"env\" \"f\": func(i32, i64) -> (f32)\n  \
             export \"g\": mutable global i32\n  export \"t\": table 1 of funcref\n}",
            "component {\n  import x: func(n: u8)\n  export y: instance {\n    z: func()\n  }\n}",
        ]
    );

    // A value: what it is is known although the feature is not there.
    let c = shown(
        "(component (import \"v\" (value $v (tuple u8 string))) (import \"f\" (func)) (export \"w\" (value $v)))",
    );
    assert_eq!(
        (c.beyond[0].kind, c.beyond[0].ty.as_deref()),
        ("value", Some("tuple<u8, string>")),
        "{:?}",
        c.diagnostics
    );
    assert_eq!(c.imports.len(), 1);

    // An instance inside an instance, and one instance under two names.
    let c = shown(
        r#"(component
            (import "i" (instance $i (export "n" (instance (export "f" (func (result u8)))))))
            (export "one" (instance $i)) (export "two" (instance $i)))"#,
    );
    assert_eq!(c.beyond.len(), 3, "{:?}", c.beyond);
    assert_eq!(c.beyond[0].ty.as_deref(), Some("instance {\n  n: instance {\n    f: func() -> u8\n  }\n}"));
    assert!(
        c.missing()[0].message.starts_with("No WIT text and no documentation, because WIT cannot"),
        "{:?}",
        c.missing()
    );

    // An imported resource, exported again.
    let c = shown(
        r#"(component
            (import "r" (type $r (sub resource)))
            (import "f" (func (result (own $r))))
            (export "s" (type $r)))"#,
    );
    assert!(!is_broken(&c) && c.import("f").is_some(), "{:?}", c.diagnostics);
    assert!(c.export("s").is_some_and(|e| matches!(e.item, Item::Type(_))), "{:?}", c.exports);

    // A core module says what it asks for.
    let c = shown("(module (import \"a\\u{202e}\" \"b\" (func (param i32))) (memory (export \"m\") 1))");
    assert_eq!(
        c.beyond.iter().map(|b| (b.kind, b.ty.as_deref().unwrap())).collect::<Vec<_>>(),
        [("core function", "func(i32)"), ("core memory", "memory 1"),]
    );
}

#[test]
fn what_stands_before_the_damage_is_known_with_its_types() {
    let text = r#"(component
        (import "a" (func (param "x" (list u8)) (result string)))
        (import "i" (instance (export "f" (func (result u8)))))
        (core module (func (result i32)))
        (import "late" (func)))"#;
    // The module is wrong, but only inside of a function: everything else is known, and WIT too.
    let c = decode("body.wat", text.as_bytes().into());
    assert!(is_broken(&c) && c.imports.len() == 3 && !c.wit().is_empty(), "{:?}", c.diagnostics);

    // A wrong section at the end, and one that never ends.
    let sound = wat::parse_str(text.replace("(func (result i32))", "")).unwrap();
    for tail in [&b"\x0b\x02\x01\x01"[..], b"\x0b\xff\x7f"] {
        let c = opened(&[&sound, tail].concat());
        assert!(is_broken(&c), "{:?}", c.diagnostics);
        let shown: Vec<_> = c.imports.iter().flat_map(|e| e.functions()).map(|f| c.signature(f)).collect();
        assert_eq!(shown, ["func(x: list<u8>) -> string", "func() -> u8", "func()"], "{tail:?}");
        assert!(c.missing()[0].message.ends_with("because the file is not valid"), "{:?}", c.missing());
        everything_else(&c);
    }

    // A wrong section in the middle: what stands behind it is known by name.
    let mut bytes = HEADER.to_vec();
    let (early, late) = (
        wat::parse_str("(component (import \"a\" (func (result u8))))").unwrap(),
        wat::parse_str("(component (import \"b\" (func)) (import \"c\" (func)))").unwrap(),
    );
    bytes.extend(&early[8..]);
    bytes.extend(b"\x0b\x07\x01\0\x01q\x01\x09\0");
    bytes.extend(&late[8..]);
    let c = opened(&bytes);
    assert_eq!(c.imports.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["a"], "{:?}", c.diagnostics);
    let unknown: Vec<_> = c.beyond.iter().map(|b| (b.name.as_str(), b.kind, b.ty.is_none())).collect();
    assert_eq!(unknown, [("q", "function", true), ("b", "function", true), ("c", "function", true)]);
    assert!(c.missing()[1].message.contains("2 imports and 1 export are not known"), "{:?}", c.missing());
}

/// Everything that is worked out of a component when somebody looks at it, as far as it takes one component.
fn everything_else(c: &Component) {
    c.wit();
    c.missing();
    size_map(c);
    used_imports(c);
    origin(c);
    proposals(c, &|| false);
    search(c, "a", 10, &|| false);
    worlds(c);
    let _ = print_wat(&c.bytes, c.root.range.clone(), None, &mut |_| true);
    for (_, range) in c.root.sections.iter().filter(|(name, _)| name.starts_with("custom ")) {
        read_custom_section(&c.bytes, range);
    }
    for function in c.imports.iter().chain(&c.exports).flat_map(|e| e.functions()) {
        c.signature(function);
    }
    if c.bytes.len() < 20_000 {
        difference(c, c);
        crate::compose::inside(c);
    }
}

/// A generator of numbers that are the same each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }
}

/// One of many ways to damage a file: bytes changed, cut off, a piece repeated, moved or taken out.
fn damage(whole: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    match random.below(8) {
        0 => bytes.truncate(random.below(whole.len())),
        1 => {
            let (from, to) = (random.below(whole.len()), random.below(whole.len()));
            let piece = bytes[from..(from + random.below(64)).min(whole.len())].to_vec();
            bytes.splice(to..to, piece);
        }
        2 => {
            let from = random.below(whole.len());
            bytes.drain(from..(from + 1 + random.below(16)).min(whole.len()));
        }
        3 => {
            let middle = 8 + random.below(whole.len() - 8);
            let moved = 1 + random.below(whole.len() - middle);
            bytes[8..].rotate_left((middle - 8).min(moved));
        }
        _ => {
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len());
                bytes[at] = match random.below(3) {
                    0 => random.below(256) as u8,
                    1 => bytes[at] ^ (1 << random.below(8)),
                    _ => [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
                };
            }
        }
    }
    bytes
}

/// A hundred for each small sample; as many as `WIREBENCH_MUTANTS` says for a long run on two threads.
#[test]
fn damaged_files_are_told_in_words_by_every_reader() {
    let wanted = std::env::var("WIREBENCH_MUTANTS").ok().and_then(|n| n.parse::<usize>().ok());
    let mut files: Vec<_> = std::fs::read_dir("samples/components")
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .filter(|bytes| bytes.len() < if wanted.is_some() { 1_000 } else { 16_000 })
        .collect();
    files.sort();
    let (threads, each) = wanted.map_or((1, 100), |n| (2, n.div_ceil(2 * files.len())));
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let files = &files;
            scope.spawn(move || {
                let mut random = Random(0x9e37_79b9_7f4a_7c15 + thread);
                for whole in files {
                    for _ in 0..each {
                        let bytes = damage(whole, &mut random);
                        let c = decode("damaged.wasm", bytes.as_slice().into());
                        tests::assert_sound(&c, &bytes);
                        everything_else(&c);
                        let beside = decode_beside("damaged.wasm", bytes.as_slice().into(), || fault(&bytes));
                        assert_eq!(beside.diagnostics, c.diagnostics);
                        assert_eq!(beside.gaps, c.gaps);
                    }
                }
            });
        }
    });
}
