//! Where a path is asked for: a field in the window, with the system's file dialog behind a button. The field works
//! where no dialog is to be had.

use super::Outbox;
use crate::component::Digest;
use crate::session::Command;
use crate::sheet::{Colours, GraphForm};
use crate::ui::panels::kit;
use crate::ui::parts::{self, Button};
use crate::ui::theme::fonts::{medium, mono};
use crate::ui::theme::{self, icons, size, space};
use egui::{Color32, Margin, TextEdit, Ui};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

/// What a path is wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// A file to open.
    Open,
    /// Where the project goes.
    SaveProject,
    /// Where the composed component goes.
    Compose,
    /// Where the graph goes, in this form unless the path's ending is another's.
    ExportGraph(GraphForm),
    /// Where a nested part of a component goes, by its path.
    ExportPart(Digest, Vec<usize>),
    /// Where the bill of materials of this component goes.
    SaveBill(Digest),
    /// Where the page with this component's interface goes.
    SaveSheet(Digest),
    /// A file whose contents go into this instance of a virtual WASI.
    AddVirtualFile(String),
}

/// The bar's state: closed, or asking.
#[derive(Default)]
pub struct State {
    asking: Option<Purpose>,
    path: String,
    /// Where to begin as long as no path was used: in the project's folder, or the current one.
    start: PathBuf,
    focus: bool,
    dialog: Option<Receiver<Vec<PathBuf>>>,
    chosen: Vec<PathBuf>,
}

impl State {
    /// Opens the bar, while the project is in this file.
    pub fn ask(&mut self, purpose: Purpose, name: &str, project: Option<&Path>) {
        let folder = project.and_then(|file| std::path::absolute(file).ok()?.parent().map(Path::to_owned));
        self.start = folder.or_else(|| std::env::current_dir().ok()).unwrap_or_default();
        self.asking = Some(purpose);
        self.focus = true;
        self.chosen.clear();
        self.path =
            if name.is_empty() { String::new() } else { self.folder().join(name).to_string_lossy().into_owned() };
    }

    /// Whether it is open.
    pub fn is_asking(&self) -> bool {
        self.asking.is_some()
    }

    /// The folder of the path that was used last, or the one to begin in.
    fn folder(&self) -> PathBuf {
        let last = PathBuf::from(&self.path);
        match last.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => self.start.clone(),
        }
    }

    /// What the file dialog answered, if it did.
    pub fn poll(&mut self) -> Option<PathBuf> {
        let answer = self.dialog.as_ref()?.try_recv().ok()?;
        self.dialog = None;
        let first = answer.first().cloned();
        self.chosen = answer;
        first
    }

    /// The files that were chosen together, if this is the first of them; else this one.
    fn all(&mut self, path: PathBuf) -> Vec<PathBuf> {
        if self.chosen.first() == Some(&path) { std::mem::take(&mut self.chosen) } else { vec![path] }
    }

    /// Puts a path into the field.
    pub fn set_path(&mut self, path: PathBuf) {
        self.path = path.to_string_lossy().into_owned();
        self.focus = true;
    }

    fn browse(&mut self, ctx: &egui::Context, purpose: Purpose) {
        let (send, receive) = channel();
        let (ctx, folder, path) = (ctx.clone(), self.folder(), PathBuf::from(&self.path));
        // The dialog waits for the user: not on the window's thread.
        let started = std::thread::Builder::new().name("file dialog".into()).spawn(move || {
            let mut dialog = rfd::FileDialog::new().set_directory(folder);
            if let Some(name) = path.file_name() {
                dialog = dialog.set_file_name(name.to_string_lossy());
            }
            let answer = match purpose {
                Purpose::Open => dialog
                    .add_filter("Components, projects and WAC source", &["wasm", "wat", "json", "wac"])
                    .pick_files()
                    .unwrap_or_default(),
                Purpose::AddVirtualFile(_) => dialog.pick_files().unwrap_or_default(),
                _ => dialog.save_file().into_iter().collect(),
            };
            let _ = send.send(answer);
            ctx.request_repaint();
        });
        if started.is_ok() {
            self.dialog = Some(receive);
        }
    }
}

/// A field for a path is at least so wide, in points.
const SHORTEST_PATH: f32 = 200.0;

/// Draws the bar while it asks.
pub fn show(ui: &mut Ui, state: &mut State, outbox: &mut Outbox) {
    let Some(purpose) = state.asking.clone() else { return };
    let (title, verb) = match purpose {
        Purpose::Open => ("Open component or project", "Open"),
        Purpose::SaveProject => ("Save project as", "Save"),
        Purpose::Compose => ("Write composed component to", "Compose"),
        Purpose::ExportGraph(_) => ("Export graph as", "Export"),
        Purpose::ExportPart(..) => ("Write part to", "Save"),
        Purpose::SaveBill(_) => ("Save bill of materials as", "Save"),
        Purpose::SaveSheet(_) => ("Write the interface as a page to", "Save"),
        Purpose::AddVirtualFile(_) => ("Add a file's contents", "Add"),
    };
    let mut done = false;
    let mut closed = false;
    closed |= ui.input(|i| i.key_pressed(egui::Key::Escape));
    let frame = kit::bar_frame(ui).inner_margin(Margin::symmetric(space::M as i8, space::S as i8));
    let bar = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let button =
            |text| parts::draw::line(ui, text, medium(size::BODY), Color32::PLACEHOLDER).size().x + 2.0 * space::M;
        let buttons = button("Browse…") + button(verb) + size::ROW + 4.0 * ui.spacing().item_spacing.x + 2.0;
        // The field takes what the buttons leave, and comes before them in the order of Tab.
        let mut entry = |ui: &mut Ui, state: &mut State| {
            let edit = TextEdit::singleline(&mut state.path)
                .desired_width(ui.available_width() - buttons)
                .hint_text("Path of the file")
                .font(mono(size::BODY));
            let field = parts::named_field(ui, title, edit);
            if std::mem::take(&mut state.focus) {
                field.request_focus();
            }
            done = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            let why_not = state.dialog.is_some().then_some("The file dialog is open");
            if ui.add(Button::new("Browse…").disabled_because(why_not)).clicked() {
                state.browse(ui.ctx(), purpose.clone());
            }
            done |= ui.add(Button::new(verb).primary()).clicked();
            closed |= parts::icon_button(ui, icons::CLOSE, "Close the path bar").clicked();
        };
        let fits = ui.horizontal(|ui| {
            if matches!(purpose, Purpose::ExportGraph(_)) {
                // As high as the forms, so that the words stand in their middle.
                ui.set_min_height(size::ROW + space::XS);
            }
            ui.label(theme::strong(title));
            if let Purpose::ExportGraph(form) = purpose {
                graph_forms(ui, state, form);
            }
            let fits = ui.available_width() - buttons >= SHORTEST_PATH;
            if fits {
                entry(ui, state);
            }
            fits
        });
        // Where a path could not be read beside the rest it stands below.
        if !fits.inner {
            ui.horizontal(|ui| entry(ui, state));
        }
    });
    let below = bar.response.rect;
    let line = egui::Stroke::new(1.0, theme::tokens(ui.ctx()).line);
    ui.painter().hline(below.x_range(), below.bottom(), line);
    if done && !state.path.trim().is_empty() {
        let path = PathBuf::from(state.path.trim());
        outbox.command(match purpose {
            Purpose::Open => Command::Open(state.all(path)),
            Purpose::AddVirtualFile(instance) => {
                let name = |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned());
                let files = state.all(path).into_iter();
                let files = files.filter_map(|path| Some((format!("/{}", name(&path)?), path))).collect();
                Command::AddVirtualFiles { instance, files }
            }
            Purpose::SaveProject => Command::SaveProject(path),
            Purpose::Compose => Command::ComposeTo(path),
            Purpose::ExportGraph(form) => {
                let colours = if kit::is_dark(ui.ctx()) { Colours::Dark } else { Colours::Light };
                Command::ExportGraph(GraphForm::of(&path).unwrap_or(form), colours, path)
            }
            Purpose::ExportPart(component, part) => Command::ExportPart(component, part, path),
            Purpose::SaveBill(digest) => Command::SaveBill(digest, path),
            Purpose::SaveSheet(component) => Command::SaveSheet(component, path),
        });
        closed = true;
    }
    if closed {
        state.asking = None;
    }
}

/// The forms of a graph: choosing one changes the path's ending, and a typed ending chooses one.
fn graph_forms(ui: &mut Ui, state: &mut State, form: GraphForm) {
    let mut path = PathBuf::from(&state.path);
    let typed = GraphForm::of(&path);
    let form = typed.unwrap_or(form);
    let now = GraphForm::ALL.iter().position(|f| *f == form).unwrap_or_default();
    let chosen = parts::segments(ui, "Form", &GraphForm::ALL.map(GraphForm::label), now);
    let Some(chosen) = chosen.and_then(|i| GraphForm::ALL.get(i)) else { return };
    if typed.is_some() {
        path.set_extension(chosen.ending());
        state.set_path(path);
    } else if !state.path.is_empty() {
        state.set_path(PathBuf::from(format!("{}.{}", state.path, chosen.ending())));
    }
    state.asking = Some(Purpose::ExportGraph(*chosen));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Theme;
    use crate::ui::look::{Stage, both};
    use egui_kittest::kittest::Queryable;

    struct Bench {
        bar: State,
        commands: Vec<Command>,
    }

    fn stage(theme: Theme, width: f32) -> Stage<'static, Bench> {
        let mut bench = Bench { bar: State::default(), commands: Vec::new() };
        bench.bar.ask(Purpose::ExportGraph(GraphForm::Svg), "/home/shop.svg", None);
        let mut stage = Stage::new([width, 120.0], theme, bench, |ui, bench: &mut Bench| {
            let mut outbox = Outbox::default();
            show(ui, &mut bench.bar, &mut outbox);
            bench.commands.extend(outbox.commands);
        });
        stage.harness.run();
        stage
    }

    #[test]
    fn the_form_of_a_graph_is_chosen_or_typed() {
        both(|theme, name| stage(theme, 1280.0).picture(&format!("path-bar-graph-{name}")));
        let mut stage = stage(Theme::Dark, 900.0);
        stage.picture("path-bar-graph-narrow");
        // However narrow the middle is, the path can be read.
        let narrow = self::stage(Theme::Light, 480.0);
        narrow.picture("path-bar-graph-narrowest");
        let field = narrow.harness.get_by_role_and_label(egui::Role::TextInput, "Export graph as").rect();
        assert!(field.width() >= SHORTEST_PATH && field.right() < 480.0, "{field:?}");
        stage.harness.get_by_label("DOT").click();
        stage.harness.run();
        assert_eq!(stage.harness.state().bar.path, "/home/shop.dot");
        // Without an ending of ours, choosing adds one; what is typed last counts.
        stage.harness.state_mut().bar.path = "/home/my.shop".into();
        stage.harness.run();
        stage.harness.get_by_label("JSON").click();
        stage.harness.run();
        assert_eq!(stage.harness.state().bar.path, "/home/my.shop.json");
        stage.harness.state_mut().bar.path = "/home/shop.mmd".into();
        stage.harness.get_by_label("Export").click();
        stage.harness.run();
        let asked: Vec<_> = stage.harness.state().commands.iter().map(|c| format!("{c:?}")).collect();
        assert_eq!(asked, ["ExportGraph(Mermaid, Dark, \"/home/shop.mmd\")"]);
        assert!(!stage.harness.state().bar.is_asking());
    }

    #[test]
    fn a_path_begins_in_the_project_s_folder_until_another_is_used() {
        let mut bar = State::default();
        bar.ask(Purpose::Compose, "composed.wasm", Some(Path::new("/home/shop/shop.wirebench.json")));
        assert_eq!(Path::new(&bar.path), Path::new("/home/shop").join("composed.wasm"));
        bar.set_path("/out/composed.wasm".into());
        bar.ask(Purpose::SaveProject, "shop.wirebench.json", Some(Path::new("/home/shop/shop.wirebench.json")));
        assert_eq!(Path::new(&bar.path), Path::new("/out").join("shop.wirebench.json"));
    }

    #[test]
    fn a_file_for_a_virtual_wasi_gets_its_own_name_in_the_guest() {
        let mut stage = stage(Theme::Dark, 900.0);
        let bar = &mut stage.harness.state_mut().bar;
        bar.ask(Purpose::AddVirtualFile("wasi".into()), "", None);
        bar.set_path("/home/list.txt".into());
        stage.harness.run();
        stage.harness.get_by_label("Add").click();
        stage.harness.run();
        let asked: Vec<_> = stage.harness.state().commands.iter().map(|c| format!("{c:?}")).collect();
        assert_eq!(asked, ["AddVirtualFiles { instance: \"wasi\", files: [(\"/list.txt\", \"/home/list.txt\")] }"]);
    }
}
