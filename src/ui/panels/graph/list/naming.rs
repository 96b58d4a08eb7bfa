//! Names being typed in the list, and what giving them means.

use super::super::exporting;
use super::model::Key;
use super::{Renaming, State};
use crate::compose::{self, Edit, Port, Side};
use crate::project::frame_title_fault;
use crate::session::Session;
use crate::ui::panels::Outbox;

pub(super) fn rename(session: &Session, state: &mut State, key: &Key) {
    let text = match key {
        Key::Instance(name) | Key::Member(_, name) | Key::Result(name) | Key::Frame(name) => name.clone(),
        Key::Port(port, Side::Export) => match state.model.result_name(port) {
            Some(name) => name.to_owned(),
            None => port.name.clone(),
        },
        _ => return,
    };
    let refusal = refusal(session, state, key, &text);
    state.renaming = Some(Renaming { key: key.clone(), text, refusal, is_fresh: true });
}

/// What giving this name would be.
fn renamed(state: &State, key: &Key, text: &str) -> Option<Edit> {
    match key {
        Key::Instance(name) | Key::Member(_, name) => Some(Edit::Rename { from: name.clone(), to: text.to_owned() }),
        Key::Port(port, Side::Export) => Some(Edit::Export { from: port.clone(), name: text.to_owned() }),
        Key::Result(name) => {
            let from = state.model.results.iter().find(|(n, _)| n == name).map(|(_, port)| port.clone())?;
            Some(Edit::Export { from, name: text.to_owned() })
        }
        _ => None,
    }
}

/// The edits of that.
pub(super) fn renamed_all(session: &Session, state: &State, key: &Key, text: &str) -> Vec<Edit> {
    match renamed(state, key, text) {
        Some(Edit::Export { from, name }) => {
            exporting::named(&state.model.results, is_automatic(session), &from, &name)
        }
        Some(edit) => vec![edit],
        None => Vec::new(),
    }
}

/// Whether nobody chose what the result exports.
fn is_automatic(session: &Session) -> bool {
    session.document().composition.exports.is_empty()
}

pub(super) fn refusal(session: &Session, state: &State, key: &Key, text: &str) -> Option<String> {
    if let Key::Frame(title) = key {
        let is_taken = text != title && session.document().frames.contains_key(text);
        let taken = is_taken.then(|| "Another frame has this title".to_owned());
        return taken.or_else(|| frame_title_fault(text).map(|_| "A title has 1 to 100 characters".to_owned()));
    }
    let mut composition = session.document().composition.clone();
    for edit in renamed_all(session, state, key, text) {
        match compose::apply(&composition, session.library(), &edit) {
            Ok(next) => composition = next,
            Err(refusal) => return Some(refusal.to_string()),
        }
    }
    None
}

pub(super) fn toggle_export(session: &Session, state: &State, port: &Port, outbox: &mut Outbox) {
    let edits = exporting::toggled(&state.model.results, is_automatic(session), port);
    outbox.change(exporting::change(edits));
}
