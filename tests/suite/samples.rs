//! The samples: every file opens and shows what it is, and every call with a known answer gives it.

use crate::desk::{Desk, grants};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use wirebench::call::{Outcome, Stream};
use wirebench::component::{Component, Digest, Kind, TypeKind, decode};
use wirebench::diag::Severity;
use wirebench::grant::Grants;
use wirebench::project::Target;
use wirebench::session::{Change, Command, RunRecord};
use wirebench::value::{Handle, Value, parse_wave, to_wave};

fn text_of(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub fn list_of(file: &str) -> Vec<Json> {
    serde_json::from_str(&text_of(file)).expect(file)
}

pub fn str_of<'a>(json: &'a Json, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_else(|| panic!("{key} in {json}"))
}

/// A listed call in WAVE.
pub fn call_of(json: &Json) -> String {
    let arguments: Vec<_> = json["args"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    format!("{}({})", str_of(json, "function"), arguments.join(", "))
}

#[test]
fn every_file_opens_and_shows_its_interface() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/components");
    let sums: BTreeMap<String, String> = text_of("SHA256SUMS")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_once("  "))
        .filter_map(|(sum, file)| Some((file.strip_prefix("components/")?.to_owned(), sum.to_owned())))
        .collect();
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let component = decode(&file, std::fs::read(&path).unwrap().into());
        assert_eq!(component.kind, Kind::Component, "{file}");
        assert_eq!(component.name, file.trim_end_matches(".wasm"));
        let errors: Vec<_> = component.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{file}: {errors:?}");
        assert!(component.exported_functions().next().is_some(), "{file} exports no function");
        let world = component.wit().find("world ").map(|at| &component.wit()[at..]);
        let world = world.unwrap_or_else(|| panic!("{file}: {}", component.wit()));
        for export in &component.exports {
            let word = format!("export {}", export.name);
            assert!(world.contains(&word), "{file}: {word} in\n{world}");
        }
        assert_eq!(Some(&component.digest.to_string()), sums.get(&file), "{file}");
        seen.push(file);
    }
    seen.sort();
    assert_eq!(seen, sums.into_keys().collect::<Vec<_>>());
}

/// What was promised of a call.
pub struct Promise<'a> {
    json: &'a Json,
    result: Option<wirebench::component::TypeRef>,
}

impl<'a> Promise<'a> {
    pub fn new(json: &'a Json, component: &Component) -> Self {
        let function = str_of(json, "function");
        let (owner, name) = match function.split_once('#') {
            Some((owner, name)) => (Some(owner), name),
            None => (None, function),
        };
        let described = component.exported_functions().find(|(interface, f)| {
            let unversioned = interface.and_then(|i| i.split('@').next());
            f.name == name && (*interface == owner || unversioned == owner)
        });
        let result = described.unwrap_or_else(|| panic!("{function} is not there")).1.result;
        Self { json, result: result.map(|ty| component.type_ref(ty)) }
    }

    /// The call in WAVE, with names replaced by what they stand for.
    pub fn call(&self, names: &BTreeMap<String, Handle>) -> String {
        let mut call = call_of(self.json);
        // The longest first: `$a` begins `$all`.
        let mut names: Vec<_> = names.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for (name, handle) in names {
            call = call.replace(name.as_str(), &to_wave(&Value::Handle(handle.clone())));
        }
        call
    }

    /// Why it is not called, if it is not.
    pub fn beyond_us(&self) -> Option<&'static str> {
        let result = self.result.as_ref()?;
        matches!(result.table.kind(result.ty), Some(TypeKind::Stream(_))).then_some("its result is a stream")
    }

    /// Whether the call ended as promised; the error says what was found instead.
    pub fn check(&self, run: &RunRecord) -> Result<(), String> {
        let outcome = run.outcome().expect("an end");
        let as_promised = match outcome {
            Outcome::Returned(found) => self.check_value(found.as_ref())?,
            Outcome::Trapped(trap) => {
                let all = format!("{}\n{}", trap.message, trap.frames.join("\n"));
                let mut parts = self.json["trap_contains"].as_str().unwrap_or_default().split(" ... ");
                self.json["expect_trap"] == true && parts.all(|part| all.contains(part))
            }
            Outcome::Failed(why) => match self.json["expect_exit"].as_u64() {
                Some(status) => why.contains(&format!("exited with code {status}")),
                None => false,
            },
            _ => false,
        };
        if !as_promised {
            return Err(format!("{outcome:?}"));
        }
        for (key, stream) in [("stdout", Stream::Stdout), ("stderr", Stream::Stderr)] {
            let (promised, found) = (self.json[key].as_str(), run.text_of(stream));
            if promised.is_some_and(|p| p != found) {
                return Err(format!("wrote {found:?} to {key}"));
            }
        }
        Ok(())
    }

    fn check_value(&self, found: Option<&Value>) -> Result<bool, String> {
        if self.json.get("save").is_some() {
            return Ok(found.is_some());
        }
        if let Some(pattern) = self.json["expect_matches"].as_str() {
            let found = found.map(to_wave).unwrap_or_default();
            let pattern = regex_lite::Regex::new(&format!("^(?:{pattern})$")).map_err(|e| e.to_string())?;
            return if pattern.is_match(&found) { Ok(true) } else { Err(found) };
        }
        let Some(text) = self.json["expect"].as_str() else { return Ok(false) };
        let promised = match &self.result {
            Some(ty) => Some(parse_wave(text, ty).map_err(|e| format!("{text}: {}", e.message))?),
            None if text.is_empty() => None,
            None => return Err(format!("promised {text}, of which the function knows nothing")),
        };
        // By value; as text where a value is not equal to itself.
        let same = promised.as_ref() == found || promised.as_ref().map(to_wave) == found.map(to_wave);
        if same { Ok(true) } else { Err(format!("returned {:?}", found.map(to_wave))) }
    }
}

pub fn file_of(json: &Json) -> &str {
    str_of(json, "file").rsplit('/').next().unwrap()
}

/// Grants for a call as listed. One sample takes all that a memory can have: the limit is not its subject then.
pub fn granted(json: &Json, folder: &tempfile::TempDir) -> Grants {
    let mut grants = grants(&json["grants"], folder.path());
    if file_of(json) == "hog-wat.wasm" {
        grants.limits.memory_bytes = 5 << 30;
    }
    grants
}

/// Makes the calls that `wanted` says, each on a fresh instance.
fn make_calls(wanted: impl Fn(&Json) -> bool) {
    let mut desk = Desk::new();
    let mut failures = String::new();
    let mut made = 0;
    let mut opened: BTreeMap<String, Digest> = BTreeMap::new();
    for json in list_of("calls.json").iter().filter(|j| j.get("with").is_none() && wanted(j)) {
        let file = file_of(json);
        let digest = *opened.entry(file.to_owned()).or_insert_with(|| desk.open(file));
        let target = Target::Component(digest);
        let promise = Promise::new(json, &desk.component(&target));
        let call = promise.call(&BTreeMap::new());
        if let Some(why) = promise.beyond_us() {
            println!("{file} {call}: not called, {why}");
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        desk.apply(Command::Reset(target));
        desk.change(Change::Grant(target, granted(json, &folder)));
        let run = desk.call(target, &call);
        assert!(run.is_first_call(), "{file} {call}");
        if let Err(found) = promise.check(&run) {
            failures.push_str(&format!("{file} {call}\n  promised {json}\n  found {found}\n"));
        }
        made += 1;
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(made > 0);
    println!("{made} calls made");
}

/// These take seconds to compile; Go's is called in the payments story.
pub const LARGE: [&str; 2] = ["fraud-check-js.wasm", "fraud-check-go.wasm"];

#[test]
fn calls_give_the_listed_answers() {
    make_calls(|json| !LARGE.contains(&file_of(json)));
}

#[test]
fn calls_of_a_large_component_give_the_listed_answers() {
    make_calls(|json| file_of(json) == "fraud-check-js.wasm");
}

#[test]
fn sequences_give_the_listed_answers() {
    let mut desk = Desk::new();
    let mut failures = String::new();
    for sequence in &list_of("sequences.json") {
        let target = Target::Component(desk.open(file_of(sequence)));
        failures.push_str(&make_sequence(&mut desk, target, sequence));
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// Makes the calls of a sequence on one instance; says what was not as promised.
pub fn make_sequence(desk: &mut Desk, target: Target, sequence: &Json) -> String {
    let folder = tempfile::tempdir().unwrap();
    desk.apply(Command::Reset(target));
    desk.change(Change::Grant(target, granted(sequence, &folder)));
    let mut names: BTreeMap<String, Handle> = BTreeMap::new();
    for (at, step) in sequence["steps"].as_array().unwrap().iter().enumerate() {
        let about = format!("{}, {}, step {}: {step}", file_of(sequence), str_of(sequence, "about"), at + 1);
        if let Some(name) = step["drop"].as_str() {
            let handle = names.remove(name).expect(name);
            desk.apply(Command::DropHandle(target, handle));
            continue;
        }
        let promise = Promise::new(step, &desk.component(&target));
        let run = desk.call(target, &promise.call(&names));
        if let Err(found) = promise.check(&run) {
            return format!("{about}\n  found {found}\n");
        }
        let Some(Outcome::Returned(Some(value))) = run.outcome() else { continue };
        let mut handles = Vec::new();
        collect_handles(value, &mut handles);
        let saved: Vec<&str> = match &step["save"] {
            Json::String(name) => vec![name],
            Json::Array(several) => several.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        assert_eq!(saved.len(), handles.len(), "{about}");
        names.extend(saved.into_iter().map(str::to_owned).zip(handles));
    }
    String::new()
}

fn collect_handles(value: &Value, into: &mut Vec<Handle>) {
    match value {
        Value::Handle(handle) => into.push(handle.clone()),
        Value::List(items) => items.iter().for_each(|v| collect_handles(v, into)),
        Value::Option(Some(v)) | Value::Result(Ok(Some(v))) => collect_handles(v, into),
        _ => {}
    }
}

#[test]
fn nothing_is_reached_without_its_grant() {
    let mut desk = Desk::new();
    let mut denied = 0;
    for json in list_of("calls.json").iter().filter(|j| j["grants"].as_array().is_some_and(|g| !g.is_empty())) {
        let file = file_of(json);
        let target = Target::Component(desk.open(file));
        let call = Promise::new(json, &desk.component(&target)).call(&BTreeMap::new());
        desk.apply(Command::Reset(target));
        let run = desk.call(target, &call);
        let Some(Outcome::Denied(denial)) = run.outcome() else { panic!("{file} {call}: {:?}", run.outcome()) };
        assert!(denial.interface.starts_with("wasi:") && !denial.function.is_empty(), "{call}: {denial}");
        assert_eq!(denial.instances, [file.trim_end_matches(".wasm")], "{call}");
        let capability = denial.capability.unwrap_or_else(|| panic!("{call}: no grant would help"));
        let asked: Vec<_> = desk.session.needs(&target).into_iter().map(|n| n.capability).collect();
        assert!(asked.contains(&capability), "{call}: {capability:?} is not among {asked:?}");
        let refused = run.accesses().iter().any(|a| !a.allowed && a.function == denial.function);
        assert!(refused, "{call}: {:?}", run.accesses());
        assert!(!run.accesses().iter().any(|a| a.allowed), "{call}: {:?}", run.accesses());
        denied += 1;
    }
    assert!(denied >= 18, "{denied}");
}
