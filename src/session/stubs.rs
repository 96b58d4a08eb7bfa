//! Stubs of the document: made in the background, edited as one step, made again when a project is opened.

use super::files::{Arrived, Read, decode_timed};
use super::{Change, Env, RunRecord, Selection, Session};
use crate::call::{JobId, Outcome, Seen, TapCall, TapEnd};
use crate::component::{Component, Digest, Item};
use crate::compose::{
    self, Answer, Behavior, Composition, Library, Port, RecordedCall, Recording, Refusal, StubSpec, stub,
};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use crate::project::{Document, StubOf, Unknown};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where stubs go once they are made.
pub(super) enum StubPlace {
    /// Onto the canvas, and before this import.
    New { port: Port, at: [f32; 2] },
    /// Before each of these imports, as one step under this label.
    Several { label: String, ports: Vec<Port> },
    /// Where what provides this import stands.
    Replacing(Port),
    /// In the place of the stub that this instance was of.
    Instead(String),
}

/// An edit of a stub: each is a step of its own, unless it goes on typing one value.
pub(super) struct Edit {
    instance: String,
    functions: BTreeMap<String, Behavior<String>>,
    typing: Option<String>,
    /// The job that makes it, once it is under way.
    job: Option<JobId>,
}

/// How far to the left of its consumer a stub stands, and how far below the one before, in canvas points.
const LEFT: f32 = 320.0;
const BELOW: f32 = 160.0;

impl Session {
    /// How the component of an instance was made, if it is a stub.
    pub fn stub_of(&self, instance: &str) -> Option<&StubOf> {
        let component = self.document.composition.instances.get(instance)?.component;
        self.opened.get(&component)?.stub.as_ref()
    }

    /// A free place to the left of an instance: where a stub for one of its imports can stand.
    pub fn place_for_stub(&self, instance: &str) -> [f32; 2] {
        let layout = &self.document.layout;
        let [x, y] = layout.get(instance).copied().unwrap_or([LEFT, 60.0]);
        let is_taken =
            |[x, y]: [f32; 2]| layout.values().any(|at| (at[0] - x).abs() < LEFT && (at[1] - y).abs() < BELOW);
        let mut places = (0_u16..1_000).map(|n| [x - LEFT, y + f32::from(n) * BELOW]);
        places.find(|at| !is_taken(*at)).unwrap_or([x - LEFT, y])
    }

    /// The open imports of an instance that need a provider and can have a stub.
    pub fn open_imports(&self, instance: &str) -> Vec<Port> {
        let composition = &self.document.composition;
        let Some(component) = composition.component(&self.library, instance) else { return Vec::new() };
        let imports = component.imports.iter().filter(|i| !i.is_host() && !matches!(i.item, Item::Type(_)));
        let ports = imports.map(|i| Port::new(instance, &i.name));
        ports.filter(|port| !composition.wires.contains_key(port)).collect()
    }

    /// The stubs that are left out of the composed file, of those that the composition uses.
    pub fn left_out(&self) -> BTreeSet<String> {
        if self.document.left_out.is_empty() {
            return BTreeSet::new();
        }
        let members = self.document.composition.members();
        self.document.left_out.iter().filter(|name| members.contains(name.as_str())).cloned().collect()
    }

    /// What is known of the instances beyond how they are wired, for the graph's forms in other tools.
    pub fn legend(&self) -> compose::Legend {
        let frames = self.document.frames.iter();
        compose::Legend {
            groups: frames.map(|(title, frame)| (title.clone(), frame.members.clone())).collect(),
            left_out: self.left_out(),
        }
    }

    /// What the composed file is without, as the end of a sentence.
    pub(super) fn left_out_words(&self) -> String {
        let left_out = self.left_out();
        let wires = self.document.composition.wires.iter();
        let open = wires.filter(|(to, from)| left_out.contains(&from.instance) && !left_out.contains(&to.instance));
        let open: BTreeSet<_> = open.map(|(to, _)| display_safe_line(&to.name)).collect();
        if left_out.is_empty() {
            return String::new();
        }
        let names: Vec<_> = left_out.iter().map(|name| display_safe_line(name)).collect();
        let stay = if open.len() == 1 { "stays" } else { "stay" };
        let open: Vec<_> = open.into_iter().collect();
        format!(" without {}, so {} {stay} open", names.join(", "), open.join(", "))
    }

    pub(super) fn add_stub(&mut self, port: Port, at: [f32; 2]) {
        let Some(consumer) = self.document.composition.instances.get(&port.instance).map(|i| i.component) else {
            self.say(Severity::Error, format!("There is no stub for {port}, because there is no such instance"));
            return;
        };
        let of = stub_that_traps(consumer, &port.name);
        self.make_stubs(vec![of], StubPlace::New { port, at }, "Making a stub".to_owned());
    }

    pub(super) fn stub_all(&mut self, instances: &[String]) {
        let ports: Vec<Port> = instances.iter().flat_map(|name| self.open_imports(name)).collect();
        let digest = |port: &Port| self.document.composition.instances.get(&port.instance).map(|i| i.component);
        let of = ports.iter().filter_map(|port| Some(stub_that_traps(digest(port)?, &port.name))).collect();
        let of_what = match instances {
            [one] => one.as_str(),
            _ => "all instances",
        };
        if ports.is_empty() {
            let text = format!("No import of {} needs a provider", display_safe_line(of_what));
            return self.say(Severity::Info, text);
        }
        let label = format!("Stub the open imports of {of_what}");
        self.make_stubs(of, StubPlace::Several { label, ports }, "Making stubs".to_owned());
    }

    // ---- recorded answers ----

    /// The calls in the history that were calls of this import's interface: made on the component that provides it, or, if
    /// nothing does, on whatever exports it.
    fn runs_of<'a>(&'a self, port: &'a Port) -> impl Iterator<Item = &'a RunRecord> {
        let composition = &self.document.composition;
        let provider = composition.wires.get(port).filter(|from| self.stub_of(&from.instance).is_none());
        let digest = provider.and_then(|from| composition.instances.get(&from.instance)).map(|i| i.component);
        self.runs.iter().filter(move |run| {
            digest.is_none_or(|digest| digest == run.digest)
                && match &run.interface {
                    Some(interface) => compose::track(interface) == compose::track(&port.name),
                    None => run.function == port.name,
                }
                && matches!(run.outcome(), Some(Outcome::Returned(_) | Outcome::Trapped(_)))
        })
    }

    /// The calls that taps on this wire saw in runs of the composition, with the functions' names.
    fn tapped_calls<'a>(&'a self, port: &'a Port) -> impl Iterator<Item = (&'a str, &'a TapCall)> {
        let provider = self.document.composition.wires.get(port);
        let is_stub = provider.is_some_and(|from| self.stub_of(&from.instance).is_some());
        let runs = self.runs.iter().filter(move |_| !is_stub);
        runs.flat_map(move |run| {
            // A wire that came from elsewhere then says nothing of this provider.
            let wire = run.taps.of(port).filter(|i| run.taps.wires.get(*i).map(|w| &w.tap.from) == provider);
            let calls = run.taps.calls.iter().filter(move |call| Some(call.tap as usize) == wire);
            calls.filter(|call| !matches!(call.end, TapEnd::Cancelled | TapEnd::Stopped)).filter_map(|call| {
                let wire = run.taps.wires.get(call.tap as usize)?;
                Some((wire.tap.functions.get(call.function as usize)?.as_str(), call))
            })
        })
    }

    /// How many calls there are whose answers a stub for this import could give: those made by hand, and those that taps
    /// saw.
    pub fn recorded_calls(&self, port: &Port) -> usize {
        self.runs_of(port).count() + self.tapped_calls(port).count()
    }

    /// Those calls: first what crossed the wire, then what was called by hand, which counts where both answer. Also how many
    /// had values that a tap did not keep whole.
    fn calls_of(&self, port: &Port) -> (Vec<RecordedCall>, usize) {
        let (mut crossed, mut cut) = (Vec::new(), 0);
        for (function, call) in self.tapped_calls(port) {
            let whole = |seen: &Seen| match seen {
                Seen::Values { values, shortened: false } => Some(values.clone()),
                _ => None,
            };
            let answer = match &call.end {
                TapEnd::Returned(seen) => whole(seen).map(|values| Answer::Fixed(values.into_iter().next())),
                TapEnd::Trapped | TapEnd::Cancelled | TapEnd::Stopped => Some(Answer::Trap),
            };
            match (whole(&call.arguments), answer) {
                (Some(arguments), Some(answer)) => {
                    crossed.push(RecordedCall { function: function.to_owned(), arguments, answer });
                }
                _ => cut += 1,
            }
        }
        let calls = self.runs_of(port).map(|run| RecordedCall {
            function: run.function.clone(),
            arguments: run.arguments.clone(),
            answer: match run.outcome() {
                Some(Outcome::Returned(value)) => Answer::Fixed(value.clone()),
                _ => Answer::Trap,
            },
        });
        crossed.extend(calls);
        (crossed, cut)
    }

    pub(super) fn stub_recorded(&mut self, port: Port) {
        let (calls, cut) = self.calls_of(&port);
        if cut > 0 {
            let calls = if cut == 1 { "1 call is" } else { &format!("{cut} calls are") };
            self.say(Severity::Warning, format!("{calls} left out: a tap keeps no values as large as theirs"));
        }
        let Some(consumer) = self.document.composition.instances.get(&port.instance).map(|i| i.component) else {
            self.say(Severity::Error, format!("There is no stub for {port}, because there is no such instance"));
            return;
        };
        if calls.is_empty() {
            return self.say(Severity::Warning, no_calls(&port.name));
        }
        let of = stub_that_traps(consumer, &port.name);
        self.make_recorded(of, calls, StubPlace::Replacing(port));
    }

    pub(super) fn add_recorded(&mut self, instance: String) {
        let Some(of) = self.stub_of(&instance).cloned() else {
            self.say(Severity::Error, format!("“{}” is not a stub", display_safe_line(&instance)));
            return;
        };
        let Some(consumer) = self.component(&of.consumer).cloned() else { return };
        // Whatever exports the interface: it is the stub that provides it here.
        let (calls, _) = self.calls_of(&Port::new("", &of.import));
        if calls.is_empty() {
            return self.say(Severity::Warning, no_calls(&of.import));
        }
        match Recording::of(&consumer, &of.import, calls) {
            Ok(recording) => {
                recording.notes.iter().for_each(|note| self.say(Severity::Warning, note.clone()));
                let mut functions = self.asked_of(&instance).cloned().unwrap_or(of.functions);
                recording.add_to(&mut functions);
                self.edit_stub(instance, functions);
            }
            Err(why) => self.say(Severity::Error, why.to_string()),
        }
    }

    fn make_recorded(&mut self, mut of: StubOf, calls: Vec<RecordedCall>, place: StubPlace) {
        let Some(consumer) = self.component(&of.consumer).cloned() else { return };
        let job = self.start_job("Making a stub of recorded calls".to_owned());
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "stub",
            Box::new(move || {
                let mut notes = Vec::new();
                let read = Recording::of(&consumer, &of.import, calls).map_err(|e| e.to_string()).and_then(|all| {
                    notes = all.notes;
                    if all.used == 0 {
                        return Err(format!(
                            "There is no stub of recorded answers for {}: {}",
                            display_safe_line(&of.import),
                            std::mem::take(&mut notes).join("; ")
                        ));
                    }
                    of.functions = all.functions;
                    make(&consumer, &of, None, &*env)
                });
                let _ = arrive.send(Arrived::Stubs { job, place, made: vec![read], notes });
                env.wake();
            }),
        );
    }

    // ---- edits ----

    /// What was asked for last of a stub, if that is still under way.
    fn asked_of(&self, instance: &str) -> Option<&BTreeMap<String, Behavior<String>>> {
        self.stub_edits.iter().rev().find(|e| e.instance == instance).map(|e| &e.functions)
    }

    pub(super) fn edit_stub(&mut self, instance: String, mut functions: BTreeMap<String, Behavior<String>>) {
        // What is not named traps.
        functions.retain(|_, behavior| *behavior != Behavior::default());
        let Some(of) = self.stub_of(&instance) else {
            self.say(Severity::Error, format!("“{}” is not a stub", display_safe_line(&instance)));
            return;
        };
        let before = self.asked_of(&instance).unwrap_or(&of.functions);
        if *before == functions {
            return;
        }
        let typing = typed(before, &functions).map(|at| format!("stub {instance:?} {at}"));
        // While one value is being typed, what was asked for before counts no more.
        if typing.is_some()
            && self.stub_edits.back().is_some_and(|e| e.instance == instance && e.typing == typing)
            && let Some(Edit { job: Some(job), .. }) = self.stub_edits.pop_back()
        {
            self.jobs.retain(|j| j.id != job);
        }
        self.stub_edits.push_back(Edit { instance, functions, typing, job: None });
        self.next_stub_edit();
    }

    /// Starts the edit that waits the longest, if none is under way.
    fn next_stub_edit(&mut self) {
        while let Some(Edit { instance, functions, job: None, .. }) = self.stub_edits.front() {
            let (instance, functions) = (instance.clone(), functions.clone());
            let of = self.stub_of(&instance).cloned().map(|of| StubOf { functions, ..of });
            let label = format!("Making the stub {}", display_safe_line(&instance));
            let job = of.and_then(|of| self.make_stubs(vec![of], StubPlace::Instead(instance), label));
            // What arrived on the spot is not there any more.
            match self.stub_edits.front_mut().filter(|e| e.job.is_none()) {
                Some(edit) if job.is_some() => edit.job = job,
                _ => drop(self.stub_edits.pop_front()),
            }
        }
    }

    fn make_stubs(&mut self, all: Vec<StubOf>, place: StubPlace, label: String) -> Option<JobId> {
        let consumers: Option<Vec<_>> = all.iter().map(|of| self.component(&of.consumer).cloned()).collect();
        let Some(consumers) = consumers else {
            self.say(Severity::Error, "The stub cannot be made: the component that it is for is not open".to_owned());
            return None;
        };
        let job = self.start_job(label);
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "stub",
            Box::new(move || {
                let made = all.iter().zip(&consumers).map(|(of, consumer)| make(consumer, of, None, &*env)).collect();
                let _ = arrive.send(Arrived::Stubs { job, place, made, notes: Vec::new() });
                env.wake();
            }),
        );
        Some(job)
    }

    /// Puts stubs where they go, unless they do not count any more.
    pub(super) fn stubs_arrived(
        &mut self,
        job: JobId,
        place: StubPlace,
        made: Vec<Result<Read, String>>,
        notes: Vec<String>,
        counts: bool,
    ) {
        let edit = match self.stub_edits.front() {
            Some(edit) if edit.job == Some(job) => self.stub_edits.pop_front(),
            _ => None,
        };
        if counts {
            let mut digests = Vec::new();
            for read in made {
                match read {
                    Ok(read) => {
                        digests.push(Some(read.component.digest));
                        self.adopt(read);
                    }
                    Err(why) => {
                        digests.push(None);
                        self.say(Severity::Error, why);
                    }
                }
            }
            self.put_stubs(place, &digests, edit.and_then(|e| e.typing));
            notes.into_iter().for_each(|note| self.say(Severity::Warning, note));
        }
        self.next_stub_edit();
    }

    fn put_stubs(&mut self, place: StubPlace, made: &[Option<Digest>], typing: Option<String>) {
        let first = made.first().copied().flatten();
        match (place, first) {
            (StubPlace::Several { label, ports }, _) => {
                let stubs = made.iter().zip(ports).filter_map(|(component, port)| Some(((*component)?, port)));
                let stubs: Vec<_> = stubs.collect();
                if !stubs.is_empty() {
                    self.change(Change::PlaceStubs(label, stubs));
                }
            }
            (StubPlace::New { port, at }, Some(component)) => {
                self.change(Change::PlaceStub { component, at, port });
            }
            (StubPlace::Replacing(port), Some(component)) => self.change(Change::ReplaceByStub { component, port }),
            (StubPlace::Instead(instance), Some(component)) if self.stub_of(&instance).is_some() => {
                self.change(Change::SetStub { instance, component, typing });
            }
            _ => {}
        }
    }

    // ---- what the changes do ----

    /// Places an instance of a stub and connects it to the import it is for.
    pub(super) fn place_stub(&mut self, component: Digest, at: [f32; 2], port: &Port) -> Result<String, Refusal> {
        let name = self.place(component, at)?;
        self.edit(&compose::Edit::Connect { from: Port::new(&name, &port.name), to: port.clone() })?;
        Ok(name)
    }

    /// Connects what a stub imports itself to where the instance that it is for has it from.
    pub(super) fn wire_stub(&mut self, name: &str, port: &Port) -> Result<(), Refusal> {
        let component = self.document.composition.component(&self.library, name);
        let imports: Vec<String> = component.iter().flat_map(|c| &c.imports).map(|i| i.name.clone()).collect();
        for import in imports {
            let same = self.document.composition.wires.get(&Port::new(&port.instance, &import));
            if let Some(from) = same.filter(|from| from.instance != name).cloned() {
                self.edit(&compose::Edit::Connect { from, to: Port::new(name, &import) })?;
            }
        }
        Ok(())
    }

    pub(super) fn place_stubs(&mut self, stubs: Vec<(Digest, Port)>) -> Result<(), Refusal> {
        let mut placed = Vec::new();
        for (component, port) in stubs {
            let at = self.place_for_stub(&port.instance);
            placed.push((self.place_stub(component, at, &port)?, port));
        }
        for (name, port) in &placed {
            self.wire_stub(name, port)?;
        }
        self.selection = Selection::Instances(placed.into_iter().map(|(name, _)| name).collect());
        Ok(())
    }

    pub(super) fn replace_by_stub(&mut self, component: Digest, port: &Port) -> Result<(), Refusal> {
        let before = self.document.composition.wires.get(port).map(|from| from.instance.clone());
        let at = self.place_for_stub(&port.instance);
        let name = self.place_stub(component, at, port)?;
        self.wire_stub(&name, port)?;
        if let Some(before) = before {
            let composition = &self.document.composition;
            let mut uses = composition.wires.values().chain(composition.exports.values());
            if !uses.any(|from| from.instance == before) {
                let place = self.document.layout.get(&before).copied();
                self.edit(&compose::Edit::RemoveInstances(vec![before]))?;
                if let Some(at) = place {
                    self.document.layout.insert(name.clone(), at);
                }
            }
        }
        self.selection = Selection::Instances(vec![name]);
        Ok(())
    }

    pub(super) fn embed_stub(&mut self, instance: String, embedded: bool) -> Result<(), Refusal> {
        if self.stub_of(&instance).is_none() {
            return Err(Refusal::NoInstance(instance));
        }
        if embedded {
            self.document.left_out.remove(&instance);
        } else {
            self.document.left_out.insert(instance);
        }
        Ok(())
    }
}

fn stub_that_traps(consumer: Digest, import: &str) -> StubOf {
    StubOf { consumer, import: import.to_owned(), functions: BTreeMap::new(), unknown: Unknown::default() }
}

fn no_calls(import: &str) -> String {
    let import = display_safe_line(import);
    format!("There are no recorded answers for {import}: call a component that exports it, and they are in the history")
}

/// The one value that differs, if all else is the same: somebody is typing it.
fn typed(before: &BTreeMap<String, Behavior<String>>, after: &BTreeMap<String, Behavior<String>>) -> Option<String> {
    let (before, after) = (texts(before), texts(after));
    if before.len() != after.len() || before.iter().zip(&after).any(|((a, _), (b, _))| a != b) {
        return None;
    }
    let mut other = before.iter().zip(&after).filter(|((_, a), (_, b))| a != b);
    other.next().filter(|_| other.next().is_none()).map(|((at, _), _)| at.clone())
}

/// Every value of what a stub does, by its place.
fn texts(functions: &BTreeMap<String, Behavior<String>>) -> Vec<(String, &str)> {
    let mut all = Vec::new();
    let answer = |all: &mut Vec<_>, at: String, answer| match answer {
        Answer::Trap => all.push((at, "")),
        Answer::Fixed(None) => all.push((format!("{at} returns"), "")),
        Answer::Fixed(Some(text)) => all.push((format!("{at} gives"), text)),
    };
    for (function, behavior) in functions {
        for (n, rule) in behavior.rules.iter().enumerate() {
            for condition in &rule.when {
                all.push((format!("{function} {n} {}", condition.parameter), condition.equals.as_str()));
            }
            answer(&mut all, format!("{function} {n}"), as_str(&rule.answer));
        }
        answer(&mut all, function.clone(), as_str(&behavior.otherwise));
    }
    all
}

fn as_str(answer: &Answer<String>) -> Answer<&str> {
    match answer {
        Answer::Trap => Answer::Trap,
        Answer::Fixed(text) => Answer::Fixed(text.as_deref()),
    }
}

/// The composed component without these instances.
pub(super) fn compose_without(
    composition: &Composition,
    library: &Library,
    instances: &BTreeSet<String>,
) -> Result<Vec<u8>, String> {
    let less = compose::without(composition, library, instances)
        .ok_or("the stubs that are left out are all that it would export")?;
    match compose::encode(&less, library) {
        Ok(encoded) => Ok(encoded.bytes),
        Err(why) => Err(why.first().map(|d| d.message.clone()).unwrap_or_default()),
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
