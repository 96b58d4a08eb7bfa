use super::*;
use crate::component::{Functions, decode, size_map};
use std::cell::Cell;
use std::path::PathBuf;

fn functions_of(bytes: &[u8]) -> Functions {
    Functions::of(&size_map(&decode("x.wasm", bytes.into())))
}

const NEVER: &dyn Fn() -> bool = &|| false;

fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/components");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "wasm"));
    paths.sort();
    paths.into_iter().map(|p| (p.display().to_string(), std::fs::read(&p).unwrap())).collect()
}

fn listing(bytes: &[u8]) -> Listing {
    Listing::of(bytes, 0..bytes.len(), NEVER).unwrap()
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// A module with this many functions of three lines.
fn many_functions(count: usize) -> Vec<u8> {
    let functions: String = (0..count).map(|i| format!("(func $f{i} (result i32) i32.const {i})")).collect();
    wat(&format!("(module {functions})"))
}

#[test]
fn lines_offsets_and_streamed_text_are_those_of_the_printer() {
    for (name, bytes) in samples() {
        let mut expected = String::new();
        let config = wasmprinter::Config::new();
        let offsets: Vec<_> = config.offsets_and_lines(&bytes, &mut expected).unwrap().map(|(o, _)| o).collect();
        let listing = listing(&bytes);
        assert_eq!(listing.len(), expected.lines().count(), "{name}");
        assert!(listing.refusal().is_none(), "{name}");
        assert!(listing.size() < bytes.len() * 3 + 4096, "{name}: {} for {}", listing.size(), bytes.len());
        let lines = listing.lines(0..listing.len());
        for (line, expected) in lines.iter().zip(expected.lines()) {
            match line.text.split_once(" … ") {
                Some((kept, mark)) => {
                    assert!(expected.starts_with(kept) && expected.len() > LINE, "{name}: {expected}");
                    let left = grouped((expected.len() - kept.len()) as u64);
                    assert_eq!(mark, format!("{left} more characters"), "{name}");
                }
                None => assert_eq!(line.text, expected, "{name}"),
            }
        }
        assert!(lines.iter().map(|l| l.offset.map(|o| o as u64)).eq(offsets), "{name}");
        for (i, line) in lines.iter().enumerate().step_by(lines.len() / 100 + 1) {
            let Some(offset) = line.offset else { continue };
            let found = listing.line_of_offset(offset);
            assert_eq!(lines[found].offset, Some(offset), "{name}, line {i}");
            assert!(found >= i, "{name}: the last such line");
        }
        assert_eq!(listing.line_of_offset(0), 0);
        assert!(listing.line_of_offset(usize::MAX) < listing.len());
        let mut at = 0;
        let mut out = |piece: &str| {
            assert!(expected[at..].starts_with(piece), "{name}, byte {at}");
            at += piece.len();
            true
        };
        print_wat(&bytes, 0..bytes.len(), None, &mut out).unwrap();
        assert_eq!(at, expected.len(), "{name}");
    }
}

#[test]
fn a_part_is_listed_with_places_in_the_file() {
    let bytes = wat("(component (core module $m (func $f (result i32) i32.const 7)))");
    let start = bytes.windows(8).skip(1).position(|w| w == b"\0asm\x01\0\0\0").unwrap() + 1;
    let end = start + usize::from(bytes[start - 1]);
    let listing = Listing::of(&bytes, start..end, NEVER).unwrap();
    let lines = listing.lines(0..10);
    assert_eq!(lines[0], Line { text: "(module $m".into(), offset: Some(start) });
    let constant = lines.iter().find(|l| l.text.trim() == "i32.const 7").unwrap();
    assert_eq!(bytes[constant.offset.unwrap()..][..2], [0x41, 7]);
}

#[test]
fn text_is_found_in_any_case_with_its_places() {
    let bytes = many_functions(30_000);
    let listing = listing(&bytes);
    let found = listing.find("$F12345 ", 0, NEVER).unwrap();
    assert_eq!((found.total, found.before, found.places.len()), (1, 0, 1));
    let (line, at) = found.places[0];
    assert!(listing.lines(line..line + 1)[0].text[at..].starts_with("$f12345 "));
    let all = listing.find("i32.const", 60_000, NEVER).unwrap();
    assert_eq!((all.total, all.places.len()), (30_000, MATCHES));
    // The places kept are around the line asked for, and their number in the whole is known.
    let split = all.places.iter().position(|(line, _)| *line >= 60_000).unwrap();
    assert_eq!(split, MATCHES / 2);
    let before = listing.find("i32.const", 0, NEVER).unwrap();
    assert_eq!((before.before, before.places[0].0), (0, 3), "all lines come after the first");
    let (line, _) = all.places[0];
    let constant = listing.lines(line..line + 1)[0].text.trim().to_owned();
    assert_eq!(constant, format!("i32.const {}", all.before));
    assert_eq!(listing.find("no such text", 0, NEVER).unwrap().total, 0);
    assert_eq!(listing.find("", 0, NEVER).unwrap().total, 0);
    assert!(listing.find("i32", 0, &|| true).is_none());
}

#[test]
fn looking_at_a_few_lines_unpacks_a_block_or_two() {
    let listing = listing(&many_functions(60_000));
    let blocks = listing.blocks.len();
    assert!(blocks > 20, "{blocks}");
    let count = || listing.unpacked.load(std::sync::atomic::Ordering::Relaxed);
    // A screen of lines moves over the whole text, as a wheel moves it.
    for first in (0..listing.len()).step_by(20) {
        let before = count();
        assert_eq!(listing.lines(first..first + 60).len(), 60.min(listing.len() - first));
        assert!(count() - before <= 2);
    }
    assert!(count() <= blocks, "no block is unpacked twice on the way: {} of {blocks}", count());
}

#[test]
fn a_listing_takes_little_room() {
    let bytes = many_functions(60_000);
    let listing = listing(&bytes);
    let text = wasmprinter::print_bytes(&bytes).unwrap().len();
    assert!(listing.size() < text / 4, "{} for {text}", listing.size());
}

#[test]
fn printing_ends_when_it_is_cancelled() {
    let bytes = many_functions(20_000);
    let asked = Cell::new(0);
    let listing = Listing::of(&bytes, 0..bytes.len(), &|| {
        asked.set(asked.get() + 1);
        asked.get() == 3
    });
    assert!(listing.is_none());
    assert_eq!(asked.get(), 3, "nothing is printed after that");
    let mut pieces = 0;
    print_wat(&bytes, 0..bytes.len(), None, &mut |_| {
        pieces += 1;
        pieces < 5
    })
    .unwrap();
    assert_eq!(pieces, 5);
}

#[test]
fn a_broken_part_keeps_what_stands_before_the_damage() {
    let mut bytes = many_functions(200);
    let end = bytes.len() - 400;
    bytes.truncate(end);
    let broken = listing(&bytes);
    let lines = broken.lines(0..broken.len());
    assert!(lines[0].text.starts_with("(module"));
    let last = &lines.last().unwrap().text;
    assert!(last.starts_with(";; The text ends here: "), "{last}");
    assert!(broken.refusal().is_some());
    for junk in [&b""[..], b"\0asm", b"hello", b"\0asm\x01\0\0\0\x0a\x04\x01\x02\0\x0b"] {
        let listing = listing(junk);
        assert!(listing.lines(0..9).last().unwrap().text.starts_with(";; The text ends here"), "{junk:?}");
        assert!(print_wat(junk, 0..junk.len(), None, &mut |_| true).is_err());
        assert!(functions_of(junk).all.len() <= 1);
    }
    assert!(Listing::of(b"", 5..9, NEVER).is_some(), "a range that is not in the file");
}

#[test]
fn a_line_of_megabytes_is_cut_and_says_how_much_is_left() {
    let data = "x".repeat(5_000_000);
    let bytes = wat(&format!("(module (memory 100) (data (i32.const 0) \"{data}\"))"));
    let listing = listing(&bytes);
    let lines = listing.lines(0..listing.len());
    let line = lines.iter().find(|l| l.text.contains("(data")).unwrap();
    assert!(line.text.len() < LINE + 60, "{}", line.text.len());
    let mark = line.text.rsplit(" … ").next().unwrap();
    let whole = wasmprinter::print_bytes(&bytes).unwrap();
    let whole = whole.lines().find(|l| l.contains("(data")).unwrap().len();
    assert_eq!(mark, format!("{} more characters", grouped((whole - LINE) as u64)));
    assert!(listing.widest() < LINE + 60);
    assert!(listing.size() < 10_000, "{}", listing.size());
}

#[test]
fn functions_have_their_names_their_bytes_and_their_lines() {
    let bytes = wat(r#"(module
        (import "env" "log" (func $log (param i32)))
        (func $"a b" (result i32) i32.const 1)
        (func $twice (call $log (i32.const 2)))
        (func (call $"a b") drop)
        (export "out" (func 2)))"#);
    let functions = functions_of(&bytes);
    let names: Vec<_> = functions.all.iter().map(|f| (f.index, f.name.as_deref(), f.is_imported)).collect();
    assert_eq!(names, [(0, Some("log"), true), (1, Some("a b"), false), (2, Some("twice"), false), (3, None, false)]);
    let listing = listing(&bytes);
    let of = |i: usize| listing.line_of(&functions.all[i].range);
    let text = |line: usize| listing.lines(line..line + 1)[0].text.clone();
    assert!(text(of(0)).contains(r#"(import "env" "log" (func $log"#), "{}", text(of(0)));
    assert!(text(of(1)).contains(r#"(func $"a b" (;1;)"#), "{}", text(of(1)));
    assert!(text(of(3)).contains("(func (;3;)"), "{}", text(of(3)));
    // From a call to what it calls.
    let calls: Vec<_> = (0..listing.len())
        .filter_map(|line| {
            let line = listing.lines(line..line + 1).remove(0);
            let (_, name) = callee(&line.text)?;
            Some(functions.callee(line.offset?, name)?.index)
        })
        .collect();
    assert_eq!(calls, [0, 1]);
    assert_eq!(functions.at(functions.all[2].range.start + 1).map(|f| f.index), Some(2));
    assert!(functions.at(0).is_none());
    // What the module does not name is named by what it gives and takes.
    assert!(functions.callee(functions.all[2].range.start, "$out").is_none(), "text is printed without that name");
    let bytes = wat(r#"(module (import "env" "log" (func)) (func (export "out")))"#);
    let functions = functions_of(&bytes);
    let names: Vec<_> = functions.all.iter().map(|f| f.name.as_deref()).collect();
    assert_eq!(names, [Some("log from env"), Some("out")]);
    let bytes = wat(r#"(module (import "env" "log" (func)) (func (export "out")) (func $inner (call 0)))"#);
    let functions = functions_of(&bytes);
    let names: Vec<_> = functions.all.iter().map(|f| f.name.as_deref()).collect();
    assert_eq!(names, [Some("log from env"), Some("out"), Some("inner")]);
}

#[test]
fn one_function_is_printed_alone() {
    let bytes = wat("(component (core module (func $a) (func $b (local i32) block nop end) (func $c)))");
    let functions = functions_of(&bytes);
    let mut text = String::new();
    let b = functions.all[1].range.clone();
    print_wat(&bytes, 0..bytes.len(), Some(b), &mut |piece| {
        text.push_str(piece);
        true
    })
    .unwrap();
    assert_eq!(text, "(func $b (;1;) (type 0)\n  (local i32)\n  block ;; label = @1\n    nop\n  end\n)\n");
}

#[test]
fn offsets_survive_being_written_small() {
    let given = [Some(0), None, Some(5), Some(3), Some(1 << 40), None, Some(u64::MAX), Some(1)];
    let (mut bytes, mut last) = (Vec::new(), 7);
    given.iter().for_each(|n| write_number(&mut bytes, &mut last, *n));
    let mut numbers = Numbers { bytes: &bytes, last: 7 };
    let read: Vec<_> = given.iter().map(|_| numbers.next()).collect();
    assert_eq!(read, given);
}
