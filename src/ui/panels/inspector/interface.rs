//! Imports and exports down to functions and types, with what is known of where each comes from.

use super::outline::{self, Outline, Row, Source, Wanted, What};
use crate::component::{Component, Digest, Extern, Family, Function, Item, Type, TypeId};
use crate::compose::{self, Port, Side};
use crate::diag::display_safe_line;
use crate::project::Target;
use crate::session::{Command, Selection, Session};
use crate::ui::panels::{Outbox, Request};
use crate::ui::parts::{self, Button, Drawing, draw, wit_line};
use crate::ui::theme::{Tokens, fonts, icons, size, space, tokens};
use egui::epaint::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align, Align2, Color32, Id, Layout, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Letters of a documentation that a tooltip shows.
const MOST_TOOLTIP: usize = 2_000;

/// The panel's state.
#[derive(Default)]
pub(super) struct State {
    filter: String,
    toggled: BTreeSet<String>,
    made: Option<Made>,
}

/// The rows, with what they were made of.
struct Made {
    digest: Digest,
    instance: Option<(String, u64)>,
    wanted: Wanted,
    outline: Outline,
    families: HashMap<String, Family>,
}

/// What is shown.
pub(super) struct View<'a> {
    component: &'a Arc<Component>,
    target: Target,
    instance: Option<&'a str>,
    only: Option<(Side, &'a str)>,
}

impl<'a> View<'a> {
    /// The interface of a component; its functions are called as those of this target.
    pub(super) fn new(component: &'a Arc<Component>, target: Target) -> Self {
        Self { component, target, instance: None, only: None }
    }

    /// It is an instance of the composition: imports come from somewhere.
    pub(super) fn of_instance(mut self, name: &'a str) -> Self {
        self.instance = Some(name);
        self
    }

    /// Only this import or export.
    pub(super) fn only(mut self, side: Side, name: &'a str) -> Self {
        self.only = Some((side, name));
        self
    }
}

/// Draws the tree.
pub(super) fn show(ui: &mut Ui, session: &Session, view: &View<'_>, state: &mut State, outbox: &mut Outbox) {
    let component = view.component;
    if component.imports.is_empty() && component.exports.is_empty() {
        let sentence = "It has no imports and no exports: there is nothing to wire or call";
        parts::empty(ui, Drawing::Icon(icons::PLUGS), sentence, None);
        return;
    }
    parts::search_field(ui, &mut state.filter, "Filter functions and types");
    ui.add_space(space::S);
    let glyph = ui.fonts_mut(|f| f.glyph_width(&fonts::mono(size::BODY), '0')).max(1.0);
    let letter = ui.fonts_mut(|f| f.glyph_width(&fonts::text(size::BODY), 'e')).max(1.0);
    let room = ui.available_width() - space::S;
    let wanted = Wanted {
        filter: state.filter.trim().to_lowercase(),
        only: view.only.map(|(side, name)| (side, name.to_owned())),
        toggled: state.toggled.clone(),
        columns: (room / glyph) as usize,
        prose: (room / letter) as usize,
        sources: BTreeMap::new(),
    };
    make(session, view, wanted, state);
    let Some(made) = state.made.take() else { return };
    if made.outline.rows.is_empty() {
        let sentence = format!("Nothing here is called “{}”", display_safe_line(state.filter.trim()));
        if parts::empty(ui, Drawing::Icon(icons::SEARCH), &sentence, Some("Show all")) {
            state.filter.clear();
        }
    } else {
        rows(ui, session, view, &made, &mut state.toggled, outbox);
    }
    state.made = Some(made);
}

/// Makes the rows anew if what they are made of is another.
fn make(session: &Session, view: &View<'_>, mut wanted: Wanted, state: &mut State) {
    let digest = view.component.digest;
    // Where an instance's imports come from changes with the document.
    let instance = view.instance.map(|name| (name.to_owned(), session.revision()));
    if let Some(made) = &state.made
        && (made.digest, &made.instance) == (digest, &instance)
    {
        wanted.sources.clone_from(&made.wanted.sources);
        if made.wanted == wanted {
            return;
        }
    }
    wanted.sources = view.instance.map(|name| sources(session, name, view.component)).unwrap_or_default();
    let outline = Outline::of(view.component, &wanted);
    let families = match state.made.take() {
        Some(made) if made.digest == digest => made.families,
        _ => outline::families(view.component),
    };
    state.made = Some(Made { digest, instance, wanted, outline, families });
}

/// Where each import of an instance comes from.
fn sources(session: &Session, instance: &str, component: &Component) -> BTreeMap<String, Source> {
    let wires = &session.document().composition.wires;
    let source = |import: &Extern| match wires.get(&Port::new(instance, &import.name)) {
        Some(from) => Some(Source::Wired(from.clone())),
        None if import.is_host() => Some(Source::Host),
        None if matches!(import.item, Item::Type(_)) => None,
        None => Some(Source::Missing(Port::new(instance, &import.name))),
    };
    component.imports.iter().filter_map(|i| Some((i.name.clone(), source(i)?))).collect()
}

fn rows(
    ui: &mut Ui,
    session: &Session,
    view: &View<'_>,
    made: &Made,
    toggled: &mut BTreeSet<String>,
    outbox: &mut Outbox,
) {
    let outline = &made.outline;
    ScrollArea::vertical().id_salt("interface").auto_shrink(false).show_viewport(ui, |ui, seen| {
        ui.set_height(outline.height);
        let (left, top, width) = (ui.max_rect().left(), ui.max_rect().top(), ui.available_width());
        let range = outline.between(seen.top(), seen.bottom());
        let scope = ui.scope_id();
        for (i, row) in outline.rows.iter().enumerate().skip(range.start).take(range.len()) {
            let rect = Rect::from_min_size(pos2(left, top + row.top), vec2(width - 2.0, row.height));
            let mut place = Place { ui, id: scope.with(i), rect, depth: row.depth };
            one(&mut place, session, view, made, row, toggled, outbox);
        }
    });
}

/// Where a row is drawn.
struct Place<'a> {
    ui: &'a mut Ui,
    id: Id,
    rect: Rect,
    depth: usize,
}

impl Place<'_> {
    /// The left edge of the row's content, behind the fold mark.
    fn left(&self) -> f32 {
        self.rect.left() + 16.0 * self.depth as f32
    }

    /// The row's first line.
    fn line(&self) -> Rect {
        Rect::from_min_size(self.rect.min, vec2(self.rect.width(), self.rect.height().min(outline::ROW)))
    }

    fn text(&self, job: LayoutJob, at: egui::Pos2, width: f32) -> f32 {
        let mut job = job;
        job.wrap = TextWrapping::truncate_at_width(width.max(8.0));
        draw::put(self.ui.painter(), at, self.ui.painter().layout_job(job))
    }

    /// A button at the end of the row's first line, the `nth` from the right. A quiet one appears when the row is pointed at.
    fn button(&mut self, nth: usize, glyph: &str, name: &str, quiet: bool, ink: Color32) -> Response {
        let right = self.rect.right() - 22.0 * nth as f32;
        let slot = Rect::from_min_size(pos2(right - 22.0, self.rect.top() + 1.0), vec2(22.0, 22.0));
        let response = self.ui.interact(slot, self.id.with(("button", nth)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
        let pointed = self.ui.rect_contains_pointer(self.rect);
        if !quiet || pointed || response.has_focus() {
            let t = tokens(self.ui.ctx());
            if response.hovered() || response.has_focus() {
                self.ui.painter().rect_filled(slot, egui::CornerRadius::same(size::RADIUS), t.hover);
            }
            let ink = if response.hovered() { t.strong } else { ink };
            self.ui.painter().text(slot.center(), Align2::CENTER_CENTER, glyph, fonts::icon(14.0), ink);
            draw::focus_ring(self.ui, &response, slot);
        }
        keep_in_sight(&response);
        response.on_hover_text(name)
    }

    /// Makes the row something to fold; says whether it was.
    fn fold(&mut self, open: bool, said: &str, buttons: usize) -> Response {
        let mut line = self.line();
        line.set_right(line.right() - 22.0 * buttons as f32);
        let response = self.ui.interact(line, self.id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::TreeItem, true, said));
        self.ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(open));
        draw::row_ground(self.ui, &response, self.line(), false);
        let t = tokens(self.ui.ctx());
        let glyph = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
        draw::icon(self.ui.painter(), pos2(self.left() + 6.0, line.center().y), glyph, 12.0, t.dim);
        draw::focus_ring(self.ui, &response, line);
        keep_in_sight(&response);
        response
    }
}

/// What the keyboard comes to is scrolled into view.
fn keep_in_sight(response: &Response) {
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
}

fn flip(toggled: &mut BTreeSet<String>, key: &str) {
    if !toggled.remove(key) {
        toggled.insert(key.to_owned());
    }
}

fn one(
    place: &mut Place<'_>,
    session: &Session,
    view: &View<'_>,
    made: &Made,
    row: &Row,
    toggled: &mut BTreeSet<String>,
    outbox: &mut Outbox,
) {
    let t = tokens(place.ui.ctx());
    match &row.what {
        What::Side(side, count) => side_row(place, *side, *count),
        What::Interface { side, index, key, open, functions } => {
            let Some(found) = outline::at(view.component, *side, *index) else { return };
            if interface_row(place, view, found, *open, *functions) {
                flip(toggled, key);
            }
        }
        What::Source(source) => source_row(place, session, source, outbox),
        What::Function { side, index, function, beside, lines } => {
            let Some(found) = outline::at(view.component, *side, *index) else { return };
            let Some(function) = found.functions().get(*function) else { return };
            function_row(place, session, view, made, (*side, found, function), *beside, lines, outbox);
        }
        What::Type { id, key, open, short } => {
            if type_row(place, view.component, &made.families, *id, *open, short) {
                flip(toggled, key);
            }
        }
        What::Code(line) => {
            let rule = place.left() + 6.0 - 16.0;
            place.ui.painter().vline(rule, place.rect.y_range(), Stroke::new(1.0, t.line_strong));
            let at = pos2(place.left() + 2.0, place.rect.center().y);
            let width = place.rect.right() - at.x;
            place.text(wit_line(line, &made.families, t), at, width);
        }
        What::Docs(line) => {
            let at = pos2(place.left() + if place.depth > 1 { 2.0 } else { 0.0 }, place.rect.center().y);
            let job = LayoutJob::single_section(line.clone(), TextFormat::simple(fonts::text(size::BODY), t.dim));
            let width = place.rect.right() - at.x;
            place.text(job, at, width);
        }
    }
}

fn side_row(place: &mut Place<'_>, side: Side, count: usize) {
    let t = tokens(place.ui.ctx());
    let (glyph, word) = match side {
        Side::Import => (icons::IMPORT, "Imports"),
        Side::Export => (icons::EXPORTED, "Exports"),
    };
    let response = place.ui.interact(place.rect, place.id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("{word}: {count}")));
    let y = place.rect.center().y;
    draw::icon(place.ui.painter(), pos2(place.rect.left() + 6.0, y), glyph, 14.0, t.dim);
    let text = draw::line(place.ui, word, fonts::strong(size::BODY), t.strong);
    let x = draw::put(place.ui.painter(), pos2(place.rect.left() + 18.0, y), text);
    let text = draw::line(place.ui, &count.to_string(), fonts::mono(size::SMALL), t.dim);
    draw::put(place.ui.painter(), pos2(x + space::S, y), text);
}

/// True if it was folded.
fn interface_row(place: &mut Place<'_>, view: &View<'_>, found: &Extern, open: bool, functions: usize) -> bool {
    let t = tokens(place.ui.ctx());
    let safe = display_safe_line(&found.name);
    let response = place.fold(open, &safe, 1);
    let y = place.line().center().y;
    let left = place.left() + 16.0;
    let family = found.family(&view.component.types);
    place.ui.painter().circle_filled(pos2(left + 4.0, y), 3.5, t.family(family));
    let number = draw::line(place.ui, &functions.to_string(), fonts::mono(size::SMALL), t.faint);
    let end = draw::put_right(place.ui.painter(), pos2(place.rect.right() - 26.0, y), number);
    let at = pos2(left + 14.0, y);
    let shown = fitting(place.ui, &safe, end - space::XS - at.x);
    place.text(name_job(&shown, t), at, end - space::XS - at.x);
    if place.button(0, icons::COPY, &format!("Copy {safe}"), true, t.dim).clicked() {
        place.ui.ctx().copy_text(found.name.clone());
    }
    let clicked = response.clicked();
    if shown != safe {
        response.on_hover_text(&*safe);
    }
    clicked
}

/// A full name as it fits into a width.
pub(super) fn fitting(ui: &Ui, name: &str, width: f32) -> String {
    let glyph = ui.fonts_mut(|f| f.glyph_width(&fonts::mono(size::BODY), '0')).max(1.0);
    outline::shortened(name, (width / glyph) as usize)
}

/// `wasi:cli/stdout@0.2.0` with its own part standing out.
fn name_job(name: &str, t: &Tokens) -> LayoutJob {
    let (rest, version) = name.split_once('@').map_or((name, ""), |(rest, version)| (rest, version));
    let (package, own) = rest.rsplit_once('/').map_or(("", rest), |(package, own)| (package, own));
    let mut job = LayoutJob::default();
    let dim = TextFormat::simple(fonts::mono(size::BODY), t.dim);
    if !package.is_empty() {
        job.append(&format!("{package}/"), 0.0, dim.clone());
    }
    job.append(own, 0.0, TextFormat::simple(fonts::mono_strong(size::BODY), t.strong));
    if !version.is_empty() {
        job.append(&format!("@{version}"), 0.0, dim);
    }
    job
}

fn source_row(place: &mut Place<'_>, session: &Session, source: &Source, outbox: &mut Outbox) {
    let t = tokens(place.ui.ctx());
    let (glyph, ink, text, tip) = match source {
        Source::Wired(from) => {
            let name = display_safe_line(&from.instance).into_owned();
            (icons::LINK, t.ok, format!("wired from {name}"), format!("Select {name}"))
        }
        Source::Host => (icons::SHIELD, t.dim, "from the host, if granted".into(), "Show grants".to_owned()),
        Source::Missing(_) => (icons::PLUG, t.warn, "not wired yet".into(), String::new()),
    };
    let left = place.left() + 14.0;
    let y = place.rect.center().y;
    let can_act = !tip.is_empty();
    let galley = draw::elided(place.ui, &text, fonts::text(size::BODY), ink, place.rect.right() - left - 20.0);
    let area = Rect::from_min_max(place.rect.min, pos2(left + 24.0 + galley.size().x, place.rect.bottom()))
        .with_min_x(left - 4.0);
    let sense = if can_act { Sense::click() } else { Sense::hover() };
    let response = place.ui.interact(area, place.id, sense);
    let role = if can_act { Role::Link } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, &text));
    draw::icon(place.ui.painter(), pos2(left + 6.0, y), glyph, 14.0, ink);
    let end = draw::put(place.ui.painter(), pos2(left + 18.0, y), galley);
    if can_act && response.hovered() {
        place.ui.painter().hline(left + 18.0..=end, y + 7.0, Stroke::new(1.0, ink));
    }
    draw::focus_ring(place.ui, &response, area);
    keep_in_sight(&response);
    if response.clicked() {
        match source {
            Source::Wired(from) => {
                outbox.command(Command::Select(Selection::Instances(vec![from.instance.clone()])));
            }
            Source::Host => outbox.request(Request::ShowGrants(Target::Composition, None)),
            Source::Missing(_) => {}
        }
    }
    if let Source::Missing(port) = source {
        let half = size::ROW / 2.0;
        let room = Rect::from_min_max(pos2(end + space::S, y - half), pos2(place.rect.right(), y + half));
        let slot = UiBuilder::new().id_salt(place.id).max_rect(room).layout(Layout::left_to_right(Align::Center));
        let name = format!("Add a stub for {}", display_safe_line(&port.name));
        let button = place.ui.new_child(slot).add(Button::new("Add stub").quiet().tip(&name));
        keep_in_sight(&button);
        if button.clicked() {
            outbox.add_stub(session, port.clone());
        }
    }
    if can_act {
        response.on_hover_text(tip);
    }
}

#[allow(clippy::too_many_arguments)] // one row, drawn in one place
fn function_row(
    place: &mut Place<'_>,
    session: &Session,
    view: &View<'_>,
    made: &Made,
    (side, found, function): (Side, &Extern, &Function),
    beside: bool,
    lines: &[String],
    outbox: &mut Outbox,
) {
    let t = tokens(place.ui.ctx());
    let name = display_safe_line(function.display_name());
    let y = place.line().center().y;
    let left = place.left() + if place.depth > 0 { 0.0 } else { 2.0 };
    let response = place.ui.interact(place.rect, place.id, Sense::hover());
    let signature = lines.iter().map(|l| l.trim()).collect::<Vec<_>>().join(" ");
    response.widget_info(|| WidgetInfo::labeled(Role::TreeItem, true, format!("{name}: {signature}")));
    let docs = function.docs.as_deref().map(crate::diag::display_safe);
    if let Some(docs) = &docs {
        place.ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(docs.as_ref()));
    }
    let family = function.result.map_or(Family::Record, |ty| view.component.types.family(ty));
    draw::icon(place.ui.painter(), pos2(left + 8.0, y), icons::FUNCTION, 14.0, t.family(family));
    let can_call = side == Side::Export;
    let buttons = 1 + usize::from(can_call);
    let end = place.rect.right() - 22.0 * buttons as f32 - space::XS;
    let at = pos2(left + 18.0, y);
    let galley = draw::cut_in_middle(place.ui, &name, fonts::mono_strong(size::BODY), t.strong, end - at.x);
    let after = draw::put(place.ui.painter(), at, galley);
    if beside {
        let line = lines.first().map(String::as_str).unwrap_or_default();
        place.text(wit_line(line, &made.families, t), pos2(after + space::S, y), end - after - space::S);
    } else {
        for (i, line) in lines.iter().enumerate() {
            let y = place.rect.top() + outline::ROW + outline::LINE * (i as f32 + 0.5) - 2.0;
            let width = place.rect.right() - left - 18.0;
            place.text(wit_line(line, &made.families, t), pos2(left + 18.0, y), width);
        }
    }
    if can_call {
        let why_not = session.can_call().err();
        let label = format!("Call {name}");
        let ink = if why_not.is_some() { t.faint } else { t.accent };
        let response = place.button(0, icons::PLAY, why_not.unwrap_or(&label), false, ink);
        if response.clicked() && why_not.is_none() {
            let (target, interface) = call_of(session, view, found);
            outbox.request(Request::Invoke(target, interface, function.name.clone()));
        }
    }
    if place.button(buttons - 1, icons::COPY, &format!("Copy {name}"), true, t.dim).clicked() {
        let interface = matches!(found.item, Item::Interface(_)).then(|| format!("{}#", found.name));
        place.ui.ctx().copy_text(format!("{}{}", interface.unwrap_or_default(), function.name));
    }
    if let Some(docs) = docs {
        let shown: String = docs.chars().take(MOST_TOOLTIP).collect();
        response.on_hover_text(shown);
    }
}

/// What is called by a function of this export, and its interface there: of an instance, the composition if it exports
/// this, for then its imports are wired.
fn call_of(session: &Session, view: &View<'_>, export: &Extern) -> (Target, Option<String>) {
    let named = |name: &str| matches!(export.item, Item::Interface(_)).then(|| name.to_owned());
    if let Some(instance) = view.instance {
        let port = Port::new(instance, &export.name);
        let result = compose::result_exports(&session.document().composition, session.library());
        if let Some((name, _)) = result.iter().find(|(_, p)| *p == port)
            && named(name).is_some()
        {
            return (Target::Composition, named(name));
        }
    }
    (view.target, named(&export.name))
}

/// True if it was folded.
fn type_row(
    place: &mut Place<'_>,
    component: &Component,
    families: &HashMap<String, Family>,
    id: TypeId,
    open: Option<bool>,
    short: &str,
) -> bool {
    let t = tokens(place.ui.ctx());
    let Some(def) = component.types.get(id) else { return false };
    let name = display_safe_line(def.name.as_deref().unwrap_or_default());
    let word = outline::type_word(&def.kind);
    let y = place.line().center().y;
    let at = pos2(place.left() + 18.0, y);
    let (job, folded) = match open {
        Some(open) => {
            let mut job = LayoutJob::default();
            job.append(&format!("{word} "), 0.0, TextFormat::simple(fonts::mono(size::BODY), t.dim));
            let hue = t.family(component.types.family(Type::Def(id)));
            job.append(&name, 0.0, TextFormat::simple(fonts::mono(size::BODY), hue));
            (job, place.fold(open, &format!("{word} {name}"), 1).clicked())
        }
        None => {
            let response = place.ui.interact(place.rect, place.id, Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::TreeItem, true, short));
            response.on_hover_text(short);
            (wit_line(short, families, t), false)
        }
    };
    let width = place.rect.right() - 26.0 - at.x;
    place.text(job, at, width);
    if place.button(0, icons::COPY, &format!("Copy {name}"), true, t.dim).clicked() {
        place.ui.ctx().copy_text(component.type_text(id));
    }
    folded
}
