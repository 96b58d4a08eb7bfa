//! The wheel of a mouse.

use egui::{Event, MouseWheelSource, MouseWheelUnit, TouchPhase, Vec2};

/// The wheel turned so many points.
pub fn turned(delta: Vec2) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    }
}
