//! Every byte is in exactly one leaf, whatever the file is like.

use super::*;
use crate::component::{Functions, decode};
use std::fmt::Write as _;

fn map(name: &str, bytes: &[u8]) -> SizeMap {
    size_map(&decode(name, bytes.into()))
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// Children fill their parent without gap or overlap, and classes add up to the file.
fn assert_adds_up(map: &SizeMap, len: usize) {
    assert_eq!(map.range(NodeId::ROOT), 0..len);
    for id in map.ids() {
        let mut at = map.range(id).start;
        for child in map.children(id) {
            assert_eq!(map.parent(child), Some(id));
            assert_eq!(map.range(child).start, at, "{} in {}", map.name(child), map.name(id));
            at = map.range(child).end;
        }
        assert!(map.is_leaf(id) || at == map.range(id).end, "{} ends at {at}", map.name(id));
        assert!(map.size(id) > 0 || len == 0 || map.what(id) != What::Header);
    }
    assert_eq!(map.ids().filter(|id| map.is_leaf(*id)).map(|id| map.size(id)).sum::<usize>(), len);
    assert_eq!(map.totals().map(|(_, n)| n).sum::<u64>(), len as u64);
}

fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = format!("{}/samples/components", env!("CARGO_MANIFEST_DIR"));
    let mut out: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap())
        .map(|e| (e.file_name().into_string().unwrap(), std::fs::read(e.path()).unwrap()))
        .collect();
    out.sort();
    assert!(out.len() >= 20);
    out
}

#[test]
fn sections_say_how_many_entries_they_have() {
    let module = wat(r#"(module (import "a" "b" (func)) (import "a" "c" (func)) (memory 1) (table 1 funcref)
            (func) (func) (func) (elem (i32.const 0) 0 1) (data (i32.const 0) "x") (start 0))"#);
    let listed = |map: &SizeMap| -> Vec<String> {
        let sections = map.children(NodeId::ROOT).filter(|id| map.what(*id) == What::Section);
        let entries = |id| map.entries(id).map_or("no list".to_owned(), |(n, words)| format!("{n}{words}"));
        sections.map(|id| format!("{}: {}", map.name(id), entries(id))).collect()
    };
    let expected = [
        "type: 1",
        "import: 2",
        "function: 3",
        "table: 1",
        "memory: 1",
        "start: no list",
        "element: 1 segment",
        "code: 3 functions",
        "data: 1 segment",
    ];
    let found = listed(&map("m.wasm", &module));
    assert_eq!(
        found.iter().filter(|s| !s.starts_with("data count")).collect::<Vec<_>>(),
        expected.iter().collect::<Vec<_>>()
    );

    // A section that claims a million types in two bytes.
    let lies = [&b"\0asm\x01\0\0\0\x01\x03\xc0\x84\x3d"[..]].concat();
    assert_eq!(listed(&map("lies.wasm", &lies)), ["type: no list"]);
    let nested = wat("(component (type u8) (type string) (core module) (import \"a\" (func)) (export \"b\" (func 0)))");
    let found = listed(&map("c.wasm", &nested));
    assert!(found.contains(&"import: 1".to_owned()) && found.contains(&"export: 1".to_owned()), "{found:?}");
}

#[test]
fn every_byte_of_every_sample_has_its_place() {
    for (name, bytes) in samples() {
        let component = decode(&name, bytes.as_slice().into());
        let map = size_map(&component);
        assert_adds_up(&map, bytes.len());
        assert!(
            map.ids().all(|id| map.what(id) != What::Unreadable && !map.is_cut(id) && !map.is_broken(id)),
            "{name}"
        );
        // The tree of parts knows the same parts by the same paths.
        let mut todo = vec![(Vec::new(), &component.root)];
        while let Some((path, part)) = todo.pop() {
            let node = map.part(&path).unwrap();
            assert_eq!(map.range(node).end, part.range.end);
            assert_eq!(map.part_path(node), path);
            assert_eq!(map.children(node).filter(|c| map.what(*c).is_part()).count(), part.children.len());
            assert_eq!(
                map.children(node).filter(|c| matches!(map.what(*c), What::Section | What::Custom)).count(),
                part.sections.len()
            );
            todo.extend(part.children.iter().enumerate().map(|(i, c)| ([path.clone(), vec![i]].concat(), c)));
        }
    }
}

/// The nodes of the functions, largest first.
fn largest(map: &SizeMap) -> Vec<NodeId> {
    Functions::of(map).largest_ranges().map(|range| map.find(range)).collect()
}

#[test]
fn functions_and_segments_have_names_wherever_the_file_says_them() {
    let bytes = wat(r#"(module $shop
        (import "env" "log" (func $log))
        (memory 1)
        (func $_ZN4shop5price17h0123456789abcdefE nop)
        (func (export "total") nop nop)
        (func nop nop nop)
        (data $prices (i32.const 1024) "1234567890")
        (data "passive"))"#);
    let map = map("shop.wasm", &bytes);
    assert_adds_up(&map, bytes.len());
    assert_eq!(map.name(NodeId::ROOT), "core module shop");
    let functions = largest(&map);
    let names: Vec<_> = functions.iter().map(|f| map.name(*f)).collect();
    assert_eq!(names, ["func 3", "total", "shop::price"]);
    assert_eq!(map.raw_name(functions[2]), Some("_ZN4shop5price17h0123456789abcdefE"));
    assert_eq!(map.explain(functions[1]), "Function 2 of its core module");
    let segments: Vec<_> = map.ids().filter(|id| map.what(*id) == What::Segment).collect();
    assert_eq!(map.name(segments[0]), "segment 0 prices");
    assert_eq!(map.explain(segments[0]), "Active data: put into memory 0 at address 0x400 on instantiation");
    assert_eq!(map.name(segments[1]), "segment 1");
    assert!(map.explain(segments[1]).starts_with("Passive"));
    assert_eq!(map.find(&map.range(segments[1])), segments[1]);
    let path: Vec<_> = map.path(segments[1]).iter().map(|id| map.name(*id)).collect();
    assert_eq!(path, ["core module shop", "data", "segment 1"]);
}

#[test]
fn parts_have_their_own_name_or_the_one_that_the_component_around_gives() {
    let bytes = wat(r#"(component $shop
        (import "m" (core module $imported))
        (core module $own (func))
        (core module (func))
        (component $inner (core module $deep (func))))"#);
    let map = map("shop.wasm", &bytes);
    assert_adds_up(&map, bytes.len());
    let parts: Vec<_> = map.ids().filter(|id| map.what(*id).is_part()).map(|id| map.name(id)).collect();
    assert_eq!(
        parts,
        ["component shop", "core module 0 own", "core module 1", "component 2 inner", "core module 2.0 deep"]
    );
    // Without names of their own.
    let bytes = wat(r#"(component
        (core module (func))
        (import "m" (core module))
        (core module (func))
        (@custom "component-name" "\01\07\00\11\01\02\02\62\62"))"#);
    let map = self::map("plain.wasm", &bytes);
    let parts: Vec<_> = map.ids().filter(|id| map.what(*id).is_part()).map(|id| map.name(id)).collect();
    assert_eq!(parts, ["component", "core module 0", "core module 1 bb"]);
    // Whoever names a part without having measured the file names it alike.
    for (name, bytes) in samples().into_iter().chain([("plain.wasm".to_owned(), bytes)]) {
        let component = decode(&name, bytes.into());
        let map = size_map(&component);
        let mut todo: Vec<(Vec<usize>, &crate::component::Part)> = vec![(Vec::new(), &component.root)];
        while let Some((path, part)) = todo.pop() {
            todo.extend(part.children.iter().enumerate().map(|(i, c)| ([&path[..], &[i]].concat(), c)));
            if !path.is_empty() {
                assert_eq!(part.label(&path), map.name(map.part(&path).unwrap()), "{name}");
            }
        }
    }
}

#[test]
fn names_are_safe_to_show() {
    let bytes = wat("(module (func (export \"a\\e2\\80\\aeb\\0a\")) (@custom \"x\\1b[31m\" \"\"))");
    let map = map("spoof.wasm", &bytes);
    let shown: Vec<_> = map.ids().map(|id| map.name(id)).collect();
    assert!(shown.contains(&"a\\u{202e}b\\n".to_owned()), "{shown:?}");
    assert!(shown.contains(&"x\\u{1b}[31m".to_owned()), "{shown:?}");
}

#[test]
fn a_file_that_ends_too_early_keeps_what_is_there() {
    let whole = wat("(module (func nop nop nop) (func nop) (func nop nop) (memory 1) (data (i32.const 0) \"abc\"))");
    let mut seen = Vec::new();
    for len in 0..=whole.len() {
        let map = map("cut.wasm", &whole[..len]);
        assert_adds_up(&map, len);
        seen.push(largest(&map).len());
    }
    assert!(seen.is_sorted());
    assert_eq!((seen[0], seen.last()), (0, Some(&3)));
    // In the middle of the third function: two functions and bytes nobody can read.
    let third = largest(&map("cut.wasm", &whole)).iter().map(|f| f.0).max().unwrap();
    let start = map("cut.wasm", &whole).range(NodeId(third)).start;
    let map = map("cut.wasm", &whole[..start + 2]);
    assert_eq!(largest(&map).len(), 2);
    let code = map.children(NodeId::ROOT).find(|id| map.name(*id) == "code").unwrap();
    assert!(map.is_cut(code));
    assert_eq!(map.what(map.children(code).last().unwrap()), What::Unreadable);
}

#[test]
fn broken_samples_add_up_too() {
    for (name, bytes) in samples() {
        // One byte in some thousand is turned over, at places that differ from sample to sample.
        let step = 997 + bytes.len() % 811;
        let mut broken = bytes.clone();
        for at in (8..broken.len()).step_by(step) {
            broken[at] ^= 0xa5;
        }
        assert_adds_up(&map(&name, &broken), broken.len());
        let cut = &bytes[..bytes.len() * 2 / 3];
        assert_adds_up(&map(&name, cut), cut.len());
    }
}

#[test]
fn a_broken_custom_section_is_labelled_and_the_rest_is_there() {
    let mut bytes =
        wat("(module (func (export \"f\") nop) (@custom \"producers\" \"\\05\") (@custom \"authors\" \"me\"))");
    // A custom section whose name is longer than the section, before the code.
    bytes.splice(8..8, [0, 2, 9, b'x']);
    let map = map("broken.wasm", &bytes);
    assert_adds_up(&map, bytes.len());
    let broken: Vec<_> = map.ids().filter(|id| map.is_broken(*id)).map(|id| map.name(id)).collect();
    assert_eq!(broken, ["custom section without a name", "producers"]);
    assert_eq!(map.name(largest(&map)[0]), "f");
    assert!(map.ids().any(|id| map.name(id) == "authors"));
}

#[test]
fn a_hundred_thousand_functions_are_measured_one_by_one() {
    let mut text = String::from("(module ");
    for i in 0..100_000 {
        let _ = write!(text, "(func $f{i})");
    }
    text.push(')');
    let bytes = wat(&text);
    let map = map("many.wasm", &bytes);
    assert_adds_up(&map, bytes.len());
    let functions = Functions::of(&map);
    let largest = largest(&map);
    assert_eq!(largest.len(), 100_000);
    assert_eq!(map.name(largest[77_777]), "f77777");
    assert_eq!(functions.named("F9999", &|| false).unwrap().len(), 11);
    assert!(functions.named("f9999", &|| true).is_none(), "it was cancelled");
    let function = &functions.all[77_777];
    assert_eq!(functions.at(function.range.start).map(|f| f.index), Some(77_777));
    assert_eq!(std::mem::size_of::<Node>(), 32);
}

#[test]
fn other_files_are_one_unreadable_piece() {
    for bytes in [&b""[..], b"hello", b"\0asm", b"\0asm\x07\0\0\0rest"] {
        let map = map("x.wasm", bytes);
        assert_adds_up(&map, bytes.len());
    }
}
