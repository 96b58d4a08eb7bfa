//! placeholder
use super::Outbox;
use crate::session::Session;
use egui::Ui;
#[derive(Default)]
pub struct State;
impl State {
    pub fn show_grants(&mut self) {}
}
pub fn show(_ui: &mut Ui, _session: &Session, _state: &mut State, _outbox: &mut Outbox) {}
