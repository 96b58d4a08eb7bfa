//! A row of the list as it is drawn, and what the pointer does on it.

use super::super::choose::{Choosing, For};
use super::super::{counted, first_problem, port_label, port_view};
use super::model::{Group, Key};
use super::naming::{refusal, rename, renamed_all, toggle_export};
use super::{Columns, State, columns, open_menu, row_id, select};
use crate::component::Extern;
use crate::compose::{Edit, Port, Side};
use crate::diag::{Severity, display_safe, display_safe_line};
use crate::measure::Bytes;
use crate::session::{Change, Command, FrameEdit, Selection, Session};
use crate::ui::actions::Action;
use crate::ui::canvas::{PortState, SelectMode};
use crate::ui::panels::{Dock, Outbox, Request, taps};
use crate::ui::parts::{self, IconButton, InSight, draw};
use crate::ui::theme::{Tokens, fonts, icons, size, space, tokens};
use egui::{
    Align, Color32, CornerRadius, Id, Layout, Rect, Response, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

/// One row being drawn.
pub(super) struct RowUi<'a> {
    pub session: &'a Session,
    pub state: &'a mut State,
    pub outbox: &'a mut Outbox,
    pub id: Id,
    pub key: Key,
    pub at: usize,
}

/// What is written in a row.
struct Words {
    /// What assistive technology reads.
    said: String,
    glyph: &'static str,
    name: String,
    dim: String,
    state: String,
    ink: Color32,
    other: String,
    depth: usize,
    fold: Option<bool>,
}

impl RowUi<'_> {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, sight: &InSight) {
        let t = tokens(ui.ctx());
        let rect = sight.rect(self.at);
        let words = self.words(t);
        let id = row_id(self.id, &self.key);
        let response = ui.interact(rect, id, Sense::click());
        let is_selected = self.is_selected();
        response.widget_info(|| WidgetInfo::labeled(Role::TreeItem, true, &words.said));
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_selected(is_selected);
            node.set_level(words.depth + 1);
            node.set_description(words.other.clone());
            if let Some(open) = words.fold {
                node.set_expanded(open);
            }
        });
        if self.state.focus.as_ref() == Some(&self.key) {
            self.state.focus = None;
            response.request_focus();
            ui.ctx().request_repaint();
        }
        if response.has_focus() {
            let is_new = self.state.current.as_ref().is_none_or(|(key, _)| *key != self.key) || response.gained_focus();
            self.state.current = Some((self.key.clone(), self.at));
            let with_keys = ui.input(|i| i.modifiers.command || i.modifiers.shift) && !self.state.extends;
            if is_new && !(with_keys && response.clicked()) {
                self.select_this(if self.state.extends { SelectMode::Add } else { SelectMode::Replace });
            }
        }
        let c = columns(rect);
        let caret = Rect::from_min_max(rect.min, pos2(c.name.left() + 18.0 * (words.depth as f32) + 18.0, rect.max.y));
        self.clicked(ui, &response, words.fold.map(|_| caret));
        let t = tokens(ui.ctx());
        draw::row_ground(ui, &response, rect.shrink2(vec2(2.0, 0.0)), is_selected);
        if self.at % 2 == 1 && !is_selected && !response.hovered() {
            ui.painter().rect_filled(rect, CornerRadius::ZERO, t.hover.gamma_multiply(0.25));
        }
        // While a name is typed its field takes the place of the state, and what is wrong with it that of the buttons.
        let is_renaming = self.state.renaming.as_ref().is_some_and(|r| r.key == self.key);
        self.name(ui, &c, &words);
        if !is_renaming {
            let text = draw::elided(ui, &words.state, fonts::text(size::BODY), words.ink, c.state.width());
            draw::put(ui.painter(), c.state.left_center(), text);
        }
        self.other(ui, &c, &words);
        if !is_renaming {
            self.buttons(ui, &c);
        }
        if response.has_focus() {
            let ring = Stroke::new(1.5, t.accent);
            let inner = rect.shrink2(vec2(2.0, 1.0));
            ui.painter().rect_stroke(inner, CornerRadius::same(size::RADIUS), ring, StrokeKind::Inside);
        }
        ui.data_mut(|d| d.insert_temp(id.with("menu"), c.other.left_bottom()));
        self.tip(response);
    }

    fn words(&self, t: &Tokens) -> Words {
        let safe = |text: &str| display_safe_line(text).into_owned();
        let (session, state) = (self.session, &*self.state);
        let composition = &session.document().composition;
        let fold = Some(state.is_open(&self.key));
        let mut out = Words {
            said: String::new(),
            glyph: "",
            name: String::new(),
            dim: String::new(),
            state: String::new(),
            ink: t.dim,
            other: String::new(),
            depth: 0,
            fold: None,
        };
        match &self.key {
            Key::Group(group) => {
                let (name, count) = match group {
                    Group::Frames => ("Frames", state.model.frames.len()),
                    Group::Instances => ("Instances", state.model.instances.len()),
                    Group::Wires => ("Wires", state.model.wires.len()),
                    Group::Results => ("Exports of the result", state.model.results.len()),
                };
                (out.name, out.dim, out.fold) = (name.into(), count.to_string(), fold);
                out.said = format!("{name}, {count}");
                if *group == Group::Results && composition.exports.is_empty() {
                    out.other = "Chosen automatically, until you choose one".into();
                }
            }
            Key::Frame(title) => {
                let frame = session.document().frames.get(title);
                let (count, folded) = frame.map_or((0, false), |f| (f.members.len(), f.folded));
                (out.glyph, out.name, out.depth, out.fold) = (icons::CUBES, safe(title), 1, fold);
                out.state = if folded { "folded" } else { "open" }.into();
                out.other = counted(count, "instance");
                out.said = format!("frame {}, {}, {}", out.name, out.other, out.state);
            }
            Key::Member(title, name) => {
                let component = composition.component(session.library(), name);
                (out.glyph, out.name, out.depth) = (icons::CUBE, safe(name), 2);
                out.other = component.map(|c| safe(&c.name)).unwrap_or_default();
                out.said = format!("{}, in the frame {}", out.name, safe(title));
            }
            Key::Instance(name) => {
                let component = composition.component(session.library(), name);
                let missing = state.model.place_of(name).map_or(0, |i| state.model.missing(i));
                (out.glyph, out.name, out.depth, out.fold) = (icons::CUBE, safe(name), 1, fold);
                (out.state, out.ink) = match (component, missing) {
                    (None, _) => ("file missing".into(), t.warn),
                    (_, 0) => (String::new(), t.dim),
                    (_, n) => (format!("{n} missing"), t.error),
                };
                let left_out = session.document().left_out.contains(name);
                if left_out && out.state.is_empty() {
                    out.state = "not in the file".into();
                }
                let plural = if missing == 1 { "" } else { "s" };
                out.said = match component {
                    None => format!("{}, component missing", out.name),
                    Some(c) if missing == 0 => format!("{}, instance of {}", out.name, safe(&c.name)),
                    Some(c) => {
                        format!("{}, instance of {}, {missing} unsatisfied import{plural}", out.name, safe(&c.name))
                    }
                };
                if left_out {
                    out.said.push_str(", not in the composed file");
                }
                if let Some(c) = component {
                    out.other = format!("{} · {}", safe(&c.name), Bytes(c.bytes.len() as u64));
                }
            }
            Key::Port(port, side) => {
                let port_state = state.model.port_state(session, port, *side);
                let word = if *side == Side::Import { "import" } else { "export" };
                let shown = composition.port(session.library(), port, *side).map(port_label);
                let (name, version) = shown.unwrap_or_else(|| (safe(&port.name), String::new()));
                out.glyph = if *side == Side::Import { icons::IMPORT } else { icons::EXPORTED };
                (out.name, out.dim, out.depth) = (name, version, 2);
                let is_result = *side == Side::Export && state.model.result_name(port).is_some();
                out.state = if is_result { "exported" } else { port_state.word() }.to_owned();
                if port_state == PortState::Host {
                    out.state = "host".into();
                }
                out.ink = match port_state {
                    PortState::Missing | PortState::Mismatched => t.error,
                    PortState::Satisfied | PortState::Exported => t.normal,
                    _ => t.dim,
                };
                let result = state.model.result_name(port).filter(|_| *side == Side::Export);
                let how = port_state.words(&port.name, result);
                out.said = format!("{} {word} {}, {how}", safe(&port.instance), safe(&port.name));
                if let Some(name) = result.filter(|name| *name != port.name) {
                    out.dim = format!("as {}", safe(name));
                }
                out.other = self.other_end(port, *side);
            }
            Key::Wire(to) => {
                let from = composition.wires.get(to).map(ToString::to_string).unwrap_or_default();
                let broken = state.model.broken(to);
                (out.glyph, out.depth) = (icons::LINK, 1);
                (out.state, out.ink) = if broken.is_some() {
                    out.glyph = icons::LINK_BREAK;
                    ("does not fit".into(), t.error)
                } else {
                    ("connected".into(), t.normal)
                };
                let kind = if broken.is_some() { "broken wire" } else { "wire" };
                let mut seen = String::new();
                let mut tapped = "";
                if composition.taps.contains(to) {
                    let words = taps::words(session, to);
                    tapped = "tapped ";
                    if broken.is_none() {
                        (out.glyph, out.state) = (icons::EYE, "tapped".into());
                    }
                    if !words.is_empty() {
                        seen = format!(", {words}");
                    }
                }
                out.said = format!("{tapped}{kind} from {from} to {to}{seen}");
                // What tells wires apart is the last part of a name; all of it is told by the tooltip.
                let short = |port: &Port| {
                    let own = port.name.rsplit_once('/').filter(|(package, _)| !package.starts_with("wasi:"));
                    let name = own.map_or(port.name.as_str(), |(_, name)| name);
                    format!("{} · {}", safe(&port.instance), safe(name.trim_start_matches("wasi:")))
                };
                out.name = composition.wires.get(to).map(short).unwrap_or_default();
                out.other = format!("→ {}{}", short(to), seen.replacen(", ", " · ", 1));
            }
            Key::Result(name) => {
                let from = state.model.results.iter().find(|(n, _)| n == name);
                (out.glyph, out.name, out.depth) = (icons::EXPORTED, safe(name), 1);
                out.state = if composition.exports.is_empty() { "automatic" } else { "chosen" }.into();
                out.other = from.map(|(_, port)| format!("from {port}")).unwrap_or_default();
                out.said = format!("export of the result {}, {}", out.name, out.state);
            }
        }
        out
    }

    /// What a port is connected with.
    fn other_end(&self, port: &Port, side: Side) -> String {
        match side {
            Side::Import => match self.session.document().composition.wires.get(port) {
                Some(from) => from.to_string(),
                None => "Choose a provider…".into(),
            },
            Side::Export => match self.state.model.users(port) {
                [] => "Choose a user…".into(),
                users => {
                    let names = users.iter().take(4).map(|p| display_safe_line(&p.instance)).collect::<Vec<_>>();
                    let more = users.len().saturating_sub(4);
                    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                    format!("Used by {}{more}", names.join(", "))
                }
            },
        }
    }

    fn is_selected(&self) -> bool {
        match (self.session.selection(), &self.key) {
            (Selection::Instances(names), Key::Instance(name) | Key::Member(_, name)) => names.contains(name),
            (Selection::Frame(title), Key::Frame(own)) => title == own,
            (Selection::Wire(wire), Key::Wire(to) | Key::Port(to, Side::Import)) => wire == to,
            _ => false,
        }
    }

    /// The selection that means this row. What cannot be removed with Delete selects nothing, so that Delete removes nothing
    /// else either.
    fn select_this(&mut self, mode: SelectMode) {
        let selection = match &self.key {
            Key::Frame(title) => Selection::Frame(title.clone()),
            Key::Instance(name) | Key::Member(_, name) => {
                super::super::selected(self.session, vec![name.clone()], mode)
            }
            Key::Port(to, Side::Import) | Key::Wire(to)
                if self.session.document().composition.wires.contains_key(to) =>
            {
                Selection::Wire(to.clone())
            }
            _ => Selection::None,
        };
        if selection != *self.session.selection() {
            select(self.state, selection, self.outbox);
        }
    }

    fn clicked(&mut self, ui: &Ui, response: &Response, caret: Option<Rect>) {
        // A click of assistive technology has no place.
        let at = response.interact_pointer_pos();
        if response.double_clicked() && caret.is_none_or(|c| at.is_some_and(|at| !c.contains(at))) {
            match &self.key {
                Key::Frame(_) => self.outbox.act(Action::FoldFrame),
                Key::Member(_, name) => self.state.focus = Some(Key::Instance(name.clone())),
                Key::Instance(_) | Key::Result(_) => rename(self.session, self.state, &self.key),
                Key::Wire(to) => self.state.focus = Some(Key::Port(to.clone(), Side::Import)),
                _ => {}
            }
        }
        if response.secondary_clicked() {
            self.menu(response);
        }
        if !response.clicked() {
            return;
        }
        if caret.is_some_and(|c| at.is_none_or(|at| c.contains(at))) || matches!(self.key, Key::Group(_)) {
            self.state.turn(&self.key);
            ui.ctx().request_repaint();
        }
        response.request_focus();
        let modifiers = ui.input(|i| i.modifiers);
        self.select_this(if modifiers.command {
            SelectMode::Toggle
        } else if modifiers.shift {
            SelectMode::Add
        } else {
            SelectMode::Replace
        });
    }

    /// Opens the row's menu where it was clicked.
    fn menu(&mut self, clicked: &Response) {
        self.state.focus = Some(self.key.clone());
        if !self.is_selected() {
            self.select_this(SelectMode::Replace);
        }
        let at = clicked.interact_pointer_pos().unwrap_or(clicked.rect.center());
        open_menu(self.state, &self.key, at, false);
    }

    fn name(&mut self, ui: &mut Ui, c: &Columns, words: &Words) {
        let t = tokens(ui.ctx());
        let y = c.name.center().y;
        let mut x = c.name.left() + 18.0 * words.depth.saturating_sub(1) as f32;
        if let Some(open) = words.fold {
            let glyph = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            draw::icon(ui.painter(), pos2(x + 6.0, y), glyph, 12.0, t.dim);
        }
        x += 18.0;
        if !words.glyph.is_empty() {
            draw::icon(ui.painter(), pos2(x + 8.0, y), words.glyph, size::ICON, words.ink);
            x += size::ICON + 6.0;
        }
        if self.state.renaming.as_ref().is_some_and(|r| r.key == self.key) {
            let field = Rect::from_min_max(pos2(x, y - size::ROW / 2.0), pos2(c.state.right(), y + size::ROW / 2.0));
            self.rename_field(ui, field);
            return;
        }
        let (font, ink) = match &self.key {
            Key::Group(_) | Key::Frame(_) | Key::Instance(_) => (fonts::medium(size::BODY), t.strong),
            _ => (fonts::text(size::BODY), t.normal),
        };
        let name = draw::cut_in_middle(ui, &words.name, font, ink, c.name.right() - x);
        x = draw::put(ui.painter(), pos2(x, y), name) + space::S;
        if c.name.right() - x > 24.0 {
            let dim = draw::elided(ui, &words.dim, fonts::mono(size::SMALL), t.dim, c.name.right() - x);
            draw::put(ui.painter(), pos2(x, y), dim);
        }
    }

    fn rename_field(&mut self, ui: &mut Ui, rect: Rect) {
        let Some(mut renaming) = self.state.renaming.take() else { return };
        let (label, edited) = match &self.key {
            Key::Instance(name) | Key::Member(_, name) => ("New name of ", name),
            Key::Frame(title) => ("Title of ", title),
            Key::Port(port, _) => ("Name in the result of ", &port.name),
            Key::Result(name) => ("New name in the result of ", name),
            _ => return,
        };
        let label = format!("{label}{}", display_safe_line(edited));
        let slot = UiBuilder::new().id_salt((&self.key, "name")).max_rect(rect);
        let mut child = ui.new_child(slot);
        let edit = TextEdit::singleline(&mut renaming.text).desired_width(rect.width());
        let response = parts::named_field(&mut child, &label, edit);
        if std::mem::take(&mut renaming.is_fresh) {
            response.request_focus();
        }
        if response.changed() {
            renaming.refusal = refusal(self.session, self.state, &self.key, &renaming.text);
        }
        if let Some(why) = &renaming.refusal {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(why.as_str()));
        }
        if !response.lost_focus() {
            self.state.renaming = Some(renaming);
            return;
        }
        let (escaped, entered) = ui.input(|i| (i.key_pressed(egui::Key::Escape), i.key_pressed(egui::Key::Enter)));
        if renaming.refusal.is_some() && entered {
            renaming.is_fresh = true;
            self.state.renaming = Some(renaming);
            return;
        }
        let mut next = self.key.clone();
        if renaming.refusal.is_none() && !escaped {
            let edits = renamed_all(self.session, self.state, &self.key, &renaming.text);
            match (&self.key, edits.as_slice()) {
                (Key::Frame(title), _) if *title == renaming.text => {}
                (Key::Frame(title), _) => {
                    let edit = FrameEdit::Rename { from: title.clone(), to: renaming.text.clone() };
                    self.outbox.change(Change::Frame(edit));
                    next = Key::Frame(renaming.text);
                }
                (Key::Member(title, name), [edit]) if *name != renaming.text => {
                    self.outbox.change(Change::Compose(edit.clone()));
                    next = Key::Member(title.clone(), renaming.text);
                }
                (Key::Member(..), _) => {}
                (Key::Instance(name), [edit]) if *name != renaming.text => {
                    self.outbox.change(Change::Compose(edit.clone()));
                    next = Key::Instance(renaming.text);
                }
                (Key::Instance(_), _) => {}
                (Key::Result(name), _) if *name == renaming.text => {}
                _ => {
                    self.outbox.change(Change::ComposeAll("Name an export", edits));
                    if matches!(self.key, Key::Result(_)) {
                        next = Key::Result(renaming.text);
                    }
                }
            }
        }
        if escaped || entered {
            self.state.focus = Some(next);
            ui.ctx().request_repaint();
        }
    }

    /// The third column: words, or the choice of the other end.
    fn other(&mut self, ui: &mut Ui, c: &Columns, words: &Words) {
        let t = tokens(ui.ctx());
        if let Some(renaming) = self.state.renaming.as_ref().filter(|r| r.key == self.key) {
            if let Some(why) = &renaming.refusal {
                let room = c.buttons.right() - c.other.left();
                let text = draw::elided(ui, why, fonts::text(size::BODY), t.error, room);
                draw::put(ui.painter(), c.other.left_center(), text);
            }
            return;
        }
        let Key::Port(port, side) = self.key.clone() else {
            let text = draw::elided(ui, &words.other, fonts::text(size::BODY), t.dim, c.other.width());
            draw::put(ui.painter(), c.other.left_center(), text);
            return;
        };
        let rect = Rect::from_center_size(c.other.center(), vec2(c.other.width(), size::ROW));
        let response = ui.interact(rect, row_id(self.id, &self.key).with("other"), Sense::click());
        let what = if side == Side::Import { "Provider of" } else { "User of" };
        let word = if side == Side::Import { "import" } else { "export" };
        let (instance, name) = (display_safe_line(&port.instance), display_safe_line(&port.name));
        let said = format!("{what} {instance} {word} {name}");
        response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &said));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(words.other.as_str()));
        let on = response.hovered() || response.has_focus();
        let radius = CornerRadius::same(size::RADIUS);
        let edge = Stroke::new(1.0, if on { t.line_strong } else { t.line });
        ui.painter().rect(rect, radius, if on { t.hover } else { t.field }, edge, StrokeKind::Inside);
        draw::icon(ui.painter(), pos2(rect.right() - 14.0, rect.center().y), icons::CARET_DOWN, 12.0, t.dim);
        let is_set = match side {
            Side::Import => self.session.document().composition.wires.contains_key(&port),
            Side::Export => !self.state.model.users(&port).is_empty(),
        };
        let ink = if is_set { t.normal } else { t.dim };
        let text = draw::elided(ui, &words.other, fonts::text(size::BODY), ink, rect.width() - 36.0);
        draw::put(ui.painter(), rect.left_center() + vec2(space::S, 0.0), text);
        draw::focus_ring(ui, &response, rect);
        if response.secondary_clicked() {
            self.menu(&response);
        }
        if response.clicked() {
            let choosing = Choosing::new(For::Port(port, side), rect.left_bottom());
            self.state.choosing = Some((choosing, self.key.clone()));
        }
    }

    fn buttons(&mut self, ui: &mut Ui, c: &Columns) {
        let rect = Rect::from_center_size(c.buttons.center(), vec2(c.buttons.width(), size::ROW));
        let slot = UiBuilder::new().id_salt((&self.key, "buttons")).max_rect(rect);
        let mut ui = ui.new_child(slot.layout(Layout::left_to_right(Align::Center)));
        ui.spacing_mut().item_spacing.x = 0.0;
        let safe = |text: &str| display_safe_line(text).into_owned();
        let button = |ui: &mut Ui, glyph: &str, name: String| ui.add(IconButton::new(glyph, &name)).clicked();
        match self.key.clone() {
            Key::Group(_) => {}
            Key::Frame(title) => self.frame_buttons(&mut ui, &title),
            Key::Member(title, name) => {
                let label = format!("Take {} out of {}", safe(&name), safe(&title));
                if button(&mut ui, icons::CLOSE, label) {
                    self.outbox.change(Change::Frame(FrameEdit::Leave(vec![name])));
                }
            }
            Key::Instance(name) => {
                let shown = safe(&name);
                if button(&mut ui, icons::PENCIL, format!("Rename {shown}")) {
                    rename(self.session, self.state, &self.key);
                }
                if button(&mut ui, icons::CUBES, format!("Duplicate {shown}")) {
                    self.outbox.change(Change::Duplicate(vec![name.clone()]));
                }
                if button(&mut ui, icons::TRASH, format!("Remove {shown}")) {
                    self.outbox.change(Change::Compose(Edit::RemoveInstances(vec![name.clone()])));
                }
                let t = tokens(ui.ctx());
                let trouble = self.state.model.trouble(&name).map(|severity| match severity {
                    Severity::Error => (icons::ERROR, t.error),
                    Severity::Warning => (icons::WARNING, t.warn),
                    Severity::Info => (icons::INFO, t.dim),
                });
                if let Some((glyph, ink)) = trouble
                    && ui.add(IconButton::new(glyph, &format!("Problems of {shown}")).ink(ink)).clicked()
                {
                    self.outbox.request(Request::Show(Dock::Problems));
                    if let Some(problem) = first_problem(self.session, std::slice::from_ref(&name)) {
                        self.outbox.request(Request::FocusOn(problem.subject.clone()));
                    }
                }
            }
            Key::Port(port, Side::Import) | Key::Wire(port) => {
                let wired = self.session.document().composition.wires.contains_key(&port);
                let (instance, name) = (safe(&port.instance), safe(&port.name));
                let word = if matches!(self.key, Key::Wire(_)) { "wire to" } else { "import" };
                let label = match word {
                    "import" => format!("Disconnect {instance} import {name}"),
                    _ => format!("Remove wire to {instance} {name}"),
                };
                if wired && button(&mut ui, icons::LINK_BREAK, label) {
                    self.outbox.change(Change::Compose(Edit::Disconnect(port.clone())));
                }
                if wired {
                    let tapped = self.session.document().composition.taps.contains(&port);
                    let taps::Toggle { why_not, edit, .. } = taps::toggle(self.session, &port);
                    let verb = if tapped { "Take the tap off" } else { "Tap" };
                    let label = match word {
                        "import" => format!("{verb} {instance} import {name}"),
                        _ => format!("{verb} the wire to {instance} {name}"),
                    };
                    let button = IconButton::new(icons::EYE, &label).selected(tapped);
                    if ui.add(button.disabled_because(why_not.as_deref())).clicked() {
                        self.outbox.change(Change::Compose(edit));
                    }
                }
            }
            Key::Port(port, Side::Export) => {
                let (instance, name) = (safe(&port.instance), safe(&port.name));
                let exported = self.state.model.result_name(&port).is_some();
                let label = format!("Export {instance} {name} from the result");
                if ui.add(IconButton::new(icons::EXPORTED, &label).selected(exported)).clicked() {
                    toggle_export(self.session, self.state, &port, self.outbox);
                }
                if exported && button(&mut ui, icons::PENCIL, format!("Name {instance} {name} in the result")) {
                    rename(self.session, self.state, &self.key);
                }
            }
            Key::Result(name) => {
                let shown = safe(&name);
                if button(&mut ui, icons::PENCIL, format!("Rename export {shown}")) {
                    rename(self.session, self.state, &self.key);
                }
                if button(&mut ui, icons::CLOSE, format!("Do not export {shown}")) {
                    self.outbox.change(Change::Compose(Edit::Unexport(name)));
                }
            }
        }
    }

    fn frame_buttons(&mut self, ui: &mut Ui, title: &str) {
        let Some(frame) = self.session.document().frames.get(title) else { return };
        let shown = display_safe_line(title);
        let (glyph, verb) = if frame.folded { (icons::ARROWS_OUT, "Open") } else { (icons::ARROWS_IN, "Fold") };
        let button = |ui: &mut Ui, glyph: &str, name: String| ui.add(IconButton::new(glyph, &name));
        if !frame.members.is_empty() && button(ui, glyph, format!("{verb} {shown}")).clicked() {
            self.outbox.command(Command::Select(Selection::Frame(title.to_owned())));
            self.outbox.act(Action::FoldFrame);
        }
        let add = button(ui, icons::PLUS, format!("Add an instance to {shown}"));
        if add.clicked() {
            let choosing = Choosing::new(For::Member(title.to_owned()), add.rect.left_bottom());
            self.state.choosing = Some((choosing, self.key.clone()));
        }
        if button(ui, icons::PENCIL, format!("Rename {shown}")).clicked() {
            rename(self.session, self.state, &self.key);
        }
        if button(ui, icons::CLOSE, format!("Remove frame {shown}")).clicked() {
            self.outbox.change(Change::Frame(FrameEdit::Remove(title.to_owned())));
        }
    }

    fn tip(&self, response: Response) {
        let composition = &self.session.document().composition;
        let about = |port: &Port, side| -> Option<String> {
            let component = composition.component(self.session.library(), &port.instance)?;
            let found: &Extern = composition.port(self.session.library(), port, side)?;
            let tip = port_view(component, found, PortState::Unused).tooltip;
            Some(match self.state.model.result_name(port).filter(|_| side == Side::Export) {
                Some(name) => format!("{tip}\nIn the result: {}", display_safe(name)),
                None => tip,
            })
        };
        match &self.key {
            Key::Port(port, side) if response.hovered() => {
                if let Some(tip) = about(port, *side) {
                    let why = self.state.model.broken(port).filter(|_| *side == Side::Import);
                    let why = why.map(|w| format!("\n{}", display_safe(w))).unwrap_or_default();
                    response.on_hover_text(format!("{tip}{why}"));
                }
            }
            Key::Wire(to) => {
                let from = self.session.document().composition.wires.get(to).map(ToString::to_string);
                let why = self.state.model.broken(to).map(|why| format!("\n{}", display_safe(why)));
                let ends = format!("{} → {to}", from.unwrap_or_default());
                response.on_hover_text(format!("{}{}", display_safe(&ends), why.unwrap_or_default()));
            }
            Key::Frame(_) => {
                response.on_hover_text("F2 renames, Space folds or opens, Delete removes, Ctrl+D duplicates");
            }
            Key::Instance(_) => {
                response.on_hover_text("F2 renames, Delete removes, Ctrl+D duplicates, Space selects one more");
            }
            _ => {}
        }
    }
}
