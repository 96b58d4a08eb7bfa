//! The composed component, made in the background, and everything that is wrong with the composition.

use super::files::Arrived;
use super::{Env, Session};
use crate::component::{Component, Digest};
use crate::compose::{self, Composition, Encoded, Library, Port, Side, Tap, Tapped};
use crate::diag::{Diagnostic, Severity};
use crate::grant;
use crate::measure::{Phase, Timing};
use std::collections::BTreeMap;
use std::sync::Arc;

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

impl Session {
    pub(super) fn find_problems(&mut self) {
        self.problems = compose::check(&self.document.composition, &self.library);
        let has_error = self.problems.iter().any(|p| p.severity == Severity::Error);
        if !has_error
            && self.composed.wiring == self.wiring
            && let Some(Err(trouble)) = &self.composed.result
        {
            self.problems.extend(trouble.iter().cloned());
        }
        if let Some(composed) = self.composed() {
            let untapped = composed.untapped.clone();
            self.problems.extend(untapped);
        }
        self.problems.sort_by(|a, b| a.severity.cmp(&b.severity).then_with(|| a.subject.cmp(&b.subject)));
    }

    /// What the composition asks the host for: the open imports of its members.
    pub(super) fn find_needs(&mut self) {
        let composition = &self.document.composition;
        let mut asking: BTreeMap<String, Vec<Port>> = BTreeMap::new();
        for port in compose::open_imports(composition, &self.library) {
            asking.entry(port.instance.clone()).or_default().push(port);
        }
        self.composition_needs = grant::needs(asking.iter().filter_map(|(name, ports)| {
            let component = composition.component(&self.library, name)?;
            let imports = ports.iter().filter_map(|p| composition.port(&self.library, p, Side::Import)).collect();
            Some((name.as_str(), &**component, imports))
        }));
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
        let (composition, library) = (self.document.composition.clone(), self.library.clone());
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
        self.find_problems();
        if let Some((job, call)) = self.waiting_call.take() {
            self.dispatch(job, call);
        }
    }
}

/// Encodes, and reads the result back so that its interface can be shown and called.
fn compose_bytes(
    composition: &Composition,
    library: &Library,
    env: &dyn Env,
    start: u64,
) -> Result<Arc<ComposedBytes>, Vec<Diagnostic>> {
    let Encoded { bytes, asked_by } = compose::encode(composition, library)?;
    let nanos = env.now_nanos().saturating_sub(start);
    let component = Arc::new(crate::component::decode("composed.wasm", bytes.into()));
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
