//! Auto-wire: for each open import, who could provide it, and what would be wired if nobody objects. A plan is only a
//! proposal; its [`Plan::edits`] make it.

use super::check::{needs_provider, short_name};
use super::fit::{Fit, Fits, base_name};
use super::order::Reach;
use super::{Composition, Edit, Instance, Library, Port, Side, check};
use crate::component::{Component, Digest, Extern, Kind};
use crate::diag::{Diagnostic, Severity, display_safe_line};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt::Write as _;

/// Components that are placed for one another are followed this far.
const MOST_DEPTH: usize = 8;
/// More instances than these are not placed by one plan.
const MOST_PLACED: usize = 64;
/// More providers of one import than these are counted, not listed.
const MOST_OFFERS: usize = 64;

/// Whose open imports are to be wired.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Those of every instance.
    #[default]
    All,
    /// Those of these instances, and of what is placed for them.
    Of(Vec<String>),
}

/// What the user wants for an import.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// It stays open.
    Leave,
    /// A wire from this export of an instance.
    Wire(Port),
    /// A new instance of this component, and a wire from this export of it.
    Place(Digest, String),
}

/// What the user chose so far, by import. Imports that are not in it get what is proposed.
pub type Choices = BTreeMap<Port, Choice>;

/// One way to provide for an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The export; of an instance that the plan would place first if `place` names its component.
    pub from: Port,
    /// The component that is placed first.
    pub place: Option<Digest>,
    /// How it fits.
    pub fit: Fit,
}

/// What becomes of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is wired to this one of the offers.
    Wired(usize),
    /// Several fit, and none is better than the others: it stays open unless the user chooses.
    NeedsChoice,
    /// The user leaves it open.
    Left,
    /// Nothing fits, and why: the first difference of the one that comes nearest.
    Nothing(String),
}

/// An open import and who could provide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The import.
    pub to: Port,
    /// How many placed instances lie between it and the composition as it is; 0 for an instance that is there.
    pub depth: usize,
    /// Who could provide it: instances before components that are not placed, the same version before others.
    pub offers: Vec<Offer>,
    /// How many more there are.
    pub more: usize,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What would be wired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The open imports: those of an instance together, those of a placed one behind the one that it is placed for.
    pub imports: Vec<Planned>,
    /// Instances to place, in this order.
    pub places: Vec<(String, Digest)>,
    /// What would be wrong with the composition then that is not wrong with it now.
    pub problems: Vec<Diagnostic>,
}

impl Offer {
    /// The choice that means this offer.
    pub fn choice(&self) -> Choice {
        match self.place {
            Some(component) => Choice::Place(component, self.from.name.clone()),
            None => Choice::Wire(self.from.clone()),
        }
    }

    /// As in `ledger`, `ledger (1.3.0 for 1.2.0)` or `a new ledger`, safe to show.
    pub fn text(&self) -> String {
        let name = display_safe_line(&self.from.instance);
        let mut out = if self.place.is_some() { format!("a new {name}") } else { name.into_owned() };
        if let Fit::OtherVersion { import, export } = &self.fit {
            let version = |name: &str| display_safe_line(name.split_once('@').map_or("none", |(_, v)| v)).into_owned();
            let _ = write!(out, " ({} for {})", version(export), version(import));
        }
        out
    }
}

impl Planned {
    /// The offer that is taken.
    pub fn taken(&self) -> Option<&Offer> {
        match self.outcome {
            Outcome::Wired(i) => self.offers.get(i),
            _ => None,
        }
    }
}

impl Plan {
    /// The edits that make it, in order: what is placed, then the wires.
    pub fn edits(&self) -> Vec<Edit> {
        let places = self.places.iter();
        let places = places.map(|(name, component)| Edit::AddInstance { name: name.clone(), component: *component });
        let wires = self
            .imports
            .iter()
            .filter_map(|planned| Some(Edit::Connect { from: planned.taken()?.from.clone(), to: planned.to.clone() }));
        places.chain(wires).collect()
    }

    /// How many wires it makes.
    pub fn wires(&self) -> usize {
        self.imports.iter().filter(|planned| planned.taken().is_some()).count()
    }

    /// How many imports wait for a choice.
    pub fn waiting(&self) -> usize {
        self.imports.iter().filter(|planned| planned.outcome == Outcome::NeedsChoice).count()
    }

    /// The plan as lines of text, safe to show.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for planned in &self.imports {
            let to = &planned.to;
            let offers = || {
                let mut offers: Vec<String> = planned.offers.iter().map(Offer::text).collect();
                offers.extend((planned.more > 0).then(|| format!("{} more", planned.more)));
                offers.join(", ")
            };
            let _ = match (&planned.outcome, planned.taken()) {
                (_, Some(offer)) => writeln!(out, "connect  {to}  from {}", offer.text()),
                (Outcome::Nothing(why), _) => writeln!(out, "open     {to}  {why}"),
                (Outcome::NeedsChoice, _) => writeln!(out, "choose   {to}  from {}", offers()),
                _ => writeln!(out, "leave    {to}  could be {}", offers()),
            };
        }
        if self.imports.is_empty() {
            out.push_str("No import is open that an instance or component could provide\n");
        }
        for problem in &self.problems {
            let _ = writeln!(out, "{problem}");
        }
        out
    }

    /// The choice that a person means by `INSTANCE.IMPORT=PROVIDER`: the import by its full name, without its version or
    /// by its last part; the provider by its instance's name, or by the component's for one to be placed; nothing leaves
    /// the import open.
    ///
    /// # Errors
    /// What is not known, in words.
    pub fn choice(&self, text: &str, library: &Library) -> Result<(Port, Choice), String> {
        let shown = display_safe_line(text);
        let means = |planned: &&Planned| {
            let rest = text.strip_prefix(planned.to.instance.as_str()).and_then(|rest| rest.strip_prefix('.'));
            let named = |name: &str| Some(rest?.strip_prefix(name)?.strip_prefix('=')?.to_owned());
            let name = planned.to.name.as_str();
            named(name).or_else(|| named(base_name(name))).or_else(|| named(short_name(name)))
        };
        let Some((planned, wanted)) = self.imports.iter().find_map(|planned| Some((planned, means(&planned)?))) else {
            return Err(format!("“{shown}” names no open import: write INSTANCE.IMPORT=PROVIDER"));
        };
        if wanted.is_empty() {
            return Ok((planned.to.clone(), Choice::Leave));
        }
        let is_it = |offer: &&Offer| {
            let component = offer.place.and_then(|digest| library.get(&digest));
            offer.from.instance == wanted
                || format!("{}.{}", offer.from.instance, offer.from.name) == wanted
                || component.is_some_and(|c| c.name == wanted)
        };
        let offer = planned.offers.iter().find(is_it).ok_or_else(|| {
            let offers: Vec<String> = planned.offers.iter().map(Offer::text).collect();
            let offers = if offers.is_empty() { "nothing".to_owned() } else { offers.join(", ") };
            format!("“{}” does not provide {}: what fits is {offers}", display_safe_line(&wanted), planned.to)
        })?;
        Ok((planned.to.clone(), offer.choice()))
    }
}

/// What could be wired to the open imports of these instances, with what was chosen so far.
///
/// Instances go before components that are not placed, which are proposed only where no instance fits. One that fits is
/// proposed; of several, one at the very version among others that are not; else the user has to choose. Imports of the
/// host are left alone unless an instance provides them. A component is placed only if it has no instance, and is shared by
/// all that need it then; its own imports are planned too. No wire closes a cycle.
pub fn plan(composition: &Composition, library: &Library, scope: &Scope, choices: &Choices) -> Plan {
    let mut planner = Planner::new(composition, library, choices);
    let names: Vec<&str> = match scope {
        Scope::All => composition.instances.keys().map(String::as_str).collect(),
        Scope::Of(names) => names.iter().map(String::as_str).collect(),
    };
    for name in names {
        if let Some(instance) = composition.instances.get(name) {
            planner.instance(name, instance.component);
        }
    }
    let Planner { draft, mut plan, .. } = planner;
    let before: BTreeSet<Diagnostic> = check(composition, library).into_iter().collect();
    plan.problems = check(&draft, library);
    plan.problems.retain(|d| d.severity == Severity::Error && !before.contains(d));
    plan
}

/// An instance whose imports are looked at.
struct Visit {
    name: String,
    component: Digest,
    /// How many instances are placed on the way to it, itself included.
    depth: usize,
}

struct Planner<'a> {
    library: &'a Library,
    choices: &'a Choices,
    fits: Fits<'a>,
    /// Who exports what, by name without version.
    exports: HashMap<&'a str, Vec<(&'a Component, &'a Extern)>>,
    /// The instances of each component, the planned ones last.
    instances: BTreeMap<Digest, Vec<String>>,
    /// The composition as it would be.
    draft: Composition,
    /// Whom each instance provides to in it.
    consumers: HashMap<String, Vec<String>>,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn new(composition: &Composition, library: &'a Library, choices: &'a Choices) -> Self {
        let mut exports: HashMap<&str, Vec<(&Component, &Extern)>> = HashMap::new();
        for component in library.values().filter(|c| c.kind == Kind::Component && c.fault().is_none()) {
            for export in &component.exports {
                exports.entry(base_name(&export.name)).or_default().push((component, export));
            }
        }
        let mut instances: BTreeMap<Digest, Vec<String>> = BTreeMap::new();
        for (name, instance) in &composition.instances {
            instances.entry(instance.component).or_default().push(name.clone());
        }
        let mut consumers: HashMap<String, Vec<String>> = HashMap::new();
        for (to, from) in &composition.wires {
            consumers.entry(from.instance.clone()).or_default().push(to.instance.clone());
        }
        let (fits, draft, plan) = (Fits::default(), composition.clone(), Plan::default());
        Self { library, choices, fits, exports, instances, draft, consumers, plan }
    }

    /// Plans the open imports of an instance, and of what is placed for it.
    fn instance(&mut self, name: &str, component: Digest) {
        let mut waiting = VecDeque::from([Visit { name: name.to_owned(), component, depth: 0 }]);
        while let Some(visit) = waiting.pop_front() {
            let Some(consumer) = self.library.get(&visit.component) else { continue };
            for import in consumer.imports.iter().filter(|import| needs_provider(consumer, import)) {
                let to = Port::new(&visit.name, &import.name);
                if self.draft.wires.contains_key(&to) {
                    continue;
                }
                let Some(planned) = self.import(&visit, consumer, import, to) else { continue };
                if let Some(Offer { from, place, .. }) = planned.taken().cloned() {
                    if let Some(component) = place {
                        self.draft.instances.insert(from.instance.clone(), Instance { component });
                        self.instances.entry(component).or_default().push(from.instance.clone());
                        self.plan.places.push((from.instance.clone(), component));
                        waiting.push_back(Visit { name: from.instance.clone(), component, depth: visit.depth + 1 });
                    }
                    self.consumers.entry(from.instance.clone()).or_default().push(planned.to.instance.clone());
                    self.draft.wires.insert(planned.to.clone(), from);
                }
                self.plan.imports.push(planned);
            }
        }
    }

    /// What becomes of one import; `None` if it is the host's business.
    fn import(&mut self, visit: &Visit, consumer: &'a Component, import: &'a Extern, to: Port) -> Option<Planned> {
        let mut offers = Vec::new();
        let mut more = 0;
        // Of what does not fit, the best reason why.
        let mut why_not: Option<(bool, String)> = None;
        let mut not = |is_called_so: bool, why: String| {
            if why_not.as_ref().is_none_or(|(before, _)| is_called_so && !before) {
                why_not = Some((is_called_so, why));
            }
        };
        let namesakes = self.exports.get(base_name(&import.name)).cloned().unwrap_or_default();
        let consumers = &self.consumers;
        let behind = |at: &str| consumers.get(at).into_iter().flatten().map(String::as_str);
        let reach = (!namesakes.is_empty()).then(|| Reach::walk(&visit.name, Side::Export, behind));
        for (component, export) in namesakes {
            let fit = self.fits.of(consumer, import, component, export);
            let called = display_safe_line(&component.name);
            if let Fit::No(difference) = fit {
                not(import.name == export.name, format!("“{called}” does not fit: {difference}"));
                continue;
            }
            match self.instances.get(&component.digest) {
                Some(names) => {
                    for name in names {
                        if let Some(cycle) = reach.as_ref().and_then(|reach| reach.cycle_text(name)) {
                            not(true, format!("{} fits, but: {cycle}", display_safe_line(name)));
                            continue;
                        }
                        offers.push(Offer { from: Port::new(name, &export.name), place: None, fit: fit.clone() });
                    }
                }
                None if import.is_host() => {}
                None if visit.depth >= MOST_DEPTH || self.plan.places.len() >= MOST_PLACED => {
                    let why = "so many components are not placed at once: wire these first";
                    not(true, format!("“{called}” fits, but {why}"));
                }
                None => {
                    let name = self.draft.free_name(&super::instance_stem(&component.name));
                    offers.push(Offer { from: Port::new(name, &export.name), place: Some(component.digest), fit });
                }
            }
        }
        if offers.is_empty() && import.is_host() {
            return None;
        }
        offers.sort_by(|a, b| {
            let key = |o: &Offer| (o.place.is_some(), o.fit != Fit::Exact);
            key(a).cmp(&key(b)).then_with(|| a.from.cmp(&b.from))
        });
        let choice = self.choices.get(&to);
        let outcome = match (choice, chosen(choice, &offers, &self.draft)) {
            (Some(Choice::Leave), _) => Outcome::Left,
            (_, Some(i)) => Outcome::Wired(i),
            _ if offers.is_empty() => Outcome::Nothing(
                why_not.map_or_else(|| "Nothing on the canvas or in the library exports it".to_owned(), |(_, why)| why),
            ),
            _ => best(&offers).map_or(Outcome::NeedsChoice, Outcome::Wired),
        };
        // The one that is taken is always listed.
        if offers.len() > MOST_OFFERS && !matches!(outcome, Outcome::Wired(i) if i >= MOST_OFFERS) {
            more = offers.len() - MOST_OFFERS;
            offers.truncate(MOST_OFFERS);
        }
        Some(Planned { to, depth: visit.depth, offers, more, outcome })
    }
}

/// Which of the offers the user's choice means, if any still does. What was to be placed may be there by now, for another.
fn chosen(choice: Option<&Choice>, offers: &[Offer], draft: &Composition) -> Option<usize> {
    let choice = choice?;
    let exactly = offers.iter().position(|offer| offer.choice() == *choice);
    exactly.or_else(|| match choice {
        Choice::Place(component, export) => offers.iter().position(|offer| {
            let of = draft.instances.get(&offer.from.instance).map(|i| i.component);
            offer.place.is_none() && of == Some(*component) && offer.from.name == *export
        }),
        _ => None,
    })
}

/// The offer that is better than all others of its kind, if one is. They are sorted.
fn best(offers: &[Offer]) -> Option<usize> {
    let first = offers.first()?;
    let second = offers.get(1).filter(|second| second.place.is_some() == first.place.is_some());
    second.is_none_or(|second| first.fit == Fit::Exact && second.fit != Fit::Exact).then_some(0)
}

/// The instances that could provide for this import instead of the one that does, that one included, in the order of
/// names; with the place of the present one, if it is among them.
///
/// Names are looked at first, and each pair of components is compared once.
pub fn alternatives(composition: &Composition, library: &Library, to: &Port) -> (Vec<Port>, Option<usize>) {
    alternatives_with(&mut Fits::default(), composition, library, to)
}

/// The same with comparisons that are made already.
pub(super) fn alternatives_with<'a>(
    fits: &mut Fits<'a>,
    composition: &Composition,
    library: &'a Library,
    to: &Port,
) -> (Vec<Port>, Option<usize>) {
    let now = composition.wires.get(to);
    let mut reach = None;
    let mut fitting = Vec::new();
    for name in composition.instances.keys() {
        let Some(provider) = composition.component(library, name) else { continue };
        for export in &provider.exports {
            let is_now = now.is_some_and(|now| now.instance == *name && now.name == export.name);
            if base_name(&export.name) != base_name(&to.name) && !is_now {
                continue;
            }
            let from = Port::new(name, &export.name);
            let fit = fits.of_ports(composition, library, &from, to);
            if fit.is_some_and(|fit| fit.fits())
                && !reach.get_or_insert_with(|| Reach::new(composition, &to.instance, Side::Export)).closes(name)
            {
                fitting.push(from);
            }
        }
    }
    let at = now.and_then(|now| fitting.iter().position(|port| port == now));
    (fitting, at)
}
