//! Editors of single values.

use super::bits;
use super::bytes::MAX_EDIT;
use super::draw::Draw;
use super::node::{Body, Bytes, Node};
use crate::component::{Type, TypeId, TypeKind};
use crate::diag::{display_safe, display_safe_line};
use crate::measure;
use crate::ui::parts::check;
use crate::ui::theme::{fonts, icons, size, space};
use crate::value::{Handle, Value, parse_char, parse_number, to_wave};
use egui::{
    Align2, ComboBox, CornerRadius, Id, Key, Margin, Modifiers, PopupCloseBehavior, Response, RichText, Stroke,
    StrokeKind, TextEdit, Ui, vec2,
};

/// Up to this many cases stand side by side, if there is room.
const MAX_SEGMENTS: usize = 4;
/// From this many cases on, the menu has a filter.
const MIN_FILTER: usize = 16;

impl Draw<'_> {
    /// The editor of a field without rows of its own.
    pub fn leaf(&mut self, ui: &mut Ui, node: &mut Node, path: &str) {
        let problem = node.own_problem(self.basis).is_some();
        let id = self.base.with((node.key, "edit"));
        let ty = self.basis.table.resolve(node.ty);
        match &mut node.body {
            Body::Bool(on) => {
                let word = if *on { "true" } else { "false" };
                let response = bits::switch(ui, id, on, word, path);
                self.after_editor(&response);
            }
            Body::Number(text) => {
                if ui.memory(|m| m.has_focus(id)) {
                    self.step(ui, text, ty);
                }
                let response = self.line(ui, id, text, path, ui.available_width());
                self.mark(ui, &response, problem);
            }
            Body::Char(text) => {
                let response = self.line(ui, id, text, path, 72.0);
                self.mark(ui, &response, problem);
                if let Ok(Value::Char(c)) = parse_char(text) {
                    let words = format!("U+{:04X}", u32::from(c));
                    let words = RichText::new(words).font(fonts::mono(12.0)).color(self.t.dim);
                    ui.add_sized(vec2(64.0, size::ROW), egui::Label::new(words));
                }
            }
            Body::Text { text, tall } => self.text(ui, id, text, tall, path),
            Body::Bytes(bytes) => self.bytes(ui, id, bytes, path),
            Body::Flags(set) => self.flags(ui, node.ty, set, path),
            Body::Handle(chosen) => {
                if let Some(resource) = self.basis.handle_of(node.ty) {
                    self.handle(ui, id, resource, chosen, node.ty, path);
                }
            }
            Body::Unavailable => {
                let why = self.basis.why_unavailable(node.ty);
                bits::below(ui, Some(icons::INFO), &why, self.t.dim);
            }
            _ => {}
        }
    }

    /// What is worth knowing of a field beside its editor.
    pub fn note(&self, node: &Node) -> Option<String> {
        match &node.body {
            Body::Text { text, .. } if text.len() <= MAX_EDIT => {
                let shown = display_safe(text);
                (shown != *text).then(|| {
                    let start: String = shown.chars().take(200).collect();
                    let dots = if start.len() < shown.len() { "…" } else { "" };
                    format!("Has characters that cannot be seen: {start}{dots}")
                })
            }
            Body::Bytes(b) if !b.bytes.is_empty() && b.bytes.len() <= MAX_EDIT => {
                Some(measure::Bytes(b.bytes.len() as u64).to_string())
            }
            Body::Handle(Some(_)) if matches!(self.basis.table.kind(node.ty), Some(TypeKind::Own(_))) => {
                let taken = "The call takes it over; it is gone afterwards";
                let given = "Made anew for each call; rules know it by its number";
                Some(if self.basis.is_answer { given } else { taken }.to_owned())
            }
            _ => None,
        }
    }

    fn after_editor(&mut self, response: &Response) {
        self.changed |= response.changed();
        self.saw_editor(response);
    }

    /// A red outline around an editor whose text is no value.
    fn mark(&self, ui: &Ui, response: &Response, problem: bool) {
        if problem {
            let line = Stroke::new(1.5, self.t.error);
            ui.painter().rect_stroke(response.rect, CornerRadius::same(size::RADIUS), line, StrokeKind::Inside);
        }
    }

    /// One line of text in the monospaced face.
    fn line(&mut self, ui: &mut Ui, id: Id, text: &mut String, path: &str, width: f32) -> Response {
        let edit = TextEdit::singleline(text).id(id).font(fonts::mono(size::BODY));
        let response = ui.add(one_row(edit, width)).accessible_name(path);
        self.after_editor(&response);
        response
    }

    /// Up and down keys change a number by one, with Shift by ten. They stop at the ends of its type.
    fn step(&mut self, ui: &Ui, text: &mut String, ty: Type) {
        let by = ui.input_mut(|i| {
            let mut count = |modifiers, key| i.count_and_consume_key(modifiers, key) as i64;
            // Shift first: without modifiers asked for, egui takes the key with any.
            let ten = count(Modifiers::SHIFT, Key::ArrowUp) - count(Modifiers::SHIFT, Key::ArrowDown);
            ten * 10 + count(Modifiers::NONE, Key::ArrowUp) - count(Modifiers::NONE, Key::ArrowDown)
        });
        let Ok(value) = parse_number(text, ty) else { return };
        if by == 0 {
            return;
        }
        let small = by as i8;
        let stepped = match value {
            Value::S8(n) => Value::S8(n.saturating_add(small)),
            Value::S16(n) => Value::S16(n.saturating_add(small.into())),
            Value::S32(n) => Value::S32(n.saturating_add(small.into())),
            Value::S64(n) => Value::S64(n.saturating_add(by)),
            Value::U8(n) => Value::U8(n.saturating_add_signed(small)),
            Value::U16(n) => Value::U16(n.saturating_add_signed(small.into())),
            Value::U32(n) => Value::U32(n.saturating_add_signed(small.into())),
            Value::U64(n) => Value::U64(n.saturating_add_signed(by)),
            Value::F32(n) => Value::F32(n + f32::from(small)),
            Value::F64(n) => Value::F64(n + f64::from(small)),
            other => other,
        };
        *text = to_wave(&stepped);
        self.changed = true;
    }

    fn text(&mut self, ui: &mut Ui, id: Id, text: &mut String, tall: &mut bool, path: &str) {
        if text.len() > MAX_EDIT {
            if self.too_long(ui, id, text.len(), &text.chars().take(40).collect::<String>(), path) {
                text.clear();
                self.changed = true;
            }
            return;
        }
        let width = (ui.available_width() - size::ROW - space::XS).max(48.0);
        ui.spacing_mut().item_spacing.x = space::XS;
        if *tall {
            let edit = TextEdit::multiline(text).id(id).margin(MARGIN).desired_width(width).desired_rows(4);
            let response = ui.add(edit).accessible_name(path);
            self.after_editor(&response);
        } else {
            // A line feed would be lost in one line; the field with more lines shows it.
            *tall = text.contains('\n');
            let response = ui.add(one_row(TextEdit::singleline(text).id(id), width)).accessible_name(path);
            self.after_editor(&response);
        }
        let (glyph, words) = if *tall {
            (icons::ARROWS_IN, format!("Edit {path} in one line"))
        } else {
            (icons::ARROWS_OUT, format!("Edit {path} in several lines"))
        };
        let can_change = !*tall || !text.contains('\n');
        let response = bits::icon_button(ui, id.with("tall"), glyph, &words, can_change);
        self.saw(&response);
        if response.clicked() {
            *tall = !*tall;
        }
    }

    /// In place of an editor for more text than one can edit. Answers whether to start over.
    fn too_long(&mut self, ui: &mut Ui, id: Id, length: usize, start: &str, path: &str) -> bool {
        let words = format!("{}…  {}, too long to edit here", display_safe_line(start), measure::Bytes(length as u64));
        let width = ui.available_width() - size::ROW - space::S;
        let text = RichText::new(words).font(fonts::mono(12.0)).color(self.t.dim);
        ui.add_sized(vec2(width, size::ROW), egui::Label::new(text).truncate());
        let response = bits::icon_button(ui, id.with("clear"), icons::TRASH, &format!("Clear {path}"), true);
        self.saw_editor(&response);
        response.clicked()
    }

    fn bytes(&mut self, ui: &mut Ui, id: Id, bytes: &mut Bytes, path: &str) {
        if bytes.bytes.len() > MAX_EDIT {
            let start = super::bytes::to_hex(bytes.bytes.get(..12).unwrap_or_default());
            if self.too_long(ui, id, bytes.bytes.len(), &start, path) {
                *bytes = Bytes::new(Vec::new());
                self.changed = true;
            }
            return;
        }
        let modes = ["text", "hex"];
        let width = ui.available_width() - bits::segmented_width(ui, modes) - space::S;
        let problem = bytes.error.is_some();
        let response = self.line(ui, id, &mut bytes.text, path, width.max(64.0));
        self.mark(ui, &response, problem);
        if response.changed() {
            bytes.typed();
        }
        let choices = modes.map(|m| (m, None));
        let (picked, seen) =
            bits::segmented(ui, id.with("mode"), usize::from(bytes.hex), &format!("{path} as"), choices);
        self.focus_seen |= seen;
        if let Some(picked) = picked {
            bytes.set_hex(picked == 1);
        }
    }

    fn flags(&mut self, ui: &mut Ui, ty: Type, set: &mut [bool], path: &str) {
        let Some(TypeKind::Flags(names)) = self.basis.table.kind(ty) else { return };
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, 0.0);
            for (name, on) in names.iter().zip(set) {
                let shown = display_safe_line(&name.name);
                let response = ui
                    .horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = space::S;
                        let mut response = check(ui, on, &format!("{path}: {shown}"));
                        let text = RichText::new(shown.as_ref()).font(fonts::mono(12.0)).color(self.t.normal);
                        let mut words = ui.add(egui::Label::new(text).sense(egui::Sense::CLICK));
                        if let Some(docs) = &name.docs {
                            words = words.on_hover_text(display_safe(docs));
                        }
                        if words.clicked() {
                            *on = !*on;
                            response.mark_changed();
                        }
                        response
                    })
                    .inner;
                self.after_editor(&response);
            }
        });
    }

    fn handle(&mut self, ui: &mut Ui, id: Id, resource: TypeId, chosen: &mut Option<Handle>, ty: Type, path: &str) {
        let basis = self.basis;
        let name = display_safe_line(basis.resource_name(resource));
        let live: Vec<&Handle> = basis.live(resource).collect();
        if live.is_empty() && chosen.is_none() {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                ui.set_min_height(size::ROW);
                let text = |words: String| RichText::new(words).color(self.t.dim);
                let sources = basis.sources(resource);
                if sources.is_empty() {
                    ui.label(text(format!("No live {name}, and no function here returns one")));
                    return;
                }
                ui.label(text(format!("No live {name} yet. First call")));
                for (i, source) in sources.iter().enumerate() {
                    if i > 0 {
                        ui.label(text("or".to_owned()));
                    }
                    let link = ui.link(&source.words).accessible_name(format!("Go to {}", source.words));
                    self.saw_editor(&link);
                    if link.clicked() {
                        self.go_to = Some(source.clone());
                    }
                }
            });
            return;
        }
        // A borrowed handle comes back, so the only one there is may be taken without asking.
        if let (None, [only], Some(TypeKind::Borrow(_))) = (&chosen, live.as_slice(), basis.table.kind(ty)) {
            *chosen = Some((*only).clone());
            self.changed = true;
        }
        let words = |h: &Handle| format!("{}#{}", display_safe_line(&h.resource), h.number);
        let selected = chosen.as_ref().map_or_else(|| format!("Choose a {name}"), words);
        let mut picked = None;
        let response = ComboBox::from_id_salt(id)
            .icon(menu_mark)
            .width((ui.available_width() - space::S).min(200.0))
            .selected_text(RichText::new(selected).font(fonts::mono(size::BODY)))
            .show_ui(ui, |ui| {
                for handle in live.iter().rev() {
                    let is_chosen = chosen.as_ref().is_some_and(|c| c.number == handle.number);
                    let text = RichText::new(words(handle)).font(fonts::mono(size::BODY));
                    if crate::ui::parts::combo_item(ui, is_chosen, text) {
                        picked = Some((*handle).clone());
                    }
                }
            })
            .response
            .accessible_name(path);
        self.saw_editor(&response);
        if picked.is_some() {
            response.request_focus();
            *chosen = picked;
            self.changed = true;
        }
    }

    /// The choice between the cases of a variant, enum, option or result. Answers the case that was picked.
    pub fn choice(&mut self, ui: &mut Ui, key: u64, ty: Type, chosen: usize, path: &str) -> Option<usize> {
        let basis = self.basis;
        let id = self.base.with((key, "edit"));
        if let Some(TypeKind::Option(_)) = basis.table.kind(ty) {
            let mut some = chosen == 1;
            let word = if some { "some" } else { "none" };
            let response = bits::switch(ui, id, &mut some, word, &format!("{path}: some"));
            self.saw_editor(&response);
            return response.changed().then_some(usize::from(some));
        }
        let count = basis.case_count(ty);
        let names = || (0..count).map(|i| basis.case_name(ty, i));
        if count <= MAX_SEGMENTS && bits::segmented_width(ui, names()) <= ui.available_width() {
            let choices = (0..count).map(|i| (basis.case_name(ty, i), basis.case_docs(ty, i)));
            let (picked, seen) = bits::segmented(ui, id, chosen, path, choices);
            self.focus_seen |= seen;
            return picked;
        }
        let text = |i: usize| RichText::new(display_safe_line(basis.case_name(ty, i))).font(fonts::mono(size::BODY));
        let mut picked = None;
        let filter_id = id.with("filter");
        let response = ComboBox::from_id_salt(id)
            .icon(menu_mark)
            .width(ui.available_width().min(200.0))
            .selected_text(text(chosen))
            // A click into the filter leaves the menu open.
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show_ui(ui, |ui| {
                let filter = if count >= MIN_FILTER { menu_filter(ui, filter_id, path) } else { String::new() };
                let fits: Vec<usize> = (0..count).filter(|i| basis.case_name(ty, *i).contains(&filter)).collect();
                let (left, top) = (ui.cursor().left(), ui.cursor().top());
                let pitch = size::ROW;
                ui.allocate_space(vec2(ui.available_width(), pitch * fits.len() as f32));
                let first = ((ui.clip_rect().top() - top) / pitch).max(0.0) as usize;
                let last = ((ui.clip_rect().bottom() - top) / pitch).max(0.0) as usize + 1;
                for (row, i) in fits.iter().enumerate().take(last).skip(first) {
                    let at = egui::pos2(left, top + row as f32 * pitch);
                    let rect = egui::Rect::from_min_size(at, vec2(ui.min_rect().width(), pitch));
                    let label = egui::Button::selectable(*i == chosen, text(*i)).truncate();
                    let mut response = ui.put(rect, label);
                    if let Some(docs) = basis.case_docs(ty, *i) {
                        response = response.on_hover_text(display_safe(docs));
                    }
                    if response.clicked() {
                        picked = Some(*i);
                        ui.close();
                    }
                }
            })
            .response
            .accessible_name(path);
        if picked.is_some() {
            // The keyboard goes on from here, and not from the menu that is gone.
            response.request_focus();
        }
        self.saw_editor(&response);
        picked.filter(|i| *i != chosen)
    }
}

const MARGIN: Margin = Margin { left: 8, right: 8, top: 4, bottom: 4 };

/// The mark of a field with a menu.
fn menu_mark(ui: &Ui, rect: egui::Rect, visuals: &egui::style::WidgetVisuals, _is_open: bool) {
    let color = visuals.fg_stroke.color;
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::CARET_DOWN, fonts::icon(12.0), color);
}

/// A text field exactly one row high.
fn one_row(edit: TextEdit<'_>, width: f32) -> TextEdit<'_> {
    edit.margin(MARGIN).desired_width(width).min_size(vec2(0.0, size::ROW)).align(Align2::LEFT_CENTER)
}

/// The field that narrows a long menu. Its text lives as long as the menu is open.
fn menu_filter(ui: &mut Ui, id: Id, path: &str) -> String {
    let mut filter = ui.data(|d| d.get_temp::<String>(id)).unwrap_or_default();
    let edit = TextEdit::singleline(&mut filter).id(id.with("text")).hint_text("Filter").desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(format!("Filter the cases of {path}"));
    if response.changed() {
        ui.data_mut(|d| d.insert_temp(id, filter.clone()));
    }
    filter
}
