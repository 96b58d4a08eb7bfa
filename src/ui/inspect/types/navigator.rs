//! The tree of everything that has a name.

use super::{Cx, divided, is_of_host, is_types_only, type_looks};
use crate::component::{
    Component, Extern, ExternAt, FunctionAt, FunctionKind, ImportUse, Item, List, Named, Stability, TypeId, Uses,
};
use crate::diag::display_safe_line;
use crate::ui::parts::{self, Drawing, ListRow};
use crate::ui::theme::{icons, size, space, tokens};
use egui::{EventFilter, Key, Rect, Response, ScrollArea, Ui, UiBuilder, pos2, vec2};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// Interfaces are open at first if everything together has no more names than this.
const OPEN_AT_FIRST: usize = 80;

/// Rows kept ready above and below what is seen, for the keyboard to go to.
const BEYOND: usize = 2;

/// The navigator's state. Everything is of one component.
#[derive(Default)]
pub(super) struct State {
    filter: String,
    /// Interfaces that were opened or folded.
    folds: BTreeMap<ExternAt, bool>,
    /// The rows, for the filter they were made for.
    made: Option<(String, Vec<Row>)>,
    reveal: bool,
}

impl State {
    /// Brings what is shown into view in the next frame, and opens its interface.
    pub(super) fn reveal(&mut self, home: Option<ExternAt>) {
        self.reveal = true;
        if let Some(home) = home {
            self.fold(home, true);
        }
    }

    fn fold(&mut self, at: ExternAt, open: bool) {
        self.folds.insert(at, open);
        self.made = None;
    }
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    /// A title over rows, and how many they are.
    Group(&'static str, usize),
    /// An interface, and whether what is in it follows.
    Interface(ExternAt, bool),
    /// Something else, and how deep it lies.
    Item(Named, usize),
}

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, shown: Named, state: &mut State) {
    if parts::search_field(ui, &mut state.filter, "Filter names").changed() {
        state.made = None;
    }
    ui.add_space(space::S);
    let wanted = state.filter.trim().to_lowercase();
    if state.made.as_ref().is_none_or(|(filter, _)| *filter != wanted) {
        let open_at_first = cx.uses.named().len() <= OPEN_AT_FIRST;
        let rows = Rows { component: cx.component, wanted: &wanted, folds: &state.folds, open_at_first };
        state.made = Some((wanted.clone(), rows.make(cx.uses)));
    }
    let Some((filter, rows)) = state.made.take() else { return };
    if rows.is_empty() {
        let sentence = format!("Nothing here is called “{}”", display_safe_line(state.filter.trim()));
        if parts::empty(ui, Drawing::Icon(icons::SEARCH), &sentence, Some("Show all")) {
            state.filter.clear();
        }
        return;
    }
    let fold = list(ui, cx, shown, &rows, std::mem::take(&mut state.reveal));
    state.made = Some((filter, rows));
    if let Some((at, open)) = fold {
        state.fold(at, open);
    }
}

/// Draws the rows that are seen; what was folded or opened.
fn list(ui: &mut Ui, cx: &mut Cx<'_>, shown: Named, rows: &[Row], reveal: bool) -> Option<(ExternAt, bool)> {
    let mut fold = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("names").auto_shrink(false).show_viewport(ui, |ui, seen| {
        ui.set_height(size::ROW * rows.len() as f32);
        let (left, top, width) = (ui.max_rect().left(), ui.max_rect().top(), ui.available_width() - space::XS);
        let at =
            |i: usize| Rect::from_min_size(pos2(left, top + size::ROW * i as f32), vec2(width.max(0.0), size::ROW));
        if reveal && let Some(i) = rows.iter().position(|row| is(row, shown)) {
            // With some of what is around it.
            ui.scroll_to_rect(at(i).expand2(vec2(0.0, 3.0 * size::ROW)), None);
        }
        let first = ((seen.top() / size::ROW) as usize).saturating_sub(BEYOND);
        let count = (seen.height() / size::ROW) as usize + 2 + 2 * BEYOND;
        for (i, row) in rows.iter().enumerate().skip(first).take(count) {
            let mut slot = ui.new_child(UiBuilder::new().max_rect(at(i)).id_salt(i));
            fold = one(&mut slot, cx, row, is(row, shown)).or(fold);
        }
    });
    fold
}

fn is(row: &Row, shown: Named) -> bool {
    match row {
        Row::Interface(at, _) => shown == Named::Interface(*at),
        Row::Item(named, _) => shown == *named,
        Row::Group(..) => false,
    }
}

fn one(ui: &mut Ui, cx: &mut Cx<'_>, row: &Row, selected: bool) -> Option<(ExternAt, bool)> {
    let t = tokens(ui.ctx());
    match *row {
        Row::Group(title, count) => {
            crate::ui::panels::kit::group_row(ui, &format!("{title} · {count}"));
        }
        Row::Interface(at, open) => {
            let found = cx.component.extern_at(at)?;
            let (own, package) = divided(&found.name);
            let (own, package) = (display_safe_line(own), display_safe_line(&package));
            let family = t.family(found.family(cx.types()));
            let response = ListRow::new(&own)
                .mono()
                .detail(&package)
                .colored_icon(icons::PLUG, family)
                .trailing(&extern_mark(cx, found, at))
                .depth(0)
                .fold(open)
                .selected(selected)
                .show(ui);
            let (opened, folded) = arrows(ui, &response);
            // The mark of the fold is a place of its own for the pointer.
            let on_mark = response.interact_pointer_pos().is_some_and(|p| p.x < response.rect.left() + 20.0);
            if response.clicked() && on_mark {
                return Some((at, !open));
            }
            if response.clicked() {
                cx.follow(Named::Interface(at));
            }
            let name = display_safe_line(&found.name).into_owned();
            response.on_hover_text(name);
            return match (opened, folded) {
                (true, _) if !open => Some((at, true)),
                (_, true) if open => Some((at, false)),
                _ => None,
            };
        }
        Row::Item(named, depth) => {
            let (name, icon, color, mark) = match named {
                Named::Function(at) => {
                    let (_, function) = cx.component.function_at(at)?;
                    let name = function.display_name();
                    let name = if depth > 1 { name.rsplit('.').next().unwrap_or(name) } else { name };
                    let name = if matches!(function.kind, FunctionKind::Constructor(_)) { "constructor" } else { name };
                    let family = function.result.map(|ty| t.family(cx.types().family(ty)));
                    let mark = match mark(function.stability.as_deref()) {
                        said if said.is_empty() && cx.imports.is_some_and(|i| i.is_unused(at)) => "not used".into(),
                        said => said,
                    };
                    (name, icons::FUNCTION, family.unwrap_or(t.dim), mark)
                }
                Named::Type(id) => {
                    let def = cx.component.types.get(id)?;
                    let (_, icon, family) = type_looks(cx.types(), id);
                    let name = def.name.as_deref().unwrap_or_default();
                    (name, icon, t.family(family), mark(def.stability.as_deref()))
                }
                Named::World(i) => {
                    let world = cx.component.worlds.get(i as usize)?;
                    (divided(&world.name).0, icons::GLOBE, t.dim, mark(world.stability.as_deref()))
                }
                Named::Interface(_) => return None,
            };
            let safe = display_safe_line(name);
            let row = ListRow::new(&safe).mono().colored_icon(icon, color).trailing(&mark).depth(depth);
            if row.selected(selected).show(ui).clicked() {
                cx.follow(named);
            }
        }
    }
    None
}

/// Whether the right or the left arrow was pressed on a row.
fn arrows(ui: &Ui, response: &Response) -> (bool, bool) {
    if !response.has_focus() {
        return (false, false);
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    ui.input(|i| (i.key_pressed(Key::ArrowRight), i.key_pressed(Key::ArrowLeft)))
}

/// What matters most about an interface, in a word or two.
fn extern_mark(cx: &Cx<'_>, found: &Extern, at: ExternAt) -> Cow<'static, str> {
    let is_import = at.list == List::Imports;
    let used = cx.imports.and_then(|imports| imports.import(at));
    match found.stability.as_deref() {
        None if is_types_only(found) || used.is_some_and(ImportUse::is_types_only) => "types only".into(),
        None if is_import && is_of_host(found) => "host".into(),
        said => mark(said),
    }
}

fn mark(stability: Option<&Stability>) -> Cow<'static, str> {
    match stability {
        Some(Stability { deprecated: Some(_), .. }) => "deprecated".into(),
        Some(Stability { unstable: Some(_), .. }) => "unstable".into(),
        Some(Stability { since: Some(since), .. }) => format!("@since {}", display_safe_line(since)).into(),
        _ => "".into(),
    }
}

struct Rows<'a> {
    component: &'a Component,
    /// Part of a name in small letters, or nothing.
    wanted: &'a str,
    folds: &'a BTreeMap<ExternAt, bool>,
    open_at_first: bool,
}

impl Rows<'_> {
    fn make(&self, uses: &Uses) -> Vec<Row> {
        let mut out = Vec::new();
        let component = self.component;
        let lists = [
            ("Exports", List::Exports, component.exports.len()),
            ("Imports", List::Imports, component.imports.len()),
            ("Interfaces", List::Interfaces, component.interfaces.len()),
        ];
        for (title, list, length) in lists {
            self.group(title, &mut out, |out| {
                let places = (0..).take(length).map(|index| ExternAt { list, index });
                places.map(|at| usize::from(self.add(at, 0, out))).sum()
            });
        }
        self.group("Worlds", &mut out, |out| {
            (0..)
                .zip(&component.worlds)
                .map(|(i, world)| {
                    let before = out.len();
                    out.push(Row::Item(Named::World(i), 0));
                    let imports = (0..).take(world.imports.len());
                    let exports = (0..).take(world.exports.len());
                    let places = imports.map(|index| ExternAt { list: List::WorldImports(i), index });
                    let places = places.chain(exports.map(|index| ExternAt { list: List::WorldExports(i), index }));
                    let any = places.filter(|at| self.add(*at, 1, out)).count() > 0;
                    let is_shown = any || self.matches(&world.name);
                    out.truncate(if is_shown { out.len() } else { before });
                    usize::from(is_shown)
                })
                .sum()
        });
        self.group("Types listed nowhere", &mut out, |out| {
            let unlisted = uses.named().iter().filter(|n| matches!(n, Named::Type(id) if uses.home(*id).is_none()));
            unlisted.map(|named| usize::from(self.add_item(*named, 0, out))).sum()
        });
        out
    }

    /// Adds a group, unless nothing is in it.
    fn group(&self, title: &'static str, out: &mut Vec<Row>, add: impl FnOnce(&mut Vec<Row>) -> usize) {
        let head = out.len();
        out.push(Row::Group(title, 0));
        let count = add(out);
        match out.get_mut(head) {
            Some(row) if count > 0 => *row = Row::Group(title, count),
            _ => out.truncate(head),
        }
    }

    fn matches(&self, name: &str) -> bool {
        self.wanted.is_empty() || name.to_lowercase().contains(self.wanted)
    }

    /// Adds an import, export or interface with what is in it; whether there is something to show.
    fn add(&self, at: ExternAt, depth: usize, out: &mut Vec<Row>) -> bool {
        let Some(found) = self.component.extern_at(at) else { return false };
        let interface = match &found.item {
            Item::Interface(interface) => interface,
            Item::Function(_) => return self.add_item(Named::Function(FunctionAt { owner: at, index: 0 }), depth, out),
            Item::Type(id) => return self.add_item(Named::Type(*id), depth, out),
        };
        let is_named = self.matches(&found.name);
        let open = match (self.wanted.is_empty(), self.folds.get(&at)) {
            (false, _) => true,
            (true, Some(open)) => *open,
            (true, None) => self.open_at_first,
        };
        let head = out.len();
        out.push(Row::Interface(at, open));
        if open {
            // If the interface itself is meant, everything in it is.
            let inner = if is_named { &Rows { wanted: "", ..*self } } else { self };
            inner.add_members(at, &interface.types, out);
        }
        let is_shown = is_named || out.len() > head + 1;
        if !is_shown {
            out.truncate(head);
        }
        is_shown
    }

    /// Resources with their functions, other types, functions.
    fn add_members(&self, at: ExternAt, types: &[TypeId], out: &mut Vec<Row>) {
        let functions = self.component.extern_at(at).map_or([].as_slice(), Extern::functions);
        let places = (0..).map(|index| Named::Function(FunctionAt { owner: at, index }));
        let mut of_resource: HashMap<TypeId, Vec<Named>> = HashMap::new();
        let mut free = Vec::new();
        for (named, function) in places.zip(functions) {
            match function.kind {
                FunctionKind::Freestanding => free.push(named),
                FunctionKind::Method(id) | FunctionKind::Static(id) | FunctionKind::Constructor(id) => {
                    of_resource.entry(id).or_default().push(named);
                }
            }
        }
        for id in types {
            let head = out.len();
            out.push(Row::Item(Named::Type(*id), 1));
            for named in of_resource.remove(id).unwrap_or_default() {
                self.add_item(named, 2, out);
            }
            let name = self.component.types.get(*id).and_then(|def| def.name.as_deref()).unwrap_or_default();
            if out.len() == head + 1 && !self.matches(name) {
                out.truncate(head);
            }
        }
        let mut homeless: Vec<_> = of_resource.into_values().flatten().collect();
        homeless.sort_unstable();
        for named in homeless.into_iter().chain(free) {
            self.add_item(named, 1, out);
        }
    }

    fn add_item(&self, named: Named, depth: usize, out: &mut Vec<Row>) -> bool {
        let name = match named {
            Named::Function(at) => self.component.function_at(at).map(|(_, f)| f.display_name()),
            Named::Type(id) => self.component.types.get(id).and_then(|def| def.name.as_deref()),
            Named::Interface(_) | Named::World(_) => None,
        };
        let is_shown = name.is_some_and(|name| self.matches(name));
        if is_shown {
            out.push(Row::Item(named, depth));
        }
        is_shown
    }
}
