use super::*;
use crate::diag::Severity;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// A component that implements the world with functions that only trap.
pub(super) fn component(wit: &str, world: &str) -> Component {
    decode(&format!("{world}.wasm"), encode(wit, world).into())
}

fn encode(wit: &str, world: &str) -> Vec<u8> {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
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
    assert!(user.wit.contains("import shop:store/kv@1.2.0;"), "{}", user.wit);
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
