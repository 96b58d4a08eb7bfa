//! Damaged files, looked at from all sides: nobody panics, and nobody takes more memory than the file is worth.

use crate::growing::look_at;
use crate::scaling::peak;
use crate::support::sample_bytes;
use std::ops::Range;
use std::sync::Arc;
use wirebench::component::{self, Component, Functions, Language, Part, hex, listing::Listing};
use wirebench::session::Comparison;
use wirebench::sheet;

/// Bytes that looking at a file may take at once: so much for any file, and so much for each of its bytes. Samples of
/// 16 KiB take about an eighth of it, whole or damaged.
const MOST: (u64, u64) = (1 << 20, 100);

/// Numbers that are the same each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }
}

/// What the window and the commands can show of a file, beyond what [`look_at`] does.
fn everything(bytes: &[u8], whole: &Arc<Component>) {
    let never = || false;
    let component = look_at(&bytes.into());
    for section in component::sections(&component) {
        for language in Language::ALL {
            component::spell(&component, language, &section).text(language);
        }
    }
    sheet::sheet(&component);
    let map = component::size_map(&component);
    let functions = Functions::of(&map);
    functions.named("a", &never);
    for id in map.ids().take(2_000) {
        let _ = (map.name(id), map.explain(id), map.entries(id));
    }
    for section in component.root.sections.iter().filter(|(name, _)| name.starts_with("custom ")) {
        component::read_custom_section(bytes, &section.1);
    }
    if let Some(listing) = Listing::of(bytes, component.root.range.clone(), &never) {
        listing.find("local.get", 0, &never);
        let last = listing.len();
        listing.lines(last.saturating_sub(50)..last);
    }
    hex::row(bytes, bytes.len().saturating_sub(16)..bytes.len());
    component.missing();
    Comparison::new(Arc::clone(whole), Arc::new(component)).text(true);
}

/// The places where a part or a section begins or ends, and those of custom sections.
fn places(part: &Part, edges: &mut Vec<usize>, customs: &mut Vec<Range<usize>>) {
    for (name, range) in &part.sections {
        edges.extend([range.start, range.end]);
        customs.extend(name.starts_with("custom ").then(|| range.clone()));
    }
    edges.extend([part.range.start, part.range.end]);
    part.children.iter().for_each(|child| places(child, edges, customs));
}

fn look_at_all(files: &[&str], damage: impl Fn(&Component, &mut Random) -> Vec<Vec<u8>>) {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for file in files {
        let whole = Arc::new(component::decode(file, sample_bytes(file)));
        assert!(whole.fault().is_none(), "{:?}", whole.diagnostics);
        let most = MOST.0 + MOST.1 * whole.bytes.len() as u64;
        let mut top = 0;
        for (i, bytes) in damage(&whole, &mut random).into_iter().enumerate() {
            let taken = peak(|| everything(&bytes, &whole));
            assert!(taken < most, "{file}, damage {i}: {taken} bytes for {}", bytes.len());
            top = top.max(taken);
        }
        println!("{file}: {top} of {most} bytes");
    }
}

#[test]
fn a_file_cut_off_at_any_section_is_shown_as_far_as_it_goes() {
    look_at_all(&["fraud-check-c.wasm", "ribbon-rust.wasm", "shop-composed.wasm"], |whole, _| {
        let (mut edges, mut customs) = (Vec::new(), Vec::new());
        places(&whole.root, &mut edges, &mut customs);
        // Behind the id of a section, within its size, and one byte short of its end.
        let mut ends: Vec<_> = edges.iter().flat_map(|e| [e.saturating_sub(1), *e, e + 1, e + 2]).collect();
        ends.sort_unstable();
        ends.dedup();
        ends.into_iter().filter_map(|end| whole.bytes.get(..end).map(<[u8]>::to_vec)).step_by(2).collect()
    });
}

#[test]
fn damage_in_custom_sections_stays_there() {
    look_at_all(&["fraud-check-assemblyscript.wasm", "toolbox-c.wasm"], |whole, random| {
        let (mut edges, mut customs) = (Vec::new(), Vec::new());
        places(&whole.root, &mut edges, &mut customs);
        assert!(customs.len() > 1, "{customs:?}");
        let mut out = Vec::new();
        for range in customs {
            for _ in 0..6 {
                let mut bytes = whole.bytes.to_vec();
                for _ in 0..=random.below(6) {
                    // Behind id, size and name.
                    let at = range.start + 8 + random.below(range.len().saturating_sub(8));
                    if let Some(byte) = bytes.get_mut(at).filter(|_| at < range.end) {
                        *byte = [0, 1, 0x7f, 0x80, 0xff, random.below(256) as u8][random.below(6)];
                    }
                }
                out.push(bytes);
            }
        }
        out
    });
}

#[test]
fn any_changed_bytes_are_looked_at_from_all_sides() {
    look_at_all(
        &["adder-wat.wasm", "fraud-check-wat.wasm", "fraud-check-c.wasm", "labels-rust.wasm"],
        |whole, random| {
            let change = |random: &mut Random| {
                let mut bytes = whole.bytes.to_vec();
                for _ in 0..=random.below(5) {
                    // The preamble of the file is left as it is: without it nothing is read.
                    let at = 8 + random.below(bytes.len() - 8);
                    bytes[at] = match random.below(3) {
                        0 => random.below(256) as u8,
                        1 => bytes[at] ^ (1 << random.below(8)),
                        _ => [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
                    };
                }
                bytes
            };
            (0..40).map(|_| change(random)).collect()
        },
    );
}
