//! Everything that can be asked of a session.

use super::{Packages, Study};
use crate::call::JobId;
use crate::component::Digest;
use crate::compose::{Behavior, Choices, Edit, Port, Scope, Side, StubSpec, VirtualWasi};
use crate::grant::Grants;
use crate::project::{CallKey, Clip, Frame, Layout, Preferences, Target};
use crate::sheet::{Colours, GraphForm};
use crate::value::{Handle, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Something to do. The window, the command line and tests ask for everything by these.
#[derive(Debug, Clone)]
pub enum Command {
    /// Opens files: components go to the library, a project or WAC source takes the place of the document.
    Open(Vec<PathBuf>),
    /// Opens WAC source whose packages are where this says.
    OpenSource(PathBuf, Packages),
    /// Opens a component that is at hand as bytes, under this file name.
    OpenBytes(String, Arc<[u8]>),
    /// Opens a part of a component that is open, by its positions among the children.
    OpenPart(Digest, Vec<usize>),
    /// Opens one of the built-in samples by its file name.
    OpenSample(String),
    /// Opens one of the built-in samples and places it, as one step.
    PlaceSample {
        /// Its file name.
        file: String,
        /// Where its node's upper left corner goes, in canvas points.
        at: [f32; 2],
        /// A wire to make in the same step: the new instance's port, the other end, and the side of that.
        connect: Option<(String, Port, Side)>,
    },
    /// Opens one of the built-in samples and places it on a wire, as [`Change::PlaceOnWire`] does.
    PlaceSampleOnWire {
        /// Its file name.
        file: String,
        /// Where its node's upper left corner goes, in canvas points.
        at: [f32; 2],
        /// The wire, by the import that it ends at.
        wire: Port,
    },
    /// Opens one of the built-in samples, by its file name, and makes a change that speaks of its component, as one step.
    ChangeWithSample(String, Change),
    /// Opens the sample project: laid out, one wire left to draw.
    OpenSampleProject,
    /// Starts an empty document.
    NewProject,
    /// Saves the document under this path, and further saves too.
    SaveProject(PathBuf),
    /// Changes the document, as one undo step.
    Change(Change),
    /// Takes the last step back.
    Undo,
    /// Makes the last step taken back again.
    Redo,
    /// Pastes instances that were copied in whichever window: the text of a [`Clip`].
    Paste(String),
    /// Selects something.
    Select(Selection),
    /// Splits a composed component: the components inside it join the library, and its graph takes the place of the
    /// document, as one step that can be undone. Nothing is granted to it.
    EditCopy(Digest),
    /// Puts the instances inside a composed component in the place of this instance of it, together in a frame, as one
    /// step that can be undone. What is composed does the same.
    SplitInstance(String),
    /// Writes the components inside a composed one into this folder, and a project that composes them again.
    SplitTo(Digest, PathBuf),
    /// Writes the composed component to this path.
    ComposeTo(PathBuf),
    /// Writes the graph of the composition in this form to this path; drawings in these colours.
    ExportGraph(GraphForm, Colours, PathBuf),
    /// Writes the bill of materials of a component, as CycloneDX, to this path.
    SaveBill(Digest, PathBuf),
    /// Writes a component's interface as one HTML page to this path.
    SaveSheet(Digest, PathBuf),
    /// Writes a nested part of an open component, by its path of positions, to this path.
    ExportPart(Digest, Vec<usize>, PathBuf),
    /// Writes a component that stands in for an import of an open component.
    SaveStub {
        /// The component that has the import.
        consumer: Digest,
        /// The import's full name.
        import: String,
        /// What the stub does.
        spec: StubSpec,
        /// Where it is written.
        path: PathBuf,
    },
    /// Makes a stub for an import, which traps in every function, places it and connects it.
    AddStub {
        /// The import.
        port: Port,
        /// Where the stub's node goes, in canvas points.
        at: [f32; 2],
    },
    /// Makes a stub for each open import of these instances that needs a provider, as one step.
    StubAll(Vec<String>),
    /// Puts a stub in the place of what provides an import: it answers as calls in the history were answered, and traps
    /// otherwise. A provider that nothing else uses goes.
    StubRecorded(Port),
    /// Adds what calls in the history were answered to what an instance of a stub does.
    AddRecorded {
        /// The instance.
        instance: String,
    },
    /// Makes an instance of a stub one of a stub that does this: functions that are not named trap.
    EditStub {
        /// The instance.
        instance: String,
        /// WAVE, by the functions' full names.
        functions: BTreeMap<String, Behavior<String>>,
    },
    /// Makes a virtual WASI, places it, and connects it to what these instances ask of WASI and have from nowhere.
    AddVirtualWasi {
        /// Where its node goes, in canvas points.
        at: [f32; 2],
        /// The instances.
        wire_to: Vec<String>,
    },
    /// Makes an instance of a virtual WASI one with these settings; wires from what it gives no more go.
    EditVirtualWasi {
        /// The instance.
        instance: String,
        /// The settings.
        settings: Box<VirtualWasi>,
    },
    /// Puts the contents of files of the machine into an instance of a virtual WASI, each under the path by which the guest
    /// finds it.
    AddVirtualFiles {
        /// The instance.
        instance: String,
        /// Path of the guest, and file.
        files: Vec<(String, PathBuf)>,
    },
    /// Writes a virtual WASI as a component.
    SaveVirtualWasi {
        /// The settings.
        settings: Box<VirtualWasi>,
        /// Files of the machine whose contents go into it, each under the path by which the guest finds it.
        files: Vec<(String, PathBuf)>,
        /// Where it is written.
        path: PathBuf,
    },
    /// Gives what [`super::Session::landed`] names its places, as part of the step that it came with.
    Settle(Layout),
    /// Calls a function.
    Call(Call),
    /// Ends a call.
    CancelCall(JobId),
    /// Drops what a background job would bring.
    CancelJob(JobId),
    /// Drops the live instance of a target, with its state and handles.
    Reset(Target),
    /// Lets a handle that calls of this target returned go. It is a call: the resource's destructor runs in the guest.
    DropHandle(Target, Handle),
    /// Forgets the history of calls.
    ClearHistory,
    /// Brings a cleared history back.
    RestoreHistory,
    /// Takes a notice off the screen; it stays in the list.
    DismissNotice(u64),
    /// Takes a component out of the library, if no instance uses it.
    CloseComponent(Digest),
    /// Changes the user's own settings.
    SetPreferences(Preferences),
    /// Works something out about open components; the answer is [`Session::finding`](super::Session::finding).
    Study(Study),
    /// Looks whether open files have changed on disk; those that have are [`Session::changed_files`](super::Session::changed_files).
    CheckFiles,
    /// Reads the files of these components anew: every instance becomes one of what is there now, as one step.
    ReloadFiles(Vec<Digest>),
    /// Leaves these components as they are, whatever their files contain now.
    KeepFiles(Vec<Digest>),
    /// Works out what auto-wire would connect, with what was chosen so far; the answer is
    /// [`Session::wire_plan`](super::Session::wire_plan).
    PlanWires(Scope, Choices),
}

/// A change of the document.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A change of instances, wires or exports.
    Compose(Edit),
    /// Several such changes as one step, under this label.
    ComposeAll(&'static str, Vec<Edit>),
    /// Makes the edits of a plan, and gives what they place a place on the canvas.
    AutoWire(Vec<Edit>),
    /// Places a new instance of a component on the canvas.
    Place {
        /// Which component.
        component: Digest,
        /// Where its node's upper left corner goes, in canvas points.
        at: [f32; 2],
        /// A wire to make in the same step: the new instance's port, the other end, and the side of that.
        connect: Option<(String, Port, Side)>,
    },
    /// Places a new instance of a component on a wire: it is inserted there if it fits.
    PlaceOnWire {
        /// Which component.
        component: Digest,
        /// Where its node's upper left corner goes, in canvas points.
        at: [f32; 2],
        /// The wire, by the import that it ends at.
        wire: Port,
    },
    /// Makes every instance of a component one of what its file contains now.
    Reload {
        /// What it is called.
        name: String,
        /// The component so far.
        before: Digest,
        /// The component from now on.
        now: Digest,
    },
    /// Places an instance of a stub and connects it to the import it is for; what it imports itself comes from where that
    /// import's instance has it.
    PlaceStub {
        /// The stub.
        component: Digest,
        /// Where its node's upper left corner goes, in canvas points.
        at: [f32; 2],
        /// The import.
        port: Port,
    },
    /// Places instances of several stubs, each connected to the import it is for, under this label.
    PlaceStubs(String, Vec<(Digest, Port)>),
    /// Places an instance of a stub where what provides the import stands, and lets the stub provide it. A provider that
    /// nothing else uses goes.
    ReplaceByStub {
        /// The stub.
        component: Digest,
        /// The import.
        port: Port,
    },
    /// Makes an instance of a stub one of another stub for the same import.
    SetStub {
        /// The instance.
        instance: String,
        /// The other stub.
        component: Digest,
        /// The value that is being typed, if it is only that: typing on is no step of its own.
        typing: Option<String>,
    },
    /// Makes an instance of a stub part of the composed file, or leaves it out.
    EmbedStub {
        /// The instance.
        instance: String,
        /// Whether it is part of it.
        embedded: bool,
    },
    /// Places an instance of a virtual WASI and connects it to what these instances ask of WASI and have from nowhere.
    PlaceVirtualWasi {
        /// The virtual WASI.
        component: Digest,
        /// Where its node's upper left corner goes, in canvas points.
        at: [f32; 2],
        /// The instances.
        wire_to: Vec<String>,
    },
    /// Makes an instance of a virtual WASI one of another, without wires from what that does not give.
    SetVirtualWasi {
        /// The instance.
        instance: String,
        /// The other component.
        component: Digest,
    },
    /// Puts an instance where it was dropped, and into the wire there: these edits.
    Insert {
        /// Where it was dropped.
        layout: Layout,
        /// What takes it into the wire.
        edits: Vec<Edit>,
    },
    /// Moves nodes to these places.
    Move(Vec<(String, [f32; 2])>),
    /// Makes copies of instances beside them, with the wires among them.
    Duplicate(Vec<String>),
    /// Adds copied instances with the wires among them.
    Paste(Clip),
    /// Removes instances that went to the clipboard.
    Cut(Vec<String>),
    /// Places nodes and frames anew, under this label: after a drag, lined up, arranged, folded, opened, resized.
    Layout(String, Layout),
    /// Changes a frame around nodes.
    Frame(FrameEdit),
    /// Sets what a target may reach.
    Grant(Target, Grants),
    /// Keeps the arguments typed for a function, as WAVE text each.
    SaveArguments(CallKey, Vec<String>),
}

impl Change {
    /// What the undo menu calls it.
    pub fn label(&self) -> String {
        match self {
            Change::Compose(edit) => match edit {
                Edit::AddInstance { name, .. } => format!("Add {name}"),
                Edit::RemoveInstances(names) => match names.as_slice() {
                    [one] => format!("Remove {one}"),
                    _ => format!("Remove {} instances", names.len()),
                },
                Edit::Rename { to, .. } => format!("Rename to {to}"),
                Edit::Connect { to, .. } => format!("Connect {}", to.instance),
                Edit::Disconnect(port) => format!("Disconnect {}", port.instance),
                Edit::Export { name, .. } => format!("Export {name}"),
                Edit::Unexport(name) => format!("Stop exporting {name}"),
                Edit::Replace { instance, .. } => format!("Replace {instance}"),
                Edit::Tap { to, on: true } => format!("Tap the wire to {}", to.instance),
                Edit::Tap { to, .. } => format!("Take the tap off the wire to {}", to.instance),
            },
            Change::ComposeAll(label, _) => (*label).into(),
            Change::AutoWire(_) => "Auto-wire".into(),
            Change::Reload { name, .. } => format!("Reload {name}"),
            Change::Place { connect: None, .. } => "Place component".into(),
            Change::Place { .. } => "Place and connect component".into(),
            Change::PlaceOnWire { .. } => "Place component on a wire".into(),
            Change::PlaceStub { port, .. } => format!("Add stub for {}", port.name),
            Change::PlaceStubs(label, _) => label.clone(),
            Change::ReplaceByStub { port, .. } => format!("Replace the provider of {} by recorded answers", port.name),
            Change::SetStub { instance, .. } | Change::SetVirtualWasi { instance, .. } => format!("Edit {instance}"),
            Change::EmbedStub { instance, embedded: true } => format!("Make {instance} part of the composed file"),
            Change::EmbedStub { instance, .. } => format!("Leave {instance} out of the composed file"),
            Change::PlaceVirtualWasi { .. } => "Add virtual WASI".into(),
            Change::Insert { .. } => "Insert on wire".into(),
            Change::Move(_) => "Move".into(),
            Change::Duplicate(_) => "Duplicate".into(),
            Change::Paste(_) => "Paste".into(),
            Change::Layout(label, _) => label.clone(),
            Change::Frame(edit) => match edit {
                FrameEdit::Add(title, _) => format!("Add frame {title}"),
                FrameEdit::Rename { to, .. } => format!("Rename frame to {to}"),
                FrameEdit::Remove(title) => format!("Remove frame {title}"),
                FrameEdit::RemoveWhole(title, 1) => format!("Remove {title} with its instance"),
                FrameEdit::RemoveWhole(title, n) => format!("Remove {title} with its {n} instances"),
                FrameEdit::Join(title, names) => format!("Add {} to {title}", counted(names)),
                FrameEdit::Leave(names) => format!("Take {} out of the frame", counted(names)),
            },
            Change::Cut(_) => "Cut".into(),
            Change::Grant(..) => "Change grants".into(),
            Change::SaveArguments(..) => "Edit arguments".into(),
        }
    }
}

/// A change of a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum FrameEdit {
    /// Adds one, under a title that no other has: a number is added where one has.
    Add(String, Frame),
    /// Gives one another title.
    Rename {
        /// Its title so far.
        from: String,
        /// Its new one.
        to: String,
    },
    /// Removes one; its members stay.
    Remove(String),
    /// Removes one with its members, of which there are so many.
    RemoveWhole(String, usize),
    /// Makes instances members of one. What was in another frame is not in that one any more.
    Join(String, Vec<String>),
    /// Takes instances out of the frames they are in.
    Leave(Vec<String>),
}

fn counted(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        _ => format!("{} instances", names.len()),
    }
}

/// What is selected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// Nothing.
    #[default]
    None,
    /// Instances of the composition.
    Instances(Vec<String>),
    /// The wire that ends at this import.
    Wire(Port),
    /// The frame of this title.
    Frame(String),
    /// A component of the library.
    Component(Digest),
}

/// A call to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Of what.
    pub target: Target,
    /// The exported interface's full name; `None` for a function of the world itself.
    pub interface: Option<String>,
    /// The function's full name.
    pub function: String,
    /// The arguments.
    pub arguments: Vec<Value>,
}
