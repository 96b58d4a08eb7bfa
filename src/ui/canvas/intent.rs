//! What a person wants done with a composition, as the canvas understood it.

use super::NodeOf;
use crate::compose::{Port, Side};
use crate::project::{Frame, Layout};
use egui::Pos2;

/// How a selection changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectMode {
    /// These and nothing else.
    Replace,
    /// These too.
    Add,
    /// Those of these that are selected no longer, the others too.
    Toggle,
}

/// What a menu was opened on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuOn {
    /// On empty canvas.
    Canvas,
    /// On an instance; it is selected.
    Node(String),
    /// On a port.
    Port(Port, Side),
    /// On the wire that ends at this import; it is selected.
    Wire(Port),
    /// On the name of an instance, to give it another.
    Name(String),
    /// On an export of the result, to give it another name there.
    Result(Port),
    /// On a frame, open or folded; it is selected.
    Frame(String),
}

/// What a person wants done. Points named `at` in world coordinates are `[x, y]`.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Select instances; none with [`SelectMode::Replace`] selects nothing.
    Select {
        /// Which.
        instances: Vec<String>,
        /// How.
        mode: SelectMode,
    },
    /// Select the wire that ends at this import.
    SelectWire(Port),
    /// Move nodes and frames to these places, and nodes into frames and out of them: one finished drag, or one press of an
    /// arrow key.
    Move(Layout),
    /// Select the frame of this title.
    SelectFrame(String),
    /// Give a frame other edges; what lies in it then becomes a member.
    ResizeFrame {
        /// Its title.
        title: String,
        /// The frame as it will be.
        frame: Frame,
    },
    /// Fold a frame into one node, or open it.
    Fold {
        /// Its title.
        title: String,
        /// Folded from now on.
        folded: bool,
    },
    /// Connect an export with an import; a provider that the import has is replaced.
    Connect {
        /// The export.
        from: Port,
        /// The import.
        to: Port,
    },
    /// Take the wire off the import `was` and let it end at `to` instead, as one step.
    Rewire {
        /// The import it ended at.
        was: Port,
        /// The export.
        from: Port,
        /// The import.
        to: Port,
    },
    /// Let the next of the instances that fit provide for this import, or the one before.
    Switch {
        /// The import.
        import: Port,
        /// The one before.
        back: bool,
    },
    /// Remove the wire that ends at this import.
    Disconnect(Port),
    /// A new wire was let go over nothing: offer what fits.
    DropOnEmpty {
        /// The port it starts at.
        port: Port,
        /// Its side.
        side: Side,
        /// Where, in the world.
        at: [f32; 2],
        /// Where, on the screen.
        screen: Pos2,
    },
    /// A node was dropped on a wire: it goes to this place, and into the wire if it fits.
    InsertOnWire {
        /// The node.
        instance: String,
        /// The wire, by its import.
        wire: Port,
        /// Where it was dropped.
        layout: Layout,
    },
    /// Remove what is selected.
    Delete,
    /// Copy what is selected, beside it.
    Duplicate,
    /// Open a menu.
    OpenMenu {
        /// Where, on the screen.
        at: Pos2,
        /// Where, in the world.
        world: [f32; 2],
        /// On what.
        on: MenuOn,
    },
    /// Something was dropped from the library: place it, and insert it into the wire if it fits there.
    Drop {
        /// What.
        of: NodeOf,
        /// Where, in the world.
        at: [f32; 2],
        /// The wire that it was dropped on, by its import.
        wire: Option<Port>,
    },
    /// Show the first problem of these instances.
    FocusProblem(Vec<String>),
    /// Give an instance another name.
    Rename(String),
    /// Give an export that the result has another name there.
    NameResult {
        /// The export.
        port: Port,
        /// Its name so far.
        now: String,
        /// Where it is, on the screen.
        at: Pos2,
    },
    /// A port was clicked, not dragged.
    ClickPort(Port, Side),
    /// A node was double-clicked, or Enter pressed on it.
    Activate(String),
    /// A drag ended without a change.
    Cancelled,
}

/// Something to do to the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Show everything; nothing if there is nothing.
    Fit,
    /// Life size.
    Actual,
    /// A quarter of what is seen to the right and down, or less than nothing to the left and up.
    Pan {
        /// 1 to the right, -1 to the left.
        right: i8,
        /// 1 down, -1 up.
        down: i8,
    },
    /// Larger, about the middle.
    ZoomIn,
    /// Smaller, about the middle.
    ZoomOut,
    /// Bring instances into view.
    Show(Vec<String>),
    /// Bring a port into view, give it the keyboard's focus, and let a wire from it be drawn, by keyboard or with clicks.
    Link {
        /// The port.
        port: Port,
        /// Its side.
        side: Side,
    },
    /// Bring an instance into view and give it, or one of its ports, the keyboard's focus.
    Reveal {
        /// The instance.
        instance: String,
        /// The port's full name and side.
        port: Option<(String, Side)>,
    },
}
