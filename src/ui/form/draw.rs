//! Rows of the form: label left, editor right, type or item buttons last; parts below, behind a thin rule.

use super::basis::{Basis, MAX_FIXED, Source};
use super::bits;
use super::node::{Body, Node};
use super::{AUTO_DEPTH, PAGE};
use crate::component::{Type, TypeKind};
use crate::diag::{display_safe, display_safe_line};
use crate::ui::parts::draw::focus_ring;
use crate::ui::theme::{Tokens, fonts, icons, size, space};
use crate::value::{Step, Value};
use egui::{
    Align, Align2, CornerRadius, Id, Layout, Rect, Response, RichText, Role, Sense, Stroke, TextWrapMode, Ui,
    UiBuilder, Vec2, WidgetInfo, WidgetText, pos2, vec2,
};
use std::ops::Range;

/// Where the columns of a form are, in points.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    /// Where editors begin.
    pub editor: f32,
    /// Where types and item buttons begin.
    pub last: f32,
    pub right: f32,
    /// Too little room for columns: editors stand below their labels.
    pub narrow: bool,
}

impl Columns {
    pub fn of(ui: &Ui) -> Self {
        let (left, width) = (ui.max_rect().left(), ui.available_width());
        let right = left + width;
        let narrow = width < 420.0;
        let label = (width * 0.28).clamp(120.0, 200.0);
        let last = (width * 0.24).clamp(84.0, 160.0);
        let editor = if narrow { left } else { left + label };
        let last = (right - last).min(editor + 440.0);
        Self { editor, last: if narrow { right - 84.0 } else { last }, right, narrow }
    }
}

pub(super) struct Draw<'a> {
    pub basis: &'a Basis,
    pub t: &'static Tokens,
    /// All widgets of the form hang below this id, by the keys of their fields.
    pub base: Id,
    pub columns: Columns,
    pub changed: bool,
    pub go_to: Option<Source>,
    /// Something is wrong somewhere, so folded fields look inside for it.
    pub invalid: bool,
    /// How many more fields may open by themselves.
    pub auto_open: usize,
    /// The keyboard asks the item with the focus to move.
    pub move_by: Option<ItemAction>,
    /// A widget drawn since this was last reset has the focus.
    pub focus_seen: bool,
    /// The field whose first editor is to get the focus.
    pub focus_on: Option<u64>,
    /// That field has been reached.
    pub focus_armed: bool,
}

pub(super) struct Label<'a> {
    pub text: &'a str,
    pub docs: Option<&'a str>,
}

/// An item of a list, for its buttons.
#[derive(Clone, Copy)]
pub(super) struct Item {
    index: usize,
    count: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemAction {
    Up,
    Down,
    Remove,
}

#[derive(Default)]
struct RowAnswer {
    fold_clicked: bool,
    action: Option<ItemAction>,
}

/// Whether a type's parts get rows of their own.
fn is_group(basis: &Basis, ty: Type) -> bool {
    match basis.table.kind(ty) {
        Some(TypeKind::List(t)) => basis.table.resolve(*t) != Type::U8,
        Some(TypeKind::FixedList(_, count)) => *count <= MAX_FIXED,
        Some(TypeKind::Record(_) | TypeKind::Tuple(_) | TypeKind::Map(..)) => true,
        _ => false,
    }
}

impl Draw<'_> {
    /// A field with everything below it. Answers what its item buttons ask for.
    pub fn field(
        &mut self,
        ui: &mut Ui,
        node: &mut Node,
        label: &Label<'_>,
        path: &str,
        depth: usize,
        item: Option<Item>,
    ) -> Option<ItemAction> {
        let focus_before = std::mem::take(&mut self.focus_seen);
        let gets_focus = self.focus_on == Some(node.key);
        self.focus_armed |= gets_focus;
        let mut action = if is_group(self.basis, node.ty) {
            self.group(ui, node, label, path, depth, item)
        } else {
            node.look_inside(self.basis);
            match &node.body {
                Body::Case { .. } => self.case(ui, node, label, path, depth, item),
                _ => self.leaf_row(ui, node, label, path, item),
            }
        };
        if gets_focus {
            // Without an editor to take it, the focus stays where it is.
            (self.focus_on, self.focus_armed) = (None, false);
        }
        if item.is_some() && self.focus_seen {
            action = action.or(self.move_by.take());
        }
        self.focus_seen |= focus_before;
        action
    }

    fn leaf_row(
        &mut self,
        ui: &mut Ui,
        node: &mut Node,
        label: &Label<'_>,
        path: &str,
        item: Option<Item>,
    ) -> Option<ItemAction> {
        let (key, ty) = (node.key, node.ty);
        let action = self.row(ui, key, ty, label, path, None, item, |d, ui| d.leaf(ui, node, path)).action;
        self.notes(ui, node, self.columns.editor);
        action
    }

    /// What is wrong with a field, and what is worth knowing of it.
    fn notes(&mut self, ui: &mut Ui, node: &Node, left: f32) {
        let note = self.note(node);
        let problem = match &node.body {
            // Its editor says so already.
            Body::Unavailable => None,
            Body::Handle(None) => None,
            // It looks at every entry.
            Body::Map(_) if !self.invalid => None,
            _ => node.own_problem(self.basis),
        };
        if problem.is_none() && note.is_none() {
            return;
        }
        let left = left.max(ui.cursor().left() + 16.0);
        let rect = Rect::from_min_max(pos2(left, ui.cursor().top()), pos2(self.columns.right, f32::INFINITY));
        let mut below = ui.new_child(UiBuilder::new().scope_id(self.base.with((node.key, "notes"))).max_rect(rect));
        if let Some(problem) = problem {
            bits::error_below(&mut below, &problem);
        }
        if let Some(note) = note {
            bits::below(&mut below, None, &note, self.t.dim);
        }
        ui.advance_cursor_after_rect(below.min_rect());
    }

    /// One row. The editor is drawn by `editor`, in a layout from left to right.
    #[expect(clippy::too_many_arguments)]
    fn row(
        &mut self,
        ui: &mut Ui,
        key: u64,
        ty: Type,
        label: &Label<'_>,
        path: &str,
        fold: Option<bool>,
        item: Option<Item>,
        editor: impl FnOnce(&mut Self, &mut Ui),
    ) -> RowAnswer {
        let mut answer = RowAnswer::default();
        let columns = self.columns;
        let (left, top) = (ui.cursor().left(), ui.cursor().top());
        let editor_left = if columns.narrow { left + 16.0 } else { columns.editor.max(left + 88.0) };
        let label_right = if columns.narrow { columns.last } else { editor_left } - space::S;
        let label_rect = Rect::from_min_max(pos2(left, top), pos2(label_right, top + size::ROW));
        answer.fold_clicked = self.label(ui, key, ty, label, path, fold, label_rect);
        let last = Rect::from_min_max(pos2(columns.last, top), pos2(columns.right, top + size::ROW));
        let editor_top = if columns.narrow { top + size::ROW } else { top };
        let editor_right = if columns.narrow { columns.right } else { columns.last - space::S };
        let room = Rect::from_min_max(pos2(editor_left, editor_top), pos2(editor_right, editor_top + size::ROW));
        let layout = Layout::left_to_right(Align::Min);
        let builder = UiBuilder::new().scope_id(self.base.with((key, "row"))).max_rect(room).layout(layout);
        let mut child = ui.new_child(builder);
        editor(self, &mut child);
        // In a narrow form a group has nothing beside its label.
        let used = child.min_rect();
        let empty = columns.narrow && used.width() < 1.0;
        match item {
            Some(item) => answer.action = self.item_buttons(ui, key, path, item, last),
            None => self.type_text(ui, key, ty, last),
        }
        let bottom = if empty { top + size::ROW } else { used.bottom().max(top + size::ROW) };
        ui.advance_cursor_after_rect(Rect::from_min_max(pos2(left, top), pos2(columns.right, bottom)));
        answer
    }

    /// Name of a field after a mark in its type's hue: a dot, or the arrow that folds it. Answers whether that was used.
    #[expect(clippy::too_many_arguments)]
    fn label(
        &mut self,
        ui: &mut Ui,
        key: u64,
        ty: Type,
        label: &Label<'_>,
        path: &str,
        fold: Option<bool>,
        rect: Rect,
    ) -> bool {
        let t = self.t;
        let hue = t.family(self.basis.table.family(ty));
        let mark = pos2(rect.left() + 8.0, rect.center().y);
        let mut clicked = false;
        let id = self.base.with((key, "label"));
        let response = match fold {
            Some(open) => {
                let response = ui.interact(rect, id, Sense::click());
                let words = if open { "Fold" } else { "Unfold" };
                response.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, true, format!("{words} {path}")));
                ui.ctx().accesskit_node_builder(id, |n| n.set_expanded(open));
                clicked = response.clicked();
                self.saw(&response);
                if response.hovered() {
                    let ground = Rect::from_center_size(mark, Vec2::splat(18.0));
                    ui.painter().rect_filled(ground, CornerRadius::same(4), t.hover);
                }
                focus_ring(ui, &response, Rect::from_center_size(mark, Vec2::splat(16.0)));
                let glyph = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
                ui.painter().text(mark, Align2::CENTER_CENTER, glyph, fonts::icon(12.0), hue);
                response
            }
            None => {
                ui.painter().circle_filled(mark, 2.5, hue);
                ui.interact(rect, id, Sense::hover())
            }
        };
        let is_index = label.text.starts_with('[');
        let color = if is_index { t.dim } else { t.strong };
        let text = RichText::new(label.text).font(fonts::mono(size::BODY)).color(color);
        let galley = WidgetText::from(text).into_galley(
            ui,
            Some(TextWrapMode::Truncate),
            (rect.width() - 18.0).max(24.0),
            egui::TextStyle::Monospace,
        );
        let cut = galley.elided;
        ui.painter().galley(pos2(rect.left() + 18.0, rect.center().y - galley.size().y / 2.0), galley, color);
        if cut || label.docs.is_some() {
            response.on_hover_ui(|ui| {
                ui.label(RichText::new(label.text).font(fonts::mono(size::BODY)));
                if let Some(docs) = label.docs {
                    ui.label(RichText::new(display_safe(docs)).color(t.dim));
                }
            });
        }
        clicked
    }

    fn type_text(&mut self, ui: &mut Ui, key: u64, ty: Type, rect: Rect) {
        let text = self.basis.text(ty);
        let rich = RichText::new(&text).font(fonts::mono(size::SMALL)).color(self.t.faint);
        let galley = WidgetText::from(rich).into_galley(
            ui,
            Some(TextWrapMode::Truncate),
            rect.width(),
            egui::TextStyle::Monospace,
        );
        if galley.elided {
            ui.interact(rect, self.base.with((key, "type")), Sense::hover())
                .on_hover_text(RichText::new(&text).font(fonts::mono(size::SMALL)));
        }
        let x = if self.columns.narrow { rect.right() - galley.size().x } else { rect.left() };
        ui.painter().galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, self.t.faint);
    }

    fn item_buttons(&mut self, ui: &mut Ui, key: u64, path: &str, item: Item, rect: Rect) -> Option<ItemAction> {
        let mut action = None;
        let builder = UiBuilder::new()
            .scope_id(self.base.with((key, "item")))
            .max_rect(rect)
            .layout(Layout::left_to_right(Align::Min));
        let mut ui = ui.new_child(builder);
        ui.spacing_mut().item_spacing.x = 0.0;
        for (n, (glyph, words, enabled, what)) in [
            (icons::ARROW_UP, format!("Move {path} up"), item.index > 0, ItemAction::Up),
            (icons::ARROW_DOWN, format!("Move {path} down"), item.index + 1 < item.count, ItemAction::Down),
            (icons::CLOSE, format!("Remove {path}"), true, ItemAction::Remove),
        ]
        .into_iter()
        .enumerate()
        {
            let response = bits::icon_button(&mut ui, self.base.with((key, "item", n)), glyph, &words, enabled);
            self.saw(&response);
            if response.clicked() {
                action = Some(what);
            }
        }
        action
    }

    /// Notes whether the widget has the focus, and brings it into view when it gets it.
    pub fn saw(&mut self, response: &Response) {
        self.focus_seen |= response.has_focus();
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
    }

    /// As [`Draw::saw`], for an editor: gives it the focus if it is the one to get it.
    pub fn saw_editor(&mut self, response: &Response) {
        if std::mem::take(&mut self.focus_armed) {
            response.request_focus();
            response.scroll_to_me(None);
        }
        self.saw(response);
    }

    /// Whether a group shows its parts; decides it for one that is drawn for the first time.
    fn is_open(&mut self, node: &mut Node, depth: usize) -> bool {
        let open = node.open.unwrap_or(depth < AUTO_DEPTH && self.auto_open > 0);
        if open && node.open.is_none() {
            let parts = self.basis.size(node.ty).min(PAGE as u64) as usize;
            self.auto_open = self.auto_open.saturating_sub(parts);
        }
        *node.open.insert(open)
    }

    fn group(
        &mut self,
        ui: &mut Ui,
        node: &mut Node,
        label: &Label<'_>,
        path: &str,
        depth: usize,
        item: Option<Item>,
    ) -> Option<ItemAction> {
        let open = self.is_open(node, depth);
        if open {
            node.look_inside(self.basis);
        }
        let (key, ty) = (node.key, node.ty);
        let answer = self.row(ui, key, ty, label, path, Some(open), item, |d, ui| d.group_words(ui, node, open));
        if answer.fold_clicked {
            node.open = Some(!open);
        }
        if open {
            self.behind_rule(ui, key, |d, ui| d.part_rows(ui, node, path, depth + 1));
            self.notes(ui, node, self.columns.editor);
        }
        answer.action
    }

    /// Beside a group's name: how much is in it; what is in it or wrong with it while it is folded.
    fn group_words(&mut self, ui: &mut Ui, node: &Node, open: bool) {
        let t = self.t;
        let problem = (!open && self.invalid).then(|| node.problem(self.basis)).flatten();
        if let Some(problem) = problem {
            ui.set_min_height(size::ROW);
            bits::error_below(ui, &problem.message);
            return;
        }
        let count = match &node.body {
            Body::List(items) => Some(words_for(items.len(), "item", "items")),
            Body::Map(entries) => Some(words_for(entries.len(), "entry", "entries")),
            Body::Whole(Some(Value::List(items))) => Some(words_for(items.len(), "item", "items")),
            _ => None,
        };
        let summary = if open { None } else { node.summary(self.basis) };
        let words = match (count, summary) {
            (Some(count), Some(summary)) => format!("{count}  {summary}"),
            (Some(_), None) if open && self.columns.narrow => return,
            (Some(count), None) => count,
            (None, Some(summary)) => summary,
            (None, None) if open => return,
            (None, None) => "…".to_owned(),
        };
        let text = RichText::new(words).font(fonts::mono(12.0)).color(t.dim);
        ui.add_sized(vec2(ui.available_width(), size::ROW), left_label(text));
    }

    /// Rows that belong to the row above: indented, behind a thin rule.
    fn behind_rule(&mut self, ui: &mut Ui, key: u64, rows: impl FnOnce(&mut Self, &mut Ui)) {
        let (left, top) = (ui.cursor().left(), ui.cursor().top());
        let room = Rect::from_min_max(pos2(left + 16.0, top), pos2(self.columns.right, f32::INFINITY));
        let builder = UiBuilder::new().scope_id(self.base.with((key, "parts"))).max_rect(room);
        let mut child = ui.new_child(builder.layout(Layout::top_down(Align::Min)));
        rows(self, &mut child);
        let bottom = child.min_rect().bottom();
        if bottom > top {
            ui.painter().vline(left + 8.0, top..=bottom - 2.0, Stroke::new(1.0, self.t.line));
            ui.advance_cursor_after_rect(Rect::from_min_max(pos2(left, top), pos2(self.columns.right, bottom)));
        }
    }

    fn part_rows(&mut self, ui: &mut Ui, node: &mut Node, path: &str, depth: usize) {
        let (basis, key, ty) = (self.basis, node.key, node.ty);
        match &mut node.body {
            Body::Group(parts) => {
                for i in self.pager(ui, key, &mut node.page, parts.len(), path) {
                    let Some(part) = parts.get_mut(i) else { break };
                    let (text, docs) = match basis.table.kind(ty) {
                        Some(TypeKind::Record(fields)) => match fields.get(i) {
                            Some(f) => (display_safe_line(&f.name).into_owned(), f.docs.as_deref()),
                            None => break,
                        },
                        _ => (format!("[{i}]"), None),
                    };
                    let path = basis.part_step(ty, i).path(path);
                    self.field(ui, part, &Label { text: &text, docs }, &path, depth, None);
                }
            }
            Body::List(items) => {
                let Some(TypeKind::List(element)) = basis.table.kind(ty) else { return };
                let mut asked = None;
                let count = items.len();
                for i in self.pager(ui, key, &mut node.page, count, path) {
                    let Some(part) = items.get_mut(i) else { break };
                    let label = format!("[{i}]");
                    let path = Step::Index(i).path(path);
                    let item = Some(Item { index: i, count });
                    if let Some(action) = self.field(ui, part, &Label { text: &label, docs: None }, &path, depth, item)
                    {
                        asked = Some((i, action));
                    }
                }
                self.change_items(items, asked, |n| n.key);
                if self.add_button(ui, key, path) {
                    let mut new = Node::new(basis, *element);
                    new.open = Some(true);
                    self.focus_on = Some(new.key);
                    items.push(new);
                    node.page = (items.len() - 1) / PAGE;
                }
            }
            Body::Map(entries) => {
                let Some(TypeKind::Map(key_type, value_type)) = basis.table.kind(ty) else { return };
                let mut asked = None;
                let count = entries.len();
                for i in self.pager(ui, key, &mut node.page, count, path) {
                    let Some((k, v)) = entries.get_mut(i) else { break };
                    let entry_path = Step::Index(i).path(path);
                    let label = format!("[{i}]");
                    let item = Some(Item { index: i, count });
                    // An entry's row has the key; its value is the row below.
                    let action = self.field(
                        ui,
                        k,
                        &Label { text: &label, docs: None },
                        &format!("{entry_path}.key"),
                        depth,
                        item,
                    );
                    asked = action.map(|a| (i, a)).or(asked);
                    self.field(ui, v, &Label { text: "→", docs: None }, &format!("{entry_path}.value"), depth, None);
                }
                self.change_items(entries, asked, |(k, _)| k.key);
                if self.add_button(ui, key, path) {
                    let new = (Node::new(basis, *key_type), Node::new(basis, *value_type));
                    self.focus_on = Some(new.0.key);
                    entries.push(new);
                    node.page = (entries.len() - 1) / PAGE;
                }
            }
            _ => {}
        }
    }

    fn change_items<T>(&mut self, items: &mut Vec<T>, asked: Option<(usize, ItemAction)>, key: impl Fn(&T) -> u64) {
        let Some((i, action)) = asked else { return };
        match action {
            ItemAction::Up if i > 0 => items.swap(i, i - 1),
            ItemAction::Down if i + 1 < items.len() => items.swap(i, i + 1),
            ItemAction::Remove if i < items.len() => {
                items.remove(i);
                self.focus_on = items.get(i).or(items.last()).map(key);
            }
            _ => return,
        }
        self.changed = true;
    }

    fn add_button(&mut self, ui: &mut Ui, key: u64, path: &str) -> bool {
        let builder = UiBuilder::new().scope_id(self.base.with((key, "add")));
        let response = ui
            .scope_builder(builder, |ui| {
                ui.horizontal(|ui| {
                    ui.add_space(space::XS);
                    bits::text_button(ui, icons::PLUS, "Add item", &format!("Add item to {path}"))
                })
                .inner
            })
            .inner;
        self.saw(&response);
        self.changed |= response.clicked();
        response.clicked()
    }

    /// The parts to show; with buttons to page through them if there are many.
    fn pager(&mut self, ui: &mut Ui, key: u64, page: &mut usize, count: usize, path: &str) -> Range<usize> {
        if count <= PAGE {
            return 0..count;
        }
        *page = (*page).min((count - 1) / PAGE);
        let mut range = *page * PAGE..((*page + 1) * PAGE).min(count);
        let builder = UiBuilder::new().scope_id(self.base.with((key, "pager")));
        ui.scope_builder(builder, |ui| {
            ui.horizontal(|ui| {
                let button = |ui: &mut Ui, n: u8, glyph: &str, words: &str, enabled: bool| {
                    bits::icon_button(
                        ui,
                        self.base.with((key, "pager", n)),
                        glyph,
                        &format!("{words} of {path}"),
                        enabled,
                    )
                    .clicked()
                };
                if button(ui, 0, icons::CARET_LEFT, "Previous page", *page > 0) {
                    *page -= 1;
                }
                let words = format!("[{}] to [{}] of {count}", range.start, range.end - 1);
                ui.label(RichText::new(words).font(fonts::mono(12.0)).color(self.t.dim));
                if button(ui, 1, icons::CARET_RIGHT, "Next page", range.end < count) {
                    *page += 1;
                }
            });
        });
        range = *page * PAGE..((*page + 1) * PAGE).min(count);
        range
    }

    /// A variant, enum, option or result: which case, and that case's payload only.
    fn case(
        &mut self,
        ui: &mut Ui,
        node: &mut Node,
        label: &Label<'_>,
        path: &str,
        depth: usize,
        item: Option<Item>,
    ) -> Option<ItemAction> {
        let (basis, key, ty) = (self.basis, node.key, node.ty);
        let Body::Case { chosen, payloads } = &mut node.body else { return None };
        let payload_type = basis.case_type(ty, *chosen);
        if let Some(t) = payload_type {
            payloads.entry(*chosen).or_insert_with(|| Node::new(basis, t));
        }
        let payload_path = basis.payload_step(ty, *chosen).path(path);
        let group = payload_type.is_some_and(|t| is_group(basis, t));
        let fold = match payloads.get_mut(chosen) {
            Some(payload) if group => Some(self.is_open(payload, depth)),
            _ => None,
        };
        let before = *chosen;
        // Where the payload's editor begins, if it stands beside the choice.
        let mut inline = None;
        let answer = self.row(ui, key, ty, label, path, fold, item, |d, ui| {
            if let Some(picked) = d.choice(ui, key, ty, before, path) {
                *chosen = picked;
                d.changed = true;
            }
            let Some(payload) = payloads.get_mut(&before) else { return };
            if fold == Some(false) {
                return d.group_words(ui, payload, false);
            }
            payload.look_inside(basis);
            let is_leaf = !group && !matches!(payload.body, Body::Case { .. });
            if is_leaf && ui.available_width() >= 120.0 {
                inline = Some(ui.cursor().left());
                d.leaf(ui, payload, &payload_path);
            }
        });
        if *chosen != before {
            return answer.action;
        }
        let Some(payload) = payloads.get_mut(chosen) else { return answer.action };
        if answer.fold_clicked {
            payload.open = fold.map(|open| !open);
        }
        match (inline, fold) {
            (Some(left), _) => self.notes(ui, payload, left),
            (None, Some(true)) => {
                self.behind_rule(ui, key, |d, ui| d.part_rows(ui, payload, &payload_path, depth + 1));
                self.notes(ui, payload, self.columns.editor);
            }
            (None, Some(false)) => {}
            (None, None) => {
                let text = display_safe_line(basis.case_name(ty, before));
                let label = Label { text: &text, docs: basis.case_docs(ty, before) };
                self.behind_rule(ui, key, |d, ui| {
                    d.field(ui, payload, &label, &payload_path, depth + 1, None);
                });
            }
        }
        answer.action
    }
}

fn words_for(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// A label that starts at the left of its room and is cut at the right.
fn left_label(text: RichText) -> impl egui::Widget {
    move |ui: &mut Ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(ui.available_size());
            ui.add(egui::Label::new(text).truncate())
        })
        .inner
    }
}
