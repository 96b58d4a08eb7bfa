//! Undo: labelled snapshots of the document, which is small; the components' bytes are not in it.

use crate::component::Digest;
use crate::project::Document;

/// More steps than these are forgotten, oldest first.
const MOST_STEPS: usize = 500;

/// Steps that can be taken back and made again.
#[derive(Default)]
pub struct Undo {
    past: Vec<Step>,
    future: Vec<Step>,
}

struct Step {
    label: String,
    /// The document before the step, or after it for steps taken back.
    document: Document,
    /// What the next change may continue instead of starting a step of its own.
    gesture: Option<String>,
}

impl Undo {
    /// Notes that `before` is about to change. Steps of one `gesture` in a row are one step.
    pub fn record(&mut self, label: String, gesture: Option<String>, before: &Document) {
        self.future.clear();
        if gesture.is_some() && self.past.last().is_some_and(|s| s.gesture == gesture) {
            return;
        }
        self.past.push(Step { label, document: before.clone(), gesture });
        if self.past.len() > MOST_STEPS {
            self.past.remove(0);
        }
    }

    /// Ends the gesture under way: the next change is a step of its own.
    pub fn seal(&mut self) {
        if let Some(step) = self.past.last_mut() {
            step.gesture = None;
        }
    }

    /// Takes the last step back. Gives the step's label.
    pub fn undo(&mut self, document: &mut Document) -> Option<String> {
        shift(&mut self.past, &mut self.future, document)
    }

    /// Makes the last step taken back again. Gives the step's label.
    pub fn redo(&mut self, document: &mut Document) -> Option<String> {
        shift(&mut self.future, &mut self.past, document)
    }

    /// Whether a step brings an instance of this component back.
    pub fn speaks_of(&self, component: Digest) -> bool {
        let mut steps = self.past.iter().chain(&self.future);
        steps.any(|step| step.document.composition.instances.values().any(|i| i.component == component))
    }

    /// The label of the step that [`Undo::undo`] would take back.
    pub fn undo_label(&self) -> Option<&str> {
        self.past.last().map(|s| s.label.as_str())
    }

    /// The label of the step that [`Undo::redo`] would make again.
    pub fn redo_label(&self) -> Option<&str> {
        self.future.last().map(|s| s.label.as_str())
    }
}

fn shift(from: &mut Vec<Step>, to: &mut Vec<Step>, document: &mut Document) -> Option<String> {
    let step = from.pop()?;
    let now = std::mem::replace(document, step.document);
    to.push(Step { label: step.label.clone(), document: now, gesture: None });
    Some(step.label)
}
