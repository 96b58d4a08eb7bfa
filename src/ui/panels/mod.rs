//! The panels. Each looks at the session and puts what it wants into the [`Outbox`]; no panel knows another.

pub mod access;
pub mod autowire;
pub mod changed;
pub mod grants;
pub mod graph;
pub mod history;
pub mod inspector;
pub mod invoke;
pub mod kit;
pub mod library;
pub mod notices;
pub mod palette;
pub mod path_bar;
pub mod problems;
pub mod status;
pub mod taps;
pub mod top;
pub mod welcome;

use super::actions::Action;
use super::inspect::Place;
use crate::component::Digest;
use crate::compose::Port;
use crate::diag::Subject;
use crate::grant::Capability;
use crate::project::Target;
use crate::session::{Change, Command, RunRecord, Session};

/// What the panels ask for while they draw. It is applied afterwards.
#[derive(Default)]
pub struct Outbox {
    /// For the session, in order.
    pub commands: Vec<Command>,
    /// For the window, in order.
    pub requests: Vec<Request>,
}

/// Something that concerns the window only.
pub enum Request {
    /// Do this.
    Act(Action),
    /// Bring this panel of the dock to the front.
    Show(Dock),
    /// Bring the grants of a target to the front, and the row of this capability into view.
    ShowGrants(Target, Option<Capability>),
    /// Bring what a problem is about into view.
    FocusOn(Subject),
    /// Make a call of this function ready: target, interface, function.
    Invoke(Target, Option<String>, String),
    /// Put the inputs of a past call back into the form.
    Restore(Box<RunRecord>),
    /// Show this place in the Inspect workspace.
    Inspect(Place),
    /// Ask for a path, with this file name proposed.
    AskPath(path_bar::Purpose, String),
    /// Place an instance of this component on the canvas, and show it there.
    Place(Digest),
    /// A drag ended: what follows is another undo step.
    EndGesture,
    /// Bring unsaved work back, or give it up.
    Recover(bool),
}

/// What the middle of the window is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Workspace {
    /// The graph.
    #[default]
    Wire,
    /// One component from all sides.
    Inspect,
}

/// The panels of the dock below the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dock {
    /// Form, run and result.
    Invoke,
    /// What the guest wrote.
    Output,
    /// Past calls.
    History,
    /// Uses of what is outside.
    Accesses,
    /// What is wrong.
    Problems,
    /// What crosses tapped wires.
    Taps,
}

impl Outbox {
    /// Asks the session for something.
    pub fn command(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Asks the session for a change of the document.
    pub fn change(&mut self, change: Change) {
        self.commands.push(Command::Change(change));
    }

    /// Asks for a stub for an import, beside its instance.
    pub fn add_stub(&mut self, session: &Session, port: Port) {
        let at = session.place_for_stub(&port.instance);
        self.command(Command::AddStub { port, at });
    }

    /// Asks the window to do something.
    pub fn act(&mut self, action: Action) {
        self.requests.push(Request::Act(action));
    }

    /// Asks the window for something.
    pub fn request(&mut self, request: Request) {
        self.requests.push(request);
    }
}
