//! The menu that something is chosen from which there may be many of: a port's other end, with how it fits; a component to
//! place, to connect, or to take an instance's place. What cannot be chosen says why.

use super::{counted, menus};
use crate::component::{Component, Digest, Kind};
use crate::compose::{self, Candidate, Edit, Joint, Port, Replacement, Side};
use crate::diag::display_safe_line;
use crate::session::samples::{SAMPLES, Sample, sample};
use crate::session::{Change, Command, Finding, FrameEdit, Session, Study};
use crate::ui::canvas::{self, end_beside};
use crate::ui::panels::{Outbox, Request, kit, library};
use crate::ui::parts::{self, ListRow};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{Id, Key, Modifiers, Popup, PopupCloseBehavior, Pos2, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is being chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum For {
    /// The other end of a wire from this port.
    Port(Port, Side),
    /// Something new at the other end of a wire from this port.
    New(Port, Side),
    /// A component in this instance's place.
    Instead(String),
    /// A component to place.
    Place,
    /// An instance for the frame of this title.
    Member(String),
}

/// An open menu.
pub struct Choosing {
    what: For,
    at: Pos2,
    /// Where on the canvas what is placed goes; if it was not opened there, where there is room.
    place: Option<[f32; 2]>,
    /// What had the focus before.
    back: Option<Id>,
    search: String,
    /// Which of the entries.
    nth: usize,
    /// Somebody chose this one; until then it is the first.
    is_moved: bool,
    of_revision: u64,
    found: Found,
    /// Instances that are not in the frame yet.
    outside: Vec<String>,
    entries: Vec<Entry>,
    /// What `entries` were looked for with.
    looked_for: Option<String>,
    is_fresh: bool,
    /// Whether there was something to choose from already: then the present choice was gone to.
    is_shown: bool,
}

/// What was worked out in the background; nothing while it is.
#[derive(Default, PartialEq)]
struct Found {
    candidates: Option<Arc<Vec<Candidate>>>,
    /// Components of the library that fit, each with the first of its ports that does.
    fitting: Option<Arc<BTreeMap<Digest, String>>>,
    /// The same of the samples.
    samples: Option<Arc<Vec<(&'static str, String)>>>,
    replacements: Option<Arc<Vec<Replacement>>>,
    /// The same of the samples, those that fit.
    sample_replacements: Option<Arc<Vec<(&'static str, Replacement)>>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Entry {
    /// Words between the others.
    Words(&'static str),
    Disconnect,
    Candidate(usize),
    Place(Digest),
    /// One that cannot be placed.
    Faulty(Digest),
    /// A sample, by its file name.
    Sample(&'static str),
    Replacement(usize),
    SampleReplacement(usize),
    VirtualWasi,
    Stub,
    /// One of those that are not in the frame.
    Member(usize),
}

/// What is said while it is not known which samples fit.
const LOOKING: &str = "Looking among the samples…";

/// So high is the list at most, and what is said of the choice below it.
const HEIGHT: f32 = 12.0 * size::ROW;
const FOOT: f32 = 3.0 * 16.0;

impl Choosing {
    /// Opens at a point of the screen.
    pub fn new(what: For, at: Pos2) -> Self {
        Self {
            what,
            at,
            place: None,
            back: None,
            search: String::new(),
            nth: 0,
            is_moved: false,
            of_revision: 0,
            found: Found::default(),
            outside: Vec::new(),
            entries: Vec::new(),
            looked_for: None,
            is_fresh: true,
            is_shown: false,
        }
    }

    /// Places what is placed there, in canvas points.
    pub fn placing(mut self, place: Option<[f32; 2]>) -> Self {
        self.place = place;
        self
    }

    /// The wire whose end is chosen here, and where it was let go on the canvas.
    pub fn loose_end(&self) -> Option<(Port, Side, Pos2)> {
        match (&self.what, self.place) {
            (For::New(port, side), Some(at)) => Some((port.clone(), *side, end_beside(at.into(), *side))),
            _ => None,
        }
    }

    /// What it is for.
    pub fn what(&self) -> &For {
        &self.what
    }

    /// What had the focus before.
    pub fn back(&self) -> Option<Id> {
        self.back
    }

    /// Takes what was found of what fits, and asks for what was not.
    fn look(&mut self, session: &Session, outbox: &mut Outbox) {
        let mut ask = |study: Study| {
            let found = session.finding(&study);
            if found.is_none() {
                outbox.command(Command::Study(study));
            }
            found
        };
        let mut now = Found::default();
        let wiring = session.wiring();
        if let For::Port(port, side) = &self.what {
            now.candidates = ask(Study::Candidates(wiring, port.clone(), *side)).map(|found| match found {
                Finding::Candidates(found) => Arc::clone(found),
                _ => Arc::default(),
            });
        }
        if let For::Port(port, side) | For::New(port, side) = &self.what {
            now.fitting = ask(Study::Fitting(wiring, port.clone(), *side)).map(|found| match found {
                Finding::Fitting(found) => Arc::clone(found),
                _ => Arc::default(),
            });
            now.samples = ask(Study::Samples(wiring, port.clone(), *side)).map(|found| match found {
                Finding::Samples(found) => Arc::clone(found),
                _ => Arc::default(),
            });
        }
        if let For::Instead(instance) = &self.what {
            now.replacements = ask(Study::Replacements(wiring, instance.clone())).map(|found| match found {
                Finding::Replacements(found) => Arc::clone(found),
                _ => Arc::default(),
            });
            now.sample_replacements =
                ask(Study::SampleReplacements(wiring, instance.clone())).map(|found| match found {
                    Finding::SampleReplacements(found) => Arc::clone(found),
                    _ => Arc::default(),
                });
        }
        if now != self.found {
            self.found = now;
            self.looked_for = None;
        }
    }

    /// Whether what comes first is still looked for.
    fn waits(&self) -> bool {
        match &self.what {
            For::Port(..) => self.found.candidates.is_none() || self.found.fitting.is_none(),
            For::New(..) => self.found.fitting.is_none(),
            For::Instead(_) => self.found.replacements.is_none(),
            For::Place | For::Member(_) => false,
        }
    }

    fn refresh(&mut self, session: &Session, outbox: &mut Outbox) {
        self.look(session, outbox);
        if self.waits() {
            self.looked_for = None;
            self.entries.clear();
            return;
        }
        if self.is_fresh || self.of_revision != session.revision() {
            self.of_revision = session.revision();
            self.looked_for = None;
            if let For::Member(title) = &self.what {
                let framed = session.document().framed();
                let names = session.document().composition.instances.keys();
                let names = names.filter(|n| framed.get(n.as_str()) != Some(&title.as_str()));
                self.outside = names.cloned().collect();
                // Those in no frame first.
                self.outside.sort_by_key(|name| framed.contains_key(name.as_str()));
            }
        }
        if self.looked_for.as_ref() == Some(&self.search) {
            return;
        }
        let is_same_search = self.looked_for.is_none();
        self.looked_for = Some(self.search.clone());
        let chosen = self.entries.get(self.nth).copied().filter(|_| self.is_moved && is_same_search);
        self.entries = self.listed(session);
        let first = self.entries.iter().position(|e| self.is_usable(e)).unwrap_or(0);
        self.nth = chosen.and_then(|e| self.entries.iter().position(|other| *other == e)).unwrap_or(first);
        if !self.is_shown {
            self.is_shown = true;
            let candidates = self.found.candidates.as_deref().map(Vec::as_slice).unwrap_or_default();
            let is_now = |e: &Entry| matches!(e, Entry::Candidate(i) if candidates.get(*i).is_some_and(|c| self.is_now(session, c)));
            self.nth = self.entries.iter().position(is_now).unwrap_or(first);
        }
    }

    /// What there is to choose from, with what was searched for in its name.
    fn listed(&self, session: &Session) -> Vec<Entry> {
        let wanted = self.search.trim().to_lowercase();
        let has = |text: &str| wanted.is_empty() || text.to_lowercase().contains(&wanted);
        match &self.what {
            For::Port(port, side) => self.ends_listed(session, port, *side, &has),
            For::New(port, side) => {
                let components = self.fitting_listed(session, &has);
                let mut out = vec![Entry::Words("Open components that fit")];
                if components.is_empty() && wanted.is_empty() {
                    out = vec![Entry::Words("No open component fits")];
                }
                out.extend(components);
                headed(&mut out, "Samples that fit", self.samples_listed(&has));
                headed(&mut out, "Made for it", stand_ins(session, port, *side, &has));
                out
            }
            For::Instead(_) => {
                let found = self.found.replacements.iter().flat_map(|found| found.iter().enumerate());
                let name = |r: &Replacement| session.library().get(&r.component).is_some_and(|c| has(&c.name));
                let of = |fits: bool| {
                    let these = found.clone().filter(move |(_, r)| r.fits() == fits && name(r));
                    these.map(|(i, _)| Entry::Replacement(i)).collect::<Vec<_>>()
                };
                let mut out = of(true);
                headed(&mut out, "Samples that fit", self.sample_replacements_listed(&has));
                headed(&mut out, "Do not fit", of(false));
                out
            }
            For::Member(_) => {
                let listed = self.outside.iter().enumerate().filter(|(_, name)| has(name));
                listed.map(|(i, _)| Entry::Member(i)).collect()
            }
            For::Place => {
                let all = session.library().values().map(|c| &**c).filter(|c| c.kind == Kind::Component);
                let all = all.filter(|c| !library::is_old_stub(session, c));
                let mut out = by_name(all.clone().filter(|c| c.is_usable()), Entry::Place, &has);
                let is_closed = |s: &&Sample| !session.library().values().any(|c| c.name == s.name());
                let closed = SAMPLES.iter().filter(is_closed).filter(|s| has(s.file) || has(s.language));
                headed(&mut out, "Samples", closed.map(|s| Entry::Sample(s.file)).collect());
                let faulty = by_name(all.filter(|c| !c.is_usable()), Entry::Faulty, &has);
                headed(&mut out, "Cannot be placed", faulty);
                out
            }
        }
    }

    fn ends_listed(&self, session: &Session, port: &Port, side: Side, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
        let candidates = self.found.candidates.as_deref().map(Vec::as_slice).unwrap_or_default();
        let these = |fits: bool| {
            let all = candidates.iter().enumerate().filter(|(_, c)| c.fit.fits() == fits);
            let listed = all.filter(|(_, c)| has(&c.port.instance) || has(&c.port.name));
            listed.map(|(i, _)| Entry::Candidate(i)).collect::<Vec<_>>()
        };
        let mut out = these(true);
        out.extend(self.fitting_listed(session, has));
        out.extend(stand_ins(session, port, side, has));
        // Last of what is open, so that nobody takes it by accident.
        let is_wired = session.document().composition.wires.contains_key(port);
        if side == Side::Import && is_wired && has("not connected") {
            out.push(Entry::Disconnect);
        }
        headed(&mut out, "Samples that fit", self.samples_listed(has));
        headed(&mut out, "Do not fit", these(false));
        out
    }

    fn fitting_listed(&self, session: &Session, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
        let found = self.found.fitting.iter().flat_map(|found| found.keys());
        let components = found.filter_map(|digest| session.library().get(digest));
        by_name(components.map(|c| &**c).filter(|c| !library::is_old_stub(session, c)), Entry::Place, has)
    }

    fn samples_listed(&self, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
        let Some(found) = &self.found.samples else { return vec![Entry::Words(LOOKING)] };
        found.iter().filter(|(file, _)| is_sample_named(file, has)).map(|(file, _)| Entry::Sample(file)).collect()
    }

    fn sample_replacements_listed(&self, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
        let Some(found) = &self.found.sample_replacements else { return vec![Entry::Words(LOOKING)] };
        let named = found.iter().enumerate().filter(|(_, (file, _))| is_sample_named(file, has));
        named.map(|(i, _)| Entry::SampleReplacement(i)).collect()
    }

    /// What an entry would put in an instance's place; of a sample, its file name too.
    fn replacement(&self, entry: &Entry) -> Option<(&Replacement, Option<&'static str>)> {
        match entry {
            Entry::Replacement(i) => Some((self.found.replacements.as_ref()?.get(*i)?, None)),
            Entry::SampleReplacement(i) => {
                let (file, found) = self.found.sample_replacements.as_ref()?.get(*i)?;
                Some((found, Some(file)))
            }
            _ => None,
        }
    }

    fn candidate(&self, i: usize) -> Option<&Candidate> {
        self.found.candidates.as_ref()?.get(i)
    }

    /// Whether it can be chosen.
    fn is_usable(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Words(_) | Entry::Faulty(_) => false,
            Entry::Candidate(i) => self.candidate(*i).is_some_and(|c| c.fit.fits()),
            Entry::Replacement(_) | Entry::SampleReplacement(_) => {
                self.replacement(entry).is_some_and(|(found, _)| found.fits())
            }
            _ => true,
        }
    }

    /// The next entry in this direction, or the same at the end. What cannot be chosen says why when it is gone to.
    fn beside(&self, forward: bool) -> usize {
        let is_gone_to = |i: &usize| self.entries.get(*i).is_some_and(|e| !matches!(e, Entry::Words(_)));
        let next = if forward {
            (self.nth + 1..self.entries.len()).find(is_gone_to)
        } else {
            (0..self.nth.min(self.entries.len())).rev().find(is_gone_to)
        };
        next.unwrap_or(self.nth)
    }

    /// Draws the menu; `false` once it is to be closed.
    pub fn show(&mut self, ui: &Ui, session: &Session, outbox: &mut Outbox) -> bool {
        if self.is_fresh {
            self.back = ui.memory(|m| m.focused());
        }
        let was_shown = self.is_shown;
        self.refresh(session, outbox);
        let (up, down, enter, escape) = ui.input_mut(|i| {
            let mut key = |key| i.consume_key(Modifiers::NONE, key);
            (key(Key::ArrowUp), key(Key::ArrowDown), key(Key::Enter), key(Key::Escape))
        });
        if up || down {
            (self.nth, self.is_moved) = (self.beside(down), true);
        }
        let chosen = self.entries.get(self.nth).copied();
        let mut picked = chosen.filter(|e| enter && !self.is_fresh && self.is_usable(e));
        let mut is_open = true;
        let shown = Popup::new(Id::unique("choose an end"), ui.ctx().clone(), self.at, ui.layer_id())
            .kind(egui::PopupKind::Menu)
            .open_bool(&mut is_open)
            .close_behavior(PopupCloseBehavior::IgnoreClicks)
            .accessible_name("Choices")
            .show(|ui| {
                ui.set_width(self.width());
                let hint = self.hint();
                let field = parts::search_field(ui, &mut self.search, hint);
                field.request_focus();
                ui.add_space(space::XS);
                if self.waits() {
                    ui.label(kit::dim("Looking for what fits…"));
                } else if !self.entries.iter().any(|e| !matches!(e, Entry::Words(_))) {
                    ui.label(kit::dim(self.nothing()));
                }
                let mut area = ScrollArea::vertical().max_height(HEIGHT).min_scrolled_height(HEIGHT);
                if up || down || field.changed() || self.is_shown != was_shown {
                    let room = HEIGHT - size::ROW;
                    area = area.vertical_scroll_offset((self.nth as f32 * size::ROW - room / 2.0).max(0.0));
                }
                ui.spacing_mut().item_spacing.y = 0.0;
                area.show_rows(ui, size::ROW, self.entries.len(), |ui, range| {
                    for i in range {
                        let Some(entry) = self.entries.get(i).copied() else { continue };
                        let Some(response) = self.row(ui, session, entry, i == self.nth) else { continue };
                        if i == self.nth {
                            let id = response.id.accesskit_id();
                            ui.ctx().accesskit_node_builder(field.id, |node| node.set_active_descendant(id));
                        }
                        if response.clicked() {
                            picked = Some(entry);
                        }
                    }
                });
                self.foot(ui, session);
            });
        let pressed_outside = ui.input(|i| i.pointer.any_pressed())
            && shown.is_some_and(|s| {
                ui.input(|i| i.pointer.interact_pos()).is_some_and(|at| !s.response.rect.contains(at))
            });
        let was_fresh = std::mem::replace(&mut self.is_fresh, false);
        if let Some(entry) = picked.filter(|e| self.is_usable(e)) {
            self.take(session, entry, outbox);
            return false;
        }
        if pressed_outside && !was_fresh {
            // The focus goes to what was pressed.
            self.back = None;
        }
        is_open && !escape && (was_fresh || !pressed_outside)
    }

    /// Reasons take room, names do not.
    fn width(&self) -> f32 {
        match &self.what {
            For::Port(..) | For::Instead(_) => 440.0,
            For::New(..) | For::Place | For::Member(_) => 320.0,
        }
    }

    /// What the search field is called.
    fn hint(&self) -> &'static str {
        match &self.what {
            For::Port(_, Side::Import) => "Search providers",
            For::Port(_, Side::Export) => "Search users",
            For::New(..) => "Search components that fit",
            For::Instead(_) | For::Place => "Search components",
            For::Member(_) => "Search instances",
        }
    }

    /// What is said where there is nothing to choose.
    fn nothing(&self) -> &'static str {
        match &self.what {
            _ if !self.search.trim().is_empty() => "Nothing has that name",
            For::Instead(_) => "No other open component has ports like these",
            For::New(..) | For::Port(..) => "Nothing fits",
            For::Place => "No component is open",
            For::Member(_) => "Every instance is in this frame",
        }
    }

    /// What there is to say of the choice, below all of them.
    fn foot(&self, ui: &mut Ui, session: &Session) {
        let entry = self.entries.get(self.nth);
        let words = match (&self.what, entry) {
            (For::Place | For::Member(_), _) => return,
            (_, Some(Entry::Candidate(i))) => self.candidate(*i).map(|c| self.candidate_words(session, c)),
            (_, Some(entry @ (Entry::Replacement(_) | Entry::SampleReplacement(_)))) => {
                self.replacement(entry).map(|(found, _)| whole_words(found))
            }
            (_, Some(Entry::Words(_) | Entry::Disconnect) | None) => None,
            _ => self.replaced(session).map(|from| format!("Replaces {from}")),
        };
        let mut candidates = self.found.candidates.iter().flat_map(|all| all.iter());
        let samples = self.found.sample_replacements.iter().flat_map(|all| all.iter().map(|(_, found)| found));
        let mut replacements = self.found.replacements.iter().flat_map(|all| all.iter()).chain(samples);
        let is_steady = self.replaced(session).is_some()
            || candidates.any(|c| !c.fit.fits())
            || replacements.any(|r| !r.fits() || !r.loses.is_empty());
        if !is_steady {
            return;
        }
        let words = words.unwrap_or_default();
        ui.add_space(space::XS);
        parts::hairline(ui);
        let t = tokens(ui.ctx());
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), FOOT), Sense::hover());
        let mut job =
            egui::text::LayoutJob::simple(words.clone(), fonts::text(size::SMALL), t.normal, rect.width() - space::S);
        job.wrap.max_rows = 3;
        let text = ui.painter().layout_job(job);
        ui.painter().galley(rect.min + vec2(space::XS, space::XS), text, t.normal);
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
    }

    /// What provides for the import so far.
    fn replaced<'a>(&self, session: &'a Session) -> Option<&'a Port> {
        match &self.what {
            For::Port(import, Side::Import) | For::New(import, Side::Import) => {
                session.document().composition.wires.get(import)
            }
            _ => None,
        }
    }

    fn candidate_words(&self, session: &Session, candidate: &Candidate) -> String {
        if self.is_now(session, candidate) {
            return "Connected".to_owned();
        }
        display_safe_line(&canvas::fit_words(candidate)).into_owned()
    }

    fn row(&self, ui: &mut Ui, session: &Session, entry: Entry, is_chosen: bool) -> Option<egui::Response> {
        let t = tokens(ui.ctx());
        Some(match entry {
            Entry::Words(words) => {
                kit::group_row(ui, words);
                return None;
            }
            Entry::Disconnect => ListRow::new("Not connected").icon(icons::LINK_BREAK).selected(is_chosen).show(ui),
            Entry::Place(digest) => {
                let component = session.library().get(&digest)?;
                let name = display_safe_line(&component.name);
                let text = match self.what {
                    For::Port(..) => format!("Place {name} and connect it"),
                    For::Place => format!("Place {name}"),
                    _ => name.into_owned(),
                };
                let badge = session.opened(&digest).and_then(|o| o.badge()).map(display_safe_line).unwrap_or_default();
                let icon = if matches!(self.what, For::New(..)) { icons::CUBE } else { icons::PLUS };
                ListRow::new(&text).icon(icon).trailing(&badge).selected(is_chosen).show(ui)
            }
            Entry::Sample(file) => {
                let sample = sample(file)?;
                let text = match self.what {
                    For::Port(..) => format!("Open {}, place and connect it", sample.name()),
                    _ => sample.name().to_owned(),
                };
                let row = ListRow::new(&text).icon(icons::PLUS).trailing(sample.language).selected(is_chosen);
                row.show(ui).on_hover_text(format!("{}. It is opened first", sample.about))
            }
            Entry::Faulty(digest) => {
                let component = session.library().get(&digest)?;
                let (name, why) = (display_safe_line(&component.name), kit::why_not_placed(component)?);
                let row = ListRow::new(&name).detail(&why).icon(icons::PROHIBIT).selected(is_chosen);
                let response = ui.add_enabled_ui(false, |ui| row.show(ui)).inner;
                response.on_disabled_hover_text(format!("{name}\n{why}"))
            }
            Entry::Replacement(_) | Entry::SampleReplacement(_) => {
                let (found, file) = self.replacement(&entry)?;
                let sample = file.and_then(sample);
                let name = match sample {
                    Some(sample) => sample.name().into(),
                    None => display_safe_line(&session.library().get(&found.component)?.name),
                };
                let words = short_words(found);
                let row = ListRow::new(&name).detail(&words).selected(is_chosen);
                let row = row.trailing(sample.map(|s| s.language).unwrap_or_default());
                let row = match (found.fits(), found.loses.is_empty()) {
                    (false, _) => row.icon(icons::PROHIBIT),
                    (_, false) => row.colored_icon(icons::WARNING, t.warn),
                    _ => row.colored_icon(icons::CHECK, t.ok),
                };
                let response = ui.add_enabled_ui(found.fits(), |ui| row.show(ui)).inner;
                let about = sample.map(|s| format!("\n{}. It is opened first", s.about)).unwrap_or_default();
                let tip = format!("{name}{about}\n{}", whole_words(found));
                if found.fits() { response.on_hover_text(tip) } else { response.on_disabled_hover_text(tip) }
            }
            Entry::VirtualWasi => {
                let text = if self.is_new() { "Add virtual WASI" } else { "Add a virtual WASI and connect it" };
                let row = ListRow::new(text).icon(icons::FLASK);
                let row = if self.is_new() {
                    row.trailing("all it asks for")
                } else {
                    row.detail("to all that is asked of WASI")
                };
                row.selected(is_chosen).show(ui)
            }
            Entry::Stub => {
                let text = if self.is_new() { "Add stub" } else { "Add a stub and connect it" };
                ListRow::new(text).icon(icons::PLUG).selected(is_chosen).show(ui)
            }
            Entry::Member(i) => {
                let name = self.outside.get(i)?;
                let shown = display_safe_line(name);
                let from = session.document().frame_of(name).map(|title| format!("in {}", display_safe_line(title)));
                let row = ListRow::new(&shown).icon(icons::CUBE).selected(is_chosen);
                row.detail(&from.unwrap_or_default()).show(ui)
            }
            Entry::Candidate(i) => {
                let candidate = self.candidate(i)?;
                let text = candidate.port.to_string();
                let words = self.candidate_words(session, candidate);
                let fits = candidate.fit.fits();
                let row = ListRow::new(&text).detail(&words).selected(is_chosen);
                let row = match (fits, self.is_now(session, candidate)) {
                    (false, _) => row.icon(icons::PROHIBIT),
                    (_, true) => row.colored_icon(icons::LINK, t.accent),
                    _ => row.colored_icon(icons::CHECK, t.ok),
                };
                let response = ui.add_enabled_ui(fits, |ui| row.show(ui)).inner;
                let tip = format!("{text}\n{words}");
                if fits { response.on_hover_text(tip) } else { response.on_disabled_hover_text(tip) }
            }
        })
    }

    fn is_new(&self) -> bool {
        matches!(self.what, For::New(..))
    }

    fn ends(&self, other: &Port) -> Option<(Port, Port)> {
        match &self.what {
            For::Port(port, Side::Import) => Some((other.clone(), port.clone())),
            For::Port(port, Side::Export) => Some((port.clone(), other.clone())),
            _ => None,
        }
    }

    fn is_now(&self, session: &Session, candidate: &Candidate) -> bool {
        let wires = &session.document().composition.wires;
        self.ends(&candidate.port).is_some_and(|(from, to)| wires.get(&to) == Some(&from))
    }

    fn take(&self, session: &Session, entry: Entry, outbox: &mut Outbox) {
        let at = self.place.unwrap_or_else(|| library::free_place(session));
        match (entry, &self.what) {
            (Entry::Disconnect, For::Port(port, _)) => outbox.change(Change::Compose(Edit::Disconnect(port.clone()))),
            (Entry::Stub, For::Port(port, _) | For::New(port, _)) => match self.place {
                Some(at) => outbox.command(Command::AddStub { port: port.clone(), at }),
                None => outbox.add_stub(session, port.clone()),
            },
            (Entry::VirtualWasi, For::Port(port, _) | For::New(port, _)) => {
                outbox.command(Command::AddVirtualWasi { at, wire_to: vec![port.instance.clone()] });
            }
            (Entry::Candidate(i), _) => {
                if let Some((from, to)) = self.candidate(i).and_then(|c| self.ends(&c.port)) {
                    outbox.change(Change::Compose(Edit::Connect { from, to }));
                }
            }
            (entry, For::Instead(instance)) => {
                let Some((found, sample)) = self.replacement(&entry) else { return };
                let change = match <[Edit; 1]>::try_from(found.edits(instance)) {
                    Ok([one]) => Change::Compose(one),
                    Err(edits) => Change::ComposeAll("Replace instance", edits),
                };
                outbox.command(match sample {
                    Some(file) => Command::ChangeWithSample(file.to_owned(), change),
                    None => Command::Change(change),
                });
            }
            (Entry::Place(component), For::Port(port, side) | For::New(port, side)) => {
                if let Some(own) = self.found.fitting.as_ref().and_then(|found| found.get(&component)) {
                    let connect = Some((own.clone(), port.clone(), *side));
                    outbox.change(Change::Place { component, at, connect });
                }
            }
            (Entry::Sample(file), For::Port(port, side) | For::New(port, side)) => {
                let own = self.found.samples.iter().flat_map(|found| found.iter()).find(|(name, _)| *name == file);
                if let Some((_, own)) = own {
                    let connect = Some((own.clone(), port.clone(), *side));
                    outbox.command(Command::PlaceSample { file: file.to_owned(), at, connect });
                }
            }
            (Entry::Place(component), For::Place) => match self.place {
                Some(at) => outbox.change(Change::Place { component, at, connect: None }),
                None => outbox.request(Request::Place(component)),
            },
            (Entry::Sample(file), For::Place) => {
                outbox.command(Command::PlaceSample { file: file.to_owned(), at, connect: None });
            }
            (Entry::Member(i), For::Member(title)) => {
                if let Some(name) = self.outside.get(i) {
                    outbox.change(Change::Frame(FrameEdit::Join(title.clone(), vec![name.clone()])));
                }
            }
            // No menu has these together.
            _ => {}
        }
    }
}

fn is_sample_named(file: &str, has: &dyn Fn(&str) -> bool) -> bool {
    has(file) || sample(file).is_some_and(|s| has(s.language))
}

/// Entries under a heading, if there are any.
fn headed(out: &mut Vec<Entry>, heading: &'static str, entries: Vec<Entry>) {
    match entries.as_slice() {
        [] => {}
        [Entry::Words(_)] => out.extend(entries),
        _ => {
            out.push(Entry::Words(heading));
            out.extend(entries);
        }
    }
}

/// What can be made for an import.
fn stand_ins(session: &Session, port: &Port, side: Side, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
    let mut out = Vec::new();
    if side == Side::Export {
        return out;
    }
    let is_open = !session.document().composition.wires.contains_key(port);
    if is_open && compose::virtual_export(&port.name).is_some() && has("virtual wasi") {
        out.push(Entry::VirtualWasi);
    }
    if menus::can_have_stub(session, port) && has("stub") {
        out.push(Entry::Stub);
    }
    out
}

fn by_name<'a>(
    components: impl Iterator<Item = &'a Component>,
    entry: fn(Digest) -> Entry,
    has: &dyn Fn(&str) -> bool,
) -> Vec<Entry> {
    let mut found: Vec<_> = components.filter(|c| has(&c.name)).map(|c| (&c.name, c.digest)).collect();
    found.sort();
    found.into_iter().map(|(_, digest)| entry(digest)).collect()
}

/// What a replacement means, in a few words.
fn short_words(found: &Replacement) -> String {
    match (&found.difference, found.loses.as_slice(), found.keeps) {
        (Some((_, why)), ..) => format!("Does not fit: {}", display_safe_line(why)),
        (_, [], n) => kept_words(n),
        (_, [one], _) => format!("Loses {one}"),
        (_, all, _) => format!("Loses {}", counted(all.len(), "connection")),
    }
}

fn kept_words(n: usize) -> String {
    if n == 0 { "Nothing is connected".to_owned() } else { format!("Keeps {}", counted(n, "connection")) }
}

/// So many of what would be lost are named.
const MOST_NAMED: usize = 6;

/// The same with every wire that it is about.
fn whole_words(found: &Replacement) -> String {
    if let Some((joint, why)) = &found.difference {
        return format!("Does not fit: {}\n{joint}", display_safe_line(why));
    }
    let mut words = match found.keeps {
        0 if !found.loses.is_empty() => "Keeps nothing that is connected".to_owned(),
        n => kept_words(n),
    };
    if !found.loses.is_empty() {
        let named: Vec<String> = found.loses.iter().take(MOST_NAMED).map(Joint::to_string).collect();
        let more = found.loses.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
        words.push_str(&format!(", loses\n{}{more}", named.join("\n")));
    }
    words
}
