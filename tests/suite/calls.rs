//! The samples' calls with known answers, all of them.

use crate::support::{Bench, request, sample};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use wirebench::call::{Outcome, Stream};
use wirebench::component::{Component, TypeKind};
use wirebench::grant::{Folder, Grants, Listed};
use wirebench::value::{Handle, Value, parse_wave, to_wave};

/// The grants in a call's words. Lists that are not among them may be asked for, and are empty; the rest is always
/// there: the samples' language runtimes ask for more than the calls need.
fn grants(words: &Json, folder: &tempfile::TempDir) -> Grants {
    let mut grants = Grants {
        stdin: Listed { on: true, list: String::new() },
        environment: Listed { on: true, list: BTreeMap::new() },
        arguments: Listed { on: true, list: Vec::new() },
        folders: Listed { on: true, list: Vec::new() },
        stdout: true,
        stderr: true,
        clocks: true,
        random: true,
        ..Grants::default()
    };
    for word in words.as_array().into_iter().flatten().filter_map(Json::as_str) {
        let (kind, rest) = word.split_once(':').unwrap_or((word, ""));
        match kind {
            "stdout" | "stderr" | "clock" | "random" => {}
            "stdin" => grants.stdin.list = rest.to_owned(),
            "arg" => grants.arguments.list.push(rest.to_owned()),
            "env" => {
                let (name, value) = rest.split_once('=').unwrap();
                grants.environment.list.insert(name.to_owned(), value.to_owned());
            }
            "folder" => grants.folders.list.push(Folder {
                host: folder.path().display().to_string(),
                guest: "/data".to_owned(),
                writable: rest == "write",
            }),
            "file" => {
                let (name, text) = rest.split_once('=').unwrap();
                std::fs::write(folder.path().join(name), text).unwrap();
            }
            other => panic!("unknown grant {other}"),
        }
    }
    grants
}

struct Sample {
    component: Component,
    function: String,
}

impl Sample {
    /// Calls name an interface with or without its version.
    fn new(component: Component, function: &str) -> Self {
        let function = match function.split_once('#') {
            Some((interface, function)) => {
                let unversioned = |name: &str| name == interface || name.split('@').next() == Some(interface);
                let export = component.exports.iter().find(|e| unversioned(&e.name)).expect(interface);
                format!("{}#{function}", export.name)
            }
            None => function.to_owned(),
        };
        Self { component, function }
    }

    fn described(&self) -> &wirebench::component::Function {
        let (interface, function) = match self.function.split_once('#') {
            Some((interface, function)) => (Some(interface), function),
            None => (None, self.function.as_str()),
        };
        self.component.function(interface, function).expect(&self.function)
    }

    fn arguments(&self, texts: &[Json]) -> Vec<Value> {
        let params = &self.described().params;
        assert_eq!(params.len(), texts.len(), "{}", self.function);
        params
            .iter()
            .zip(texts)
            .map(|(p, text)| parse_wave(text.as_str().unwrap(), &self.component.type_ref(p.ty)).unwrap())
            .collect()
    }

    /// Compares by value, as there are several ways to write one.
    fn check(&self, expected: &str, found: Option<Value>) {
        let Some(ty) = self.described().result else {
            assert!(found.is_none() && expected.is_empty(), "{}: {found:?}", self.function);
            return;
        };
        let found = to_wave(&found.expect(&self.function));
        let expected = to_wave(&parse_wave(expected, &self.component.type_ref(ty)).unwrap());
        assert_eq!(found, expected, "{}", self.function);
    }
}

#[test]
fn samples_answer_as_promised() {
    let calls: Vec<Json> =
        serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/calls.json"))).unwrap();
    let mut bench = Bench::in_process();
    let mut decoded: BTreeMap<String, Component> = BTreeMap::new();
    for call in &calls {
        if call.get("with").is_some() {
            continue; // Needs wiring first.
        }
        let file = call["file"].as_str().unwrap().rsplit('/').next().unwrap();
        let component = decoded.entry(file.to_owned()).or_insert_with(|| sample(file)).clone();
        let it = Sample::new(component, call["function"].as_str().unwrap());
        let result = it.described().result;
        if let Some(TypeKind::Stream(_)) = result.and_then(|ty| it.component.types.kind(ty)) {
            continue; // Its elements cannot be read yet.
        }
        let folder = tempfile::tempdir().unwrap();
        let mut request = request(&it.component.bytes, &it.function, it.arguments(call["args"].as_array().unwrap()));
        request.grants = grants(&call["grants"], &folder);
        // One of them takes all that a 32-bit memory can have; untouched pages cost nothing.
        request.grants.limits.memory_bytes = 5 << 30;
        bench.caller.reset(request.digest);
        let answer = bench.call(request);
        let shown = format!("{file} {} {}", call["function"], call["args"]);
        match &answer.finished.outcome {
            Outcome::Returned(value) => match (call["expect"].as_str(), call["expect_matches"].as_str()) {
                (Some(expected), _) => it.check(expected, value.clone()),
                (_, Some(_)) => assert!(value.is_some(), "{shown}"),
                _ => panic!("{shown}: returned {value:?}"),
            },
            Outcome::Trapped(trap) => {
                assert_eq!(call["expect_trap"], true, "{shown}: {trap:?}");
                let all = format!("{} {}", trap.message, trap.frames.join(" "));
                for part in call["trap_contains"].as_str().unwrap().split(" ... ") {
                    assert!(all.contains(part), "{shown}: {part} in {all}");
                }
            }
            Outcome::LimitReached(limit) => assert_eq!(call["expect_trap"], true, "{shown}: {limit}"),
            Outcome::Failed(why) => {
                assert!(call["expect_exit"].is_number() && why.contains("exited with code 1"), "{shown}: {why}");
            }
            other => panic!("{shown}: {other:?}"),
        }
        for (key, stream) in [("stdout", Stream::Stdout), ("stderr", Stream::Stderr)] {
            if let Some(expected) = call[key].as_str() {
                assert_eq!(answer.text(stream), expected, "{shown}");
            }
        }
    }
}

/// The handles that a step's result holds, in order.
fn handles(value: &Value, found: &mut Vec<Handle>) {
    match value {
        Value::Handle(handle) => found.push(handle.clone()),
        Value::List(items) | Value::Tuple(items) => items.iter().for_each(|v| handles(v, found)),
        Value::Option(Some(v)) | Value::Result(Ok(Some(v)) | Err(Some(v))) => handles(v, found),
        _ => {}
    }
}

/// Handles are read from text without their generation.
fn with_generations(value: &mut Value, known: &BTreeMap<String, Handle>) {
    match value {
        Value::Handle(handle) => *handle = known.values().find(|k| k.number == handle.number).unwrap().clone(),
        Value::List(items) | Value::Tuple(items) => items.iter_mut().for_each(|v| with_generations(v, known)),
        Value::Option(Some(v)) => with_generations(v, known),
        _ => {}
    }
}

#[test]
fn samples_keep_their_state() {
    let sequences: Vec<Json> =
        serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/sequences.json"))).unwrap();
    let mut bench = Bench::in_process();
    for sequence in &sequences {
        let component = sample(sequence["file"].as_str().unwrap().rsplit('/').next().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let mut granted = grants(&sequence["grants"], &folder);
        granted.limits.memory_bytes = 5 << 30;
        let mut known: BTreeMap<String, Handle> = BTreeMap::new();
        bench.caller.reset(component.digest);
        for step in sequence["steps"].as_array().unwrap() {
            if let Some(name) = step["drop"].as_str() {
                let handle = known.remove(name).unwrap();
                let function = format!("[resource-drop]{}", handle.resource);
                let mut drop = request(&component.bytes, &function, vec![Value::Handle(handle)]);
                drop.grants = granted.clone();
                assert_eq!(bench.call(drop).finished.outcome, Outcome::Returned(None));
                continue;
            }
            let it = Sample::new(component.clone(), step["function"].as_str().unwrap());
            let texts = step["args"].as_array().unwrap().iter().map(|text| {
                let named = known.iter().fold(text.as_str().unwrap().to_owned(), |text, (name, handle)| {
                    text.replace(name.as_str(), &format!("{}#{}", handle.resource, handle.number))
                });
                Json::String(named)
            });
            let mut arguments = it.arguments(&texts.collect::<Vec<_>>());
            arguments.iter_mut().for_each(|v| with_generations(v, &known));
            let mut request = request(&component.bytes, &it.function, arguments);
            request.grants = granted.clone();
            let finished = bench.call(request).finished;
            let Outcome::Returned(value) = finished.outcome else { panic!("{step}: {finished:?}") };
            if let Some(expected) = step["expect"].as_str() {
                it.check(expected, value.clone());
            }
            let names: Vec<&str> = match &step["save"] {
                Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
                name => name.as_str().into_iter().collect(),
            };
            let mut found = Vec::new();
            handles(&value.unwrap_or(Value::Bool(false)), &mut found);
            assert_eq!(names.len(), found.len(), "{step}");
            known.extend(names.into_iter().map(str::to_owned).zip(found));
        }
    }
}
