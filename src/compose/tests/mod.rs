//! Fixtures: small components made from WIT, and the compositions that the tests wire of them.

mod autowire;
mod check;
mod edit;
mod encode;
mod fixes;
mod inside;
mod odd;
mod plug;
mod record;
mod remade;
mod replace;
pub(super) mod samples;
mod source;
mod text;
mod twice;

use super::*;
use crate::component::{Component, decode};
use std::sync::OnceLock;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// Marsaglia's xorshift: enough for choosing, and the same everywhere.
pub(crate) struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.roll(of.len())).cloned()
    }
}

/// A component that implements the world with functions that only trap.
pub(crate) fn component(name: &str, wit: &str, world: &str) -> Arc<Component> {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let bytes = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
    let component = decode(name, bytes.into());
    assert!(component.diagnostics.is_empty(), "{name}: {:?}", component.diagnostics);
    Arc::new(component)
}

/// The store's WIT at a version, with what `get` answers and any further functions.
fn store_wit(version: &str, get: &str, more: &str) -> String {
    format!(
        "package t:store@{version};
        interface kv {{
            resource bucket {{ constructor(name: string); get: func(k: string) -> {get}; }}
            record entry {{ k: string, v: list<u8> }}
            all: func(b: borrow<bucket>) -> list<entry>;
            {more}
        }}
        world user {{ import kv; export run: func() -> string; }}
        world provider {{ export kv; }}"
    )
}

const MID: &str = "package t:mid;
    interface api { use t:store/kv@1.2.0.{bucket}; f: func(b: bucket) -> bucket; }
    world mid { import t:store/kv@1.2.0; export api; }
    world caller { import api; export go: func(); }
    package t:store@1.2.0 { interface kv {
        resource bucket { constructor(name: string); get: func(k: string) -> option<string>; }
        record entry { k: string, v: list<u8> }
        all: func(b: borrow<bucket>) -> list<entry>;
    } }";

const RING: &str = "package t:ring;
    interface x { f: func(a: u32) -> u32; }
    interface y { g: func(); }
    world xy { import x; export y; }
    world yx { import y; export x; }
    world step { import x; export x; }
    world end { export x; }
    world start { import x; export run: func(); }
    world both { import x; import y; export run: func(); }";

const PLAIN: &str = "package t:plain;
    interface log { enum level { low, high } log: func(l: level, s: string); }
    world logger { export log; }
    world named { import out: interface { enum level { low, high } log: func(l: level, s: string); }
        import twice: func(a: u32) -> u32; export run: func(a: u32) -> u32; }
    world functions { export double: func(a: u32) -> u32; export shout: func(s: string) -> string; }
    world typed { record pair { a: u32, b: u32 } export add: func(p: pair) -> u32; }";

const WASI: &str = "package t:w;
    world old { import wasi:io/poll@0.2.0; export run: func(); }
    world new { import wasi:io/poll@0.2.6; export run: func(); }
    package wasi:io@0.2.0 { interface poll { resource pollable; poll: func(a: list<borrow<pollable>>) -> list<u32>; } }
    package wasi:io@0.2.6 { interface poll { resource pollable { ready: func() -> bool; }
        poll: func(a: list<borrow<pollable>>) -> list<u32>; } }";

/// Every fixture by name.
fn fixtures() -> &'static BTreeMap<&'static str, Arc<Component>> {
    static ALL: OnceLock<BTreeMap<&'static str, Arc<Component>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let string = "option<string>";
        [
            ("user", store_wit("1.2.0", string, ""), "user"),
            ("store", store_wit("1.2.0", string, ""), "provider"),
            ("store-newer", store_wit("1.3.0", string, ""), "provider"),
            ("store-older", store_wit("1.1.0", string, ""), "provider"),
            ("store-2", store_wit("2.0.0", string, ""), "provider"),
            ("store-more", store_wit("1.2.0", string, "clear: func();"), "provider"),
            ("store-wrong", store_wit("1.2.0", "option<u32>", ""), "provider"),
            ("user-wrong", store_wit("1.2.0", "option<u32>", ""), "user"),
            ("user-newer", store_wit("1.3.0", string, "clear: func();"), "user"),
            ("mid", MID.to_owned(), "mid"),
            ("caller", MID.to_owned(), "caller"),
            ("xy", RING.to_owned(), "xy"),
            ("yx", RING.to_owned(), "yx"),
            ("step", RING.to_owned(), "step"),
            ("end", RING.to_owned(), "end"),
            ("start", RING.to_owned(), "start"),
            ("both", RING.to_owned(), "both"),
            ("logger", PLAIN.to_owned(), "logger"),
            ("named", PLAIN.to_owned(), "named"),
            ("functions", PLAIN.to_owned(), "functions"),
            ("typed", PLAIN.to_owned(), "typed"),
            ("wasi-old", WASI.to_owned(), "old"),
            ("wasi-new", WASI.to_owned(), "new"),
        ]
        .into_iter()
        .map(|(name, wit, world)| (name, component(&format!("{name}.wasm"), &wit, world)))
        .collect()
    })
}

fn library() -> Library {
    fixtures().values().map(|c| (c.digest, Arc::clone(c))).collect()
}

fn digest(fixture: &str) -> Digest {
    fixtures()[fixture].digest
}

/// A composition made by edits: instances as `name=fixture` or just `fixture`, wires as `from export > to import`, exports
/// as `from export as name`.
fn composed(lines: &[&str]) -> Composition {
    let library = library();
    let mut composition = Composition::default();
    for line in lines {
        let edit = edit(line);
        composition = apply(&composition, &library, &edit).unwrap_or_else(|e| panic!("{line}: {e}"));
        assert_eq!(composition.validate(), Vec::<String>::new(), "{line}");
    }
    composition
}

fn edit(line: &str) -> Edit {
    if let Some((from, to)) = line.split_once(" > ") {
        Edit::Connect { from: port(from), to: port(to) }
    } else if let Some((from, name)) = line.split_once(" as ") {
        Edit::Export { from: port(from), name: name.to_owned() }
    } else {
        let (name, fixture) = line.split_once('=').unwrap_or((line, line));
        Edit::AddInstance { name: name.to_owned(), component: digest(fixture) }
    }
}

fn port(text: &str) -> Port {
    let (instance, name) = text.rsplit_once(' ').unwrap();
    Port::new(instance, name)
}

const KV: &str = "t:store/kv@1.2.0";

/// The bytes, whatever is wrong with the composition.
fn unchecked(composition: &Composition, library: &Library) -> Result<Vec<u8>, Vec<crate::diag::Diagnostic>> {
    let outline = crate::compose::check::Outline::new(composition, library);
    crate::compose::encode::unchecked(composition, library, &outline)
}
