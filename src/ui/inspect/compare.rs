//! What differs from another component.

use super::At;
use crate::component::Component;
use crate::session::Session;
use crate::ui::panels::Outbox;
use egui::Ui;
use std::sync::Arc;

/// The view's state.
#[derive(Default)]
pub(super) struct State {}

/// Draws the view. `at` says where to go, in the frame in which a place is gone to.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    component: &Arc<Component>,
    at: Option<At>,
    state: &mut State,
    outbox: &mut Outbox,
) {
    let _ = (ui, session, component, at, state, outbox);
}
