//! The composed component, made in the background, and everything that is wrong with the composition.

use super::files::Arrived;
use super::{Env, Session};
use crate::component::{Component, Digest};
use crate::compose::{self, Composition, Encoded, Library, Port, Side, Tap, Tapped};
use crate::diag::{Diagnostic, Severity};
use crate::grant::{self, Need};
use crate::measure::{Phase, Timing};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// The composed component of the document as it is, made in the background after each change.
#[derive(Debug, Clone, Default)]
pub struct Composed {
    /// Which [`Session::wiring`] `result` is of.
    pub(super) wiring: u64,
    /// Whether a job is under way.
    pub(super) working: bool,
    /// What came out; `None` before the first time and for an empty composition.
    pub(super) result: Option<Result<Arc<ComposedBytes>, Vec<Diagnostic>>>,
}

/// A composed component, ready to be called or written.
#[derive(Debug, Clone)]
pub struct ComposedBytes {
    /// The component, read back.
    pub component: Arc<Component>,
    /// Who asks for each of its imports.
    pub asked_by: Vec<(String, Vec<String>)>,
    /// How long encoding and validating took.
    pub timing: Timing,
    /// What runs in its place, if wires are tapped.
    pub tapped: Option<TappedBytes>,
    /// What is to be said of taps that are not in place.
    pub untapped: Vec<Diagnostic>,
}

/// A composed component with taps in its wires: it is only run, and never written.
#[derive(Debug, Clone)]
pub struct TappedBytes {
    /// The component.
    pub bytes: Arc<[u8]>,
    /// Its digest.
    pub digest: Digest,
    /// The wires.
    pub taps: Vec<Tap>,
}

impl ComposedBytes {
    /// The digest of what runs.
    pub fn running_digest(&self) -> Digest {
        self.tapped.as_ref().map_or(self.component.digest, |tapped| tapped.digest)
    }
}

/// A check that takes longer than this is told of.
const LONG_NANOS: u64 = 100_000_000;

/// The check of the composition, made in the background after each change.
pub(super) struct Checking {
    /// Which [`Session::wiring`] `found` is of.
    wiring: u64,
    /// When the one under way began, in the session's nanoseconds.
    pub(super) since: Option<u64>,
    found: Vec<Diagnostic>,
    arrived: Receiver<Checked>,
    arrive: Sender<Checked>,
}

/// What a check brought.
struct Checked {
    wiring: u64,
    found: Vec<Diagnostic>,
    needs: Vec<Need>,
}

impl Default for Checking {
    fn default() -> Self {
        let (arrive, arrived) = channel();
        Self { wiring: 0, since: None, found: Vec::new(), arrived, arrive }
    }
}

impl Session {
    /// Whether the composition is being checked for longer than a moment: [`Session::problems`] are those of before.
    pub fn is_checking(&self) -> bool {
        let is_long = |since: u64| self.env.now_nanos().saturating_sub(since) >= LONG_NANOS;
        self.checking.since.is_some_and(is_long)
    }

    /// Looks in the background for what is wrong with the composition and what it asks the host for. Until that is there, what
    /// was found before stands: marks do not go and come again.
    pub(super) fn check(&mut self) {
        if self.checking.since.is_some() {
            return; // what is under way starts the next one when it arrives
        }
        self.checking.since = Some(self.env.now_nanos());
        let (composition, library) = (Arc::clone(&self.wired), self.library.clone());
        let (wiring, env, arrive) = (self.wiring, Arc::clone(&self.env), self.checking.arrive.clone());
        self.env.spawn(
            "check",
            Box::new(move || {
                let found = compose::check(&composition, &library);
                let needs = needs(&composition, &library);
                let _ = arrive.send(Checked { wiring, found, needs });
                env.wake();
            }),
        );
        // A machine without threads has it by now.
        self.take_check();
    }

    /// Takes in what a check brought. Says whether there was anything.
    pub(super) fn take_check(&mut self) -> bool {
        let Ok(Checked { wiring, found, needs }) = self.checking.arrived.try_recv() else { return false };
        self.checking.since = None;
        if wiring != self.wiring {
            self.check();
            return true;
        }
        self.checking.wiring = wiring;
        self.checking.found = found;
        if needs != self.composition_needs {
            self.composition_needs = needs;
            self.revision += 1;
        }
        self.gather_problems();
        true
    }

    /// Puts together what checking and encoding found, each as far as it is of the composition as it is now.
    fn gather_problems(&mut self) {
        if self.checking.wiring != self.wiring {
            return;
        }
        let mut problems = self.checking.found.clone();
        let has_error = problems.iter().any(|p| p.severity == Severity::Error);
        if !has_error
            && self.composed.wiring == self.wiring
            && let Some(Err(trouble)) = &self.composed.result
        {
            problems.extend(trouble.iter().cloned());
        }
        if let Some(composed) = self.composed() {
            problems.extend(composed.untapped.iter().cloned());
        }
        problems.sort_by(|a, b| a.severity.cmp(&b.severity).then_with(|| a.subject.cmp(&b.subject)));
        if problems != self.problems {
            self.problems = problems;
            self.revision += 1;
        }
    }

    pub(super) fn encode(&mut self) {
        if self.composed.working {
            return; // what is under way starts the next one when it arrives
        }
        if self.document.composition.instances.is_empty() {
            self.composed = Composed { wiring: self.wiring, ..Composed::default() };
            return;
        }
        self.composed.working = true;
        let (composition, library) = (Arc::clone(&self.wired), self.library.clone());
        let (wiring, env, arrive) = (self.wiring, Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "compose",
            Box::new(move || {
                let start = env.now_nanos();
                let result = compose_bytes(&composition, &library, &*env, start);
                let _ = arrive.send(Arrived::Composed { wiring, result });
                env.wake();
            }),
        );
    }

    pub(super) fn composed_arrived(&mut self, wiring: u64, result: Result<Arc<ComposedBytes>, Vec<Diagnostic>>) {
        self.composed = Composed { wiring, working: false, result: Some(result) };
        if wiring != self.wiring {
            self.encode();
            return;
        }
        self.gather_problems();
        if let Some((job, call)) = self.waiting_call.take() {
            self.dispatch(job, call);
        }
    }
}

/// What the composition asks the host for: the open imports of its members.
fn needs(composition: &Composition, library: &Library) -> Vec<Need> {
    let mut asking: BTreeMap<String, Vec<Port>> = BTreeMap::new();
    for port in compose::open_imports(composition, library) {
        asking.entry(port.instance.clone()).or_default().push(port);
    }
    grant::needs(asking.iter().filter_map(|(name, ports)| {
        let component = composition.component(library, name)?;
        let imports = ports.iter().filter_map(|p| composition.port(library, p, Side::Import)).collect();
        Some((name.as_str(), &**component, imports))
    }))
}

/// Encodes, and reads the result back so that its interface can be shown and called.
fn compose_bytes(
    composition: &Composition,
    library: &Library,
    env: &dyn Env,
    start: u64,
) -> Result<Arc<ComposedBytes>, Vec<Diagnostic>> {
    let Encoded { bytes, asked_by, .. } = compose::encode(composition, library)?;
    let nanos = env.now_nanos().saturating_sub(start);
    // It was validated just now.
    let component = Arc::new(crate::component::decode_beside("composed.wasm", bytes.into(), || None));
    component.wit();
    let (tapped, untapped) = match compose::tapped(composition, library) {
        Ok(None) => (None, Vec::new()),
        Ok(Some(Tapped { taps, refused, .. })) if taps.is_empty() => (None, refused),
        Ok(Some(Tapped { bytes, taps, refused })) => {
            let digest = Digest::of(&bytes);
            (Some(TappedBytes { bytes: bytes.into(), digest, taps }), refused)
        }
        Err(why) => (None, vec![compose::without_taps(&why)]),
    };
    let timing = Timing { phase: Phase::Validate, nanos, cached: false };
    Ok(Arc::new(ComposedBytes { component, asked_by, timing, tapped, untapped }))
}

#[cfg(test)]
mod tests;
