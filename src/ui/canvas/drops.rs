//! What is dragged onto the canvas from the library: what letting go would do, and what it did.

use super::Intent;
use super::geometry::snap_to_grid;
use super::hints::hint;
use super::pointer::{Around, Hit};
use crate::component::Digest;
use crate::ui::theme::{icons, tokens};
use egui::{CursorIcon, Pos2, Rect, Response, Ui};

/// What a node is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeOf {
    /// An open component.
    Component(Digest),
    /// A built-in sample, by its file name.
    Sample(&'static str),
}

/// What is dragged here to become a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dragged {
    /// What it is.
    pub of: NodeOf,
    /// Its name, safe to show.
    pub name: String,
    /// Why no node can be made of it, if none can.
    pub why_not: Option<String>,
}

/// The wire under the pointer, if a node that is let go there could be inserted into it.
pub(super) fn wire_under(around: &Around<'_>, at: Pos2) -> Option<usize> {
    match around.hit(at) {
        Hit::Wire(i) | Hit::WireEnd(i, _) if !around.scene.is_fixed() => Some(i),
        _ => None,
    }
}

/// Takes what was let go here.
pub(super) fn dropped(ui: &Ui, response: &Response, around: &Around<'_>) -> Option<Intent> {
    let dragged = response.dnd_release_payload::<Dragged>()?;
    let at = ui.input(|i| i.pointer.interact_pos())?;
    if dragged.why_not.is_some() || around.scene.is_fixed() {
        return None;
    }
    let wire = wire_under(around, at).and_then(|i| around.scene.wires().get(i)).map(|wire| wire.to.clone());
    Some(Intent::Drop { of: dragged.of, at: snap_to_grid(around.world(at)).into(), wire })
}

/// Says beside the pointer what letting go would do: in an area, and on a wire between these ends.
pub fn drop_hint(ui: &Ui, area: Rect, at: Pos2, dragged: &Dragged, wire: Option<&str>) {
    let t = tokens(ui.ctx());
    let (glyph, color, words) = match (&dragged.why_not, wire) {
        (Some(why), _) => (icons::PROHIBIT, t.error, why.clone()),
        (None, Some(_)) => (icons::PLUGS_CONNECTED, t.accent, format!("Insert {} here, if it fits", dragged.name)),
        (None, None) => (icons::PLUS, t.accent, format!("Place {}", dragged.name)),
    };
    if dragged.why_not.is_some() {
        ui.ctx().set_cursor_icon(CursorIcon::NoDrop);
    }
    hint(ui, area, at, (glyph, color), &words, wire);
}
