//! The project file: JSON, one version number, keys and entries in one order, so that the same document gives the same
//! bytes. Grants are never part of it, and none is ever read from it.
//!
//! Reading is lenient: a broken entry is left out with a warning and the rest loads.

use super::document::{CallKey, ComponentSource, Document, PartOf, Target};
use super::frame::{Frame, frame_title_fault};
use super::{paths, stub, virtual_entry};
use crate::component::{Digest, part_path, part_text};
use crate::compose::{Instance, Port};
use crate::diag::{Diagnostic, Subject, display_safe_line};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

/// How a project file's name ends.
pub const FILE_ENDING: &str = ".wirebench.json";

/// The version that is written.
const VERSION: u64 = 1;
/// No project needs a larger file; a larger one is refused unread.
pub(super) const MAX_BYTES: usize = 16 << 20;
/// Entries of each list beyond this are left out.
pub(super) const MAX_ENTRIES: usize = 100_000;
/// Names longer than this are none: the component model allows no longer ones.
pub(super) const MAX_NAME: usize = 100_000;
/// Frames that do not list their members, as old files have them, beyond these have none: each looks at all instances.
const MAX_UNLISTED: usize = 100;
/// Parts are nested a hundred deep at most.
const MAX_PART_TEXT: usize = 1_000;
/// More warnings than this help nobody.
const MAX_WARNINGS: usize = 100;
/// No canvas is larger; a node beyond could not be found again.
const MAX_POSITION: f32 = 1e6;

/// A project file, as far as it could be understood.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The document; it has no grants.
    pub document: Document,
    /// What was left out, mended or deserves a look.
    pub warnings: Vec<Diagnostic>,
}

/// Why bytes are no project file at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It is too large.
    #[error("The project file has {size}, more than the 16 MiB that a project can have")]
    TooLarge {
        /// Its size.
        size: String,
    },
    /// It is not JSON.
    #[error("The project file is not valid JSON at line {line}, column {column}: {message}; restore it from a copy")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// It is JSON, but of something else.
    #[error("This is not a Wirebench project: it has no version, components or instances")]
    NotAProject,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct ComponentEntry {
    sha256: String,
    #[serde(default)]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The position inside the file of that path, as in `0.2`; without it the component is the file itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<Value>,
    /// The sha256 of the file that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<Value>,
    /// How it is made, if it is a stub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stub: Option<Value>,
    /// What it is made of, if it is a virtual WASI.
    #[serde(default, rename = "virtual-wasi", skip_serializing_if = "Option::is_none")]
    virtual_wasi: Option<Value>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct InstanceEntry {
    name: String,
    component: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<Value>,
    /// It answers in runs only: it is no part of the composed file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_out: Option<Value>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct WireEntry {
    from: ExportEnd,
    to: ImportEnd,
    /// Whether calls that cross it are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tapped: Option<Value>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct ExportEnd {
    instance: String,
    export: String,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct ImportEnd {
    instance: String,
    import: String,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct ExportEntry {
    name: String,
    from: ExportEnd,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct CallEntry {
    target: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interface: Option<String>,
    function: String,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct FrameEntry {
    title: String,
    position: Value,
    size: Value,
    /// The instances in it. A file from before they were listed has those inside of the rectangle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    members: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folded: Option<Value>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

const COMPOSITION: &str = "composition";

/// The bytes of the project file that lies in `folder`, which is absolute if the document's paths are.
pub fn save(document: &Document, folder: &Path) -> Vec<u8> {
    let unknown = |id: String| document.unknown.0.get(&id).cloned().unwrap_or_default();
    let composition = &document.composition;
    let end = |port: &Port| ExportEnd { instance: port.instance.clone(), export: port.name.clone() };

    let components = document.components.iter().map(|(digest, source)| ComponentEntry {
        sha256: digest.to_string(),
        name: source.name.clone(),
        path: source.path.as_deref().map(|p| paths::to_file(p, folder)),
        part: source.part.as_ref().map(|p| part_text(&p.path).into()),
        whole: source.part.as_ref().and_then(|p| p.whole).map(|w| w.to_string().into()),
        stub: source.stub.as_ref().and_then(stub::write),
        virtual_wasi: source.virtual_wasi.as_deref().and_then(virtual_entry::write),
        unknown: unknown(component_id(*digest)),
    });
    let instances = composition.instances.iter().map(|(name, instance)| InstanceEntry {
        name: name.clone(),
        component: instance.component.to_string(),
        position: document.layout.get(name).map(|at| Value::Array(at.iter().copied().map(super::decimal).collect())),
        left_out: document.left_out.contains(name).then_some(Value::Bool(true)),
        unknown: unknown(instance_id(name)),
    });
    let wires = composition.wires.iter().map(|(to, from)| WireEntry {
        from: end(from),
        to: ImportEnd { instance: to.instance.clone(), import: to.name.clone() },
        tapped: composition.taps.contains(to).then_some(Value::Bool(true)),
        unknown: unknown(wire_id(to)),
    });
    let exports = composition.exports.iter().map(|(name, from)| ExportEntry {
        name: name.clone(),
        from: end(from),
        unknown: unknown(export_id(name)),
    });
    let calls = document.calls.iter().map(|(key, arguments)| CallEntry {
        target: target_word(key.target),
        interface: key.interface.clone(),
        function: key.function.clone(),
        arguments: arguments.clone(),
        unknown: unknown(call_id(key)),
    });

    let pair = |numbers: [f32; 2]| Value::Array(numbers.map(super::decimal).to_vec());
    let frames = document.frames.iter().map(|(title, frame)| FrameEntry {
        title: title.clone(),
        position: pair(frame.at),
        size: pair(frame.size),
        members: Some(frame.members.iter().cloned().collect()),
        folded: frame.folded.then_some(true.into()),
        unknown: unknown(frame_id(title)),
    });

    let mut file = unknown(String::new());
    file.insert("version".into(), VERSION.into());
    file.insert("name".into(), document.name.clone().into());
    for (key, list) in [
        ("components", to_values(components)),
        ("instances", to_values(instances)),
        ("wires", to_values(wires)),
        ("exports", to_values(exports)),
        ("calls", to_values(calls)),
    ] {
        file.insert(key.into(), list);
    }
    if !document.frames.is_empty() {
        file.insert("frames".into(), to_values(frames));
    }
    super::to_bytes(Value::Object(file))
}

/// Serialising these structs to a value cannot fail: their keys are strings and their numbers are finite.
fn to_values<T: Serialize>(entries: impl Iterator<Item = T>) -> Value {
    Value::Array(entries.filter_map(|e| serde_json::to_value(e).ok()).collect())
}

fn target_word(target: Target) -> String {
    match target {
        Target::Composition => COMPOSITION.to_owned(),
        Target::Component(digest) => digest.to_string(),
    }
}

// Where the unknown keys of an entry are kept in a document.
fn component_id(digest: Digest) -> String {
    format!("component {digest}")
}
fn instance_id(name: &str) -> String {
    format!("instance {name}")
}
fn wire_id(to: &Port) -> String {
    format!("wire {:?} {:?}", to.instance, to.name)
}
fn export_id(name: &str) -> String {
    format!("export {name}")
}
fn frame_id(title: &str) -> String {
    format!("frame {title}")
}
fn call_id(key: &CallKey) -> String {
    format!("call {} {:?} {}", target_word(key.target), key.interface, key.function)
}

/// Why these bytes would be refused when the project is opened again, and what helps; `None` if they are not.
pub fn why_not_saved(bytes: &[u8]) -> Option<String> {
    let size = crate::measure::Bytes(bytes.len() as u64);
    (bytes.len() > MAX_BYTES).then(|| {
        format!(
            "The project would have {size}, more than the 16 MiB that a project can have: take large files out of its \
             virtual WASI, or save the virtual WASI to a file of its own and place that"
        )
    })
}

/// Reads a project file that lies in `folder`.
///
/// # Errors
/// Only if the bytes are no project file at all; anything less is a warning.
pub fn load(bytes: &[u8], folder: &Path) -> Result<Loaded, LoadError> {
    if bytes.len() > MAX_BYTES {
        return Err(LoadError::TooLarge { size: crate::measure::Bytes(bytes.len() as u64).to_string() });
    }
    // The parser refuses more than 128 levels by itself.
    let value: Value = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map_err(|e| {
        let text = e.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
        LoadError::NotJson { line: e.line(), column: e.column(), message: display_safe_line(message).into_owned() }
    })?;
    let Value::Object(file) = value else { return Err(LoadError::NotAProject) };
    if !["version", "components", "instances"].iter().any(|key| file.contains_key(*key)) {
        return Err(LoadError::NotAProject);
    }
    let reader = Reader {
        framed: HashSet::new(),
        unlisted: 0,
        file,
        document: Document::default(),
        warnings: Vec::new(),
        left_out: 0,
        outside: Vec::new(),
        folder,
    };
    Ok(reader.read())
}

struct Reader<'a> {
    /// The instances in frames so far, and how many frames did not say theirs.
    framed: HashSet<String>,
    unlisted: usize,
    file: Map<String, Value>,
    document: Document,
    warnings: Vec<Diagnostic>,
    left_out: usize,
    /// The components outside the project's folder: name and path, as shown.
    outside: Vec<(String, String)>,
    folder: &'a Path,
}

impl Reader<'_> {
    fn read(mut self) -> Loaded {
        self.read_version();
        match self.file.remove("name") {
            Some(Value::String(name)) if name.len() <= MAX_NAME => self.document.name = name,
            None => {}
            Some(_) => self.warn(Subject::Project, "The project's name is not a text; it is left empty"),
        }
        if self.file.remove("grants").is_some() {
            self.warn(
                Subject::Project,
                "The project file contains grants, which are ignored: only you can allow something, and only here",
            );
        }
        for entry in self.entries("components") {
            self.read_component(entry);
        }
        self.say_what_is_outside();
        for entry in self.entries("instances") {
            self.read_instance(entry);
        }
        for entry in self.entries("wires") {
            self.read_wire(entry);
        }
        for entry in self.entries("exports") {
            self.read_export(entry);
        }
        for entry in self.entries("calls") {
            self.read_call(entry);
        }
        for entry in self.entries("frames") {
            self.read_frame(entry);
        }
        let rest = std::mem::take(&mut self.file);
        self.keep_unknown(String::new(), rest);
        if self.left_out > 0 {
            let message = format!("{} more warnings about this file are not listed", self.left_out);
            self.warnings.push(Diagnostic::warning(Subject::Project, message));
        }
        Loaded { document: self.document, warnings: self.warnings }
    }

    /// Warns if a newer version wrote the file.
    fn read_version(&mut self) {
        match self.file.remove("version").as_ref().map(Value::as_u64) {
            Some(Some(VERSION)) => {}
            Some(Some(version)) if version > VERSION => {
                let message = format!("A newer Wirebench wrote this project (format {version}, here {VERSION})");
                let hint = "It is opened as far as it is understood; save it under another name to lose nothing";
                self.push(Diagnostic::warning(Subject::Project, message).with_hint(hint));
            }
            _ => self.warn(Subject::Project, "The project file does not say its version; it is read as version 1"),
        }
    }

    /// Warns of the files outside the project's folder: in one warning, however many there are.
    fn say_what_is_outside(&mut self) {
        const MOST_NAMED: usize = 4;
        match std::mem::take(&mut self.outside).as_slice() {
            [] => {}
            [(name, path)] => {
                self.warn(Subject::File(name.clone()), format!("{path} lies outside the project's folder"));
            }
            all => {
                let mut named: Vec<&str> = all.iter().take(MOST_NAMED).map(|(name, _)| name.as_str()).collect();
                let more = all.len().saturating_sub(MOST_NAMED);
                let rest = format!("{more} more");
                named.extend((more > 0).then_some(rest.as_str()));
                let message =
                    format!("{} components lie outside the project's folder: {}", all.len(), named.join(", "));
                self.warn(Subject::Project, message);
            }
        }
    }

    fn push(&mut self, warning: Diagnostic) {
        if self.warnings.len() < MAX_WARNINGS { self.warnings.push(warning) } else { self.left_out += 1 }
    }

    fn warn(&mut self, subject: Subject, message: impl Into<String>) {
        self.push(Diagnostic::warning(subject, message));
    }

    fn keep_unknown(&mut self, id: String, keys: Map<String, Value>) {
        if !keys.is_empty() {
            self.document.unknown.0.insert(id, keys);
        }
    }

    /// Those entries of a list that have the right shape.
    fn entries<T: DeserializeOwned>(&mut self, list: &str) -> Vec<T> {
        let values = match self.file.remove(list) {
            Some(Value::Array(values)) => values,
            None => return Vec::new(),
            Some(_) => {
                self.warn(Subject::Project, format!("“{list}” in the project file is not a list; it is left out"));
                return Vec::new();
            }
        };
        if values.len() > MAX_ENTRIES {
            let message = format!("“{list}” has {} entries; those after {MAX_ENTRIES} are left out", values.len());
            self.warn(Subject::Project, message);
        }
        let mut out = Vec::new();
        for (i, value) in values.into_iter().take(MAX_ENTRIES).enumerate() {
            match serde_json::from_value(value) {
                Ok(entry) => out.push(entry),
                Err(e) => self.warn(
                    Subject::Project,
                    format!("Entry {} of “{list}” is left out: {}", i + 1, display_safe_line(&e.to_string())),
                ),
            }
        }
        out
    }

    fn read_component(&mut self, entry: ComponentEntry) {
        let subject = Subject::File(entry.name.clone());
        let shown = display_safe_line(&entry.name).into_owned();
        let Some(digest) = Digest::parse(&entry.sha256).filter(|_| entry.name.len() <= MAX_NAME) else {
            return self
                .warn(subject, format!("The component {shown} is left out: its sha256 is not 64 hexadecimal digits"));
        };
        if self.document.components.contains_key(&digest) {
            return self.warn(subject, format!("The component {shown} is listed twice; the first one counts"));
        }
        let part = self.read_part(&subject, &shown, entry.part.as_ref(), entry.whole.as_ref());
        let path = entry.path.and_then(|text| match paths::from_file(&text, self.folder) {
            Ok(found) => {
                if found.outside {
                    self.outside.push((shown.clone(), display_safe_line(&text).into_owned()));
                }
                Some(found.path)
            }
            Err(why) => {
                let message = format!("The path {} is refused: {why}", display_safe_line(&text));
                self.push(Diagnostic::warning(subject, message).with_hint("Open the component by hand"));
                None
            }
        });
        let is_stub = entry.stub.is_some();
        let stub = entry.stub.and_then(stub::read);
        if is_stub && stub.is_none() {
            let message = format!("What the stub {shown} is made of is unreadable, so it cannot be made again");
            self.warn(Subject::Project, message);
        }
        let virtual_wasi = match entry.virtual_wasi.map(virtual_entry::read) {
            Some(Ok(settings)) => Some(Arc::new(settings)),
            Some(Err(why)) => {
                let why = display_safe_line(&why).into_owned();
                let message = format!("What {shown} is made of is unreadable, so it cannot be made again: {why}");
                self.warn(Subject::Project, message);
                None
            }
            None => None,
        };
        self.keep_unknown(component_id(digest), entry.unknown);
        let source = ComponentSource { name: entry.name, path, part, stub, virtual_wasi };
        self.document.components.insert(digest, source);
    }

    /// Where a component lies inside another file. A place that cannot be read is looked for by the digest.
    fn read_part(
        &mut self,
        subject: &Subject,
        shown: &str,
        part: Option<&Value>,
        whole: Option<&Value>,
    ) -> Option<PartOf> {
        let text = part?.as_str().filter(|text| text.len() <= MAX_PART_TEXT);
        let path = text.and_then(part_path);
        if path.is_none() {
            let message = format!("The place of {shown} inside its file is unreadable; it is looked for by its sha256");
            self.warn(subject.clone(), message);
        }
        let whole = whole.and_then(Value::as_str).and_then(Digest::parse);
        Some(PartOf { whole, path: path.unwrap_or_default() })
    }

    fn read_instance(&mut self, entry: InstanceEntry) {
        let subject = Subject::Instance(entry.name.clone());
        let shown = display_safe_line(&entry.name).into_owned();
        let Some(component) = Digest::parse(&entry.component) else {
            return self.warn(subject, format!("The instance {shown} is left out: its component is not a sha256"));
        };
        if entry.name.is_empty() || entry.name.len() > MAX_NAME {
            return self.warn(Subject::Project, "An instance is left out: its name is empty or far too long");
        }
        if self.document.composition.instances.contains_key(&entry.name) {
            return self.warn(subject, format!("The instance {shown} is listed twice; the first one counts"));
        }
        if !self.document.components.contains_key(&component) {
            let message = format!("The component of {shown} ({}) is not in the project file", component.short());
            self.push(
                Diagnostic::warning(subject.clone(), message).with_hint("Open that component to use the instance"),
            );
            let source = ComponentSource { name: component.short(), ..ComponentSource::default() };
            self.document.components.insert(component, source);
        }
        match entry.position.as_ref().map(position) {
            Some(Some(at)) => drop(self.document.layout.insert(entry.name.clone(), at)),
            Some(None) => self
                .warn(subject.clone(), format!("The place of {shown} on the canvas is unreadable; it gets a new one")),
            None => {}
        }
        match entry.left_out {
            Some(Value::Bool(true)) if !self.is_stub(&component) => {
                let message = format!("{shown} is no stub, so it is not left out of the composed file");
                self.warn(subject, message);
            }
            Some(Value::Bool(true)) => drop(self.document.left_out.insert(entry.name.clone())),
            Some(Value::Bool(false)) | None => {}
            Some(_) => self.warn(
                subject,
                format!("Whether {shown} is left out of the composed file is not true or false; it is part of it"),
            ),
        }
        self.keep_unknown(instance_id(&entry.name), entry.unknown);
        self.document.composition.instances.insert(entry.name, Instance { component });
    }

    fn is_stub(&self, component: &Digest) -> bool {
        self.document.components.get(component).is_some_and(|source| source.stub.is_some())
    }

    /// Whether the port's instance exists; says so if not.
    fn stands(&mut self, port: &Port, what: &str) -> bool {
        let stands = self.document.composition.instances.contains_key(&port.instance);
        if !stands {
            let message = format!("{what} is left out: there is no instance {}", display_safe_line(&port.instance));
            self.warn(Subject::Project, message);
        }
        stands
    }

    fn read_wire(&mut self, entry: WireEntry) {
        let from = Port::new(entry.from.instance, entry.from.export);
        let to = Port::new(entry.to.instance, entry.to.import);
        let what = format!("The wire to {}", display_safe_line(&to.to_string()));
        if !self.stands(&from, &what) || !self.stands(&to, &what) {
            return;
        }
        if self.document.composition.wires.contains_key(&to) {
            let subject = Subject::Wire { instance: to.instance, import: to.name };
            return self.warn(subject, format!("{what} is listed twice; the first one counts"));
        }
        match entry.tapped {
            Some(Value::Bool(true)) => drop(self.document.composition.taps.insert(to.clone())),
            None | Some(Value::Bool(false)) => {}
            Some(_) => self.warn(Subject::Project, format!("{what} is not tapped: that is neither true nor false")),
        }
        self.keep_unknown(wire_id(&to), entry.unknown);
        self.document.composition.wires.insert(to, from);
    }

    fn read_export(&mut self, entry: ExportEntry) {
        let from = Port::new(entry.from.instance, entry.from.export);
        let what = format!("The export {}", display_safe_line(&entry.name));
        if !self.stands(&from, &what) {
            return;
        }
        if self.document.composition.exports.contains_key(&entry.name) {
            return self.warn(Subject::Project, format!("{what} is listed twice; the first one counts"));
        }
        self.keep_unknown(export_id(&entry.name), entry.unknown);
        self.document.composition.exports.insert(entry.name, from);
    }

    fn read_frame(&mut self, entry: FrameEntry) {
        let shown = display_safe_line(&entry.title).into_owned();
        let what = format!("The frame {shown}");
        let frame = position(&entry.position).zip(position(&entry.size)).map(|(at, size)| Frame::new(at, size));
        let Some(mut frame) = frame.filter(Frame::is_sound) else {
            return self.warn(Subject::Project, format!("{what} is left out: its place or size is unreadable"));
        };
        if let Some(why) = frame_title_fault(&entry.title) {
            return self.warn(Subject::Project, format!("A frame is left out because of its title: {why}"));
        }
        if self.document.frames.contains_key(&entry.title) {
            return self.warn(Subject::Project, format!("{what} is listed twice; the first one counts"));
        }
        frame.members = self.read_members(&what, &frame, entry.members.as_ref());
        frame.folded = entry.folded == Some(Value::Bool(true)) && !frame.members.is_empty();
        self.keep_unknown(frame_id(&entry.title), entry.unknown);
        self.document.frames.insert(entry.title, frame);
    }

    /// The instances in a frame: those that it lists, or where it lists none those that lie in it.
    fn read_members(&mut self, what: &str, frame: &Frame, listed: Option<&Value>) -> BTreeSet<String> {
        let Some(listed) = listed else {
            self.unlisted += 1;
            let inside = if self.unlisted > MAX_UNLISTED { BTreeSet::new() } else { self.document.inside(frame) };
            return inside.into_iter().filter(|name| self.framed.insert(name.clone())).collect();
        };
        let instances = &self.document.composition.instances;
        let names = listed.as_array().map(Vec::as_slice).unwrap_or_default();
        let wanted: BTreeSet<String> = names.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let sound = |name: &String| instances.contains_key(name) && self.framed.insert(name.clone());
        let members: BTreeSet<String> = wanted.into_iter().filter(sound).collect();
        if members.len() != names.len() {
            let left_out = names.len().saturating_sub(members.len());
            self.warn(
                Subject::Project,
                format!("{what} is without {left_out} of its members: they do not exist, or are in another frame"),
            );
        } else if !listed.is_array() {
            self.warn(Subject::Project, format!("The members of {what} are no list; it has none"));
        }
        members
    }

    fn read_call(&mut self, entry: CallEntry) {
        let target = match entry.target.as_str() {
            COMPOSITION => Some(Target::Composition),
            text => Digest::parse(text).map(Target::Component),
        };
        let what = format!("The saved inputs of {}", display_safe_line(&entry.function));
        let Some(target) = target else {
            return self.warn(Subject::Project, format!("{what} are left out: it is not said whose function it is"));
        };
        let key = CallKey { target, interface: entry.interface, function: entry.function };
        if self.document.calls.contains_key(&key) {
            return self.warn(Subject::Project, format!("{what} are listed twice; the first ones count"));
        }
        self.keep_unknown(call_id(&key), entry.unknown);
        self.document.calls.insert(key, entry.arguments);
    }
}

/// A place on the canvas, if it is one.
pub(super) fn position(value: &Value) -> Option<[f32; 2]> {
    let [x, y] = value.as_array()?.as_slice() else { return None };
    let coordinate = |v: &Value| v.as_f64().map(|n| n as f32).filter(|n| n.abs() <= MAX_POSITION);
    Some([coordinate(x)?, coordinate(y)?])
}
