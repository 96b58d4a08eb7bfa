//! What is worked out of open components in the background because it takes longer than a frame: a panel asks with a
//! [`Study`] and shows the [`Finding`] once it is there.

use super::files::Arrived;
use super::{Comparison, Job, Session, samples};
use crate::component::listing::{Found, Listing};
use crate::component::{self, Component, CustomSection, Digest, Functions, Language, size_map};
use crate::compose::{self, Composition, Port, Side};
use crate::diag::{Diagnostic, Subject};
use crate::grant::{self, Need, NotProvided};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A question about open components.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Study {
    /// How much of the file each part takes, down to functions and data.
    Sizes(Digest),
    /// What the custom section whose contents lie at these bytes says.
    CustomSection(Digest, Range<usize>),
    /// What it is and what it asks for, on one page.
    Summary(Digest),
    /// A section of the component, by its position among [`component::sections`], in the words of a language.
    Spelling(Digest, Language, usize),
    /// Which functions of its imports a component really uses.
    Used(Digest),
    /// What a component is composed of.
    Inside(Digest),
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
    /// Who of all that is open can satisfy this import, by its full name, of a component.
    Providers(Digest, String),
    /// Where its types are used.
    Uses(Digest),
    /// The text format of the part that lies there.
    Listing(Digest, Range<usize>),
    /// Where a text stands in a listing that is made; if there are many places, those around this line.
    Find(Digest, Range<usize>, String, usize),
    /// What mends the problems of the composition that are about these, by [`Session::wiring`].
    Fixes(u64, Vec<Subject>),
    /// Where the two ends of the wire to this import do not agree on a resource, and everything that mends the wire, by
    /// [`Session::wiring`].
    Mending(u64, Port),
    /// How each port of the composition would take a wire from this one, by [`Session::wiring`].
    Candidates(u64, Port, Side),
    /// Which instances can provide for this import, by [`Session::wiring`].
    Alternatives(u64, Port),
    /// Which components could take a wire from this port, by [`Session::wiring`].
    Fitting(u64, Port, Side),
    /// Which of the built-in samples that are not open could, by [`Session::wiring`].
    Samples(u64, Port, Side),
    /// Which components could take this instance's place, by [`Session::wiring`].
    Replacements(u64, String),
    /// Which of the built-in samples that are not open could, by [`Session::wiring`].
    SampleReplacements(u64, String),
    /// The functions of all core modules.
    Functions(Digest),
    /// Which of them have this text in their name.
    FunctionsNamed(Digest, String),
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
    /// Its functions, those of imported interfaces included; of a WIT package, those of its interfaces.
    pub functions: usize,
    /// Its types that have a name, each once.
    pub types: usize,
    /// The components and modules inside it.
    pub parts: usize,
    /// What a reader might look for and will not find, and why.
    pub missing: Vec<Diagnostic>,
}

impl Summary {
    fn of(component: &Component) -> Self {
        let externs = component.imports.iter().chain(&component.exports).chain(&component.interfaces);
        let asking = || [(component.name.as_str(), component, component.imports.iter().collect())];
        Self {
            worlds: component::worlds(component),
            wasi: component::wasi_generation(component),
            needs: grant::needs(asking()),
            to_wire: grant::not_provided(asking()),
            functions: externs.map(|e| e.functions().len()).sum(),
            types: component.named_types(),
            parts: inside(&component.root),
            missing: component.missing(),
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
    /// Of [`Study::CustomSection`].
    CustomSection(Arc<CustomSection>),
    /// Of [`Study::Summary`].
    Summary(Arc<Summary>),
    /// Of [`Study::Spelling`].
    Spelling(Arc<component::Spelling>),
    /// Of [`Study::Used`].
    Used(Arc<component::Used>),
    /// Of [`Study::Inside`].
    Inside(Arc<compose::Inside>),
    /// Of [`Study::Difference`].
    Difference(Arc<Comparison>),
    /// Of [`Study::Proposals`].
    Proposals(Arc<component::Proposals>),
    /// Of [`Study::Origin`].
    Origin(Arc<component::Origin>),
    /// Of [`Study::Providers`]: those that fit first.
    Providers(Arc<Vec<compose::Provider>>),
    /// Of [`Study::Search`]: what was found in each component, in the order of their names.
    Search(Arc<Places>),
    /// Of [`Study::Uses`].
    Uses(Arc<component::Uses>),
    /// Of [`Study::Listing`].
    Listing(Arc<Listing>),
    /// Of [`Study::Find`].
    Find(Arc<Found>),
    /// Of [`Study::Fixes`]: the best for each, if any is known.
    Fixes(Arc<Vec<(Subject, Option<compose::Fix>)>>),
    /// Of [`Study::Mending`].
    Mending(Arc<(Vec<compose::ResourceSource>, Vec<compose::Fix>)>),
    /// Of [`Study::Candidates`].
    Candidates(Arc<Vec<compose::Candidate>>),
    /// Of [`Study::Alternatives`]: all of them, and which of them the present one is.
    Alternatives(Arc<(Vec<Port>, Option<usize>)>),
    /// Of [`Study::Fitting`]: each with the first of its ports that fits.
    Fitting(Arc<BTreeMap<Digest, String>>),
    /// Of [`Study::Samples`]: their file names, each with the first of its ports that fits, in the order of the gallery.
    Samples(Arc<Vec<(&'static str, String)>>),
    /// Of [`Study::Replacements`].
    Replacements(Arc<Vec<compose::Replacement>>),
    /// Of [`Study::SampleReplacements`]: those that fit, by their file names.
    SampleReplacements(Arc<Vec<(&'static str, compose::Replacement)>>),
    /// Of [`Study::Functions`].
    Functions(Arc<Functions>),
    /// Of [`Study::FunctionsNamed`]: their places in the list of all.
    FunctionsNamed(Arc<Vec<u32>>),
    /// There is no answer: it was cancelled, or what was asked about is not open any more.
    None(&'static str),
}

/// The answers kept at most; the oldest go first, and are worked out again when they are asked for.
const MOST_FINDINGS: usize = 64;
/// Listings kept of these: each takes about as much room as the file.
const MOST_LISTINGS: usize = 2;

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
            Study::Search(_) | Study::Find(..) | Study::FunctionsNamed(..) => "Searching",
            Study::Providers(..) => "Looking for providers",
            Study::CustomSection(..) => "Reading a custom section",
            Study::Listing(..) => "Disassembling",
            Study::Functions(_) => "Listing functions",
            Study::Spelling(..) => "Spelling an interface",
            Study::Used(_) => "Following imports",
            Study::Inside(_) => "Looking inside",
            Study::Difference { .. } => "Comparing components",
            Study::Proposals(_) => "Finding the features it needs",
            Study::Origin(_) => "Reading where it comes from",
            Study::Uses(_) => "Looking up uses of types",
            Study::Fixes(..) | Study::Mending(..) => "Looking for what mends problems",
            Study::Candidates(..)
            | Study::Alternatives(..)
            | Study::Fitting(..)
            | Study::Samples(..)
            | Study::Replacements(..)
            | Study::SampleReplacements(..) => "Looking for what fits",
        }
    }

    /// The components it is about in particular; each has to be open.
    fn about(&self) -> Vec<Digest> {
        match self {
            Study::Sizes(digest)
            | Study::Used(digest)
            | Study::Inside(digest)
            | Study::Uses(digest)
            | Study::Summary(digest)
            | Study::Proposals(digest)
            | Study::Origin(digest)
            | Study::Listing(digest, _)
            | Study::Find(digest, ..)
            | Study::CustomSection(digest, _)
            | Study::Functions(digest)
            | Study::FunctionsNamed(digest, _)
            | Study::Providers(digest, _)
            | Study::Spelling(digest, ..) => vec![*digest],
            Study::Difference { before, after } => vec![*before, *after],
            Study::Search(_)
            | Study::Fixes(..)
            | Study::Mending(..)
            | Study::Candidates(..)
            | Study::Alternatives(..)
            | Study::Fitting(..)
            | Study::Samples(..)
            | Study::Replacements(..)
            | Study::SampleReplacements(..) => Vec::new(),
        }
    }

    /// Whether it is about everything that is open, too.
    fn is_about_all(&self) -> bool {
        matches!(self, Study::Providers(..)) || self.about().is_empty()
    }

    /// Whether it takes another's place: of a text that is being typed, only the newest is wanted, and of the parts of a file
    /// that are looked at one after the other the last.
    fn replaces(&self, other: &Study) -> bool {
        matches!(
            (self, other),
            (Study::Search(_), Study::Search(_))
                | (Study::Fixes(..), Study::Fixes(..))
                | (Study::Mending(..), Study::Mending(..))
                | (Study::Candidates(..), Study::Candidates(..))
                | (Study::Alternatives(..), Study::Alternatives(..))
                | (Study::Fitting(..), Study::Fitting(..))
                | (Study::Samples(..), Study::Samples(..))
                | (Study::Replacements(..), Study::Replacements(..))
                | (Study::SampleReplacements(..), Study::SampleReplacements(..))
                | (Study::Listing(..), Study::Listing(..))
                | (Study::Find(..), Study::Find(..))
                | (Study::FunctionsNamed(..), Study::FunctionsNamed(..))
        )
    }

    /// Works the answer out, on a worker. `components` are those of [`Study::about`], in that order, and all others if it is about all; `listing` is the one that
    /// is searched; whoever takes long looks at `is_cancelled` now and then.
    fn work(
        &self,
        components: &[Arc<Component>],
        composition: &Composition,
        listing: Option<&Listing>,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Finding {
        let found = match (self, components) {
            (Study::Search(text), all) => Some(Finding::Search(Arc::new(search(text, all, is_cancelled)))),
            (Study::Providers(_, import), [consumer, ..]) => {
                let library = components.iter().skip(1).map(|c| (c.digest, Arc::clone(c))).collect();
                let Some(import) = consumer.import(import) else { return Finding::None("There is no such import") };
                Some(Finding::Providers(Arc::new(compose::providers(&library, consumer, import))))
            }
            (Study::Fixes(_, subjects), all) => {
                let library = library_of(all);
                let mut found = Vec::new();
                for subject in subjects.iter().take_while(|_| !is_cancelled()) {
                    let fix = compose::fixes(composition, &library, subject).into_iter().next();
                    found.push((subject.clone(), fix));
                }
                Some(Finding::Fixes(Arc::new(found)))
            }
            (Study::Mending(_, to), all) => {
                let library = library_of(all);
                let about = Subject::Wire { instance: to.instance.clone(), import: to.name.clone() };
                let fixes = compose::fixes(composition, &library, &about);
                Some(Finding::Mending(Arc::new((compose::sources(composition, &library, to), fixes))))
            }
            (Study::Candidates(_, port, side), all) => {
                let library = library_of(all);
                Some(Finding::Candidates(Arc::new(compose::candidates(composition, &library, port, *side))))
            }
            (Study::Alternatives(_, import), all) => {
                let library = library_of(all);
                Some(Finding::Alternatives(Arc::new(compose::alternatives(composition, &library, import))))
            }
            (Study::Fitting(_, port, side), all) => {
                let library = library_of(all);
                let fitting = compose::fitting(composition, &library, &library, port, *side);
                Some(Finding::Fitting(Arc::new(fitting)))
            }
            (Study::Samples(_, port, side), all) => {
                let library = library_of(all);
                let (files, among) = samples_beside(&library);
                let mut fitting = compose::fitting(composition, &library, &among, port, *side);
                let named = files.into_iter().filter_map(|(digest, file)| Some((file, fitting.remove(&digest)?)));
                Some(Finding::Samples(Arc::new(named.collect())))
            }
            (Study::Replacements(_, instance), all) => {
                let library = library_of(all);
                let found = compose::replacements(composition, &library, &library, instance, is_cancelled);
                Some(Finding::Replacements(Arc::new(found)))
            }
            (Study::SampleReplacements(_, instance), all) => {
                let library = library_of(all);
                let (files, among) = samples_beside(&library);
                let files: BTreeMap<Digest, &str> = files.into_iter().collect();
                let found = compose::replacements(composition, &library, &among, instance, is_cancelled);
                let fitting = found.into_iter().filter(compose::Replacement::fits);
                let named = fitting.filter_map(|found| Some((*files.get(&found.component)?, found)));
                Some(Finding::SampleReplacements(Arc::new(named.collect())))
            }
            (Study::Sizes(_), [component]) => Some(Finding::Sizes(Arc::new(size_map(component)))),
            (Study::CustomSection(_, range), [component]) => {
                Some(Finding::CustomSection(Arc::new(component::read_custom_section(&component.bytes, range))))
            }
            (Study::Listing(_, part), [component]) => {
                Listing::of(&component.bytes, part.clone(), is_cancelled).map(|l| Finding::Listing(Arc::new(l)))
            }
            (Study::Find(_, _, text, around), _) => {
                let Some(listing) = listing else { return Finding::None("The disassembly is gone") };
                listing.find(text, *around, is_cancelled).map(|found| Finding::Find(Arc::new(found)))
            }
            (Study::Functions(_), [component]) => {
                Some(Finding::Functions(Arc::new(Functions::of(&size_map(component)))))
            }
            (Study::FunctionsNamed(_, text), [component]) => {
                let functions = Functions::of(&size_map(component));
                functions.named(text, is_cancelled).map(|named| Finding::FunctionsNamed(Arc::new(named)))
            }
            (Study::Spelling(_, language, position), [component]) => {
                let sections = component::sections(component);
                let Some(section) = sections.get(*position) else { return Finding::None("There is no such interface") };
                Some(Finding::Spelling(Arc::new(component::spell(component, *language, section))))
            }
            (Study::Used(_), [component]) => Some(Finding::Used(Arc::new(component::used_imports(component)))),
            (Study::Inside(_), [component]) => Some(Finding::Inside(Arc::new(compose::inside(component)))),
            (Study::Uses(_), [component]) => Some(Finding::Uses(Arc::new(component::where_used(component)))),
            (Study::Difference { .. }, [before, after]) => {
                let compared = Comparison::new(Arc::clone(before), Arc::clone(after));
                Some(Finding::Difference(Arc::new(compared)))
            }
            (Study::Summary(_), [component]) => Some(Finding::Summary(Arc::new(Summary::of(component)))),
            (Study::Proposals(_), [component]) => {
                component::proposals(component, is_cancelled).map(|found| Finding::Proposals(Arc::new(found)))
            }
            (Study::Origin(_), [component]) => Some(Finding::Origin(Arc::new(component::origin(component)))),
            _ => return Finding::None("It is not open any more"),
        };
        found.unwrap_or(Finding::None("It was cancelled"))
    }
}

fn library_of(components: &[Arc<Component>]) -> compose::Library {
    components.iter().map(|c| (c.digest, Arc::clone(c))).collect()
}

/// The built-in samples that are not in the library, in the order of the gallery by their file names, and as one of their own.
fn samples_beside(library: &compose::Library) -> (Vec<(Digest, &'static str)>, compose::Library) {
    let closed = samples::decoded().iter().filter(|(_, c)| !library.contains_key(&c.digest));
    closed.map(|(sample, c)| ((c.digest, sample.file), (c.digest, Arc::clone(c)))).unzip()
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

    /// The job that works the answer out, if one does.
    pub fn study_job(&self, study: &Study) -> Option<crate::call::JobId> {
        self.studies.under_way.iter().find(|(s, ..)| s == study).map(|(_, job, _)| *job)
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
        for (_, job, cancelled) in self.studies.under_way.extract_if(.., |(s, ..)| study.replaces(s)) {
            cancelled.store(true, Ordering::Relaxed);
            self.jobs.retain(|j| j.id != job);
        }
        let listing = match &study {
            Study::Find(digest, part, ..) => match self.finding(&Study::Listing(*digest, part.clone())) {
                Some(Finding::Listing(listing)) => Some(Arc::clone(listing)),
                _ => None,
            },
            _ => None,
        };
        let mut components: Vec<_> = study.about().iter().filter_map(|d| self.component(d).cloned()).collect();
        if study.is_about_all() {
            components.extend(self.library.values().cloned());
        }
        let job = self.next_job();
        self.jobs.push(Job { id: job, label: study.label().into(), started_nanos: self.env.now_nanos() });
        let cancelled = Arc::new(AtomicBool::new(false));
        self.studies.under_way.push((study.clone(), job, Arc::clone(&cancelled)));
        let (env, arrive, composition) = (Arc::clone(&self.env), self.arrive.clone(), Arc::clone(&self.wired));
        self.env.spawn(
            "study",
            Box::new(move || {
                let finding =
                    study.work(&components, &composition, listing.as_deref(), &|| cancelled.load(Ordering::Relaxed));
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
        if matches!(study, Study::Candidates(..)) {
            // One for every port there is: those of the drag before are of no use.
            self.studies.done.retain(|(s, _)| !matches!(s, Study::Candidates(..)));
        }
        self.studies.done.push_back((study, finding));
        let listings = self.studies.done.iter().filter(|(s, _)| matches!(s, Study::Listing(..))).count();
        if listings > MOST_LISTINGS
            && let Some(oldest) = self.studies.done.iter().position(|(s, _)| matches!(s, Study::Listing(..)))
        {
            self.studies.done.remove(oldest);
        }
        if self.studies.done.len() > MOST_FINDINGS {
            self.studies.done.pop_front();
        }
    }

    /// Forgets every answer about a component that is closed or was opened anew, and those about all that are open.
    pub(super) fn forget_studies(&mut self, digest: &Digest) {
        let is_stale = |study: &Study| study.about().contains(digest) || study.is_about_all();
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
