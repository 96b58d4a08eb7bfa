//! The record of a composition: what it was made of, in a custom section at the end of its bytes. Anyone can write such a
//! section, so what is read of one is a claim, and it is held against what is inside the file.

use super::check::Outline;
use super::encode::{exports_in_order, outermost};
use super::inside::{Inside, Source};
use super::stand_in::{StandIn, StandIns, stand_ins};
use super::text::Legend;
use super::{Composition, Library, MAX_INSTANCES, Port};
use crate::component::Digest;
use crate::diag::display_safe_line;
use serde::Serialize;
use serde_json::{Value, json as value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::Payload;

/// The section's name.
pub(super) const SECTION: &str = "wirebench:composition";
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
    /// Whether it says which instances stand in for something: records of before do not.
    pub says_stand_ins: bool,
    /// What of it cannot be read, in words that are safe to show.
    pub refused: Vec<String>,
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
    /// What that stands in for, if it does.
    pub stands_in: Option<Arc<StandIn>>,
    /// Whether it is there.
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
                let stands_in = record.stand_ins_in_words();
                let holds = match (record.refused.is_empty(), differences.is_empty()) {
                    (true, true) => "what is inside is just that",
                    (true, false) => "what is inside does not match",
                    (false, _) => "not all of that can be read",
                };
                let names = display_safe_line(&names);
                format!("Says that it was composed with {tool} of {names}{more}{stands_in}; {holds}")
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

impl Record {
    /// How many instances stand in for something, as the middle of a sentence.
    fn stand_ins_in_words(&self) -> String {
        if !self.says_stand_ins {
            return String::new();
        }
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        let all = self.instances.iter().filter_map(|i| i.stands_in.as_deref());
        all.for_each(|stands_in| *count.entry(stands_in.word()).or_default() += 1);
        let words: Vec<String> = count.iter().map(|(word, n)| format!("{n} {word}")).collect();
        match words.as_slice() {
            [] => ", none of them a stub or a virtual WASI".to_owned(),
            words => format!(", {} among them", words.join(", ")),
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
    /// Those of the components that stand in for something. Of the others it is said that they do not.
    stand_ins: Vec<Value>,
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
    let components = Components::of(composition, library, &outline.members);
    let data = serde_json::to_vec(&written(composition, library, outline, &outline.members, &exports, &components));
    CustomSection { name: SECTION.into(), data: data.unwrap_or_default().into() }.append_to_component(bytes);
}

/// The whole composition as JSON for other tools: the form of the record, what stays open, and what is known of the
/// instances beyond that.
pub fn json(composition: &Composition, library: &Library, legend: &Legend) -> Value {
    let outline = Outline::new(composition, library);
    let all: BTreeSet<&str> = composition.instances.keys().map(String::as_str).collect();
    let exports = exports_in_order(composition, library, &outline);
    let components = Components::of(composition, library, &all);
    let mut out = value!(written(composition, library, &outline, &all, &exports, &components));
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
        let digest = instance.get("sha256").and_then(Value::as_str).and_then(Digest::parse);
        let stands_in = digest.and_then(|digest| components.stand_ins.get(&digest));
        if let (Some(stands_in), Some(instance)) = (stands_in, instance.as_object_mut()) {
            instance.insert("kind".to_owned(), value!(stands_in.kind()));
            if let StandIn::Stub { import, .. } = &**stands_in {
                instance.insert("stands_in_for".to_owned(), value!(import));
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

/// What is said of components, found once for all instances of each.
struct Components {
    digests: HashMap<Digest, String>,
    stand_ins: StandIns,
}

impl Components {
    fn of(composition: &Composition, library: &Library, instances: &BTreeSet<&str>) -> Self {
        // Mostly it is all of them, and then nobody is looked for.
        let all = instances.len() == composition.instances.len();
        let some = composition.instances.iter().filter(|(name, _)| all || instances.contains(name.as_str()));
        let components: BTreeSet<Digest> = some.map(|(_, instance)| instance.component).collect();
        Self {
            stand_ins: stand_ins(library, components.iter().copied()),
            digests: components.into_iter().map(|digest| (digest, digest.to_string())).collect(),
        }
    }
}

fn written<'a>(
    composition: &'a Composition,
    library: &'a Library,
    outline: &Outline<'a>,
    instances: &BTreeSet<&str>,
    exports: &'a [(String, Port)],
    components: &'a Components,
) -> Written<'a> {
    let instance = |name: &'a str| {
        let digest = composition.instances.get(name)?.component;
        let component = library.get(&digest).map(|c| c.name.as_str());
        Some(WrittenInstance { name, component, sha256: components.digests.get(&digest).map(String::as_str) })
    };
    let order = outline.order.iter().chain(&outline.in_cycles).copied();
    let wires = composition.wires.iter().filter(|(to, _)| instances.contains(to.instance.as_str()));
    Written {
        version: VERSION,
        tool: concat!("wirebench ", env!("CARGO_PKG_VERSION")),
        instances: order.filter(|name| instances.contains(name)).filter_map(instance).collect(),
        wires: wires.map(|(to, from)| WrittenWire { from: from.into(), to: to.into() }).collect(),
        exports: exports.iter().map(|(name, from)| WrittenExport { name, from: from.into() }).collect(),
        stand_ins: components.stand_ins.iter().map(|(digest, stands_in)| written_stand_in(digest, stands_in)).collect(),
    }
}

fn written_stand_in(digest: &Digest, stands_in: &StandIn) -> Value {
    let mut json = stands_in.to_json();
    if let Some(json) = json.as_object_mut() {
        json.insert("sha256".to_owned(), digest.to_string().into());
    }
    json
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
    let mut record = Record {
        tool: json.get("tool").and_then(Value::as_str).unwrap_or("a program without a name").to_owned(),
        instances: Vec::new(),
        wires: BTreeMap::new(),
        exports: BTreeMap::new(),
        says_stand_ins: json.get("stand_ins").is_some_and(Value::is_array),
        refused: Vec::new(),
    };
    let refused = &mut record.refused;
    let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
    let port = |of: Option<&Value>| Some(Port { instance: text(of?, "instance")?, name: text(of?, "name")? });
    let digest = |of: &Value| of.get("sha256").and_then(Value::as_str).and_then(Digest::parse);
    let mut stand_ins = StandIns::new();
    if record.says_stand_ins {
        let mut why_not = String::new();
        let all = listed(&json, "stand_ins", MAX_INSTANCES, refused, |of| {
            let stands_in = StandIn::from_json(of).inspect_err(|why| why_not.clone_from(why)).ok()?;
            Some((digest(of)?, Arc::new(stands_in)))
        });
        if !why_not.is_empty() {
            refused.push(format!("of one that stands in: {why_not}"));
        }
        stand_ins.extend(all);
        // What cannot be read may be about any of them.
        record.says_stand_ins = refused.is_empty();
    }
    record.instances = listed(&json, "instances", MAX_INSTANCES, refused, |of| {
        let (name, digest) = (text(of, "name")?, digest(of)?);
        let component = text(of, "component").unwrap_or_else(|| digest.short());
        let stands_in = stand_ins.get(&digest).cloned();
        Some(Recorded { name, component, digest, stands_in, standing: Standing::IsMissing })
    });
    let wires = listed(&json, "wires", MOST_LISTED, refused, |of| Some((port(of.get("to"))?, port(of.get("from"))?)));
    record.wires.extend(wires);
    let exports = listed(&json, "exports", MOST_LISTED, refused, |of| Some((text(of, "name")?, port(of.get("from"))?)));
    record.exports.extend(exports);
    Ok(record)
}

/// The entries of a list that can be read; what cannot is counted.
fn listed<T>(
    json: &Value,
    key: &str,
    most: usize,
    refused: &mut Vec<String>,
    mut read: impl FnMut(&Value) -> Option<T>,
) -> Vec<T> {
    let what = key.replace('_', " ");
    let Some(list) = json.get(key).and_then(Value::as_array) else {
        refused.push(format!("it has no list of {what}"));
        return Vec::new();
    };
    if list.len() > most {
        refused.push(format!("it lists {} {what}, and the first {most} are read", list.len()));
    }
    let some = list.iter().take(most);
    let all: Vec<T> = some.clone().filter_map(&mut read).collect();
    match some.len() - all.len() {
        0 => {}
        odd => refused.push(format!("{odd} of its {what} cannot be read")),
    }
    all
}

/// Where the record is not what is inside the file.
fn compare(record: &mut Record, inside: &Inside) -> Vec<String> {
    let mut out = Differences::default();
    record.refused.iter().for_each(|why| out.add(why.clone()));
    let mut there: BTreeMap<&str, Option<Digest>> = BTreeMap::new();
    for node in inside.nodes.iter().filter(|_| inside.is_composition) {
        there.insert(&node.name, node.digest);
    }
    let (found, says_stand_ins) = (&inside.stand_ins, record.says_stand_ins);
    for recorded in &mut record.instances {
        recorded.standing = match there.remove(recorded.name.as_str()) {
            Some(Some(digest)) if digest == recorded.digest => Standing::Matches,
            Some(Some(digest)) => Standing::DoesNotMatch(digest),
            Some(None) | None => Standing::IsMissing,
        };
        let name = display_safe_line(&recorded.name);
        match recorded.standing {
            Standing::Matches => {
                let own = found.get(&recorded.digest);
                if says_stand_ins && own != recorded.stands_in.as_ref() {
                    let words = |of: Option<&Arc<StandIn>>| of.map_or_else(|| "nothing".to_owned(), |s| s.text());
                    let (own, said) = (words(own), words(recorded.stands_in.as_ref()));
                    out.add(format!("“{name}” says of itself that it stands in as: {own}; the record says: {said}"));
                }
            }
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
