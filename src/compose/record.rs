//! The record of a composition: what it was made of, in a custom section at the end of its bytes. Anyone can write such a
//! section, so what is read of one is a claim, and it is held against what is inside the file.

use super::check::Outline;
use super::encode::{exports_in_order, outermost};
use super::inside::{Inside, Source};
use super::text::{Legend, StandIn};
use super::{Composition, Library, MAX_INSTANCES, Port};
use crate::component::Digest;
use crate::diag::display_safe_line;
use serde::Serialize;
use serde_json::{Value, json as value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::Payload;

/// The section's name.
const SECTION: &str = "wirebench:composition";
/// The form of what is written.
const VERSION: u64 = 1;
/// Bytes of a record that are read.
const MOST_BYTES: usize = 8 << 20;
/// Wires or exports of a record that are read.
const MOST_LISTED: usize = 10_000;
/// Components that a summary names.
const MOST_NAMED: usize = 5;
/// Differences that are listed.
const MOST_DIFFERENCES: usize = 20;

/// What a composed file claims of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What composed it, as in `wirebench 0.1.0`.
    pub tool: String,
    /// The instances, providers first.
    pub instances: Vec<Recorded>,
    /// Import → export.
    pub wires: BTreeMap<Port, Port>,
    /// Export of the result → what it is.
    pub exports: BTreeMap<String, Port>,
}

/// An instance in a [`Record`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its name.
    pub name: String,
    /// What its component was called.
    pub component: String,
    /// The digest of that.
    pub digest: Digest,
    /// Whether that is so.
    pub standing: Standing,
}

/// How a recorded instance compares with what is inside the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is there, of just this component.
    Matches,
    /// It is there, of a component with this digest.
    DoesNotMatch(Digest),
    /// It is not there.
    IsMissing,
}

/// A [`Record`] as it was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It can be read, and this is where it differs from what is inside the file, in words; nowhere if it holds.
    Record(Record, Vec<String>),
    /// It cannot be read, and why.
    Broken(String),
}

impl Claim {
    /// What the file says, in one sentence, and whether it holds. Safe to show.
    pub fn summary(&self) -> String {
        match self {
            Self::Broken(why) => {
                format!("It carries a record of its composition that cannot be read: {}", display_safe_line(why))
            }
            Self::Record(record, differences) => {
                let tool = display_safe_line(&record.tool);
                let mut names: Vec<&str> = Vec::new();
                for name in record.instances.iter().map(|i| i.component.as_str()) {
                    if !names.contains(&name) && names.len() <= MOST_NAMED {
                        names.push(name);
                    }
                }
                let more = if names.len() > MOST_NAMED { " and more" } else { "" };
                names.truncate(MOST_NAMED);
                let names = names.join(", ");
                let holds = if differences.is_empty() {
                    "what is inside is just that"
                } else {
                    "what is inside does not match"
                };
                format!("Says that it was composed with {tool} of {}{more}; {holds}", display_safe_line(&names))
            }
        }
    }

    /// Where what it says does not hold, in words. Safe to show.
    pub fn differences(&self) -> &[String] {
        match self {
            Self::Broken(_) => &[],
            Self::Record(_, differences) => differences,
        }
    }
}

/// The form of a record in a file.
#[derive(Serialize)]
struct Written<'a> {
    version: u64,
    tool: &'a str,
    instances: Vec<WrittenInstance<'a>>,
    wires: Vec<WrittenWire<'a>>,
    exports: Vec<WrittenExport<'a>>,
}

#[derive(Serialize)]
struct WrittenInstance<'a> {
    name: &'a str,
    component: Option<&'a str>,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct WrittenWire<'a> {
    from: WrittenPort<'a>,
    to: WrittenPort<'a>,
}

#[derive(Serialize)]
struct WrittenExport<'a> {
    name: &'a str,
    from: WrittenPort<'a>,
}

#[derive(Serialize)]
struct WrittenPort<'a> {
    instance: &'a str,
    name: &'a str,
}

impl<'a> From<&'a Port> for WrittenPort<'a> {
    fn from(port: &'a Port) -> Self {
        Self { instance: &port.instance, name: &port.name }
    }
}

/// Adds the record to the composed bytes.
pub(super) fn append(composition: &Composition, library: &Library, outline: &Outline<'_>, bytes: &mut Vec<u8>) {
    let exports = exports_in_order(composition, library, outline);
    // Only a map with keys that are no texts cannot be written.
    let digests = digests(composition);
    let data = serde_json::to_vec(&written(composition, library, outline, &outline.members, &exports, &digests));
    CustomSection { name: SECTION.into(), data: data.unwrap_or_default().into() }.append_to_component(bytes);
}

/// The whole composition as JSON for other tools: the form of the record, what stays open, and what is known of the
/// instances beyond that.
pub fn json(composition: &Composition, library: &Library, legend: &Legend) -> Value {
    let outline = Outline::new(composition, library);
    let all: BTreeSet<&str> = composition.instances.keys().map(String::as_str).collect();
    let exports = exports_in_order(composition, library, &outline);
    let mut out = value!(written(composition, library, &outline, &all, &exports, &digests(composition)));
    let left_out: Vec<&str> = all.difference(&outline.members).copied().collect();
    if let Some(out) = out.as_object_mut() {
        let open: Vec<WrittenPort<'_>> = outline.open.iter().map(WrittenPort::from).collect();
        out.insert("open_imports".to_owned(), value!(open));
        out.insert("not_in_the_result".to_owned(), value!(left_out));
        out.insert("stubs_left_out".to_owned(), value!(stubs_left_out(composition, legend)));
        let groups = legend.groups.iter().filter(|(_, members)| !members.is_empty());
        let groups = groups.map(|(title, members)| value!({ "title": title, "instances": members }));
        out.insert("groups".to_owned(), groups.collect());
    }
    for instance in out.get_mut("instances").and_then(Value::as_array_mut).into_iter().flatten() {
        let stands = instance.get("name").and_then(Value::as_str).and_then(|name| legend.stand_ins.get(name));
        if let (Some(stands), Some(instance)) = (stands, instance.as_object_mut()) {
            match stands {
                StandIn::Stub(import) => {
                    instance.insert("kind".to_owned(), value!("stub"));
                    instance.insert("stands_in_for".to_owned(), value!(import));
                }
                StandIn::VirtualWasi => _ = instance.insert("kind".to_owned(), value!("virtual WASI")),
            }
        }
    }
    out
}

/// The stubs that the composed file is without, each with the imports that are therefore open in it.
fn stubs_left_out(composition: &Composition, legend: &Legend) -> Vec<Value> {
    let is_left_out = |port: &Port| legend.left_out.contains(&port.instance);
    let open = |name: &str| -> Vec<WrittenPort<'_>> {
        let wires = composition.wires.iter().filter(|(to, from)| from.instance == name && !is_left_out(to));
        wires.map(|(to, _)| to.into()).collect()
    };
    let out = legend.left_out.iter();
    out.map(|name| value!({ "instance": name, "open_imports": open(name) })).collect()
}

fn digests(composition: &Composition) -> HashMap<Digest, String> {
    let members: BTreeSet<Digest> = composition.instances.values().map(|i| i.component).collect();
    members.into_iter().map(|digest| (digest, digest.to_string())).collect()
}

fn written<'a>(
    composition: &'a Composition,
    library: &'a Library,
    outline: &Outline<'a>,
    instances: &BTreeSet<&str>,
    exports: &'a [(String, Port)],
    digests: &'a HashMap<Digest, String>,
) -> Written<'a> {
    let instance = |name: &'a str| {
        let digest = composition.instances.get(name)?.component;
        let component = library.get(&digest).map(|c| c.name.as_str());
        Some(WrittenInstance { name, component, sha256: digests.get(&digest).map(String::as_str) })
    };
    let order = outline.order.iter().chain(&outline.in_cycles).copied();
    let wires = composition.wires.iter().filter(|(to, _)| instances.contains(to.instance.as_str()));
    Written {
        version: VERSION,
        tool: concat!("wirebench ", env!("CARGO_PKG_VERSION")),
        instances: order.filter(|name| instances.contains(name)).filter_map(instance).collect(),
        wires: wires.map(|(to, from)| WrittenWire { from: from.into(), to: to.into() }).collect(),
        exports: exports.iter().map(|(name, from)| WrittenExport { name, from: from.into() }).collect(),
    }
}

/// The first record of a file and how many there are, or why it cannot be read; `None` if there is none.
pub(super) fn read(bytes: &[u8]) -> Option<Result<(Record, usize), String>> {
    let sections = sections(bytes);
    let data = *sections.first()?;
    Some(parse(data).map(|record| (record, sections.len())))
}

/// A record held against what was found inside the file.
pub(super) fn claim(read: Result<(Record, usize), String>, inside: &Inside) -> Claim {
    let (mut record, count) = match read {
        Ok(read) => read,
        Err(why) => return Claim::Broken(why),
    };
    let mut differences = compare(&mut record, inside);
    if count > 1 {
        differences.push(format!("the file has {count} such records, and this is the first"));
    }
    Claim::Record(record, differences)
}

/// The contents of the outermost component's own sections of that name.
fn sections(bytes: &[u8]) -> Vec<&[u8]> {
    let own = outermost(bytes).filter_map(|payload| match payload {
        Payload::CustomSection(section) if section.name() == SECTION => Some(section.data()),
        _ => None,
    });
    own.collect()
}

fn parse(data: &[u8]) -> Result<Record, String> {
    if data.len() > MOST_BYTES {
        return Err(format!("it has more than {} MiB, which is more than is read", MOST_BYTES >> 20));
    }
    let json: Value = serde_json::from_slice(data).map_err(|e| format!("it is not JSON: {e}"))?;
    match json.get("version").and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(newer) => return Err(format!("its form, version {newer}, is not known to this version of Wirebench")),
        None => return Err("it does not say in which form it is".to_owned()),
    }
    let list = |key: &str, most: usize| -> Result<&Vec<Value>, String> {
        let list = json.get(key).and_then(Value::as_array).ok_or_else(|| format!("it has no list of {key}"))?;
        if list.len() > most { Err(format!("it lists more than {most} {key}")) } else { Ok(list) }
    };
    let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
    let port = |of: Option<&Value>| Some(Port { instance: text(of?, "instance")?, name: text(of?, "name")? });
    let odd = |what: &str| format!("one of its {what} cannot be read");
    let mut record = Record {
        tool: text(&json, "tool").ok_or("it does not say what wrote it")?,
        instances: Vec::new(),
        wires: BTreeMap::new(),
        exports: BTreeMap::new(),
    };
    for of in list("instances", MAX_INSTANCES)? {
        let name = text(of, "name").ok_or_else(|| odd("instances"))?;
        let digest = text(of, "sha256").and_then(|d| Digest::parse(&d)).ok_or_else(|| odd("instances"))?;
        let component = text(of, "component").unwrap_or_else(|| digest.short());
        record.instances.push(Recorded { name, component, digest, standing: Standing::IsMissing });
    }
    for of in list("wires", MOST_LISTED)? {
        let (from, to) = port(of.get("from")).zip(port(of.get("to"))).ok_or_else(|| odd("wires"))?;
        record.wires.insert(to, from);
    }
    for of in list("exports", MOST_LISTED)? {
        let (name, from) = text(of, "name").zip(port(of.get("from"))).ok_or_else(|| odd("exports"))?;
        record.exports.insert(name, from);
    }
    Ok(record)
}

/// Where the record is not what is inside the file.
fn compare(record: &mut Record, inside: &Inside) -> Vec<String> {
    let mut out = Differences::default();
    let mut there: BTreeMap<&str, Option<Digest>> = BTreeMap::new();
    for node in inside.nodes.iter().filter(|_| inside.is_composition) {
        there.insert(&node.name, node.digest);
    }
    for recorded in &mut record.instances {
        recorded.standing = match there.remove(recorded.name.as_str()) {
            Some(Some(digest)) if digest == recorded.digest => Standing::Matches,
            Some(Some(digest)) => Standing::DoesNotMatch(digest),
            Some(None) | None => Standing::IsMissing,
        };
        let name = display_safe_line(&recorded.name);
        match recorded.standing {
            Standing::Matches => {}
            Standing::DoesNotMatch(digest) => out.add(format!(
                "“{name}” is of a component with the SHA-256 {}…, not {}…",
                digest.short(),
                recorded.digest.short()
            )),
            Standing::IsMissing => out.add(format!("there is no instance “{name}” inside")),
        }
    }
    for name in there.keys() {
        out.add(format!("“{}” is inside and not in the record", display_safe_line(name)));
    }
    let wires: BTreeMap<&Port, &Port> = inside.wires.iter().map(|w| (&w.to, &w.from)).collect();
    for (to, from) in &record.wires {
        if wires.get(to) != Some(&from) {
            out.add(format!("there is no wire from {from} to {to}"));
        }
    }
    for (to, from) in wires.iter().filter(|(to, _)| !record.wires.contains_key(**to)) {
        out.add(format!("the wire from {from} to {to} is not in the record"));
    }
    let mut offered: BTreeMap<&str, &Port> = BTreeMap::new();
    for export in &inside.offered {
        if let Source::Port(port) = &export.from {
            offered.insert(&export.export, port);
        }
    }
    for (name, from) in &record.exports {
        if offered.get(name.as_str()) != Some(&from) {
            out.add(format!("{} does not come from {from}", display_safe_line(name)));
        }
    }
    out.list()
}

#[derive(Default)]
struct Differences(Vec<String>, usize);

impl Differences {
    fn add(&mut self, text: String) {
        self.1 += 1;
        if self.0.len() < MOST_DIFFERENCES {
            self.0.push(text);
        }
    }

    fn list(mut self) -> Vec<String> {
        if self.1 > self.0.len() {
            self.0.push(format!("there are {} more differences", self.1 - self.0.len()));
        }
        self.0
    }
}
