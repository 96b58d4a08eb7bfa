//! Stubs of the document: made in the background, edited as one step, made again when a project is opened.

use super::files::{Arrived, Read, decode_timed};
use super::{Change, Env, Session};
use crate::component::{Component, Digest};
use crate::compose::{Behavior, Port, StubSpec, stub};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use crate::project::{Document, StubOf};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a stub goes once it is made.
pub(super) enum StubPlace {
    /// Onto the canvas, and before this import.
    New { port: Port, at: [f32; 2] },
    /// In the place of the stub that this instance was of.
    Instead(String),
}

impl Session {
    /// How the component of an instance was made, if it is a stub.
    pub fn stub_of(&self, instance: &str) -> Option<&StubOf> {
        let component = self.document.composition.instances.get(instance)?.component;
        self.opened.get(&component)?.stub.as_ref()
    }

    pub(super) fn add_stub(&mut self, port: Port, at: [f32; 2]) {
        let Some(consumer) = self.document.composition.instances.get(&port.instance).map(|i| i.component) else {
            self.say(Severity::Error, format!("There is no stub for {port}, because there is no such instance"));
            return;
        };
        let of = StubOf { consumer, import: port.name.clone(), functions: BTreeMap::new() };
        self.make_stub(of, StubPlace::New { port, at }, "Making a stub".to_owned());
    }

    pub(super) fn edit_stub(&mut self, instance: String, functions: BTreeMap<String, Behavior<String>>) {
        let Some(mut of) = self.stub_of(&instance).cloned() else {
            self.say(Severity::Error, format!("“{}” is not a stub", display_safe_line(&instance)));
            return;
        };
        of.functions = functions;
        let label = format!("Making the stub {}", display_safe_line(&instance));
        // What was asked for before it counts no more.
        self.jobs.retain(|job| job.label != label);
        self.make_stub(of, StubPlace::Instead(instance), label);
    }

    fn make_stub(&mut self, of: StubOf, place: StubPlace, label: String) {
        let Some(consumer) = self.component(&of.consumer).cloned() else {
            self.say(Severity::Error, "The stub cannot be made: the component that it is for is not open".to_owned());
            return;
        };
        let job = self.start_job(label);
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "stub",
            Box::new(move || {
                let result = make(&consumer, &of, None, &*env);
                let _ = arrive.send(Arrived::Stub { job, place, result });
                env.wake();
            }),
        );
    }

    pub(super) fn stub_arrived(&mut self, place: StubPlace, result: Result<Read, String>) {
        let read = match result {
            Ok(read) => read,
            Err(why) => return self.say(Severity::Error, why),
        };
        let component = read.component.digest;
        self.adopt(read);
        match place {
            StubPlace::New { port, at } => self.change(Change::PlaceStub { component, at, port }),
            StubPlace::Instead(instance) if self.stub_of(&instance).is_some() => {
                self.change(Change::SetStub { instance, component });
            }
            StubPlace::Instead(_) => {}
        }
    }
}

/// Makes a stub, and reads it back as any component is.
fn make(consumer: &Component, of: &StubOf, name: Option<&str>, env: &dyn Env) -> Result<Read, String> {
    let made = StubSpec::parse(consumer, &of.import, &of.functions).and_then(|spec| stub(consumer, &of.import, &spec));
    let bytes = made.map_err(|e| e.to_string())?;
    let mut read = decode_timed("stub.wasm", bytes.into(), env);
    if let Some(component) = Arc::get_mut(&mut read.component) {
        component.name = name.map_or_else(|| stub_name(&of.import), str::to_owned);
    }
    read.opened.stub = Some(of.clone());
    read.select = false;
    Ok(read)
}

/// `stub-fraud-check` for `techbytes:payments/fraud-check@1.0.0`.
fn stub_name(import: &str) -> String {
    let base = import.split_once('@').map_or(import, |(base, _)| base);
    let own = base.rsplit_once('/').map_or(base, |(_, own)| own);
    format!("stub-{own}")
}

/// Makes the stubs of a project that was read, once their consumers are there. Another version of the program may make
/// other bytes of the same: the document then speaks of those.
pub(super) fn make_again(
    document: &mut Document,
    components: &mut Vec<Read>,
    diagnostics: &mut Vec<Diagnostic>,
    env: &dyn Env,
) {
    let all = document.components.iter();
    let mut left: Vec<(Digest, String, StubOf)> =
        all.filter_map(|(digest, source)| Some((*digest, source.name.clone(), source.stub.clone()?))).collect();
    while !left.is_empty() {
        let before = left.len();
        let mut renamed = BTreeMap::new();
        left.retain(|(digest, name, of)| {
            let Some(consumer) = components.iter().find(|r| r.component.digest == of.consumer) else { return true };
            match make(&Arc::clone(&consumer.component), of, Some(name), env) {
                Ok(read) => {
                    renamed.insert(*digest, read.component.digest);
                    components.push(read);
                }
                Err(why) => diagnostics.push(Diagnostic::warning(Subject::File(name.clone()), why)),
            }
            false
        });
        for (old, new) in renamed.into_iter().filter(|(old, new)| old != new) {
            if let Some(source) = document.components.remove(&old) {
                document.components.insert(new, source);
            }
            document.composition.instances.values_mut().filter(|i| i.component == old).for_each(|i| i.component = new);
            let sources = document.components.values_mut().filter_map(|s| s.stub.as_mut());
            sources
                .chain(left.iter_mut().map(|l| &mut l.2))
                .filter(|of| of.consumer == old)
                .for_each(|of| of.consumer = new);
        }
        if left.len() == before {
            break;
        }
    }
    for (_, name, _) in left {
        let text = format!(
            "The stub “{}” cannot be made: the component that it is for was not found",
            display_safe_line(&name)
        );
        let hint = "Bring that component's file back and open the project again";
        diagnostics.push(Diagnostic::warning(Subject::File(name), text).with_hint(hint));
    }
}
