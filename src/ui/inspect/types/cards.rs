//! Cards: of an interface or world one for itself and one for each thing in it; of anything else one, in full.

use super::{Cx, divided, is_types_only, named_extern, type_looks};
use crate::component::{
    Component, Extern, ExternAt, Family, Function, FunctionAt, FunctionKind, Item, Kind, Linked, List, Named,
    Stability, Type, TypeDef, TypeId, TypeKind, TypeTable, User, WorldItem,
};
use crate::compose::{Fit, Side};
use crate::diag::display_safe_line;
use crate::project::Target;
use crate::session::{Command, Finding, Study};
use crate::ui::inspect::{At, Place, View};
use crate::ui::panels::{Request, kit};
use crate::ui::parts::{self, Button, IconButton, ListRow, draw, wit_line};
use crate::ui::theme::{Tokens, Tone, fonts, icons, size, space, tokens};
use egui::text::{LayoutJob, LayoutSection};
use egui::{Align, CornerRadius, Frame, Layout, Margin, Rect, RichText, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2};
use std::collections::HashMap;

/// From this width on documentation stands beside what it is about.
const WIDE: f32 = 620.0;
/// Between two cards.
const GAP: f32 = space::S;
/// What a card is taken to be high before it was drawn.
const GUESS: f32 = 96.0;
/// Rows of a card among others, and of one alone.
const ROWS: [usize; 2] = [12, 50];
/// Bytes of a documentation in a card among others, and in one alone.
const DOCS: [usize; 2] = [1_200, 16_000];
/// Uses on a page.
const USES: usize = 50;
/// Uses that are looked up.
const MOST_USES: usize = 10_000;
/// Characters of a name that a hint tells.
const MOST_HOVERED: usize = 1_000;
/// A function with more parameters is written with one on a line.
const MOST_IN_LINE: usize = 8;

/// The state of the cards. Everything is of what is shown.
#[derive(Default)]
pub(super) struct State {
    made: Option<Made>,
    /// The first row of a long type, and the first use, that are on the page; of a world the first import and export.
    pages: [usize; 2],
}

struct Made {
    of: Named,
    cards: Vec<Named>,
    /// How high each card was when it was last drawn this wide.
    heights: Vec<f32>,
    width: f32,
    used: Vec<UseRow>,
    to_top: bool,
}

/// All uses by one function or type.
struct UseRow {
    by: User,
    name: String,
    owner: String,
    roles: String,
}

impl State {
    /// Something else is shown from the next frame on.
    pub(super) fn begin(&mut self) {
        *self = Self::default();
    }
}

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, shown: Named, state: &mut State) {
    if state.made.as_ref().is_none_or(|made| made.of != shown) {
        let cards = cards_of(cx.component, shown);
        let heights = vec![GUESS; cards.len()];
        let used = if let Named::Type(id) = shown { used(cx, id) } else { Vec::new() };
        state.made = Some(Made { of: shown, cards, heights, width: 0.0, used, to_top: true });
    }
    let Some(made) = &mut state.made else { return };
    let mut area = ScrollArea::vertical().id_salt("cards").auto_shrink(false);
    if std::mem::take(&mut made.to_top) {
        area = area.vertical_scroll_offset(0.0);
    }
    let alone = !matches!(shown, Named::Interface(_) | Named::World(_));
    area.show_viewport(ui, |ui, seen| {
        let width = (ui.available_width() - space::S).max(120.0);
        if made.width != width {
            made.width = width;
            made.heights.fill(GUESS);
        }
        ui.set_height(made.heights.iter().sum::<f32>() + GAP * made.heights.len() as f32);
        let (left, mut top) = (ui.max_rect().left(), 0.0);
        for (i, (named, height)) in made.cards.iter().zip(&mut made.heights).enumerate() {
            // One more on each side, for the keyboard to go to.
            let is_near = top + *height >= seen.top() - GUESS && top <= seen.bottom() + GUESS;
            if is_near {
                let rect = Rect::from_min_size(pos2(left, ui.max_rect().top() + top), vec2(width, *height));
                let mut slot = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(i));
                let mut look = Look { alone, of: shown, pages: &mut state.pages, used: &made.used };
                let drawn = frame(&mut slot, |ui| card(ui, cx, *named, &mut look));
                if (drawn - *height).abs() > 0.5 {
                    *height = drawn;
                    ui.ctx().request_repaint();
                }
            }
            top += *height + GAP;
        }
    });
}

/// How a card is drawn.
struct Look<'a> {
    /// In full, because it is the only one.
    alone: bool,
    /// What is shown as a whole.
    of: Named,
    pages: &'a mut [usize; 2],
    used: &'a [UseRow],
}

impl Look<'_> {
    fn docs(&self) -> usize {
        pick(DOCS, self.alone)
    }
}

/// The first of two limits for a card among others, the second for one alone.
fn pick([among, alone]: [usize; 2], is_alone: bool) -> usize {
    if is_alone { alone } else { among }
}

fn cards_of(component: &Component, shown: Named) -> Vec<Named> {
    let Named::Interface(at) = shown else { return vec![shown] };
    let mut out = vec![shown];
    if let Some(Item::Interface(interface)) = component.extern_at(at).map(|e| &e.item) {
        let is_resource =
            |id: &&TypeId| component.types.get(**id).is_some_and(|def| matches!(def.kind, TypeKind::Resource));
        let (resources, others): (Vec<&TypeId>, Vec<&TypeId>) = interface.types.iter().partition(is_resource);
        out.extend(resources.into_iter().chain(others).map(|id| Named::Type(*id)));
        // Those of a resource are on its card.
        let functions = (0..).zip(&interface.functions).filter(|(_, f)| f.kind == FunctionKind::Freestanding);
        out.extend(functions.map(|(index, _)| Named::Function(FunctionAt { owner: at, index })));
    }
    out
}

fn used(cx: &Cx<'_>, id: TypeId) -> Vec<UseRow> {
    let mut out: Vec<UseRow> = Vec::new();
    for found in cx.uses.of(id, cx.types(), MOST_USES) {
        let words = cx.component.use_words(&found);
        match out.last_mut().filter(|last| last.by == found.by) {
            Some(last) => last.roles += &format!(" · {}", words.role),
            None => out.push(UseRow {
                by: found.by,
                name: words.by,
                owner: words.owner.unwrap_or_default(),
                roles: words.role,
            }),
        }
    }
    out
}

/// A card's ground; its height.
fn frame(ui: &mut Ui, body: impl FnOnce(&mut Ui)) -> f32 {
    let t = tokens(ui.ctx());
    let width = ui.available_width();
    let frame = Frame::NONE
        .fill(t.raised)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(CornerRadius::same(size::RADIUS))
        .inner_margin(Margin::same(space::M as i8));
    let shown = frame.show(ui, |ui| {
        ui.set_width(width - 2.0 * space::M - 2.0);
        ui.spacing_mut().item_spacing.y = space::XS;
        body(ui);
    });
    shown.response.rect.height()
}

fn card(ui: &mut Ui, cx: &mut Cx<'_>, named: Named, look: &mut Look<'_>) {
    let component = std::sync::Arc::clone(cx.component);
    match named {
        Named::Interface(at) => {
            if let Some(found) = component.extern_at(at) {
                interface_card(ui, cx, at, found);
                if at.list == List::Imports {
                    providers(ui, cx, &found.name);
                }
            }
        }
        Named::World(i) => world_card(ui, cx, i, look),
        Named::Type(id) => {
            if let Some(def) = component.types.get(id) {
                type_card(ui, cx, id, def, look);
            }
        }
        Named::Function(at) => {
            if let Some((owner, function)) = component.function_at(at) {
                function_card(ui, cx, at, owner, function, look);
            }
        }
    }
}

// ---- head ----

/// The first line of a card.
struct Head<'a> {
    icon: &'a str,
    family: Option<Family>,
    word: &'a str,
    name: &'a str,
    stability: Option<&'a Stability>,
    /// Where the name leads, if that is not this card.
    to: Option<Named>,
    /// What is copied.
    wit: &'a dyn Fn() -> String,
}

impl Head<'_> {
    /// Draws it; `marks` follow the name, `actions` stand before the copy button, from right to left.
    fn show(
        self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        marks: impl FnOnce(&mut Ui),
        actions: impl FnOnce(&mut Ui, &mut Cx<'_>),
    ) {
        let t = tokens(ui.ctx());
        ui.horizontal(|ui| {
            ui.set_height(size::ROW);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = display_safe_line(self.name);
                let what = kit::shortened(&name, kit::MOST_OF_A_NAME);
                if ui.add(IconButton::new(icons::COPY, &format!("Copy WIT of {what}"))).clicked() {
                    ui.ctx().copy_text((self.wit)());
                }
                actions(ui, cx);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let ink = self.family.map_or(t.dim, |f| t.family(f));
                    ui.label(RichText::new(self.icon).font(fonts::icon_default()).color(ink));
                    ui.label(RichText::new(self.word).color(t.dim));
                    // Marks are short; a name may be of any length.
                    let room = (ui.available_width() - 160.0).max(80.0);
                    match self.to {
                        Some(to) => {
                            if parts::link(ui, self.name, fonts::mono_strong(size::BODY), t.strong, room).clicked() {
                                cx.follow(to);
                            }
                        }
                        None => heading(ui, &name, room),
                    }
                    stability(ui, self.stability);
                    marks(ui);
                });
            });
        });
    }
}

/// The name of the one thing that is shown.
fn heading(ui: &mut Ui, name: &str, room: f32) {
    let t = tokens(ui.ctx());
    let galley = draw::elided(ui, name, fonts::mono_strong(size::TITLE), t.strong, room);
    let cut = galley.elided;
    let (rect, response) = ui.allocate_exact_size(galley.size(), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Heading, true, name));
    draw::put(ui.painter(), rect.left_center(), galley);
    if cut {
        response.on_hover_text(&*kit::shortened(name, MOST_HOVERED));
    }
}

fn stability(ui: &mut Ui, said: Option<&Stability>) {
    let Some(said) = said else { return };
    if let Some(version) = &said.deprecated {
        parts::badge(ui, &format!("@deprecated {}", display_safe_line(version)), Tone::Warn);
    }
    if let Some(feature) = &said.unstable {
        parts::badge(ui, &format!("@unstable {}", display_safe_line(feature)), Tone::Info);
    }
    if let Some(version) = &said.since {
        parts::pill(ui, &format!("@since {}", display_safe_line(version)));
    }
}

/// A dim word and a link behind it.
fn pointing(ui: &mut Ui, cx: &mut Cx<'_>, word: &str, name: &str, to: Named) {
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(RichText::new(word).color(t.dim));
        let room = ui.available_width();
        if parts::link(ui, name, fonts::mono(size::BODY), t.accent, room).clicked() {
            cx.follow(to);
        }
    });
}

/// What something belongs to.
fn owner_line(ui: &mut Ui, cx: &mut Cx<'_>, at: Option<ExternAt>, name: Option<&str>) {
    let component = std::sync::Arc::clone(cx.component);
    let found = at.and_then(|at| Some((at, component.extern_at(at)?)));
    match found {
        Some((at, found)) if matches!(found.item, Item::Interface(_)) => {
            let word = match at.list {
                List::Imports => "in the import",
                List::Exports => "in the export",
                _ => "in",
            };
            pointing(ui, cx, word, &found.name, Named::Interface(at));
        }
        _ => {
            let owner =
                name.map_or_else(|| "of the world itself".to_owned(), |n| format!("in {}", display_safe_line(n)));
            ui.label(kit::dim(&owner));
        }
    }
}

/// Text on the left and documentation beside it, so much lower; or above it where there is little room.
fn beside(ui: &mut Ui, docs: Option<&str>, most: usize, lower: f32, left: impl FnOnce(&mut Ui)) {
    let Some(docs) = docs.filter(|d| !d.trim().is_empty()) else { return left(ui) };
    let room = ui.available_width();
    if room < WIDE {
        parts::prose(ui, docs, most);
        return left(ui);
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        let half = ((room - space::L) * 0.54).floor();
        cell(ui, half, left);
        cell(ui, room - half - space::L, |ui| {
            ui.add_space(lower);
            parts::prose(ui, docs, most);
        });
    });
}

/// Part of a row, so wide.
fn cell(ui: &mut Ui, width: f32, body: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
        ui.set_width(width);
        body(ui);
    });
}

// ---- WIT with links ----

/// Coloured WIT in which the names of types are links.
fn wit(ui: &mut Ui, cx: &mut Cx<'_>, text: &Linked) {
    let t = tokens(ui.ctx());
    let (job, links) = linked_job(text, cx.types(), t);
    // A name of any length would be a wall of text.
    let is_short = job.text.len() < text.text.len() && job.text.contains('…');
    if let Some((_, id)) = parts::linked_text(ui, job, &links).and_then(|i| text.links.get(i)) {
        cx.follow(Named::Type(*id));
    }
    if is_short {
        ui.label(kit::dim(kit::NAMES_ARE_SHORT));
    }
}

/// The job, and where in it the links are.
fn linked_job(text: &Linked, types: &TypeTable, t: &Tokens) -> (LayoutJob, Vec<std::ops::Range<usize>>) {
    let none = HashMap::new();
    let mut job = LayoutJob::default();
    let mut links = Vec::new();
    let add = |job: &mut LayoutJob, piece: &str, family: Option<Family>| {
        let part = wit_line(&kit::with_short_names(piece), &none, t);
        let start = job.text.len();
        job.text += &part.text;
        for section in part.sections {
            let mut format = section.format;
            if let Some(family) = family {
                format.color = t.family(family);
            }
            let range = section.byte_range;
            let byte_range = range.start + start..range.end + start;
            job.sections.push(LayoutSection { leading_space: 0.0, byte_range, format });
        }
        start..job.text.len()
    };
    let mut end = 0;
    for (range, id) in &text.links {
        add(&mut job, text.text.get(end..range.start).unwrap_or_default(), None);
        let name = text.text.get(range.clone()).unwrap_or_default();
        links.push(add(&mut job, name, Some(types.family(Type::Def(*id)))));
        end = range.end;
    }
    add(&mut job, text.text.get(end..).unwrap_or_default(), None);
    (job, links)
}

/// Letters of WIT that fit side by side.
fn columns(ui: &Ui) -> usize {
    let letter = ui.fonts_mut(|f| f.glyph_width(&fonts::mono(size::BODY), '0')).max(1.0);
    (ui.available_width() / letter) as usize
}

/// A signature as a person would write it into this room.
fn signature(ui: &mut Ui, cx: &mut Cx<'_>, function: &Function, alone: bool) {
    let component = std::sync::Arc::clone(cx.component);
    let short = function.own_params().len() <= MOST_IN_LINE;
    let line = short.then(|| component.linked_signature(function, None));
    let text = match line {
        Some(line) if line.text.chars().count() <= columns(ui) => line,
        _ => component.linked_signature(function, Some(pick(ROWS, alone))),
    };
    wit(ui, cx, &text);
}

// ---- functions ----

fn function_word(kind: FunctionKind) -> &'static str {
    match kind {
        FunctionKind::Freestanding => "function",
        FunctionKind::Method(_) => "method",
        FunctionKind::Static(_) => "static function",
        FunctionKind::Constructor(_) => "constructor",
    }
}

/// The name without the resource, which says itself around it.
fn own_name(function: &Function) -> &str {
    let name = function.display_name();
    name.rsplit('.').next().unwrap_or(name)
}

fn function_wit(component: &Component, function: &Function) -> String {
    match function.kind {
        FunctionKind::Constructor(_) => format!("{};", component.signature(function)),
        _ => format!("{}: {};", own_name(function), component.signature(function)),
    }
}

fn call_button(ui: &mut Ui, cx: &mut Cx<'_>, at: FunctionAt, owner: &Extern, function: &Function) {
    if at.owner.list != List::Exports || cx.component.kind != Kind::Component {
        return;
    }
    let name = format!("Call {}…", display_safe_line(function.display_name()));
    let response = ui.add(Button::new("Call…").icon(icons::PLAY).quiet());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if response.clicked() {
        let interface = matches!(owner.item, Item::Interface(_)).then(|| owner.name.clone());
        let target = Target::Component(cx.component.digest);
        cx.outbox.request(Request::Invoke(target, interface, function.name.clone()));
    }
}

fn function_card(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    at: FunctionAt,
    owner: &Extern,
    function: &Function,
    look: &mut Look<'_>,
) {
    let component = std::sync::Arc::clone(cx.component);
    let named = Named::Function(at);
    let head = Head {
        icon: icons::FUNCTION,
        family: function.result.map(|ty| cx.types().family(ty)),
        word: function_word(function.kind),
        name: function.display_name(),
        stability: function.stability.as_deref(),
        to: (!look.alone).then_some(named),
        wit: &|| function_wit(&component, function),
    };
    let is_unused = cx.imports.is_some_and(|imports| imports.is_unused(at));
    let marks = |ui: &mut Ui| {
        if function.is_async {
            parts::badge(ui, "async", Tone::Info);
        }
        if is_unused {
            parts::pill(ui, "not used");
        }
    };
    head.show(ui, cx, marks, |ui, cx| call_button(ui, cx, at, owner, function));
    if look.alone {
        owner_line(ui, cx, Some(at.owner), None);
        if let FunctionKind::Method(id) | FunctionKind::Static(id) | FunctionKind::Constructor(id) = function.kind {
            let name = component.types.get(id).and_then(|d| d.name.clone()).unwrap_or_default();
            pointing(ui, cx, "of the resource", &name, Named::Type(id));
        }
        ui.add_space(space::XS);
    }
    beside(ui, function.docs.as_deref(), look.docs(), 0.0, |ui| signature(ui, cx, function, look.alone));
    if !look.alone {
        return;
    }
    let params = function.own_params();
    if !params.is_empty() {
        title(ui, "Parameters", params.len());
        let line = |i: usize| {
            let param = params.get(i)?;
            Some(Line { name: &param.name, ty: Some(param.ty), docs: component.types.summary(param.ty) })
        };
        paged(ui, cx, named, params.len(), line, look);
    }
    if let Some(ty) = function.result {
        title(ui, "Result", 1);
        lines(ui, cx, vec![Line { name: "", ty: Some(ty), docs: component.types.summary(ty) }]);
    }
}

// ---- types ----

fn type_card(ui: &mut Ui, cx: &mut Cx<'_>, id: TypeId, def: &TypeDef, look: &mut Look<'_>) {
    let component = std::sync::Arc::clone(cx.component);
    let (word, icon, family) = type_looks(cx.types(), id);
    let head = Head {
        icon,
        family: Some(family),
        word,
        name: def.name.as_deref().unwrap_or_default(),
        stability: def.stability.as_deref(),
        to: (!look.alone).then_some(Named::Type(id)),
        wit: &|| component.type_text(id),
    };
    head.show(ui, cx, |_| (), |_, _| ());
    if look.alone {
        owner_line(ui, cx, cx.uses.home(id), def.owner.as_deref());
        ui.add_space(space::XS);
    }
    match &def.kind {
        TypeKind::Resource => {
            docs(ui, def.docs.as_deref(), look);
            members(ui, cx, id, look);
        }
        TypeKind::Alias(ty) => beside(ui, def.docs.as_deref(), look.docs(), 0.0, |ui| {
            let mut text = Linked::default();
            text.push("= ");
            text.push_all(&component.types.linked(*ty));
            wit(ui, cx, &text);
            let original = if let Type::Def(of) = ty { component.types.get(*of) } else { None };
            if let Some(owner) = original.and_then(|o| o.owner.as_deref()).filter(|o| def.owner.as_deref() != Some(o)) {
                ui.label(kit::dim(&format!("from {}", display_safe_line(owner))));
            }
        }),
        TypeKind::Record(fields) => {
            docs(ui, def.docs.as_deref(), look);
            let line =
                |i: usize| fields.get(i).map(|f| Line { name: &f.name, ty: Some(f.ty), docs: f.docs.as_deref() });
            paged(ui, cx, Named::Type(id), fields.len(), line, look);
        }
        TypeKind::Variant(cases) => {
            docs(ui, def.docs.as_deref(), look);
            let line = |i: usize| cases.get(i).map(|c| Line { name: &c.name, ty: c.ty, docs: c.docs.as_deref() });
            paged(ui, cx, Named::Type(id), cases.len(), line, look);
        }
        TypeKind::Enum(labels) | TypeKind::Flags(labels) => {
            docs(ui, def.docs.as_deref(), look);
            let line = |i: usize| labels.get(i).map(|l| Line { name: &l.name, ty: None, docs: l.docs.as_deref() });
            paged(ui, cx, Named::Type(id), labels.len(), line, look);
        }
        kind => beside(ui, def.docs.as_deref(), look.docs(), 0.0, |ui| {
            let mut text = Linked::default();
            text.push("= ");
            text.push_all(&component.types.linked_kind(kind));
            wit(ui, cx, &text);
        }),
    }
    if look.alone {
        where_used(ui, cx, def.owner.as_deref(), look);
    }
}

fn docs(ui: &mut Ui, docs: Option<&str>, look: &Look<'_>) {
    if let Some(docs) = docs.filter(|d| !d.trim().is_empty()) {
        parts::prose(ui, docs, look.docs());
        ui.add_space(space::XS);
    }
}

fn title(ui: &mut Ui, text: &str, count: usize) {
    let t = tokens(ui.ctx());
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        ui.label(RichText::new(text).font(fonts::strong(size::BODY)).color(t.strong));
        if count > 1 {
            ui.label(RichText::new(count.to_string()).font(fonts::mono(size::SMALL)).color(t.dim));
        }
    });
    parts::hairline(ui);
}

/// A field, case, label or parameter.
struct Line<'a> {
    name: &'a str,
    ty: Option<Type>,
    docs: Option<&'a str>,
}

/// So many lines as there is room for in this card, and a way to the others.
fn paged<'a>(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    named: Named,
    count: usize,
    line: impl Fn(usize) -> Option<Line<'a>>,
    look: &mut Look<'_>,
) {
    let shown = pick(ROWS, look.alone);
    let [first, _] = look.pages;
    let from = if look.alone { pager(ui, "Rows", first, count, shown) } else { 0 };
    lines(ui, cx, (from..count).take(shown).filter_map(line).collect());
    if !look.alone && count > shown {
        let t = tokens(ui.ctx());
        let more = format!("{} more", count - shown);
        if parts::link(ui, &more, fonts::text(size::BODY), t.accent, 240.0).clicked() {
            cx.follow(named);
        }
    }
}

fn lines(ui: &mut Ui, cx: &mut Cx<'_>, shown: Vec<Line<'_>>) {
    let letter = ui.fonts_mut(|f| f.glyph_width(&fonts::mono(size::BODY), '0')).max(1.0);
    let room = ui.available_width();
    let longest = shown.iter().map(|l| l.name.len()).max().unwrap_or(0);
    let names = if longest == 0 { 0.0 } else { (longest as f32 * letter + space::L).min(room * 0.4).min(280.0) };
    let has_types = shown.iter().any(|l| l.ty.is_some());
    let has_docs = shown.iter().any(|l| l.docs.is_some_and(|d| !d.trim().is_empty()));
    let types = match (has_types, has_docs) {
        (false, _) => 0.0,
        (true, false) => room - names,
        (true, true) => ((room - names) * 0.45).floor(),
    };
    let t = tokens(ui.ctx());
    ui.push_id("lines", |ui| {
        for (i, line) in shown.iter().enumerate() {
            ui.push_id(i, |ui| {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 0.0;
                    if names > 0.0 {
                        cell(ui, names, |ui| {
                            let name = RichText::new(display_safe_line(line.name))
                                .font(fonts::mono(size::BODY))
                                .line_height(Some(18.0));
                            ui.add(egui::Label::new(name.color(t.strong)).truncate().selectable(true));
                        });
                    }
                    if types > 0.0 {
                        cell(ui, types - space::S, |ui| {
                            if let Some(ty) = line.ty {
                                let text = cx.component.types.linked(ty);
                                wit(ui, cx, &text);
                            }
                        });
                        ui.add_space(space::S);
                    }
                    if let Some(docs) = line.docs {
                        cell(ui, room - names - types, |ui| parts::prose(ui, docs, pick(DOCS, false)));
                    }
                });
            });
        }
    });
}

/// What part of a long list is shown, with ways to the others; nothing for a short one. The first that is shown.
fn pager(ui: &mut Ui, what: &str, from: &mut usize, count: usize, per_page: usize) -> usize {
    if count <= per_page {
        *from = 0;
        return 0;
    }
    *from = (*from).min(count - 1) / per_page * per_page;
    ui.horizontal(|ui| {
        let last = (*from + per_page).min(count);
        ui.label(kit::dim(&format!("{what} {} to {last} of {count}", *from + 1)));
        let small = what.to_lowercase();
        let back = (*from == 0).then_some("These are the first");
        let name = format!("Previous {small}");
        let previous = IconButton::new(icons::CARET_LEFT, &name).disabled_because(back);
        if ui.add(previous).clicked() {
            *from = from.saturating_sub(per_page);
        }
        let end = (last == count).then_some("These are the last");
        let name = format!("Next {small}");
        let next = IconButton::new(icons::CARET_RIGHT, &name).disabled_because(end);
        if ui.add(next).clicked() {
            *from += per_page;
        }
    });
    *from
}

/// The constructor, methods and statics of a resource.
fn members(ui: &mut Ui, cx: &mut Cx<'_>, id: TypeId, look: &mut Look<'_>) {
    let component = std::sync::Arc::clone(cx.component);
    // An interface that is both imported and exported has them twice: those of the one that is looked at are shown, or
    // else those that can be called.
    let all: Vec<FunctionAt> = cx.uses.members(id).collect();
    let rank = |owner: &ExternAt| (Named::Interface(*owner) == look.of, owner.list == List::Exports);
    let chosen = all.iter().map(|at| at.owner).max_by_key(rank);
    let all: Vec<_> = all.into_iter().filter(|at| Some(at.owner) == chosen).collect();
    if all.is_empty() {
        ui.label(kit::dim("Nothing can be called on it: it has no constructor, methods or statics here"));
        return;
    }
    let most = pick(ROWS, look.alone);
    let [first, _] = look.pages;
    let from = if look.alone { pager(ui, "Functions", first, all.len(), most) } else { 0 };
    let group = |kind| match kind {
        FunctionKind::Constructor(_) => "Constructor",
        FunctionKind::Static(_) => "Statics",
        _ => "Methods",
    };
    let mut shown: Vec<_> = all
        .iter()
        .filter_map(|at| {
            let (owner, function) = component.function_at(*at)?;
            Some((group(function.kind), *at, owner, function))
        })
        .collect();
    // By the alphabet: constructor, methods, statics.
    shown.sort_by_key(|(group, ..)| *group);
    let mut before = "";
    for (group, at, owner, function) in shown.iter().skip(from).take(most) {
        if *group != before {
            let count = shown.iter().filter(|(g, ..)| g == group).count();
            title(ui, group, if *group == "Constructor" { 1 } else { count });
            before = group;
        }
        ui.push_id(at, |ui| member(ui, cx, *at, owner, function, look));
    }
    if !look.alone && shown.len() > most {
        let t = tokens(ui.ctx());
        let more = format!("{} more functions", shown.len() - most);
        if parts::link(ui, &more, fonts::text(size::BODY), t.accent, 240.0).clicked() {
            cx.follow(Named::Type(id));
        }
    }
}

fn member(ui: &mut Ui, cx: &mut Cx<'_>, at: FunctionAt, owner: &Extern, function: &Function, look: &Look<'_>) {
    let t = tokens(ui.ctx());
    beside(ui, function.docs.as_deref(), pick(DOCS, false), 3.0, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(size::ROW);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if look.alone {
                    call_button(ui, cx, at, owner, function);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let name = match function.kind {
                        FunctionKind::Constructor(_) => "constructor",
                        _ => own_name(function),
                    };
                    let room = ui.available_width() * 0.7;
                    if parts::link(ui, name, fonts::mono_strong(size::BODY), t.strong, room).clicked() {
                        cx.follow(Named::Function(at));
                    }
                    if function.is_async {
                        parts::badge(ui, "async", Tone::Info);
                    }
                    stability(ui, function.stability.as_deref());
                    if cx.imports.is_some_and(|imports| imports.is_unused(at)) {
                        parts::pill(ui, "not used");
                    }
                });
            });
        });
        signature(ui, cx, function, false);
    });
    ui.add_space(space::XS);
}

fn where_used(ui: &mut Ui, cx: &mut Cx<'_>, owner: Option<&str>, look: &mut Look<'_>) {
    let used = look.used;
    title(ui, "Where used", used.len());
    if used.is_empty() {
        ui.label(kit::dim("Nothing in this file takes, returns or contains it"));
        return;
    }
    let [_, first] = look.pages;
    let from = pager(ui, "Uses", first, used.len(), USES);
    ui.spacing_mut().item_spacing.y = 0.0;
    for (i, row) in used.iter().enumerate().skip(from).take(USES) {
        let (icon, family, to) = match row.by {
            User::Function(at) => {
                let result = cx.component.function_at(at).and_then(|(_, f)| f.result);
                (icons::FUNCTION, result.map(|ty| cx.types().family(ty)), Named::Function(at))
            }
            User::Type(id) => {
                let (_, icon, family) = type_looks(cx.types(), id);
                (icon, Some(family), Named::Type(id))
            }
        };
        let t = tokens(ui.ctx());
        let (name, roles) = (display_safe_line(&row.name), display_safe_line(&row.roles));
        // That it is of the same interface goes without saying.
        let owner = if owner == Some(row.owner.as_str()) { "".into() } else { display_safe_line(&row.owner) };
        let line = ListRow::new(&name).mono().detail(&roles).trailing(&owner);
        let line = line.colored_icon(icon, family.map_or(t.dim, |f| t.family(f)));
        if ui.push_id(("use", i), |ui| line.show(ui)).inner.clicked() {
            cx.follow(to);
        }
    }
}

// ---- interfaces and worlds ----

fn interface_card(ui: &mut Ui, cx: &mut Cx<'_>, at: ExternAt, found: &Extern) {
    let component = std::sync::Arc::clone(cx.component);
    let head = Head {
        icon: icons::PLUG,
        family: Some(found.family(cx.types())),
        word: "interface",
        name: &found.name,
        stability: found.stability.as_deref(),
        to: None,
        wit: &|| found.wit(&component),
    };
    let used = cx.imports.and_then(|imports| Some(imports.import(at)?.words()));
    let marks = |ui: &mut Ui| {
        match at.list {
            List::Imports => drop(parts::pill(ui, "imported")),
            List::Exports => drop(parts::pill(ui, "exported")),
            _ => {}
        }
        if at.list == List::Imports && found.is_host() {
            parts::pill(ui, "host");
        }
        match used {
            Some(words) => drop(parts::pill(ui, &words)),
            None if is_types_only(found) => drop(parts::pill(ui, "types only")),
            None => {}
        }
    };
    head.show(ui, cx, marks, |_, _| ());
    if let Item::Interface(interface) = &found.item {
        let is_resource = |id: &&TypeId| cx.types().get(**id).is_some_and(|def| matches!(def.kind, TypeKind::Resource));
        let resources = interface.types.iter().filter(is_resource).count();
        let counts = [
            counted(resources, "resource"),
            counted(interface.types.len() - resources, "type"),
            counted(interface.functions.len(), "function"),
        ];
        let counts: Vec<_> = counts.into_iter().flatten().collect();
        let counts = if counts.is_empty() { "Nothing is in it".to_owned() } else { counts.join(" · ") };
        ui.label(kit::dim(&counts));
    }
    if let Some(docs) = &found.docs {
        ui.add_space(space::XS);
        parts::prose(ui, docs, pick(DOCS, true));
    }
    if !cx.is_documented {
        ui.label(kit::dim("No documentation is in this file: most tools leave it out when they build a component"));
    }
}

/// Who of all that is open can satisfy an import.
fn providers(ui: &mut Ui, cx: &mut Cx<'_>, import: &str) {
    let study = Study::Providers(cx.component.digest, import.to_owned());
    let found = match cx.session.finding(&study) {
        Some(Finding::Providers(found)) => found,
        Some(_) => return,
        None if cx.session.is_studying(&study) => return,
        None => return cx.outbox.command(Command::Study(study)),
    };
    ui.add_space(space::S);
    parts::heading(ui, "Who can satisfy it");
    if found.is_empty() {
        ui.label(kit::dim("Nothing that is open exports an interface of this name"));
    }
    for provider in found.iter().take(ROWS[1]) {
        let name = cx.session.component(&provider.component).map_or_else(String::new, |c| c.name.clone());
        let (glyph, tone, words) = match &provider.fit {
            Fit::Exact => (icons::CHECK_CIRCLE, Tone::Ok, "fits".to_owned()),
            Fit::OtherVersion { export, .. } => {
                (icons::CHECK_CIRCLE, Tone::Ok, format!("fits, as {}", display_safe_line(export)))
            }
            Fit::No(why) => (icons::PROHIBIT, Tone::Error, format!("does not fit: {}", display_safe_line(why))),
        };
        let name = display_safe_line(&name);
        let ink = tokens(ui.ctx()).tone(tone);
        let row = ListRow::new(&name).colored_icon(glyph, ink).detail(&words).show(ui);
        if row.on_hover_text(format!("{name} {words}")).clicked() {
            let at = At::Extern(Side::Export, provider.export.clone());
            let place = Place { component: provider.component, view: View::Types, at };
            cx.outbox.request(Request::Inspect(place));
        }
    }
}

fn counted(count: usize, word: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    }
}

fn world_card(ui: &mut Ui, cx: &mut Cx<'_>, index: u32, look: &mut Look<'_>) {
    let component = std::sync::Arc::clone(cx.component);
    let Some(world) = component.worlds.get(index as usize) else { return };
    let head = Head {
        icon: icons::GLOBE,
        family: None,
        word: "world",
        name: &world.name,
        stability: world.stability.as_deref(),
        to: None,
        wit: &|| world_wit(&component, index),
    };
    head.show(ui, cx, |_| (), |_, _| ());
    if let Some(docs) = &world.docs {
        parts::prose(ui, docs, pick(DOCS, true));
    }
    let lists = [
        ("Imports", &world.imports, List::WorldImports(index)),
        ("Exports", &world.exports, List::WorldExports(index)),
    ];
    for ((heading, items, list), first) in lists.into_iter().zip(&mut *look.pages) {
        if items.is_empty() {
            continue;
        }
        title(ui, heading, items.len());
        let most = pick(ROWS, true);
        let from = pager(ui, heading, first, items.len(), most);
        for (i, item) in (0..).zip(items).skip(from).take(most) {
            let (name, to, icon) = match item {
                WorldItem::Interface(at) => {
                    let at = ExternAt { list: List::Interfaces, index: u32::try_from(*at).unwrap_or(u32::MAX) };
                    let name = component.extern_at(at).map_or("", |e| e.name.as_str());
                    (name, Some(Named::Interface(at)), icons::PLUG)
                }
                WorldItem::Own(own) => {
                    let icon = if matches!(own.item, Item::Function(_)) { icons::FUNCTION } else { icons::TAG };
                    (own.name.as_str(), named_extern(&component, ExternAt { list, index: i }), icon)
                }
            };
            let (own, package) = divided(name);
            let (own, package) = (display_safe_line(own), display_safe_line(&package));
            let row = ListRow::new(&own).mono().detail(&package).icon(icon);
            if ui.push_id((heading, i), |ui| row.show(ui)).inner.clicked()
                && let Some(to) = to
            {
                cx.follow(to);
            }
        }
    }
}

/// The world as WIT, with what is its own written out.
fn world_wit(component: &Component, index: u32) -> String {
    let Some(world) = component.worlds.get(index as usize) else { return String::new() };
    let mut out = format!("world {} {{\n", divided(&world.name).0);
    for (word, items) in [("import", &world.imports), ("export", &world.exports)] {
        for item in items {
            let line = match item {
                WorldItem::Interface(i) => {
                    component.interfaces.get(*i).map_or(String::new(), |e| format!("{};", e.name))
                }
                WorldItem::Own(own) => own.wit(component),
            };
            let is_type = matches!(item, WorldItem::Own(Extern { item: Item::Type(_), .. }));
            out += &if is_type { format!("  {line}\n") } else { format!("  {word} {line}\n") };
        }
    }
    out + "}"
}
