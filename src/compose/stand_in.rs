//! What a component says of itself that was made to stand in for something: a stub, or a virtual WASI. It stands in a custom
//! section of its bytes, so it goes where these go. Anyone can write such a section and leave one out: it is a claim.

use super::Library;
use super::record;
use super::stub::{Answer, Behavior, StubSpec, functions_said};
use super::virtual_wasi::{HostPart, VirtualWasi, moment_text};
use crate::component::{Component, Digest};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use crate::value;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::{BinaryReader, CustomSectionReader};

/// The section's name.
const SECTION: &str = "wirebench:stands-in";
/// The form of what is written.
const VERSION: u64 = 1;
/// Its key for all that a stub does.
const DOES: &str = "does";
/// Bytes of a section that are read.
const MOST_BYTES: usize = 2 << 20;
/// Functions, settings or instances that one speaks of.
const MOST_LISTED: usize = 1_000;
/// Letters of one text; the rest is left out.
const MOST_LETTERS: usize = 200;
/// Names that one sentence lists.
const MOST_NAMED: usize = 3;

/// What a component says that it stands in for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandIn {
    /// It is a stub.
    Stub {
        /// The import that it stands in for.
        import: String,
        /// How its functions answer; those that are not named trap.
        functions: BTreeMap<String, Answers>,
    },
    /// It is a virtual WASI with these settings, in words.
    VirtualWasi(BTreeMap<String, String>),
    /// It is composed, and of these instances inside it the record says that they stand in, each with the word for what it is.
    Composed(BTreeMap<String, String>),
}

/// What components say that they stand in for, of those that say so.
pub(super) type StandIns = BTreeMap<Digest, Arc<StandIn>>;

/// What those of these components say that can be read.
pub(super) fn stand_ins(library: &Library, components: impl IntoIterator<Item = Digest>) -> StandIns {
    let all = components.into_iter().filter_map(|digest| Some((digest, StandIn::of(library.get(&digest)?)?.ok()?)));
    all.map(|(digest, stands_in)| (digest, Arc::new(stands_in))).collect()
}

/// How a function of a stub answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// How many rules are tried first.
    pub rules: usize,
    /// Whether answers of recorded calls are among them.
    pub recorded: bool,
    /// What it does if no rule holds: `trap`, `return`, or `return` with a value.
    pub otherwise: String,
}

impl StandIn {
    /// What this component says of itself; `None` if it says nothing.
    ///
    /// # Errors
    /// It says something that cannot be read, and why.
    pub fn of(component: &Component) -> Option<Result<Self, String>> {
        if let Some(json) = said(component) {
            return Some(json.and_then(|json| Self::from_json(&json)));
        }
        section(component, record::SECTION)?;
        let (record, _) = record::read(&component.bytes)?.ok()?;
        let inside =
            record.instances.iter().filter_map(|i| Some((short(&i.name), i.stands_in.as_ref()?.word().to_owned())));
        let inside: BTreeMap<String, String> = inside.take(MOST_LISTED).collect();
        (!inside.is_empty()).then_some(Ok(Self::Composed(inside)))
    }

    /// What a stub for this import is.
    pub(super) fn stub(import: &str, spec: &StubSpec) -> Self {
        let functions = spec.functions.iter().take(MOST_LISTED).map(|(name, behavior)| {
            let otherwise = short(&answer_text(&behavior.otherwise));
            (name.clone(), Answers { rules: behavior.rules.len(), recorded: behavior.recorded, otherwise })
        });
        Self::Stub { import: import.to_owned(), functions: functions.collect() }
    }

    /// What a virtual WASI is.
    pub(super) fn virtual_wasi(settings: &VirtualWasi) -> Self {
        let VirtualWasi { groups, host: _, environment, arguments, clock, seed, stdin, files, is_writable } = settings;
        let some = |n: usize, text: String| (n > 0).then_some(text);
        let listed = |all: Vec<String>| format!("{}: {}", all.len(), all.join(", "));
        let size: usize = files.values().map(Vec::len).sum();
        let handed: Vec<_> = HostPart::ALL.into_iter().filter(|p| settings.hands_on(*p)).map(HostPart::word).collect();
        let clocks = !settings.hands_on(HostPart::Clocks);
        let mode = if *is_writable { "can be written" } else { "read only" };
        let all = [
            ("gives", Some(groups.iter().map(|g| g.word()).collect::<Vec<_>>().join(", "))),
            ("hands on from the host", some(handed.len(), handed.join(", "))),
            (
                "variables",
                some(environment.len(), listed(environment.iter().map(|(k, v)| format!("{k}={v}")).collect())),
            ),
            ("arguments", some(arguments.len(), listed(arguments.clone()))),
            ("clock", clocks.then(|| format!("stands at {}", moment_text(clock.seconds, clock.nanoseconds)))),
            ("monotonic clock", clocks.then(|| format!("from {} ns in steps of {} ns", clock.monotonic, clock.step))),
            ("seed", Some(seed.to_string())),
            ("input", some(stdin.len(), Bytes(stdin.len() as u64).to_string())),
            (
                "files",
                some(
                    files.len(),
                    format!("{mode}, {}, {}", Bytes(size as u64), listed(files.keys().cloned().collect())),
                ),
            ),
        ];
        let all = all.into_iter().filter_map(|(key, text)| Some((key.to_owned(), short(&text?))));
        Self::VirtualWasi(all.collect())
    }

    /// Adds it to the bytes of a component. `does` is all that a stub does.
    pub(super) fn append(&self, does: Option<Value>, bytes: &mut Vec<u8>) {
        let mut json = self.to_json();
        if let Some(json) = json.as_object_mut() {
            json.insert("version".to_owned(), VERSION.into());
            json.extend(does.map(|does| (DOES.to_owned(), does)));
        }
        let data = json.to_string().into_bytes();
        CustomSection { name: SECTION.into(), data: data.into() }.append_to_component(bytes);
    }

    /// A word or two for what it is.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Stub { .. } => "stub",
            Self::VirtualWasi(_) => "virtual WASI",
            Self::Composed(_) => "composed of stand-ins too",
        }
    }

    /// The same for other programs.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Stub { .. } => "stub",
            Self::VirtualWasi(_) => "virtual WASI",
            Self::Composed(_) => "composed",
        }
    }

    /// What it is, in a few words. Safe to show.
    pub fn title(&self) -> String {
        match self {
            Self::Stub { import, .. } => format!("stub for {}", display_safe_line(import)),
            Self::VirtualWasi(_) => "virtual WASI".to_owned(),
            Self::Composed(_) => "composition with stand-ins inside".to_owned(),
        }
    }

    /// The same with what it does, as far as that is short. Safe to show.
    pub fn text(&self) -> String {
        let title = self.title();
        let lines = self.lines();
        let some: Vec<String> = lines.iter().take(MOST_NAMED).map(|(name, text)| format!("{name} {text}")).collect();
        let more = match lines.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            n => format!("; {n} more"),
        };
        let some = some.join("; ");
        match self {
            Self::Stub { functions, .. } if functions.is_empty() => format!("{title}: all its functions trap"),
            Self::Stub { .. } => format!("{title}: {some}{more}; what is not named traps"),
            Self::VirtualWasi(settings) => {
                let gives = settings.get("gives").map(String::as_str).unwrap_or_default();
                format!("{title}: gives {}", display_safe_line(gives))
            }
            Self::Composed(_) => format!("{title}: {some}{more}"),
        }
    }

    /// What it does, each with the function, the setting or the instance. Safe to show.
    pub fn lines(&self) -> Vec<(String, String)> {
        let safe = |text: &str| display_safe_line(text).into_owned();
        match self {
            Self::Stub { functions, .. } => functions.iter().map(|(name, how)| (safe(name), how.text())).collect(),
            Self::VirtualWasi(lines) => lines.iter().map(|(key, text)| (safe(key), safe(text))).collect(),
            Self::Composed(lines) => lines.iter().map(|(key, text)| (safe(key), format!("({})", safe(text)))).collect(),
        }
    }

    /// The same for other programs.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Stub { import, functions } => {
                let answers = functions.iter().map(|(name, how)| {
                    let mut answer = json!({ "otherwise": how.otherwise });
                    if let Some(answer) = answer.as_object_mut().filter(|_| how.rules > 0) {
                        answer.insert("rules".to_owned(), how.rules.into());
                    }
                    if let Some(answer) = answer.as_object_mut().filter(|_| how.recorded) {
                        answer.insert("recorded".to_owned(), true.into());
                    }
                    (name.clone(), answer)
                });
                let answers: Map<String, Value> = answers.collect();
                json!({ "kind": "stub", "stands_in_for": import, "answers": answers })
            }
            Self::VirtualWasi(settings) => json!({ "kind": "virtual WASI", "settings": settings }),
            Self::Composed(inside) => json!({ "kind": "composed", "stand_ins_inside": inside }),
        }
    }

    /// # Errors
    /// It is no such thing, and why.
    pub(super) fn from_json(json: &Value) -> Result<Self, String> {
        let list = |key: &str| {
            let list = json.get(key).and_then(Value::as_object).ok_or_else(|| format!("it has no {key}"))?;
            if list.len() > MOST_LISTED { Err(format!("it has more than {MOST_LISTED} {key}")) } else { Ok(list) }
        };
        let texts = |key: &str| -> Result<BTreeMap<String, String>, String> {
            let text = |(key, text): (&String, &Value)| Some((short(key), short(text.as_str()?)));
            let odd = || format!("one of its {key} is no text");
            list(key)?.iter().map(|entry| text(entry).ok_or_else(odd)).collect()
        };
        match json.get("kind").and_then(Value::as_str) {
            Some("stub") => {
                let import = json.get("stands_in_for").and_then(Value::as_str).ok_or("it does not say for what")?;
                let answers = |(name, how): (&String, &Value)| {
                    let otherwise = short(how.get("otherwise")?.as_str()?);
                    let rules = how.get("rules").map_or(Some(0), Value::as_u64)?;
                    let recorded = how.get("recorded").map_or(Some(false), Value::as_bool)?;
                    Some((short(name), Answers { rules: usize::try_from(rules).ok()?, recorded, otherwise }))
                };
                let all = list("answers")?.iter();
                let all = all.map(|one| answers(one).ok_or_else(|| "one of its answers cannot be read".to_owned()));
                Ok(Self::Stub { import: short(import), functions: all.collect::<Result<_, _>>()? })
            }
            Some("virtual WASI") => Ok(Self::VirtualWasi(texts("settings")?)),
            Some("composed") => Ok(Self::Composed(texts("stand_ins_inside")?)),
            Some(_) => Err("its kind is not known".to_owned()),
            None => Err("it does not say what it is".to_owned()),
        }
    }
}

impl Answers {
    /// As in `answers by 2 rules, or traps`. Safe to show.
    fn text(&self) -> String {
        let recorded = match (self.recorded, self.rules) {
            (false, _) => "",
            (true, 0) => ", as recorded",
            (true, _) => ", recorded calls among them",
        };
        let otherwise = match self.otherwise.split_once(' ') {
            Some(("return", value)) => format!("returns {}", display_safe_line(value)),
            _ if self.otherwise == "return" => "returns".to_owned(),
            _ if self.otherwise == "trap" => "traps".to_owned(),
            _ => display_safe_line(&self.otherwise).into_owned(),
        };
        match self.rules {
            0 => format!("always {otherwise}{recorded}"),
            1 => format!("answers by 1 rule{recorded}, or {otherwise}"),
            n => format!("answers by {n} rules{recorded}, or {otherwise}"),
        }
    }
}

/// How a function of a stub ends.
pub(super) fn answer_text(answer: &Answer) -> String {
    match answer {
        Answer::Trap => "trap".to_owned(),
        Answer::Fixed(None) => "return".to_owned(),
        Answer::Fixed(Some(value)) => format!("return {}", value::to_wave(value)),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MOST_LETTERS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Of a stub: the import that it stands in for, and all that it does.
pub(super) fn stub_said(component: &Component) -> Option<(String, BTreeMap<String, Behavior<String>>)> {
    let mut json = said(component)?.ok()?;
    let import = json.get("stands_in_for")?.as_str()?.to_owned();
    Some((import, functions_said(json.get_mut(DOES)?.take())?))
}

/// Where the contents of a custom section are, its name among them.
fn section<'a>(component: &'a Component, name: &str) -> Option<&'a Range<usize>> {
    let mut sections = component.root.sections.iter();
    sections.find(|(section, _)| section.strip_prefix("custom ") == Some(name)).map(|(_, range)| range)
}

/// What a component says of itself.
pub(super) fn said(component: &Component) -> Option<Result<Value, String>> {
    let content = component.bytes.get(section(component, SECTION)?.clone()).unwrap_or_default();
    let section = CustomSectionReader::new(BinaryReader::new(content, 0)).map_err(|e| e.to_string());
    Some(section.and_then(|section| parse(section.data())))
}

fn parse(data: &[u8]) -> Result<Value, String> {
    if data.len() > MOST_BYTES {
        return Err(format!("it has more than {} MiB, which is more than is read", MOST_BYTES >> 20));
    }
    let json: Value = serde_json::from_slice(data).map_err(|e| format!("it is not JSON: {e}"))?;
    match json.get("version").and_then(Value::as_u64) {
        Some(VERSION) => Ok(json),
        Some(newer) => Err(format!("its form, version {newer}, is not known to this version of Wirebench")),
        None => Err("it does not say in which form it is".to_owned()),
    }
}
