//! The menu that a port's other end is chosen from: what fits with how it fits, components of the library that would,
//! and what does not fit with the reason.

use crate::component::{Digest, Kind};
use crate::compose::{self, Candidate, Edit, Port, Side};
use crate::diag::display_safe_line;
use crate::session::{Change, Command, Finding, FrameEdit, Session, Study};
use crate::ui::canvas;
use crate::ui::panels::{Outbox, Request, kit, library};
use crate::ui::parts::{self, ListRow};
use crate::ui::theme::{icons, size, space, tokens};
use egui::{Id, Key, Modifiers, Popup, PopupCloseBehavior, Pos2, ScrollArea, Ui};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is being chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum For {
    /// The other end of a wire from this port.
    Port(Port, Side),
    /// A component to place.
    Place,
    /// An instance for the frame of this title.
    Member(String),
}

/// An open menu.
pub struct Choosing {
    what: For,
    at: Pos2,
    search: String,
    /// Which of those that can be chosen.
    nth: usize,
    of_revision: u64,
    candidates: Arc<Vec<Candidate>>,
    /// Components of the library that fit, each with the first of its ports that does.
    fitting: Arc<BTreeMap<Digest, String>>,
    /// Whether what fits is still looked for.
    waits: bool,
    /// Instances that are not in the frame yet.
    outside: Vec<String>,
    entries: Vec<Entry>,
    /// What `entries` were looked for with.
    looked_for: Option<String>,
    /// How many entries from the first on can be chosen.
    usable: usize,
    is_fresh: bool,
    /// Whether there was something to choose from already: then the present choice was gone to.
    is_shown: bool,
}

#[derive(Debug, Clone, Copy)]
enum Entry {
    Disconnect,
    Candidate(usize),
    Place(Digest),
    VirtualWasi,
    Stub,
    /// One of those that are not in the frame.
    Member(usize),
}

impl Choosing {
    /// Opens at a point of the screen.
    pub fn new(what: For, at: Pos2) -> Self {
        Self {
            what,
            at,
            search: String::new(),
            nth: 0,
            of_revision: 0,
            candidates: Arc::default(),
            fitting: Arc::default(),
            waits: false,
            outside: Vec::new(),
            entries: Vec::new(),
            looked_for: None,
            usable: 0,
            is_fresh: true,
            is_shown: false,
        }
    }

    /// What it is for.
    pub fn what(&self) -> &For {
        &self.what
    }

    /// Takes what was found of what fits, and asks for what was not.
    fn look(&mut self, session: &Session, outbox: &mut Outbox) {
        let For::Port(port, side) = &self.what else { return };
        let mut ask = |study: Study| {
            let found = session.finding(&study).cloned();
            if found.is_none() {
                outbox.command(Command::Study(study));
            }
            found
        };
        let candidates = ask(Study::Candidates(session.wiring(), port.clone(), *side));
        let fitting = ask(Study::Fitting(session.wiring(), port.clone(), *side));
        let waited = std::mem::replace(&mut self.waits, candidates.is_none() || fitting.is_none());
        let (Some(candidates), Some(fitting)) = (candidates, fitting) else { return };
        let candidates = if let Finding::Candidates(found) = candidates { found } else { Arc::default() };
        let fitting = if let Finding::Fitting(found) = fitting { found } else { Arc::default() };
        if waited || self.candidates != candidates || self.fitting != fitting {
            (self.candidates, self.fitting) = (candidates, fitting);
            self.looked_for = None;
        }
    }

    fn refresh(&mut self, session: &Session, outbox: &mut Outbox) {
        self.look(session, outbox);
        if self.waits {
            (self.usable, self.looked_for) = (0, None);
            self.entries.clear();
            return;
        }
        let composition = &session.document().composition;
        if self.is_fresh || self.of_revision != session.revision() {
            self.of_revision = session.revision();
            self.looked_for = None;
            if let For::Member(title) = &self.what {
                let framed = session.document().framed();
                let names = composition.instances.keys().filter(|n| framed.get(n.as_str()) != Some(&title.as_str()));
                self.outside = names.cloned().collect();
                // Those in no frame first.
                self.outside.sort_by_key(|name| framed.contains_key(name.as_str()));
            }
        }
        if self.looked_for.as_ref() == Some(&self.search) {
            return;
        }
        self.looked_for = Some(self.search.clone());
        let wanted = self.search.trim().to_lowercase();
        let has = |text: &str| wanted.is_empty() || text.to_lowercase().contains(&wanted);
        let listed = |c: &Candidate| has(&c.port.instance) || has(&c.port.name);
        let these = |fits: bool| {
            let all = self.candidates.iter().enumerate().filter(move |(_, c)| c.fit.fits() == fits && listed(c));
            all.map(|(i, _)| Entry::Candidate(i))
        };
        let mut entries = Vec::new();
        match &self.what {
            For::Port(port, side) => {
                entries.extend(these(true));
                entries.extend(by_name(session, self.fitting.keys().copied(), &has));
                let is_open = *side == Side::Import && !composition.wires.contains_key(port);
                if is_open && compose::virtual_export(&port.name).is_some() && has("virtual wasi") {
                    entries.push(Entry::VirtualWasi);
                }
                if *side == Side::Import && super::super::menus::can_have_stub(session, port) && has("stub") {
                    entries.push(Entry::Stub);
                }
                // Last of all, so that nobody takes it by accident.
                if *side == Side::Import && composition.wires.contains_key(port) && has("not connected") {
                    entries.push(Entry::Disconnect);
                }
                self.usable = entries.len();
                entries.extend(these(false));
            }
            For::Member(_) => {
                let listed = self.outside.iter().enumerate().filter(|(_, name)| has(name));
                entries.extend(listed.map(|(i, _)| Entry::Member(i)));
                self.usable = entries.len();
            }
            For::Place => {
                let all = session.library().values().filter(|c| c.kind == Kind::Component).map(|c| c.digest);
                entries.extend(by_name(session, all, &has));
                self.usable = entries.len();
            }
        }
        self.entries = entries;
        if !self.is_shown {
            self.is_shown = true;
            let is_now = |e: &Entry| matches!(e, Entry::Candidate(i) if self.candidates.get(*i).is_some_and(|c| self.is_now(session, c)));
            self.nth = self.entries.iter().position(is_now).unwrap_or(0);
        }
        self.nth = self.nth.min(self.usable.saturating_sub(1));
    }

    /// Draws the menu; `false` once it is to be closed.
    pub fn show(&mut self, ui: &Ui, session: &Session, outbox: &mut Outbox) -> bool {
        let was_shown = self.is_shown;
        self.refresh(session, outbox);
        let (up, down, enter, escape) = ui.input_mut(|i| {
            let mut key = |key| i.consume_key(Modifiers::NONE, key);
            (key(Key::ArrowUp), key(Key::ArrowDown), key(Key::Enter), key(Key::Escape))
        });
        if up {
            self.nth = self.nth.saturating_sub(1);
        }
        if down {
            self.nth = (self.nth + 1).min(self.usable.saturating_sub(1));
        }
        let enter = enter && !self.is_fresh;
        let mut picked = (enter && self.nth < self.usable).then_some(self.nth);
        let mut is_open = true;
        let shown = Popup::new(Id::unique("choose an end"), ui.ctx().clone(), self.at, ui.layer_id())
            .kind(egui::PopupKind::Menu)
            .open_bool(&mut is_open)
            .close_behavior(PopupCloseBehavior::IgnoreClicks)
            .accessible_name("Choices")
            .show(|ui| {
                ui.set_width(440.0);
                let hint = match &self.what {
                    For::Port(_, Side::Import) => "Search providers",
                    For::Port(_, Side::Export) => "Search users",
                    For::Place => "Search components",
                    For::Member(_) => "Search instances",
                };
                let field = parts::search_field(ui, &mut self.search, hint);
                field.request_focus();
                ui.add_space(space::XS);
                if self.waits {
                    ui.label(kit::dim("Looking for what fits…"));
                } else if self.entries.is_empty() {
                    ui.label(kit::dim("Nothing has that name"));
                }
                let mut area = ScrollArea::vertical().max_height(264.0).min_scrolled_height(264.0);
                if up || down || field.changed() || self.is_shown != was_shown {
                    let room = 264.0 - size::ROW;
                    area = area.vertical_scroll_offset((self.nth as f32 * size::ROW - room / 2.0).max(0.0));
                }
                ui.spacing_mut().item_spacing.y = 0.0;
                area.show_rows(ui, size::ROW, self.entries.len(), |ui, range| {
                    for i in range {
                        let Some(entry) = self.entries.get(i).copied() else { continue };
                        let response = self.row(ui, session, entry, i == self.nth && self.usable > 0);
                        if i == self.nth {
                            let id = response.id.accesskit_id();
                            ui.ctx().accesskit_node_builder(field.id, |node| node.set_active_descendant(id));
                        }
                        if response.clicked() {
                            picked = Some(i);
                        }
                    }
                });
            });
        let pressed_outside = ui.input(|i| i.pointer.any_pressed())
            && shown.is_some_and(|s| {
                ui.input(|i| i.pointer.interact_pos()).is_some_and(|at| !s.response.rect.contains(at))
            });
        let was_fresh = std::mem::replace(&mut self.is_fresh, false);
        if let Some(entry) = picked.and_then(|i| self.entries.get(i)) {
            self.take(session, *entry, outbox);
            return false;
        }
        is_open && !escape && (was_fresh || !pressed_outside)
    }

    fn row(&self, ui: &mut Ui, session: &Session, entry: Entry, is_chosen: bool) -> egui::Response {
        let t = tokens(ui.ctx());
        match entry {
            Entry::Disconnect => ListRow::new("Not connected").icon(icons::LINK_BREAK).selected(is_chosen).show(ui),
            Entry::Place(digest) => {
                let name = session.library().get(&digest).map(|c| c.name.clone()).unwrap_or_default();
                let connects = matches!(self.what, For::Port(..));
                let name = display_safe_line(&name).into_owned();
                let text = if connects { format!("Place {name} and connect it") } else { format!("Place {name}") };
                ListRow::new(&text).icon(icons::PLUS).selected(is_chosen).show(ui)
            }
            Entry::VirtualWasi => {
                let row = ListRow::new("Add a virtual WASI and connect it").icon(icons::FLASK);
                row.detail("to all that is asked of WASI").selected(is_chosen).show(ui)
            }
            Entry::Stub => ListRow::new("Add a stub and connect it").icon(icons::PLUG).selected(is_chosen).show(ui),
            Entry::Member(i) => {
                let Some(name) = self.outside.get(i) else { return ui.label("") };
                let shown = display_safe_line(name);
                let from = session.document().frame_of(name).map(|title| format!("in {}", display_safe_line(title)));
                let row = ListRow::new(&shown).icon(icons::CUBE).selected(is_chosen);
                row.detail(&from.unwrap_or_default()).show(ui)
            }
            Entry::Candidate(i) => {
                let Some(candidate) = self.candidates.get(i) else { return ui.label("") };
                let text = candidate.port.to_string();
                let words = canvas::fit_words(candidate);
                let is_now = self.is_now(session, candidate);
                let words = if is_now { "Connected".to_owned() } else { display_safe_line(&words).into_owned() };
                let fits = candidate.fit.fits();
                let row = ListRow::new(&text).detail(&words).selected(is_chosen);
                let row = match (fits, is_now) {
                    (false, _) => row.icon(icons::PROHIBIT),
                    (_, true) => row.colored_icon(icons::LINK, t.accent),
                    _ => row.colored_icon(icons::CHECK, t.ok),
                };
                let response = ui.add_enabled_ui(fits, |ui| row.show(ui)).inner;
                let tip = format!("{text}\n{words}");
                if fits { response.on_hover_text(tip) } else { response.on_disabled_hover_text(tip) }
            }
        }
    }

    fn ends(&self, other: &Port) -> Option<(Port, Port)> {
        match &self.what {
            For::Port(port, Side::Import) => Some((other.clone(), port.clone())),
            For::Port(port, Side::Export) => Some((port.clone(), other.clone())),
            For::Place | For::Member(_) => None,
        }
    }

    fn is_now(&self, session: &Session, candidate: &Candidate) -> bool {
        let wires = &session.document().composition.wires;
        self.ends(&candidate.port).is_some_and(|(from, to)| wires.get(&to) == Some(&from))
    }

    fn take(&self, session: &Session, entry: Entry, outbox: &mut Outbox) {
        match (entry, &self.what) {
            (Entry::Disconnect, For::Port(port, _)) => outbox.change(Change::Compose(Edit::Disconnect(port.clone()))),
            (Entry::Stub, For::Port(port, _)) => outbox.add_stub(session, port.clone()),
            (Entry::VirtualWasi, For::Port(port, _)) => {
                let at = library::free_place(session);
                outbox.command(Command::AddVirtualWasi { at, wire_to: vec![port.instance.clone()] });
            }
            (Entry::Candidate(i), _) => {
                let ends = self.candidates.get(i).and_then(|c| self.ends(&c.port));
                if let Some((from, to)) = ends {
                    outbox.change(Change::Compose(Edit::Connect { from, to }));
                }
            }
            (Entry::Place(digest), For::Port(port, side)) => {
                if let Some(own) = self.fitting.get(&digest) {
                    let connect = Some((own.clone(), port.clone(), *side));
                    let at = library::free_place(session);
                    outbox.change(Change::Place { component: digest, at, connect });
                }
            }
            (Entry::Place(digest), For::Place) => outbox.request(Request::Place(digest)),
            (Entry::Member(i), For::Member(title)) => {
                if let Some(name) = self.outside.get(i) {
                    outbox.change(Change::Frame(FrameEdit::Join(title.clone(), vec![name.clone()])));
                }
            }
            (Entry::Disconnect | Entry::VirtualWasi | Entry::Stub | Entry::Place(_), For::Place | For::Member(_))
            | (Entry::Member(_), _) => {}
        }
    }
}

fn by_name(session: &Session, digests: impl Iterator<Item = Digest>, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
    let name = |digest: &Digest| session.library().get(digest).map(|c| c.name.clone()).unwrap_or_default();
    let mut found: Vec<_> = digests.map(|d| (name(&d), d)).filter(|(name, _)| has(name)).collect();
    found.sort();
    found.into_iter().map(|(_, digest)| Entry::Place(digest)).collect()
}
