//! What a composed component is composed of: its graph, to look at, and what each node is. Of a component that is no
//! composition, its core modules.

#[cfg(test)]
mod tests;

use super::{At, Place, View};
use crate::component::{Component, Digest, Family, part_text};
use crate::compose::{Claim, Inside, Node, Port, Role, Said, Side, Source, StandIn};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use crate::session::{Command, Finding, Session, Study};
use crate::ui::actions::Action;
use crate::ui::canvas::{
    self, Ask, CanvasState, Intent, NodeState, PortShape, PortState, PortView, Scene, SelectMode, Wire,
};
use crate::ui::panels::graph::port_view;
use crate::ui::panels::{Outbox, Request, kit};
use crate::ui::parts::{self, Banner, Button, Drawing, ListRow, Section};
use crate::ui::theme::{Tone, icons, size, space, tokens};
use egui::{Align, Label, Layout, Rect, RichText, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// How wide what is said of the selected node is.
const DETAILS: f32 = 300.0;
/// Rows of one list; further ones are counted.
const MOST_ROWS: usize = 100;

/// The view's state.
#[derive(Default)]
pub(super) struct State {
    canvas: CanvasState,
    scene: Scene,
    /// What the scene was made of: made anew when any of it is another.
    made_of: Option<MadeOf>,
    selected: Selected,
    /// Where the nodes stand, of this component.
    places: BTreeMap<String, [f32; 2]>,
}

#[derive(PartialEq)]
struct MadeOf {
    component: Digest,
    selected: Selected,
    places: BTreeMap<String, [f32; 2]>,
}

#[derive(Default, Clone, PartialEq)]
enum Selected {
    #[default]
    Nothing,
    Node(String),
    Wire(Port),
}

/// Draws the view. `at` says where to go, in the frame in which a place is gone to.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    component: &Arc<Component>,
    at: Option<At>,
    state: &mut State,
    outbox: &mut Outbox,
) {
    let _ = at; // A graph is seen as a whole.
    let Some(Finding::Inside(inside)) = super::finding(ui, session, Study::Inside(component.digest), outbox) else {
        return;
    };
    if inside.nodes.is_empty() {
        let why = inside.notes.iter().chain(&inside.obstacles).next();
        let why =
            why.map_or_else(|| "There is nothing inside it to wire".to_owned(), |w| display_safe_line(w).into_owned());
        if parts::empty(ui, Drawing::Graph, &why, Some("Show parts")) {
            let place = Place { component: component.digest, view: View::Parts, at: At::Here };
            outbox.request(Request::Inspect(place));
        }
        return;
    }
    state.refresh(component.digest, inside);
    head(ui, component, inside, state, outbox);
    ui.add_space(space::S);
    if let Some(claim) = &inside.claim {
        said_of_itself(ui, claim);
        ui.add_space(space::S);
    }
    let room = ui.available_rect_before_wrap();
    let (graph, words) = if room.width() > 2.2 * DETAILS {
        let middle = room.right() - DETAILS;
        (
            Rect::from_min_max(room.min, pos2(middle - space::M, room.bottom())),
            Rect::from_min_max(pos2(middle, room.top()), room.max),
        )
    } else {
        let middle = room.top() + room.height() * 0.6;
        (
            Rect::from_min_max(room.min, pos2(room.right(), middle - space::S)),
            Rect::from_min_max(pos2(room.left(), middle), room.max),
        )
    };
    let mut child = ui.new_child(UiBuilder::new().max_rect(graph));
    let intents = canvas::show(&mut child, &state.scene, &mut state.canvas, None);
    let edge = Stroke::new(1.0, tokens(ui.ctx()).line);
    ui.painter().rect_stroke(graph, size::RADIUS, edge, StrokeKind::Inside);
    for intent in intents {
        state.take(component, inside, intent, outbox);
    }
    let mut child = ui.new_child(UiBuilder::new().max_rect(words).layout(Layout::top_down(Align::Min)));
    ScrollArea::vertical().id_salt("inside").auto_shrink(false).show(&mut child, |ui| {
        details(ui, component, inside, state, outbox);
    });
    ui.advance_cursor_after_rect(room);
}

impl State {
    fn refresh(&mut self, component: Digest, inside: &Inside) {
        if self.made_of.as_ref().is_none_or(|m| m.component != component) {
            self.selected = Selected::Nothing;
            self.places = scene(inside, &Selected::Nothing, &BTreeMap::new()).arranged().nodes.into_iter().collect();
            self.canvas.ask(Ask::Fit);
        }
        let now = MadeOf { component, selected: self.selected.clone(), places: self.places.clone() };
        if self.made_of.as_ref() != Some(&now) {
            self.scene = scene(inside, &self.selected, &self.places);
            self.made_of = Some(now);
        }
    }

    /// Nodes are selected and moved about; nothing else can be done to them here.
    fn take(&mut self, component: &Component, inside: &Inside, intent: Intent, outbox: &mut Outbox) {
        match intent {
            Intent::Select { instances, mode: SelectMode::Replace | SelectMode::Add } => {
                self.selected = instances.into_iter().next().map_or(Selected::Nothing, Selected::Node);
            }
            Intent::Select { .. } => self.selected = Selected::Nothing,
            Intent::SelectWire(to) => self.selected = Selected::Wire(to),
            Intent::ClickPort(port, _) => self.selected = Selected::Node(port.instance),
            Intent::Move(layout) => self.places.extend(layout.nodes),
            Intent::Activate(name) => open_part(component, inside.node(&name), outbox),
            _ => {}
        }
    }
}

fn open_part(component: &Component, node: Option<&Node>, outbox: &mut Outbox) {
    if let Some(path) = node.and_then(|n| n.part.clone()) {
        outbox.command(Command::OpenPart(component.digest, path));
    }
}

// ---- the picture ----

fn scene(inside: &Inside, selected: &Selected, places: &BTreeMap<String, [f32; 2]>) -> Scene {
    let wired: HashSet<(&str, &str)> = ends(inside.wires.iter().map(|w| &w.to));
    let used: HashSet<(&str, &str)> = ends(inside.wires.iter().map(|w| &w.from));
    let exported: HashSet<(&str, &str)> = ends(inside.offered.iter().filter_map(|o| match &o.from {
        Source::Port(port) => Some(port),
        _ => None,
    }));
    let nodes = inside.nodes.iter().map(|node| {
        let at = places.get(&node.name).copied().unwrap_or_default();
        let part = node.digest.and_then(|digest| inside.parts.get(&digest));
        let view = |name: &str, side, state| {
            let of = part.and_then(|part| {
                let found = if side == Side::Import { part.import(name) } else { part.export(name) };
                Some(port_view(part, found?, state))
            });
            of.unwrap_or_else(|| core_port(name, state))
        };
        let import_state = |name: &str| match wired.contains(&(node.name.as_str(), name)) {
            true => PortState::Satisfied,
            false if name.starts_with("wasi:") => PortState::Host,
            false => PortState::Given,
        };
        let export_state = |name: &str| match (node.name.as_str(), name) {
            port if used.contains(&port) => PortState::Satisfied,
            port if exported.contains(&port) => PortState::Exported,
            _ => PortState::Unused,
        };
        let mut imports: Vec<_> = node.imports.iter().map(|n| view(n, Side::Import, import_state(n))).collect();
        imports.sort_by_key(|port| port.state == PortState::Host);
        canvas::Node {
            id: node.name.clone(),
            group: None,
            title: display_safe_line(&node.name).into_owned(),
            // The tools' names of modules are long and say what the badge says.
            subtitle: display_safe_line(if part.is_some() { &node.of } else { &node.name }).into_owned(),
            mark: String::new(),
            badge: badge(node).to_owned(),
            size_text: Bytes(node.size as u64).to_string(),
            pos: pos2(at[0], at[1]),
            imports,
            exports: node.exports.iter().map(|n| view(n, Side::Export, export_state(n))).collect(),
            state: NodeState { missing: node.part.is_none(), ..NodeState::default() },
            selected: matches!(selected, Selected::Node(name) if *name == node.name),
        }
    });
    // A port has one wire in the picture; the list beside it names every one.
    let mut taken = BTreeSet::new();
    let wires = inside.wires.iter().filter(|wire| taken.insert(&wire.to)).map(|wire| {
        let from = inside.node(&wire.from.instance).and_then(|n| inside.parts.get(&n.digest?));
        let family = from.and_then(|part| Some(part.export(&wire.from.name)?.family(&part.types)));
        Wire {
            from: wire.from.clone(),
            to: wire.to.clone(),
            family: family.unwrap_or(Family::Number),
            broken: false,
            selected: matches!(selected, Selected::Wire(to) if *to == wire.to),
            tap: None,
        }
    });
    Scene::new(nodes.collect(), wires.collect()).fixed()
}

fn ends<'a>(ports: impl Iterator<Item = &'a Port>) -> HashSet<(&'a str, &'a str)> {
    ports.map(|port| (port.instance.as_str(), port.name.as_str())).collect()
}

/// A port of a core module, of which only the name is known.
fn core_port(name: &str, state: PortState) -> PortView {
    let shown = if name.is_empty() { "(no name)".into() } else { display_safe_line(name) };
    let (label, version) = shown.split_once('@').unwrap_or((&shown, ""));
    PortView {
        name: name.to_owned(),
        of: None,
        label: label.split_once(']').map_or(label.trim_start_matches("wasi:"), |(_, rest)| rest).to_owned(),
        version: version.to_owned(),
        family: Family::Number,
        shape: PortShape::Function,
        state,
        result: None,
        trouble: None,
        tooltip: shown.into_owned(),
    }
}

fn badge(node: &Node) -> &'static str {
    match (node.role, &node.said) {
        (Role::Component, Said::StandsIn(stands_in)) => match **stands_in {
            StandIn::Stub { .. } => "stub",
            StandIn::VirtualWasi(_) => "virtual",
            StandIn::Composed(_) => "stubs inside",
        },
        (Role::Component, _) => "",
        (Role::Module, _) => "module",
        (Role::Adapter, _) => "adapter",
        (Role::Shim, _) => "shim",
    }
}

// ---- words ----

fn counted(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// What the file says of its composition, which holds or does not.
fn said_of_itself(ui: &mut Ui, claim: &Claim) {
    let (tone, hint) = match claim {
        Claim::Broken(_) => (Tone::Warn, None),
        Claim::Record(_, differences) => match differences.split_first() {
            None => (Tone::Info, None),
            Some((first, [])) => (Tone::Warn, Some(first.clone())),
            Some((first, more)) => {
                (Tone::Warn, Some(format!("{first}, and {} more", counted(more.len(), "difference"))))
            }
        },
    };
    Banner::new(tone, &claim.summary()).hint(hint.as_deref()).show(ui);
}

/// What is seen, and what can be done with it.
fn head(ui: &mut Ui, component: &Component, inside: &Inside, state: &mut State, outbox: &mut Outbox) {
    let wires = counted(inside.wires.len(), "wire");
    let text = match inside.is_composition {
        true => format!("{}, {wires}", counted(inside.nodes.len(), "instance")),
        false => format!("No composition: {}, {wires}", counted(inside.nodes.len(), "core module")),
    };
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let why_not = inside.obstacles.first().map(|why| display_safe_line(why).into_owned());
            let edit = Button::new("Edit a copy")
                .icon(icons::PENCIL)
                .primary()
                .tip("Opens the parts as components, and this graph as a project")
                .disabled_because(why_not.as_deref());
            if inside.is_composition && ui.add(edit).clicked() {
                outbox.command(Command::EditCopy(component.digest));
                outbox.act(Action::ShowWire);
            }
            for (glyph, name, ask) in [
                (icons::FIT, "Show all of the graph", Ask::Fit),
                (icons::ZOOM_IN, "Enlarge the graph", Ask::ZoomIn),
                (icons::ZOOM_OUT, "Shrink the graph", Ask::ZoomOut),
            ] {
                if parts::icon_button(ui, glyph, name).clicked() {
                    state.canvas.ask(ask);
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(kit::dim(&text)).truncate());
            });
        });
    });
}

fn details(ui: &mut Ui, component: &Component, inside: &Inside, state: &mut State, outbox: &mut Outbox) {
    match state.selected.clone() {
        Selected::Node(name) if inside.node(&name).is_some() => {
            if let Some(node) = inside.node(&name) {
                node_details(ui, component, inside, node, state, outbox);
            }
        }
        Selected::Wire(to) => wire_details(ui, inside, &to),
        _ => whole_details(ui, inside, state),
    }
}

fn whole_details(ui: &mut Ui, inside: &Inside, state: &mut State) {
    if inside.is_composition && !inside.obstacles.is_empty() {
        _ = Banner::new(Tone::Info, "It cannot be split into parts that are wired anew").show(ui);
        for why in inside.obstacles.iter().take(MOST_ROWS) {
            ui.add(Label::new(kit::dim(&display_safe_line(why))).wrap());
        }
        ui.add_space(space::S);
    }
    for note in &inside.notes {
        ui.add(Label::new(kit::dim(&display_safe_line(note))).wrap());
        ui.add_space(space::XS);
    }
    Section::new("Instances").count(inside.nodes.len()).show(ui, |ui| {
        for node in inside.nodes.iter().take(MOST_ROWS) {
            let size = Bytes(node.size as u64).to_string();
            let size = match badge(node) {
                "" => size,
                what => format!("{what} · {size}"),
            };
            let glyph = if node.role == Role::Component { icons::CUBE } else { icons::CPU };
            if ListRow::new(&display_safe_line(&node.name)).icon(glyph).trailing(&size).show(ui).clicked() {
                state.selected = Selected::Node(node.name.clone());
                state.canvas.ask(Ask::Reveal { instance: node.name.clone(), port: None });
            }
        }
        more(ui, inside.nodes.len());
    });
    let mut takers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for given in &inside.given {
        let list = takers.entry(&given.import).or_default();
        if !list.contains(&given.to.instance.as_str()) {
            list.push(&given.to.instance);
        }
    }
    list(
        ui,
        "Imports of the whole",
        takers.iter().map(|(import, to)| ((*import).to_owned(), format!("to {}", to.join(", ")))),
    );
    list(
        ui,
        "Exports of the whole",
        inside.offered.iter().map(|o| (o.export.clone(), format!("from {}", source(&o.from)))),
    );
}

fn source(from: &Source) -> String {
    match from {
        Source::Port(port) => port.instance.clone(),
        Source::Import(import) => format!("the import {import}"),
        Source::Other(words) => words.clone(),
    }
}

/// Names with a word beside each.
fn list(ui: &mut Ui, title: &str, rows: impl Iterator<Item = (String, String)>) {
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return;
    }
    Section::new(title).count(rows.len()).show(ui, |ui| {
        for (name, note) in rows.iter().take(MOST_ROWS) {
            ui.add(Label::new(RichText::new(display_safe_line(name)).color(tokens(ui.ctx()).strong)).truncate());
            ui.add(Label::new(kit::small(&display_safe_line(note))).truncate());
            ui.add_space(space::XS);
        }
        more(ui, rows.len());
    });
}

fn more(ui: &mut Ui, rows: usize) {
    if rows > MOST_ROWS {
        ui.label(kit::small(&format!("… {} more", rows - MOST_ROWS)));
    }
}

fn node_details(
    ui: &mut Ui,
    component: &Component,
    inside: &Inside,
    node: &Node,
    state: &mut State,
    outbox: &mut Outbox,
) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if parts::icon_button(ui, icons::CLOSE, "Show the whole").clicked() {
                state.selected = Selected::Nothing;
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                parts::heading(ui, &display_safe_line(&node.name));
            });
        });
    });
    said(ui, &node.said);
    let kind = match node.role {
        Role::Component => "Component",
        Role::Module => "Core module",
        Role::Adapter => "Core module that adapts WASI",
        Role::Shim => "Core module of the tools",
    };
    parts::key_value_text(ui, "Kind", kind, false);
    if node.of != node.name {
        parts::key_value_text(ui, "Of", &display_safe_line(&node.of), true);
    }
    if let Some(path) = &node.part {
        parts::key_value_text(ui, "Part", &part_text(path), true);
        parts::key_value_text(ui, "Size", &Bytes(node.size as u64).to_string(), true);
    }
    if let Some(digest) = node.digest {
        parts::key_value_text(ui, "SHA-256", &digest.short(), true).on_hover_text(digest.to_string());
    }
    let part = node.digest.and_then(|digest| inside.parts.get(&digest));
    for producer in part.iter().flat_map(|part| &part.metadata.producers).take(6) {
        let text = format!("{} {}", producer.name, producer.version);
        let field = match producer.field.as_str() {
            "language" => "Language",
            "processed-by" => "Processed by",
            "sdk" => "SDK",
            _ => "Made with",
        };
        parts::key_value_text(ui, field, &display_safe_line(text.trim()), false);
    }
    ui.add_space(space::S);
    if node.part.is_some() {
        let open = Button::new("Open part").icon(icons::CUBE).tip("Opens it as a component of its own, to inspect it");
        if ui.add(open).clicked() {
            open_part(component, Some(node), outbox);
        }
    } else {
        ui.add(Label::new(kit::dim("It is not in the file: whoever uses the whole gives it")).wrap());
    }
    ui.add_space(space::S);
    let from_whole = inside.given.iter().filter(|g| g.to.instance == node.name);
    let from_whole = from_whole.map(|g| (g.to.name.clone(), with("an import of the whole".to_owned(), &g.functions)));
    let from_nodes = inside.wires.iter().filter(|w| w.to.instance == node.name);
    let from_nodes = from_nodes.map(|w| (w.to.name.clone(), with(format!("from {}", w.from.instance), &w.functions)));
    list(ui, "Imports", from_nodes.chain(from_whole));
    let to_nodes = inside.wires.iter().filter(|w| w.from.instance == node.name);
    let to_nodes = to_nodes.map(|w| (w.from.name.clone(), with(format!("to {}", w.to.instance), &w.functions)));
    let out = inside.offered.iter().filter_map(|o| match &o.from {
        Source::Port(port) if port.instance == node.name => {
            Some((port.name.clone(), format!("the whole exports it as {}", o.export)))
        }
        _ => None,
    });
    list(ui, "Exports", to_nodes.chain(out));
}

/// Whether it stands in for something, as the file says.
fn said(ui: &mut Ui, said: &Said) {
    let (tone, text, hint) = match (said, said.text()) {
        (Said::StandsIn(stands_in), _) => {
            let hint = match **stands_in {
                StandIn::Stub { .. } => Some("Its functions trap but for those named here"),
                _ => None,
            };
            (Tone::Info, format!("Says it is a {}", stands_in.title()), hint)
        }
        (Said::OfAnother, Some(text)) => (Tone::Warn, text, None),
        (_, Some(text)) => (Tone::Info, text, None),
        (_, None) => return,
    };
    let mut letters = text.chars();
    let text: String = letters.next().iter().flat_map(|c| c.to_uppercase()).chain(letters).collect();
    _ = Banner::new(tone, &text).hint(hint).show(ui);
    if let Said::StandsIn(stands_in) = said {
        let lines = stands_in.lines();
        for (name, text) in lines.iter().take(MOST_ROWS) {
            parts::key_value_text(ui, name, text, false).on_hover_text(text);
        }
        more(ui, lines.len());
    }
    ui.add_space(space::S);
}

/// The functions that a wire carries, where it is not the interface as it is.
fn with(text: String, functions: &[String]) -> String {
    let named: Vec<&str> = functions.iter().map(String::as_str).filter(|f| !f.is_empty()).take(4).collect();
    match functions.len().saturating_sub(named.len()) {
        _ if named.is_empty() => text,
        0 => format!("{text}: {}", named.join(", ")),
        n => format!("{text}: {} and {n} more", named.join(", ")),
    }
}

fn wire_details(ui: &mut Ui, inside: &Inside, to: &Port) {
    for wire in inside.wires.iter().filter(|w| w.to == *to) {
        parts::heading(ui, "Wire");
        for (key, port) in [("From", &wire.from), ("To", &wire.to)] {
            parts::key_value_text(ui, key, &port.to_string(), true);
        }
        let functions = wire.functions.iter().filter(|f| !f.is_empty()).map(|f| (f.clone(), String::new()));
        list(ui, "Functions", functions);
        ui.add_space(vec2(0.0, space::M).y);
    }
}
