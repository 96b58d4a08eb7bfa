//! Undo: labelled steps back to the document as it was. The last step keeps the whole document, those before it only what
//! is different: hundreds of copies of a large graph would not fit into memory.

use crate::component::Digest;
use crate::project::{Difference, Document};

/// More steps than these are forgotten, oldest first.
const MOST_STEPS: usize = 500;

/// Steps that can be taken back and made again.
#[derive(Default)]
pub struct Undo {
    past: Vec<Step>,
    future: Vec<Step>,
    /// The document before the last step of the past: what the step changes may still grow.
    before: Option<Document>,
}

struct Step {
    label: String,
    /// From the document after the step to that before it, or the other way for steps taken back. Of the last step of the
    /// past it is not known yet: `before` is.
    way: Difference,
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
        self.close(before);
        self.before = Some(before.clone());
        self.past.push(Step { label, way: Difference::default(), gesture });
        if self.past.len() > MOST_STEPS {
            self.past.remove(0);
        }
    }

    /// Notes what the last step has changed: `after` it the document was this.
    fn close(&mut self, after: &Document) {
        if let (Some(before), Some(last)) = (self.before.take(), self.past.last_mut()) {
            last.way = Difference::between(after, &before);
            // What is known now does not grow any more.
            last.gesture = None;
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
        self.close(document);
        shift(&mut self.past, &mut self.future, document)
    }

    /// Makes the last step taken back again. Gives the step's label.
    pub fn redo(&mut self, document: &mut Document) -> Option<String> {
        self.close(document);
        shift(&mut self.future, &mut self.past, document)
    }

    /// Whether a step brings an instance of this component back.
    pub fn speaks_of(&self, component: Digest) -> bool {
        let mut steps = self.past.iter().chain(&self.future);
        let has = |document: &Document| document.composition.instances.values().any(|i| i.component == component);
        self.before.as_ref().is_some_and(has) || steps.any(|step| step.way.brings(component))
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
    let back = step.way.apply(document);
    to.push(Step { label: step.label.clone(), way: back, gesture: None });
    Some(step.label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Instance, Port};

    /// A graph of so many instances with five wires each.
    fn graph(count: usize) -> Document {
        let mut document = Document::default();
        let name = |i: usize| format!("order-service-{i}");
        for i in 0..count {
            document.composition.instances.insert(name(i), Instance { component: Digest::of(b"x") });
            document.layout.insert(name(i), [i as f32, 0.0]);
            for k in 1..=5_usize.min(i) {
                let port = |i: usize| Port::new(name(i), format!("acme:shop/interface-{k}@1.0.0"));
                document.composition.wires.insert(port(i), port(i - k));
            }
        }
        document
    }

    fn edit(document: &mut Document, i: usize) {
        let name = format!("order-service-{}", i + 10);
        document.layout.insert(name.clone(), [i as f32, 12.0]);
        document.composition.wires.remove(&Port::new(name, "acme:shop/interface-1@1.0.0"));
    }

    #[test]
    fn hundreds_of_steps_hold_what_they_changed_and_come_back_exactly() {
        let mut document = graph(600);
        let first = document.clone();
        let mut undo = Undo::default();
        for i in 0..MOST_STEPS {
            undo.record(format!("edit {i}"), None, &document);
            edit(&mut document, i);
        }
        let held: usize = undo.past.iter().map(|step| step.way.count()).sum();
        assert_eq!(held, 2 * (MOST_STEPS - 1), "the last step has the whole document");
        let last = document.clone();
        while undo.undo(&mut document).is_some() {}
        assert_eq!(document, first);
        while undo.redo(&mut document).is_some() {}
        assert_eq!(document, last);
    }

    #[test]
    fn a_gesture_that_went_on_is_taken_back_as_a_whole_and_not_continued_after_that() {
        let mut document = graph(20);
        let mut undo = Undo::default();
        let before = document.clone();
        for i in 0..3 {
            undo.record("move".into(), Some("m".into()), &document);
            edit(&mut document, i);
        }
        let moved = document.clone();
        undo.record("edit".into(), None, &document);
        edit(&mut document, 4);
        undo.undo(&mut document);
        assert_eq!(document, moved);
        undo.record("move".into(), Some("m".into()), &document);
        edit(&mut document, 5);
        undo.undo(&mut document);
        assert_eq!(document, moved);
        undo.undo(&mut document);
        assert_eq!((&document, undo.undo_label()), (&before, None));
    }
}
