//! Large files to measure on.

use wasm_encoder::{Component, Encode, Module, RawSection};
use wasmparser::{Parser, Payload};

/// A component as compilers make them, but larger: the largest sample with the functions of its largest module again and
/// again, and so many bytes of data more.
pub fn large(code: usize, data: usize) -> Vec<u8> {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components/fraud-check-go.wasm");
    let sample = std::fs::read(sample).expect("the sample can be read");
    let mut out = Component::new();
    // Its own core modules; what is in them is skipped.
    let mut nested = 0;
    let mut inflated = false;
    for payload in Parser::new(0).parse_all(&sample) {
        let payload = payload.expect("the sample is whole");
        match &payload {
            Payload::Version { .. } => continue,
            Payload::End(_) => {
                nested = if nested == 0 { 0 } else { nested - 1 };
                continue;
            }
            Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                if nested == 0 {
                    let part = &sample[bounds(unchecked_range)];
                    let is_large = part.len() > sample.len() / 2;
                    let part = if is_large { inflate(part, code, data) } else { part.to_vec() };
                    inflated |= is_large;
                    let id = if matches!(payload, Payload::ModuleSection { .. }) { 1 } else { 4 };
                    out.section(&Raw { id, data: &part });
                }
                nested += 1;
                continue;
            }
            _ if nested > 0 => continue,
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            out.section(&Raw { id, data: &sample[bounds(&range)] });
        }
    }
    assert!(inflated, "the sample has no large module");
    out.finish()
}

/// A section of a component as it stands.
struct Raw<'a> {
    id: u8,
    data: &'a [u8],
}

impl Encode for Raw<'_> {
    fn encode(&self, sink: &mut Vec<u8>) {
        self.data.encode(sink);
    }
}

impl wasm_encoder::ComponentSection for Raw<'_> {
    fn id(&self) -> u8 {
        self.id
    }
}

fn inflate(module: &[u8], code: usize, data: usize) -> Vec<u8> {
    let section = |wanted: u8| {
        Parser::new(0)
            .parse_all(module)
            .map(|p| p.expect("the module is whole"))
            .filter_map(|p| p.as_section())
            .find(|(id, _)| *id == wanted)
            .map(|(_, range)| &module[bounds(&range)])
    };
    let times = section(10).map_or(1, |bodies| code.saturating_sub(module.len()) / bodies.len() + 1);
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.expect("the module is whole");
        let Some((id, range)) = payload.as_section() else { continue };
        let bytes = &module[bounds(&range)];
        let contents = match id {
            // As many functions more as bodies: of the same types, in the same order.
            3 | 10 => repeat(bytes, times),
            11 => {
                let mut contents = bytes.to_vec();
                if data > 0 {
                    let (count, entries) = counted(bytes);
                    contents.clear();
                    (count + 1).encode(&mut contents);
                    contents.extend(entries);
                    contents.push(1);
                    vec![7_u8; data].as_slice().encode(&mut contents);
                }
                contents
            }
            12 if data > 0 => {
                let (count, _) = counted(section(11).unwrap_or(&[0]));
                let mut contents = Vec::new();
                (count + 1).encode(&mut contents);
                contents
            }
            _ => bytes.to_vec(),
        };
        out.section(&RawSection { id, data: &contents });
    }
    out.finish()
}

fn repeat(section: &[u8], times: usize) -> Vec<u8> {
    let (count, entries) = counted(section);
    let mut out = Vec::new();
    (count * times as u32).encode(&mut out);
    out.extend(entries.repeat(times));
    out
}

/// How many entries a section has, and their bytes.
fn counted(section: &[u8]) -> (u32, &[u8]) {
    let mut reader = wasmparser::BinaryReader::new(section, 0);
    let count = reader.read_var_u32().expect("a section begins with a count");
    (count, &section[reader.current_position()..])
}

fn bounds(range: &std::ops::Range<u64>) -> std::ops::Range<usize> {
    range.start as usize..range.end as usize
}
