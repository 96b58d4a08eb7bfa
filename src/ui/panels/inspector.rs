//! The inspector: what is selected, seen from four sides. Nothing is compiled to show it.

mod frame;
mod interface;
mod outline;
mod overview;
mod stub;
#[cfg(test)]
mod tests;
mod virtual_wasi;
mod whole;
mod wire;

use super::kit::copied_row;
use super::{Outbox, Request, grants, kit};
use crate::component::{Component, Digest, Kind};
use crate::compose::{Port, Side};
use crate::diag::{Severity, display_safe_line};
use crate::grant::Capability;
use crate::measure::Bytes;
use crate::project::{Frame, Target};
use crate::session::{Selection, Session};
use crate::ui::actions::Action;
use crate::ui::panels::Dock;
use crate::ui::parts::{self, Button, Code, Drawing, Tab};
use crate::ui::theme::{Tone, fonts, icons, space, tokens};
use egui::{Align, Label, Layout, RichText, Ui};
use std::sync::Arc;

/// The panel's state.
#[derive(Default)]
pub struct State {
    side: Seen,
    /// The tab that is shown gets the keyboard's focus.
    focus: bool,
    overview: overview::State,
    stub: stub::State,
    virtual_wasi: virtual_wasi::State,
    interface: interface::State,
    wit: Option<Wit>,
    grants: grants::State,
    /// Whose grants are shown, if the user (or a link from a refusal) chose other than what the selection means, and the
    /// selection that the choice is for.
    chosen: Option<(Selection, Target)>,
    /// Whose grants a link asked for.
    asked: Option<Target>,
}

/// From which side the selection is seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Overview,
    Interface,
    Wit,
    Grants,
}

/// WIT text as it is shown, with what it was made of.
struct Wit {
    of: (Digest, Option<String>),
    text: Arc<str>,
    code: Code,
}

/// What the inspector is about.
enum About<'a> {
    Component(&'a Arc<Component>),
    Instance(&'a str, &'a Arc<Component>),
    /// An instance of a component that is not open.
    Lost(&'a str, Digest),
    Wire {
        from: &'a Port,
        to: &'a Port,
    },
    Several(&'a [String]),
    Frame(&'a str, &'a Frame),
    Composition,
}

impl State {
    /// Gives the keyboard's focus to the tab that is shown.
    pub fn take_focus(&mut self) {
        self.focus = true;
    }

    /// Brings the grants of a target to the front, and the row of this capability into view.
    pub fn show_grants(&mut self, target: Target, capability: Option<Capability>) {
        self.side = Seen::Grants;
        self.asked = Some(target);
        self.grants.reveal(capability);
    }
}

/// Draws the panel.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let about = about(session);
    head(ui, session, &about);
    ui.add_space(space::XS);
    let grants_tab = match grants::waiting(session, grants_target(session, state)) {
        (0, 0) => Tab::new("Grants"),
        (0, review) => Tab::new("Grants").count(review, Tone::Warn),
        (refused, _) => Tab::new("Grants").count(refused, Tone::Error),
    };
    let tabs = [Tab::new("Overview"), Tab::new("Interface"), Tab::new("WIT"), grants_tab];
    let focus = std::mem::take(&mut state.focus);
    let tabs: Vec<_> = tabs.iter().enumerate().map(|(i, t)| t.focus(focus && i == state.side as usize)).collect();
    if let Some(i) = parts::tab_bar(ui, "Inspector", &tabs, state.side as usize) {
        state.side = [Seen::Overview, Seen::Interface, Seen::Wit, Seen::Grants].get(i).copied().unwrap_or_default();
    }
    ui.add_space(space::S);
    match state.side {
        Seen::Overview => match about {
            About::Component(component) => {
                overview::show(ui, session, component, None, &mut state.overview, outbox);
            }
            About::Instance(name, _) if session.stub_of(name).is_some() => {
                if let Some(of) = session.stub_of(name) {
                    stub::show(ui, session, name, of, &mut state.stub, outbox);
                }
            }
            About::Instance(name, _) if session.virtual_wasi_of(name).is_some() => {
                if let Some(settings) = session.virtual_wasi_of(name) {
                    virtual_wasi::show(ui, session, name, settings, &mut state.virtual_wasi, outbox);
                }
            }
            About::Instance(name, component) => {
                overview::show(ui, session, component, Some(name), &mut state.overview, outbox);
            }
            About::Lost(name, digest) => lost(ui, name, digest, outbox),
            About::Wire { from, to } => wire::show(ui, session, from, to, outbox),
            About::Several(names) => whole::several(ui, session, names, outbox),
            About::Frame(title, frame) => frame::show(ui, session, title, frame, outbox),
            About::Composition => whole::show(ui, session, outbox),
        },
        Seen::Interface => interface_side(ui, session, &about, state, outbox),
        Seen::Wit => wit_side(ui, session, &about, state, outbox),
        Seen::Grants => grants_side(ui, session, state, outbox),
    }
}

fn about(session: &Session) -> About<'_> {
    let composition = &session.document().composition;
    match session.selection() {
        Selection::Component(digest) => session.library().get(digest).map_or(About::Composition, About::Component),
        Selection::Instances(names) => match names.as_slice() {
            [name] => match (composition.component(session.library(), name), composition.instances.get(name)) {
                (Some(component), _) => About::Instance(name, component),
                (None, Some(instance)) => About::Lost(name, instance.component),
                (None, None) => About::Composition,
            },
            _ => About::Several(names),
        },
        Selection::Wire(to) => composition.wires.get(to).map_or(About::Composition, |from| About::Wire { from, to }),
        Selection::Frame(title) => {
            let frame = session.document().frames.get_key_value(title);
            frame.map_or(About::Composition, |(title, frame)| About::Frame(title, frame))
        }
        Selection::None => About::Composition,
    }
}

/// What it is, in one line, and of what, in another.
fn head(ui: &mut Ui, session: &Session, about: &About<'_>) {
    let t = tokens(ui.ctx());
    let language =
        |digest: &Digest| session.opened(digest).and_then(|o| o.badge().map(str::to_owned)).unwrap_or_default();
    let count = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let (glyph, title, caption, pill) = match about {
        About::Component(c) => {
            let caption = format!("{} · {}", kit::kind_word(c.kind), Bytes(c.bytes.len() as u64));
            (kit::kind_icon(c.kind), c.name.clone(), caption, language(&c.digest))
        }
        About::Instance(name, c) => {
            (icons::CUBE, (*name).to_owned(), format!("Instance of {}", c.name), language(&c.digest))
        }
        About::Lost(name, _) => {
            (icons::LINK_BREAK, (*name).to_owned(), "Instance of a component that is not open".into(), String::new())
        }
        About::Wire { from, to } => {
            (icons::FLOW, "Wire".into(), format!("{} → {}", from.instance, to.instance), String::new())
        }
        About::Several(names) => {
            (icons::CUBES, count(names.len(), "instance"), "Selected together".into(), String::new())
        }
        About::Frame(title, frame) => {
            let members = count(frame.members.len(), "instance");
            let how = if frame.folded { "Folded frame" } else { "Frame" };
            (icons::CUBES, (*title).to_owned(), format!("{how} of {members}"), String::new())
        }
        About::Composition => {
            let composition = &session.document().composition;
            let (instances, wires) = (composition.instances.len(), composition.wires.len());
            let caption = format!("{}, {}", count(instances, "instance"), count(wires, "wire"));
            (icons::GRAPH, "Composition".into(), caption, String::new())
        }
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(glyph).font(fonts::icon(18.0)).color(t.accent));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !pill.is_empty() {
                parts::pill(ui, &display_safe_line(&pill));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = display_safe_line(&title);
                parts::heading(ui, &title).on_hover_text(&*title);
            });
        });
    });
    ui.add(Label::new(kit::dim(&display_safe_line(&caption))).truncate());
}

fn lost(ui: &mut Ui, name: &str, digest: Digest, outbox: &mut Outbox) {
    let text = format!(
        "The component of “{}” ({}…) is not open: open its file, or take the instance out",
        display_safe_line(name),
        digest.short()
    );
    if parts::empty(ui, Drawing::Icon(icons::LINK_BREAK), &text, Some("Open files")) {
        outbox.act(Action::OpenFiles);
    }
}

/// Shown instead of the composed component while there is none.
fn no_result(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    if session.document().composition.instances.is_empty() {
        nothing_placed(ui, session, outbox);
    } else if session.is_busy() {
        ui.label(kit::dim("Composing…"));
    } else {
        let error = session.problems().iter().find(|p| p.severity == Severity::Error);
        let why = error.map_or("The composition cannot be built".into(), |p| display_safe_line(&p.message));
        if parts::empty(ui, Drawing::Icon(icons::LINK_BREAK), &why, Some("Show problems")) {
            outbox.request(Request::Show(Dock::Problems));
        }
    }
}

fn nothing_placed(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let first = session.library().values().find(|c| c.is_usable());
    let (sentence, action) = match first {
        Some(_) => ("Select a component in the library to inspect it, or drag it onto the canvas", None),
        None => ("Open a component to inspect it", Some("Open files")),
    };
    let place = first.map(|c| format!("Place {}", display_safe_line(&c.name)));
    if parts::empty(ui, Drawing::Graph, sentence, action.or(place.as_deref())) {
        match first {
            Some(component) => outbox.request(Request::Place(component.digest)),
            None => outbox.act(Action::OpenFiles),
        }
    }
}

// ---- interface and WIT ----

fn interface_side(ui: &mut Ui, session: &Session, about: &About<'_>, state: &mut State, outbox: &mut Outbox) {
    let library = session.library();
    let view = match about {
        About::Component(component) => interface::View::new(component, Target::Component(component.digest)),
        About::Instance(name, component) => {
            interface::View::new(component, Target::Component(component.digest)).of_instance(name)
        }
        About::Wire { from, .. } => {
            let composition = &session.document().composition;
            let Some(component) = composition.component(library, &from.instance) else {
                return no_result(ui, session, outbox);
            };
            let view = interface::View::new(component, Target::Component(component.digest));
            view.of_instance(&from.instance).only(Side::Export, &from.name)
        }
        About::Several(_) | About::Frame(..) | About::Composition => match session.composed() {
            Some(composed) => interface::View::new(&composed.component, Target::Composition),
            None => return no_result(ui, session, outbox),
        },
        About::Lost(name, digest) => return lost(ui, name, *digest, outbox),
    };
    interface::show(ui, session, &view, &mut state.interface, outbox);
}

fn wit_side(ui: &mut Ui, session: &Session, about: &About<'_>, state: &mut State, outbox: &mut Outbox) {
    let composition = &session.document().composition;
    let (component, export) = match about {
        About::Component(component) | About::Instance(_, component) => (*component, None),
        About::Several(_) | About::Frame(..) | About::Composition => match session.composed() {
            Some(composed) => (&composed.component, None),
            None => return no_result(ui, session, outbox),
        },
        About::Wire { from, .. } => match composition.component(session.library(), &from.instance) {
            Some(component) => (component, Some(from.name.as_str())),
            None => return no_result(ui, session, outbox),
        },
        About::Lost(name, digest) => return lost(ui, name, *digest, outbox),
    };
    let t = tokens(ui.ctx());
    let of = (component.digest, export.map(str::to_owned));
    if state.wit.as_ref().is_none_or(|w| w.of != of || !w.code.is_for(t)) {
        let text: Arc<str> = match export.and_then(|name| component.export(name)) {
            Some(export) => export.wit(component).into(),
            None => component.wit().into(),
        };
        let code = Code::wit(&text, t);
        state.wit = Some(Wit { of, text, code });
    }
    let Some(wit) = &state.wit else { return };
    if wit.code.is_empty() {
        let sentence = match component.kind {
            Kind::CoreModule => "A core module has no WIT: make a component of it with wasm-tools component new",
            _ => "Nothing could be read of its WIT: the overview says why",
        };
        if parts::empty(ui, Drawing::Icon(icons::FILE_CODE), sentence, Some("Show overview")) {
            state.side = Seen::Overview;
        }
        return;
    }
    ui.horizontal(|ui| {
        let lines = if wit.code.len() == 1 { "1 line".into() } else { format!("{} lines", wit.code.len()) };
        ui.label(kit::dim(&lines));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new("Copy").icon(icons::COPY).quiet().tip("Copy all of the WIT text")).clicked() {
                ui.ctx().copy_text(wit.text.to_string());
            }
        });
    });
    parts::code_view(ui, "WIT", &wit.code);
}

// ---- grants ----

/// The component that could be granted something by itself: the selected one, or the selected instance's.
fn own_target(session: &Session) -> Option<Target> {
    super::library::selected_target(session).filter(|t| session.target_component(t).is_some())
}

/// Whose grants are shown: what the next call of the selection would use, unless the user chose.
fn grants_target(session: &Session, state: &State) -> Target {
    if let Some((selection, target)) = &state.chosen
        && selection == session.selection()
        && (*target == Target::Composition || session.target_component(target).is_some())
    {
        return *target;
    }
    match session.selection() {
        Selection::Component(digest) if session.library().contains_key(digest) => Target::Component(*digest),
        // An instance that is no part of the result can only be called by itself.
        Selection::Instances(names) => match (names.as_slice(), own_target(session)) {
            ([one], Some(own)) if !session.document().composition.members().contains(one.as_str()) => own,
            _ => Target::Composition,
        },
        _ => Target::Composition,
    }
}

fn grants_side(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    if let Some(target) = state.asked.take() {
        state.chosen = Some((session.selection().clone(), target));
    }
    let target = grants_target(session, state);
    let has_instances = !session.document().composition.instances.is_empty();
    let own = match target {
        Target::Component(_) => Some(target),
        Target::Composition => own_target(session),
    };
    match own {
        // A component and a composition can both be called: it is said, and can be chosen, whose grants these are.
        Some(own) if has_instances => {
            let choices = ["Composition", "Component alone"];
            let chosen = usize::from(target != Target::Composition);
            if let Some(choice) = parts::segments(ui, "Whose grants", &choices, chosen) {
                let target = if choice == 0 { Target::Composition } else { own };
                state.chosen = Some((session.selection().clone(), target));
            }
            ui.add_space(space::S);
        }
        None if !has_instances => return nothing_placed(ui, session, outbox),
        _ => {}
    }
    grants::show(ui, session, target, &mut state.grants, outbox);
}

/// A short digest whose button copies all of it.
fn digest_row(ui: &mut Ui, digest: Digest) {
    copied_row(ui, "SHA-256", &format!("{}…", digest.short()), &digest.to_string(), "Copy SHA-256");
}
