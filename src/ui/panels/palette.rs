//! The palette: every action by name, and why one cannot be done; and whatever is open, by any text in it.

use super::{Outbox, Request};
use crate::component::{Digest, Hit, HitKind, Kind, Spot, part_text};
use crate::compose::{Port, Side};
use crate::diag::{Subject, display_safe_line};
use crate::project::Target;
use crate::session::{Command, Finding, Places, Selection, Session, Study, samples};
use crate::ui::actions::Action;
use crate::ui::inspect::{At, Place, View};
use crate::ui::panels::kit;
use crate::ui::parts::{self, ListRow};
use crate::ui::theme::{icons, size, space};
use egui::{Align2, Key, Ui, vec2};
use std::sync::Arc;

/// The palette's state.
#[derive(Default)]
pub struct State {
    open: bool,
    text: String,
    chosen: usize,
    /// What was found last, for which text: it stays while the next is looked for.
    found: Option<(String, Arc<Places>)>,
}

/// Commands that are shown above what was found in files, and places that are shown below.
const MOST_COMMANDS: usize = 6;
const MOST_PLACES: usize = 100;
/// How high the list is, in points: whole rows.
const LIST: f32 = 17.0 * size::ROW;

impl State {
    /// Opens the palette, or closes it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.text.clear();
        self.chosen = 0;
        self.found = None;
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open
    }
}

/// One row: what is shown, and what it does.
struct Entry {
    text: String,
    shortcut: Option<String>,
    disabled: Option<String>,
    act: Act,
}

enum Act {
    Window(Action),
    Sample(&'static str),
    Call(Target, Option<String>, String),
    Place(Digest),
    Select(String),
    Stub(Port),
    StubAll(String),
}

/// So many imports are offered a stub.
const MOST_STUBS: usize = 100;

/// The instances whose open imports are offered a stub: those selected, or where none of them has any, all.
fn stub_entries(session: &Session) -> Vec<(String, Act)> {
    let selected: Vec<&String> = match session.selection() {
        Selection::Instances(names) => names.iter().filter(|name| !session.open_imports(name).is_empty()).collect(),
        _ => Vec::new(),
    };
    let instances =
        if selected.is_empty() { session.document().composition.instances.keys().collect() } else { selected };
    let mut all = Vec::new();
    for name in instances {
        let open = session.open_imports(name);
        if open.len() > 1 {
            all.push((format!("Stub all open imports of {name}"), Act::StubAll(name.clone())));
        }
        all.extend(open.into_iter().map(|port| (format!("Add a stub for {} of {name}", port.name), Act::Stub(port))));
        if all.len() > MOST_STUBS {
            break;
        }
    }
    all
}

fn entries(ui: &Ui, session: &Session) -> Vec<Entry> {
    let mut all: Vec<Entry> = Action::ALL
        .into_iter()
        .filter(|a| *a != Action::Palette)
        .map(|a| Entry {
            text: a.label().into(),
            shortcut: Some(a.keys(ui.ctx())).filter(|keys| !keys.is_empty()),
            disabled: a.check(session).err(),
            act: Act::Window(a),
        })
        .collect();
    // Names come from files.
    let row =
        |text: String, act| Entry { text: display_safe_line(&text).into_owned(), shortcut: None, disabled: None, act };
    all.extend(stub_entries(session).into_iter().map(|(text, act)| row(text, act)));
    for name in session.document().composition.instances.keys() {
        all.push(row(format!("Select instance {name}"), Act::Select(name.clone())));
    }
    let composition = (!session.document().composition.instances.is_empty()).then_some(Target::Composition);
    for target in composition.into_iter().chain(session.library().keys().map(|d| Target::Component(*d))) {
        let Some(component) = session.shown_component(&target) else { continue };
        for (interface, function) in component.exported_functions() {
            let text = format!("Call {} of {}", function.display_name(), session.target_name(&target));
            all.push(row(text, Act::Call(target, interface.map(Into::into), function.name.clone())));
        }
    }
    for component in session.library().values() {
        if component.kind == Kind::Component {
            let place = row(format!("Place {} on the canvas", component.name), Act::Place(component.digest));
            all.push(Entry { disabled: kit::why_not_placed(component), ..place });
        }
    }
    all.extend(samples::SAMPLES.iter().map(|s| row(format!("Open sample {}", s.file), Act::Sample(s.file))));
    all
}

/// How well `text` is meant by `wanted`: it contains it, or each of its words, or its letters begin words or go on in
/// them. Smaller is better.
fn rank(text: &str, wanted: &str) -> Option<usize> {
    let (text, wanted) = (text.to_lowercase(), wanted.trim().to_lowercase());
    if let Some(at) = text.find(&wanted) {
        return Some(at);
    }
    if wanted.contains(char::is_whitespace) {
        return wanted.split_whitespace().map(|word| text.find(word)).try_fold(1000, |sum, at| Some(sum + at?));
    }
    let letters: Vec<char> = text.chars().collect();
    let begins_word = |i: usize| i.checked_sub(1).and_then(|i| letters.get(i)).is_none_or(|c| !c.is_alphanumeric());
    let mut next = 0;
    for w in wanted.chars() {
        let fits = |i: &usize| letters.get(*i) == Some(&w) && (*i == next && next > 0 || begins_word(*i));
        next = (next..letters.len()).find(fits)? + 1;
    }
    Some(2000 + next)
}

/// Looks for the text in what is open. What was found for the text before is shown until then.
fn look(session: &Session, state: &mut State, outbox: &mut Outbox) {
    let text = state.text.trim();
    if text.chars().count() < 2 {
        state.found = None;
    } else if state.found.as_ref().is_none_or(|(of, _)| of != text) {
        let study = Study::Search(text.to_owned());
        match session.finding(&study) {
            Some(Finding::Search(found)) => state.found = Some((text.to_owned(), Arc::clone(found))),
            _ if session.is_studying(&study) => {}
            _ => outbox.command(Command::Study(study)),
        }
    }
}

/// The places that were found: what is called just that, then names before texts before data.
fn places<'a>(found: &'a Places, wanted: &str) -> Vec<(Digest, &'a Hit)> {
    let mut all: Vec<(Digest, &Hit)> = found.iter().flat_map(|(d, f)| f.hits.iter().map(|h| (*d, h))).collect();
    all.sort_by_key(|(_, hit)| hit.rank(wanted));
    all.truncate(MOST_PLACES);
    all
}

fn place_of(component: Digest, hit: &Hit) -> Place {
    let side = |is_import: bool| if is_import { Side::Import } else { Side::Export };
    let (view, at) = match &hit.spot {
        Spot::Whole if hit.kind == HitKind::Metadata => (View::Origin, At::Here),
        Spot::Whole => (View::Summary, At::Here),
        Spot::Extern(is_import, name) => (View::Types, At::Extern(side(*is_import), name.clone())),
        Spot::Function(is_import, interface, name) => {
            (View::Types, At::Function(side(*is_import), interface.clone(), name.clone()))
        }
        Spot::Type(id) => (View::Types, At::Type(*id)),
        Spot::Named(named) => (View::Types, At::Named(*named)),
        // A section called that, which is read there; or else a text among bytes, which no disassembly shows well.
        Spot::Bytes(range) if hit.kind == HitKind::Section && hit.excerpt.is_empty() => {
            (View::Parts, At::Bytes(range.clone()))
        }
        Spot::Bytes(range) => (View::Code, At::Hex(range.clone())),
    };
    Place { component, view, at }
}

/// Draws the palette while it is open.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    if !state.open {
        return;
    }
    look(session, state, outbox);
    let (wanted, found) = state.found.clone().unwrap_or_default();
    let places = places(&found, &wanted);
    let mut rows: Vec<(usize, Entry)> =
        entries(ui, session).into_iter().filter_map(|e| Some((rank(&e.text, &state.text)?, e))).collect();
    rows.sort_by_key(|(rank, e)| (*rank, e.disabled.is_some()));
    // Where there is something to find, a few commands are enough.
    rows.truncate(if places.is_empty() { 60 } else { MOST_COMMANDS });
    let mut picked = None;
    let modal = egui::Modal::new(egui::Id::unique("palette"))
        .frame(kit::popup_frame(ui))
        .area(egui::Modal::default_area(egui::Id::unique("palette area")).anchor(Align2::CENTER_TOP, vec2(0.0, 72.0)))
        .show(ui.ctx(), |ui| {
            ui.set_width(640.0);
            let (up, down, enter) = ui.input_mut(|i| {
                let none = egui::Modifiers::NONE;
                (
                    i.consume_key(none, Key::ArrowUp),
                    i.consume_key(none, Key::ArrowDown),
                    i.consume_key(none, Key::Enter),
                )
            });
            if up {
                state.chosen = state.chosen.saturating_sub(1);
            }
            if down {
                state.chosen += 1;
            }
            let field = parts::search_field(ui, &mut state.text, "Search or run a command");
            field.request_focus();
            if field.changed() {
                state.chosen = 0;
            }
            state.chosen = state.chosen.min((rows.len() + places.len()).saturating_sub(1));
            ui.add_space(space::S);
            egui::ScrollArea::vertical().max_height(LIST).min_scrolled_height(LIST).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if rows.is_empty() && places.is_empty() {
                    ui.label(kit::dim("Nothing has that name"));
                }
                for (i, (_, entry)) in rows.iter().enumerate() {
                    let note = entry.disabled.as_deref().or(entry.shortcut.as_deref()).unwrap_or_default();
                    let row = kit::row(ui, i == state.chosen, entry.disabled.is_none(), icon(entry), &entry.text, note);
                    if i == state.chosen && (up || down) {
                        row.scroll_to_me(None);
                    }
                    if row.clicked() || (enter && i == state.chosen) {
                        picked = Some(i);
                    }
                }
                if !places.is_empty() {
                    ui.add_space(space::S);
                    kit::group_row(ui, "In what is open");
                }
                for (i, (digest, hit)) in places.iter().enumerate().map(|(i, place)| (rows.len() + i, place)) {
                    let row = place_row(ui, session, digest, hit, i == state.chosen);
                    if i == state.chosen && (up || down) {
                        row.scroll_to_me(None);
                    }
                    if row.clicked() || (enter && i == state.chosen) {
                        picked = Some(i);
                    }
                }
            });
        });
    let count = rows.len();
    if let Some((digest, hit)) = picked.and_then(|i| places.get(i.checked_sub(count)?)) {
        state.open = false;
        outbox.request(Request::Inspect(place_of(*digest, hit)));
    } else if let Some((_, entry)) = picked.and_then(|i| rows.into_iter().nth(i))
        && entry.disabled.is_none()
    {
        state.open = false;
        match entry.act {
            Act::Window(action) => outbox.act(action),
            Act::Sample(file) => outbox.command(Command::OpenSample(file.into())),
            Act::Call(target, interface, function) => {
                outbox.request(Request::Invoke(target, interface, function));
                outbox.act(Action::ShowInvoke);
            }
            Act::Place(component) => outbox.request(Request::Place(component)),
            Act::Stub(port) => outbox.add_stub(session, port),
            Act::StubAll(name) => outbox.command(Command::StubAll(vec![name])),
            Act::Select(name) => {
                outbox.command(Command::Select(Selection::Instances(vec![name.clone()])));
                outbox.request(Request::FocusOn(Subject::Instance(name)));
            }
        }
    }
    if modal.should_close() {
        state.open = false;
    }
}

/// A place in a file: what it is, the text around it, in which component.
fn place_row(ui: &mut Ui, session: &Session, digest: &Digest, hit: &Hit, selected: bool) -> egui::Response {
    let (glyph, word) = match hit.kind {
        HitKind::Component => (icons::CUBE, "component"),
        HitKind::Interface => (icons::PLUGS, "interface"),
        HitKind::Function => (icons::FUNCTION, "function"),
        HitKind::Type => (icons::BRACES, "type"),
        HitKind::Docs => (icons::BOOK, "documentation"),
        HitKind::Metadata => (icons::TAG, "metadata"),
        HitKind::Section => (icons::FILE_TEXT, "custom section"),
        HitKind::Data => (icons::HARD_DRIVE, "data"),
    };
    let component = session.component(digest);
    let name = display_safe_line(&hit.name);
    // A section of one name is in many parts.
    let excerpt = match (&hit.spot, component) {
        (Spot::Bytes(range), Some(component)) if hit.excerpt.is_empty() => {
            let path = component.root.path_around(range);
            if path.is_empty() { "of the file itself".into() } else { format!("of part {}", part_text(&path)).into() }
        }
        _ => display_safe_line(&hit.excerpt),
    };
    let component = component.map_or_else(|| digest.short(), |c| display_safe_line(&c.name).into_owned());
    let owner = kit::shortened(&component, 24);
    let row = ListRow::new(&name).icon(glyph).detail(&excerpt).trailing(&owner).selected(selected).show(ui);
    row.on_hover_text(format!("{word} {name} in {component}\n{excerpt}"))
}

fn icon(entry: &Entry) -> &'static str {
    match entry.act {
        Act::Window(action) => action.icon(),
        Act::Sample(_) => icons::PACKAGE,
        Act::Stub(_) | Act::StubAll(_) => icons::PLUG,
        Act::Call(..) => icons::FUNCTION,
        Act::Place(_) | Act::Select(_) => icons::CUBE,
    }
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn names_are_found_by_their_letters() {
        assert_eq!(rank("Save project", "save"), Some(0));
        assert!(rank("Save project as…", "spa").is_some());
        assert!(rank("Save project", "xyz").is_none());
        assert!(rank("Fit all", "all") < rank("Select all", "all"));
    }

    #[test]
    fn a_command_is_meant_by_its_words_or_by_the_beginnings_of_words() {
        assert_eq!(rank("Open files…", "open"), Some(0));
        assert!(rank("Open sample ledger-rust.wasm", "ledger open").is_some());
        assert!(rank("Open files…", "opf").is_some());
        assert!(rank("Open files…", "open").unwrap() < rank("Open files…", "opf").unwrap());
        let long = "Place parser-0.12.0-tests_resolution_fail_package-invalid_foo_bar on the canvas";
        assert_eq!(rank(long, "panicked at"), None);
        assert_eq!(rank(long, "panicked"), None);
        assert_eq!(rank("Call echo-result of toolbox", "hello"), None);
        assert_eq!(rank("Open files…", ""), Some(0));
    }
}
