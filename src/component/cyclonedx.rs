//! What a file says of its origin as a CycloneDX bill of materials.

use super::{Component, Dependencies, Dependency, Digest, Origin, PartKind, PartOrigin, worlds};
use crate::diag::display_safe_line;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// The bill of materials, as CycloneDX 1.6 in JSON. The same file always gives the same text: no time stands in it, and its
/// serial number comes from the file's digest.
pub fn cyclonedx(component: &Component, origin: &Origin) -> String {
    let mut components = Vec::new();
    let mut graph = Vec::new();
    let mut unknown = Vec::new();
    for (part, children) in origin.parts.iter().zip(children(&origin.parts)) {
        let own = reference(part);
        let mut depends_on: Vec<_> = children.iter().filter_map(|i| origin.parts.get(*i)).map(reference).collect();
        if !part.path.is_empty() {
            components.push(part_entry(component, part));
        }
        match &part.dependencies {
            Dependencies::Listed(list) => {
                let package = |i: usize| format!("{own}/package-{i}");
                let needed: HashSet<usize> = list.iter().flat_map(|d| d.needs.iter().copied()).collect();
                for (i, dependency) in list.iter().enumerate() {
                    components.push(package_entry(package(i), dependency));
                    let needs: std::collections::BTreeSet<usize> = dependency.needs.iter().copied().collect();
                    let needs: Vec<_> = needs.into_iter().map(package).collect();
                    graph.push(json!({ "ref": package(i), "dependsOn": needs }));
                    if dependency.is_root || !needed.contains(&i) {
                        depends_on.push(package(i));
                    }
                }
            }
            Dependencies::NoneEmbedded | Dependencies::Unreadable(_) => unknown.push(own.clone()),
        }
        graph.push(json!({ "ref": own, "dependsOn": depends_on }));
    }
    let mut bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": serial_number(&component.digest),
        "version": 1,
        "metadata": {
            "tools": { "components": [{
                "type": "application", "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION"),
            }] },
            "component": origin.parts.first().map(|part| part_entry(component, part)),
        },
        "components": components,
        "dependencies": graph,
    });
    if let (false, Some(bill)) = (unknown.is_empty(), bill.as_object_mut()) {
        // What has no list of dependencies may have any.
        bill.insert("compositions".into(), json!([{ "aggregate": "unknown", "dependencies": unknown }]));
    }
    let mut text = serde_json::to_string_pretty(&bill).unwrap_or_default();
    text.push('\n');
    text
}

/// The positions of each part's children: they follow their part, before the next one beside it.
fn children(parts: &[PartOrigin]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); parts.len()];
    let mut around: Vec<usize> = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        around.truncate(part.path.len());
        if let Some(list) = around.last().and_then(|parent| out.get_mut(*parent)) {
            list.push(i);
        }
        around.push(i);
    }
    out
}

/// How the bill refers to a part. No text of the file stands in it.
fn reference(part: &PartOrigin) -> String {
    if part.path.is_empty() { "file".to_owned() } else { format!("file/{}", part.path_text()) }
}

fn part_entry(component: &Component, part: &PartOrigin) -> Value {
    let is_whole = part.path.is_empty();
    let metadata = &part.metadata;
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| _ = out.insert(key.to_owned(), value);
    let has_entry = || worlds(component).iter().any(|w| w.fits() && w.world.minor.is_some());
    put("type", json!(if is_whole && has_entry() { "application" } else { "library" }));
    put("bom-ref", json!(reference(part)));
    let name = match &metadata.name {
        Some(name) if !name.is_empty() => safe(name),
        _ if is_whole => safe(&component.name),
        _ => format!("part {}", part.path_text()),
    };
    put("name", json!(name));
    if let Some(version) = &metadata.version {
        put("version", json!(safe(version)));
    }
    if let Some(description) = &metadata.description {
        put("description", json!(safe(description)));
    }
    if let Some(authors) = &metadata.authors {
        put("authors", json!([{ "name": safe(authors) }]));
    }
    let bytes = component.bytes.get(part.range.clone()).unwrap_or_default();
    put("hashes", json!([{ "alg": "SHA-256", "content": Digest::of(bytes).to_string() }]));
    if let Some(text) = &metadata.licenses {
        let license = match spdx::Expression::parse(text) {
            Ok(_) => json!({ "expression": text }),
            Err(_) => json!({ "license": { "name": safe(text) } }),
        };
        put("licenses", json!([license]));
    }
    let mut properties = Vec::new();
    let mut property = |name: &str, value: &str| {
        properties.push(json!({ "name": format!("wasm:{name}"), "value": safe(value) }));
    };
    let mut links = Vec::new();
    for (key, kind, text) in [("source", "vcs", &metadata.source), ("homepage", "website", &metadata.homepage)] {
        let Some(text) = text else { continue };
        if is_link(text) {
            links.push(json!({ "type": kind, "url": text }));
        } else {
            property(key, text);
        }
    }
    if !links.is_empty() {
        put("externalReferences", json!(links));
    }
    property("kind", if part.kind == PartKind::Component { "component" } else { "core module" });
    property("bytes", &format!("{}..{}", part.range.start, part.range.end));
    if let Some(revision) = &metadata.revision {
        property("revision", revision);
    }
    for p in &metadata.producers {
        property(&format!("producers:{}", p.field), format!("{} {}", p.name, p.version).trim());
    }
    put("properties", json!(properties));
    Value::Object(out)
}

fn package_entry(reference: String, dependency: &Dependency) -> Value {
    let Dependency { name, version, source, is_build, .. } = dependency;
    let mut out = json!({
        "type": "library",
        "bom-ref": reference,
        "name": safe(name),
        "version": safe(version),
        "scope": if *is_build { "excluded" } else { "required" },
        "properties": [{ "name": "cargo:source", "value": safe(source) }],
    });
    let is_plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+'))
    };
    if source == "crates.io"
        && is_plain(name)
        && is_plain(version)
        && let Some(out) = out.as_object_mut()
    {
        out.insert("purl".into(), json!(format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))));
    }
    out
}

/// Whether a text is a link that may stand where only links may.
fn is_link(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    ["https://", "http://", "git://", "ssh://"].iter().any(|s| text.len() > s.len() && text.starts_with(s))
        && text.chars().all(allowed)
}

fn safe(text: &str) -> String {
    display_safe_line(text).into_owned()
}

/// A UUID of the kind whose bits are the maker's to choose, of the digest's first bits.
fn serial_number(digest: &Digest) -> String {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = digest.0;
    let bits = u128::from_be_bytes([a, b, c, d, e, f, g & 0x0f | 0x80, h, i & 0x3f | 0x80, j, k, l, m, n, o, p]);
    let hex = format!("{bits:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
}
