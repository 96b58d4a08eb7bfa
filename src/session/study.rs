//! What is worked out of open components in the background because it takes longer than a frame: a panel asks with a
//! [`Study`] and shows the [`Finding`] once it is there.

use super::files::Arrived;
use super::{Comparison, Job, Session};
use crate::component::{self, Component, Digest};
use crate::grant::{self, Need, NotProvided};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A question about open components.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Study {
    /// How much of the file each part takes, down to functions and data.
    Sizes(Digest),
    /// What it is and what it asks for, on one page.
    Summary(Digest),
    /// What is different between two of them.
    Difference {
        /// The one that was there before.
        before: Digest,
        /// The one that is compared with it.
        after: Digest,
    },
    /// Which WebAssembly features it needs.
    Proposals(Digest),
    /// Who made it, with what, and of what.
    Origin(Digest),
    /// Where this text stands in anything that is open.
    Search(String),
    /// Where its types are used.
    Uses(Digest),
}

/// What was found in each component.
pub type Places = Vec<(Digest, component::Hits)>;

/// What there is to say of a component on one page.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The known worlds it fits, and what keeps it from the nearest.
    pub worlds: Vec<component::WorldFit>,
    /// Which WASI it speaks.
    pub wasi: component::WasiGeneration,
    /// What it asks the host for.
    pub needs: Vec<Need>,
    /// The imports that no host here provides.
    pub to_wire: Vec<NotProvided>,
    /// Its functions, those of imported interfaces included.
    pub functions: usize,
    /// The components and modules inside it.
    pub parts: usize,
}

impl Summary {
    fn of(component: &Component) -> Self {
        let asking = || [(component.name.as_str(), component, component.imports.iter().collect())];
        Self {
            worlds: component::worlds(component),
            wasi: component::wasi_generation(component),
            needs: grant::needs(asking()),
            to_wire: grant::not_provided(asking()),
            functions: component.imports.iter().chain(&component.exports).map(|e| e.functions().len()).sum(),
            parts: inside(&component.root),
        }
    }
}

/// The number of parts inside a part. Nesting is bounded where the tree is made.
fn inside(part: &component::Part) -> usize {
    part.children.iter().map(|child| 1 + inside(child)).sum()
}

/// The answer to a [`Study`].
#[derive(Debug, Clone)]
pub enum Finding {
    /// Of [`Study::Sizes`].
    Sizes(Arc<component::SizeMap>),
    /// Of [`Study::Summary`].
    Summary(Arc<Summary>),
    /// Of [`Study::Difference`].
    Difference(Arc<Comparison>),
    /// Of [`Study::Proposals`].
    Proposals(Arc<component::Proposals>),
    /// Of [`Study::Origin`].
    Origin(Arc<component::Origin>),
    /// Of [`Study::Search`]: what was found in each component, in the order of their names.
    Search(Arc<Places>),
    /// Of [`Study::Uses`].
    Uses(Arc<component::Uses>),
    /// There is no answer: it was cancelled, or what was asked about is not open any more.
    None(&'static str),
}

/// The answers kept at most; the oldest go first, and are worked out again when they are asked for.
const MOST_FINDINGS: usize = 64;

/// Studies under way and done.
#[derive(Default)]
pub(super) struct Studies {
    under_way: Vec<(Study, crate::call::JobId, Arc<AtomicBool>)>,
    done: VecDeque<(Study, Finding)>,
}

impl Study {
    /// What the status bar calls the work.
    fn label(&self) -> &'static str {
        match self {
            Study::Sizes(_) => "Measuring parts",
            Study::Summary(_) => "Summing up",
            Study::Difference { .. } => "Comparing components",
            Study::Proposals(_) => "Finding the features it needs",
            Study::Origin(_) => "Reading where it comes from",
            Study::Search(_) => "Searching",
            Study::Uses(_) => "Looking up uses of types",
        }
    }

    /// The components it is about; each has to be open. None in particular if it is about all that are.
    fn about(&self) -> Vec<Digest> {
        match self {
            Study::Sizes(digest)
            | Study::Uses(digest)
            | Study::Summary(digest)
            | Study::Proposals(digest)
            | Study::Origin(digest) => vec![*digest],
            Study::Difference { before, after } => vec![*before, *after],
            Study::Search(_) => Vec::new(),
        }
    }

    /// Works the answer out, on a worker. `components` are those of [`Study::about`], in that order; whoever takes long looks
    /// at `is_cancelled` now and then.
    fn work(&self, components: &[Arc<Component>], is_cancelled: &dyn Fn() -> bool) -> Finding {
        match (self, components) {
            (Study::Search(text), all) => Finding::Search(Arc::new(search(text, all, is_cancelled))),
            (Study::Sizes(_), [component]) => Finding::Sizes(Arc::new(component::size_map(component))),
            (Study::Summary(_), [component]) => Finding::Summary(Arc::new(Summary::of(component))),
            (Study::Uses(_), [component]) => Finding::Uses(Arc::new(component::where_used(component))),
            (Study::Difference { .. }, [before, after]) => {
                Finding::Difference(Arc::new(Comparison::new(Arc::clone(before), Arc::clone(after))))
            }
            (Study::Proposals(_), [component]) => match component::proposals(component, is_cancelled) {
                Some(found) => Finding::Proposals(Arc::new(found)),
                None => Finding::None("It was cancelled"),
            },
            (Study::Origin(_), [component]) => Finding::Origin(Arc::new(component::origin(component))),
            _ => Finding::None("It is not open any more"),
        }
    }
}

impl Session {
    /// The answer to a question, once it is there.
    pub fn finding(&self, study: &Study) -> Option<&Finding> {
        self.studies.done.iter().find(|(s, _)| s == study).map(|(_, finding)| finding)
    }

    /// Whether the answer is being worked out.
    pub fn is_studying(&self, study: &Study) -> bool {
        self.studies.under_way.iter().any(|(s, ..)| s == study)
    }

    /// The component with this digest: one of the library, or the composed one.
    pub fn component(&self, digest: &Digest) -> Option<&Arc<Component>> {
        self.library.get(digest).or_else(|| self.composed().map(|c| &c.component).filter(|c| c.digest == *digest))
    }

    /// Starts to work the answer out, unless it is there or under way.
    pub(super) fn study(&mut self, study: Study) {
        let is_answered = matches!(self.finding(&study), Some(f) if !matches!(f, Finding::None(_)));
        if is_answered || self.is_studying(&study) {
            return;
        }
        self.studies.done.retain(|(s, _)| *s != study);
        let components: Vec<_> = match &study {
            Study::Search(_) => {
                // Of a text that is being typed, only the newest is wanted.
                let older = self.studies.under_way.iter().filter(|(s, ..)| matches!(s, Study::Search(_)));
                for job in older.map(|(_, job, _)| *job).collect::<Vec<_>>() {
                    self.jobs.retain(|j| j.id != job);
                    self.cancel_study(job);
                }
                self.library.values().cloned().collect()
            }
            _ => study.about().iter().filter_map(|d| self.component(d).cloned()).collect(),
        };
        let job = self.next_job();
        self.jobs.push(Job { id: job, label: study.label().into(), started_nanos: self.env.now_nanos() });
        let cancelled = Arc::new(AtomicBool::new(false));
        self.studies.under_way.push((study.clone(), job, Arc::clone(&cancelled)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "study",
            Box::new(move || {
                let finding = study.work(&components, &|| cancelled.load(Ordering::Relaxed));
                let _ = arrive.send(Arrived::Studied { job, study, finding });
                env.wake();
            }),
        );
    }

    /// Ends the work of this job, if it is a study.
    pub(super) fn cancel_study(&mut self, job: crate::call::JobId) {
        let ended: Vec<_> = self.studies.under_way.extract_if(.., |(_, j, _)| *j == job).collect();
        for (study, _, cancelled) in ended {
            cancelled.store(true, Ordering::Relaxed);
            self.studies.done.push_back((study, Finding::None("It was cancelled")));
        }
    }

    pub(super) fn studied(&mut self, job: crate::call::JobId, study: Study, finding: Finding) {
        self.jobs.retain(|j| j.id != job);
        let before = self.studies.under_way.len();
        self.studies.under_way.retain(|(_, j, _)| *j != job);
        if self.studies.under_way.len() == before {
            return; // it was cancelled
        }
        self.studies.done.push_back((study, finding));
        if self.studies.done.len() > MOST_FINDINGS {
            self.studies.done.pop_front();
        }
    }

    /// Forgets every answer about a component that is closed or was opened anew, and those about all that are open.
    pub(super) fn forget_studies(&mut self, digest: &Digest) {
        let is_stale = |study: &Study| study.about().contains(digest) || matches!(study, Study::Search(_));
        self.studies.done.retain(|(study, _)| !is_stale(study));
    }
}

/// Places of each kind that are listed of one component.
const MOST_HITS: usize = 50;

fn search(text: &str, components: &[Arc<Component>], is_cancelled: &dyn Fn() -> bool) -> Places {
    let mut sorted: Vec<&Arc<Component>> = components.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name).then(a.digest.cmp(&b.digest)));
    let found = sorted.into_iter().take_while(|_| !is_cancelled());
    let found = found.map(|c| (c.digest, component::search(c, text, MOST_HITS, is_cancelled)));
    found.filter(|(_, found)| !found.hits.is_empty()).collect()
}
