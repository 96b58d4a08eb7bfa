//! Everything the window can be told to do by menu, palette or key: one table for all three.

use crate::component::Kind;
use crate::project::Frame;
use crate::session::{Selection, Session};
use crate::ui::canvas::geometry::Align;
use crate::ui::theme::icons;
use egui::{Key, KeyboardShortcut, Modifiers};

/// Something the window can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // `Action::label` says what each is
pub enum Action {
    OpenFiles,
    OpenSampleProject,
    NewProject,
    Save,
    SaveAs,
    Compose,
    CheckFiles,
    ExportGraph,
    Undo,
    Redo,
    Run,
    Cancel,
    ResetInstance,
    DeleteSelection,
    DuplicateSelection,
    CutSelection,
    CopySelection,
    Paste,
    SelectAll,
    AutoWire,
    AddVirtualWasi,
    SwitchProvider,
    TapWire,
    FrameSelection,
    Rename,
    FoldFrame,
    FitFrame,
    SelectMembers,
    SplitInstance,
    Arrange,
    Align(Align),
    FitAll,
    ZoomActual,
    ZoomIn,
    ZoomOut,
    Pan(Way),
    Palette,
    ShowWire,
    ShowInspect,
    ToggleList,
    ToggleMinimap,
    PlaceComponent,
    /// Chooses a component or sample to place.
    ChooseComponent,
    /// Chooses a component or sample to take the selected instance's place.
    ReplaceInstance,
    EditCopy,
    ShareInterface,
    Compare,
    Back,
    Forward,
    ToggleDock,
    ToggleTheme,
    ShowInvoke,
    ShowOutput,
    ShowHistory,
    ShowAccesses,
    ShowProblems,
    ShowTaps,
    ToggleLibrary,
    ToggleInspector,
    NextPanel,
    PreviousPanel,
    Quit,
}

/// A way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Way {
    Left,
    Right,
    Up,
    Down,
}

impl Action {
    /// All actions, in the order of the palette.
    pub const ALL: [Action; 72] = [
        Action::OpenFiles,
        Action::OpenSampleProject,
        Action::NewProject,
        Action::Save,
        Action::SaveAs,
        Action::Compose,
        Action::CheckFiles,
        Action::ExportGraph,
        Action::Undo,
        Action::Redo,
        Action::Run,
        Action::Cancel,
        Action::ResetInstance,
        Action::DeleteSelection,
        Action::DuplicateSelection,
        Action::CutSelection,
        Action::CopySelection,
        Action::Paste,
        Action::SelectAll,
        Action::AutoWire,
        Action::AddVirtualWasi,
        Action::SwitchProvider,
        Action::TapWire,
        Action::FrameSelection,
        Action::Rename,
        Action::FoldFrame,
        Action::FitFrame,
        Action::SelectMembers,
        Action::SplitInstance,
        Action::Arrange,
        Action::Align(Align::Left),
        Action::Align(Align::Center),
        Action::Align(Align::Right),
        Action::Align(Align::Top),
        Action::Align(Align::Middle),
        Action::Align(Align::Bottom),
        Action::Align(Align::Across),
        Action::Align(Align::Down),
        Action::FitAll,
        Action::ZoomActual,
        Action::ZoomIn,
        Action::ZoomOut,
        Action::Pan(Way::Left),
        Action::Pan(Way::Right),
        Action::Pan(Way::Up),
        Action::Pan(Way::Down),
        Action::Palette,
        Action::ShowWire,
        Action::ShowInspect,
        Action::ToggleList,
        Action::ToggleMinimap,
        Action::PlaceComponent,
        Action::ChooseComponent,
        Action::ReplaceInstance,
        Action::EditCopy,
        Action::ShareInterface,
        Action::Compare,
        Action::Back,
        Action::Forward,
        Action::ToggleDock,
        Action::ToggleTheme,
        Action::ShowInvoke,
        Action::ShowOutput,
        Action::ShowHistory,
        Action::ShowAccesses,
        Action::ShowProblems,
        Action::ShowTaps,
        Action::ToggleLibrary,
        Action::ToggleInspector,
        Action::NextPanel,
        Action::PreviousPanel,
        Action::Quit,
    ];

    /// What a menu calls it.
    pub fn label(self) -> &'static str {
        match self {
            Action::OpenFiles => "Open…",
            Action::OpenSampleProject => "Open sample project",
            Action::NewProject => "New project",
            Action::Save => "Save project",
            Action::SaveAs => "Save project as…",
            Action::Compose => "Compose…",
            Action::CheckFiles => "Check files for changes",
            Action::ExportGraph => "Export graph as…",
            Action::Undo => "Undo",
            Action::Redo => "Redo",
            Action::Run => "Run",
            Action::Cancel => "Cancel run",
            Action::ResetInstance => "Reset instance",
            Action::DeleteSelection => "Delete selection",
            Action::DuplicateSelection => "Duplicate selection",
            Action::CutSelection => "Cut",
            Action::CopySelection => "Copy",
            Action::Paste => "Paste",
            Action::SelectAll => "Select all",
            Action::AutoWire => "Auto-wire…",
            Action::AddVirtualWasi => "Add virtual WASI",
            Action::SwitchProvider => "Switch to the next provider",
            Action::TapWire => "Tap this wire, or take its tap off",
            Action::FrameSelection => "Frame selection",
            Action::Rename => "Rename…",
            Action::FoldFrame => "Fold or open frame",
            Action::FitFrame => "Fit frame to its members",
            Action::SelectMembers => "Select the frame's members",
            Action::SplitInstance => "Split into what it is composed of",
            Action::Arrange => "Arrange",
            Action::Align(how) => how.label(),
            Action::FitAll => "Fit all",
            Action::ZoomActual => "Zoom to 100 %",
            Action::ZoomIn => "Zoom in",
            Action::ZoomOut => "Zoom out",
            Action::Pan(Way::Left) => "Pan left",
            Action::Pan(Way::Right) => "Pan right",
            Action::Pan(Way::Up) => "Pan up",
            Action::Pan(Way::Down) => "Pan down",
            Action::Palette => "Run a command…",
            Action::ShowWire => "Wire",
            Action::ShowInspect => "Inspect",
            Action::ToggleList => "Switch between graph and list",
            Action::ToggleMinimap => "Show or hide the minimap",
            Action::PlaceComponent => "Place on canvas",
            Action::ChooseComponent => "Place component…",
            Action::ReplaceInstance => "Replace by…",
            Action::EditCopy => "Edit a copy",
            Action::ShareInterface => "Share interface…",
            Action::Compare => "Compare with…",
            Action::Back => "Go back",
            Action::Forward => "Go forward",
            Action::ToggleDock => "Show or hide the dock",
            Action::ToggleTheme => "Switch between dark and light",
            Action::ShowInvoke => "Show Invoke",
            Action::ShowOutput => "Show Output",
            Action::ShowHistory => "Show History",
            Action::ShowAccesses => "Show Access log",
            Action::ShowProblems => "Show Problems",
            Action::ShowTaps => "Show Taps",
            Action::ToggleLibrary => "Show or hide Library",
            Action::ToggleInspector => "Show or hide Inspector",
            Action::NextPanel => "Go to the next panel",
            Action::PreviousPanel => "Go to the panel before",
            Action::Quit => "Quit",
        }
    }

    /// The icon beside its label.
    pub fn icon(self) -> &'static str {
        match self {
            Action::OpenFiles => icons::FOLDER_OPEN,
            Action::OpenSampleProject => icons::GRAPH,
            Action::NewProject => icons::FILE,
            Action::Save | Action::SaveAs => icons::SAVE,
            Action::Compose | Action::ExportGraph => icons::EXPORT,
            Action::CheckFiles => icons::RELOAD,
            Action::Undo => icons::UNDO,
            Action::Redo => icons::REDO,
            Action::Run => icons::PLAY,
            Action::Cancel => icons::STOP,
            Action::ResetInstance => icons::RELOAD,
            Action::DeleteSelection => icons::TRASH,
            Action::DuplicateSelection => icons::CUBES,
            Action::CutSelection => icons::CUT,
            Action::CopySelection => icons::COPY,
            Action::Paste => icons::PASTE,
            Action::SelectAll => icons::CHECK,
            Action::AutoWire => icons::PLUGS_CONNECTED,
            Action::AddVirtualWasi => icons::FLASK,
            Action::SwitchProvider | Action::ReplaceInstance => icons::SWAP,
            Action::TapWire | Action::ShowTaps => icons::EYE,
            Action::FrameSelection => icons::FIT,
            Action::Rename => icons::PENCIL,
            Action::FoldFrame => icons::ARROWS_IN,
            Action::FitFrame => icons::FIT,
            Action::SelectMembers => icons::CHECK,
            Action::SplitInstance => icons::CUBES,
            Action::Arrange => icons::LAYOUT,
            Action::Align(_) => icons::ALIGN,
            Action::FitAll => icons::FIT,
            Action::ZoomActual => icons::SEARCH,
            Action::ZoomIn => icons::ZOOM_IN,
            Action::ZoomOut => icons::ZOOM_OUT,
            Action::Pan(Way::Left) => icons::ARROW_LEFT,
            Action::Pan(Way::Right) => icons::ARROW_RIGHT,
            Action::Pan(Way::Up) => icons::ARROW_UP,
            Action::Pan(Way::Down) => icons::ARROW_DOWN,
            Action::Palette => icons::COMMAND,
            Action::ShowWire => icons::GRAPH,
            Action::ShowInspect => icons::EYE,
            Action::ToggleList => icons::LIST_BULLETS,
            Action::ToggleMinimap => icons::GRID,
            Action::PlaceComponent => icons::GRAPH,
            Action::ChooseComponent => icons::PLUS,
            Action::EditCopy => icons::PENCIL,
            Action::ShareInterface => icons::EXPORT,
            Action::Compare => icons::SWAP,
            Action::Back => icons::ARROW_LEFT,
            Action::Forward => icons::ARROW_RIGHT,
            Action::ToggleTheme => icons::CIRCLE_HALF,
            Action::ShowInvoke => icons::FUNCTION,
            Action::ShowOutput => icons::TERMINAL,
            Action::ShowHistory => icons::HISTORY,
            Action::ShowAccesses => icons::SHIELD,
            Action::ShowProblems => icons::WARNING,
            Action::ToggleLibrary | Action::ToggleInspector | Action::ToggleDock => icons::SIDEBAR,
            Action::NextPanel => icons::ARROW_RIGHT,
            Action::PreviousPanel => icons::ARROW_LEFT,
            Action::Quit => icons::SIGN_OUT,
        }
    }

    /// Its shortcut; `COMMAND` is Ctrl, or Cmd on a Mac.
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        const SHIFT_COMMAND: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
        let (modifiers, key) = match self {
            Action::OpenFiles => (Modifiers::COMMAND, Key::O),
            Action::NewProject => (Modifiers::COMMAND, Key::N),
            Action::Save => (Modifiers::COMMAND, Key::S),
            Action::SaveAs => (SHIFT_COMMAND, Key::S),
            Action::Compose => (Modifiers::COMMAND, Key::E),
            Action::CheckFiles => (Modifiers::NONE, Key::F5),
            Action::Undo => (Modifiers::COMMAND, Key::Z),
            Action::Redo => (SHIFT_COMMAND, Key::Z),
            Action::Run => (Modifiers::COMMAND, Key::Enter),
            Action::Cancel => (Modifiers::COMMAND, Key::Period),
            Action::DeleteSelection => (Modifiers::NONE, Key::Delete),
            Action::DuplicateSelection => (Modifiers::COMMAND, Key::D),
            Action::CutSelection => (Modifiers::COMMAND, Key::X),
            Action::CopySelection => (Modifiers::COMMAND, Key::C),
            Action::Paste => (Modifiers::COMMAND, Key::V),
            Action::SelectAll => (Modifiers::COMMAND, Key::A),
            Action::AutoWire => (SHIFT_COMMAND, Key::W),
            Action::ChooseComponent => (Modifiers::COMMAND, Key::P),
            Action::TapWire => (Modifiers::COMMAND, Key::T),
            Action::FrameSelection => (SHIFT_COMMAND, Key::F),
            Action::FoldFrame => (Modifiers::COMMAND, Key::G),
            Action::Arrange => (SHIFT_COMMAND, Key::A),
            Action::FitAll => (Modifiers::COMMAND, Key::Num1),
            Action::ZoomActual => (Modifiers::COMMAND, Key::Num0),
            Action::ZoomIn => (Modifiers::COMMAND, Key::Plus),
            Action::ZoomOut => (Modifiers::COMMAND, Key::Minus),
            Action::Pan(Way::Left) => (Modifiers::COMMAND, Key::ArrowLeft),
            Action::Pan(Way::Right) => (Modifiers::COMMAND, Key::ArrowRight),
            Action::Pan(Way::Up) => (Modifiers::COMMAND, Key::ArrowUp),
            Action::Pan(Way::Down) => (Modifiers::COMMAND, Key::ArrowDown),
            Action::Palette => (Modifiers::COMMAND, Key::K),
            Action::ShowWire => (Modifiers::ALT, Key::Num1),
            Action::ShowInspect => (Modifiers::ALT, Key::Num2),
            Action::ToggleList => (Modifiers::COMMAND, Key::L),
            Action::ToggleMinimap => (SHIFT_COMMAND, Key::M),
            Action::Back => (Modifiers::ALT, Key::ArrowLeft),
            Action::Forward => (Modifiers::ALT, Key::ArrowRight),
            Action::ToggleDock => (Modifiers::COMMAND, Key::J),
            Action::ToggleTheme => (SHIFT_COMMAND, Key::L),
            Action::ShowInvoke => (Modifiers::COMMAND, Key::Num5),
            Action::ShowOutput => (Modifiers::COMMAND, Key::Num6),
            Action::ShowHistory => (Modifiers::COMMAND, Key::Num7),
            Action::ShowAccesses => (Modifiers::COMMAND, Key::Num8),
            Action::ShowProblems => (Modifiers::COMMAND, Key::Num9),
            Action::ShowTaps => (Modifiers::COMMAND, Key::Num4),
            Action::ToggleLibrary => (Modifiers::COMMAND, Key::B),
            Action::ToggleInspector => (Modifiers::COMMAND, Key::I),
            Action::NextPanel => (Modifiers::NONE, Key::F6),
            Action::PreviousPanel => (Modifiers::SHIFT, Key::F6),
            Action::Quit => (Modifiers::COMMAND, Key::Q),
            Action::SwitchProvider => return None,
            Action::OpenSampleProject
            | Action::ResetInstance
            | Action::PlaceComponent
            | Action::ReplaceInstance
            | Action::EditCopy
            | Action::ShareInterface
            | Action::Compare
            | Action::ExportGraph
            | Action::Align(_)
            | Action::Rename
            | Action::FitFrame
            | Action::SelectMembers
            | Action::SplitInstance
            | Action::AddVirtualWasi => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// Its keys as a menu shows them: some are those of the canvas and the list, for whatever has the focus there.
    pub fn keys(self, ctx: &egui::Context) -> String {
        match self {
            Action::Rename => "F2".into(),
            Action::SwitchProvider => "R".into(),
            _ => self.shortcut().map(|s| ctx.format_shortcut(&s)).unwrap_or_default(),
        }
    }

    /// Whether its keys arrive as an event of the clipboard's and not as keys.
    pub fn is_of_clipboard(self) -> bool {
        matches!(self, Action::CutSelection | Action::CopySelection | Action::Paste)
    }

    /// Whether a text field that has the focus needs the key for itself.
    pub fn yields_to_text(self) -> bool {
        matches!(
            self,
            Action::DeleteSelection
                | Action::SelectAll
                | Action::Undo
                | Action::Redo
                | Action::DuplicateSelection
                | Action::Back
                | Action::Forward
                | Action::Pan(_)
        )
    }

    /// Whether it can be done now.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn check(self, session: &Session) -> Result<(), String> {
        let has_instances = !session.document().composition.instances.is_empty();
        let selected =
            matches!(session.selection(), Selection::Instances(_) | Selection::Wire(_) | Selection::Frame(_));
        let count = match session.selection() {
            Selection::Instances(names) => names.len(),
            _ => 0,
        };
        let ok = match self {
            Action::Align(how) => count >= how.least(),
            Action::Undo => session.undo_label().is_some(),
            Action::Redo => session.redo_label().is_some(),
            Action::Cancel => session.running().is_some(),
            Action::SwitchProvider => matches!(session.selection(), Selection::Wire(_)),
            Action::DeleteSelection => selected,
            Action::ReplaceInstance => count == 1,
            Action::Rename => match session.selection() {
                Selection::Instances(names) => names.len() == 1,
                selection => matches!(selection, Selection::Frame(_)),
            },
            Action::FoldFrame => match frame_meant(session) {
                Some(frame) if frame.1.members.is_empty() => {
                    return Err("The frame is empty: drag nodes into it first".into());
                }
                frame => frame.is_some(),
            },
            Action::SplitInstance => match session.selection() {
                Selection::Instances(names) if names.len() == 1 => {
                    return names.first().map_or(Ok(()), |name| session.can_open_up(name));
                }
                _ => false,
            },
            Action::SelectMembers => frame_meant(session).is_some_and(|(_, frame)| !frame.members.is_empty()),
            Action::FitFrame => match frame_meant(session) {
                Some((_, frame)) if frame.folded => return Err("Open the frame first".into()),
                Some((_, frame)) => !frame.members.is_empty(),
                None => false,
            },
            Action::FrameSelection => match session.selection() {
                Selection::Instances(names) => {
                    let mut folded = session.document().frames.values().filter(|f| f.folded);
                    if folded.any(|f| names.iter().any(|n| f.members.contains(n))) {
                        return Err("A frame cannot be in another one: open the folded frame first".into());
                    }
                    true
                }
                _ => false,
            },
            Action::DuplicateSelection | Action::CutSelection | Action::CopySelection => match session.selection() {
                Selection::Frame(title) => session.document().frames.get(title).is_some_and(|f| !f.members.is_empty()),
                selection => matches!(selection, Selection::Instances(_)),
            },
            Action::Compose
            | Action::ExportGraph
            | Action::SelectAll
            | Action::AutoWire
            | Action::Arrange
            | Action::FitAll => has_instances,
            Action::TapWire => match session.selection() {
                Selection::Wire(to) => {
                    return super::panels::taps::toggle(session, to).why_not.map_or(Ok(()), Err);
                }
                _ => false,
            },
            Action::Run => return session.can_call().map_err(Into::into),
            Action::PlaceComponent | Action::EditCopy => {
                let subject = super::inspect::subject(session).filter(|c| c.kind == Kind::Component);
                if let Some(why) = subject.and_then(|c| super::panels::kit::why_not_placed(c)) {
                    return Err(why);
                }
                subject.is_some()
            }
            Action::ShareInterface | Action::Compare => super::inspect::subject(session).is_some(),
            _ => true,
        };
        let why = match self {
            Action::Align(Align::Across | Align::Down) => "Select three nodes or more first",
            Action::Align(_) => "Select two nodes or more first",
            Action::Undo => "There is nothing to undo",
            Action::Redo => "There is nothing to redo",
            Action::Cancel => "No call is under way",
            Action::SwitchProvider | Action::TapWire => "Select a wire first",
            Action::DeleteSelection => "Select a node, a wire or a frame first",
            Action::FrameSelection if matches!(session.selection(), Selection::Frame(_)) => {
                "A frame cannot be in another one: select nodes"
            }
            Action::DuplicateSelection | Action::CutSelection | Action::CopySelection | Action::FrameSelection => {
                "Select a node first"
            }
            Action::FoldFrame | Action::FitFrame | Action::SelectMembers => {
                "Select a frame with members, or a node in one, first"
            }
            Action::Rename => "Select a node or a frame first",
            Action::ReplaceInstance => "Select one node first",
            Action::SplitInstance => "Select one node of a composed component first",
            Action::PlaceComponent | Action::EditCopy | Action::ShareInterface | Action::Compare => {
                "Select a component first"
            }
            _ => "Place a component on the canvas first",
        };
        if ok { Ok(()) } else { Err(why.into()) }
    }
}

/// The frame that is selected, or that all selected instances are in.
pub fn frame_meant(session: &Session) -> Option<(&String, &Frame)> {
    let frames = &session.document().frames;
    match session.selection() {
        Selection::Frame(title) => frames.get_key_value(title),
        Selection::Instances(names) => {
            let (title, frame) = frames.get_key_value(session.document().frame_of(names.first()?)?)?;
            names.iter().all(|name| frame.members.contains(name)).then_some((title, frame))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_an_icon() {
        for action in Action::ALL {
            assert_eq!(action.icon().chars().count(), 1, "{action:?}");
        }
    }

    #[test]
    fn no_two_actions_share_a_shortcut() {
        for (i, a) in Action::ALL.iter().enumerate() {
            for b in &Action::ALL[i + 1..] {
                if let (Some(x), Some(y)) = (a.shortcut(), b.shortcut()) {
                    assert_ne!(x, y, "{a:?} and {b:?}");
                }
            }
        }
    }
}
