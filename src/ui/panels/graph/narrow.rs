//! A small window with everything open.

use super::desk::{Desk, wired};
use crate::ui::look::both;
use egui::{Key, Modifiers, Rect, Role};
use egui_kittest::kittest::Queryable;

#[test]
fn with_the_inspector_opened_by_hand_nothing_of_the_dock_is_out_of_a_small_window() {
    both(|choice, name| {
        let mut desk = Desk::sized(wired(), [1000.0, 700.0], choice);
        desk.press(Modifiers::COMMAND, Key::I);
        desk.0.picture(&format!("narrow-{name}"));
        // The inspector begins where the dock ends.
        let ends = 1000.0 - 280.0;
        for (role, label) in [(Role::ComboBox, "What to call"), (Role::Button, "Run call")] {
            let all: Vec<Rect> = desk.0.harness.get_all_by_role_and_label(role, label).map(|n| n.rect()).collect();
            let low: Vec<&Rect> = all.iter().filter(|r| r.top() > 300.0).collect();
            assert!(!low.is_empty(), "{label} is in the dock: {all:?}");
            assert!(
                low.iter().all(|r| r.left() >= 240.0 && r.right() <= ends && r.bottom() <= 700.0),
                "{label}: {low:?}"
            );
        }
    });
}
