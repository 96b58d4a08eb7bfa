//! The menu that something is chosen from which there may be many of: a port's other end, with how it fits; a component to
//! place, to connect, or to take an instance's place. What cannot be chosen says why.

mod listed;
mod row;

use crate::component::Digest;
use crate::compose::{Candidate, Edit, Port, Replacement, Side};
use crate::session::{Change, Command, Finding, FrameEdit, Session, Study};
use crate::ui::canvas::end_beside;
use crate::ui::panels::{Outbox, Request, kit, library};
use crate::ui::parts;
use crate::ui::theme::{fonts, size, space, tokens};
use egui::{Id, Key, Modifiers, Popup, PopupCloseBehavior, Pos2, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use row::whole_words;
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
