//! One frame of the window without a window: laid out, painted, made into triangles.

use egui::{CentralPanel, Context, Event, Frame, RawInput, Rect, Ui, vec2};
use std::hint::black_box;

/// Draws a frame of 1600 × 1000 at this time, in seconds, after these events.
pub fn draw(ctx: &Context, time: f64, events: Vec<Event>, mut show: impl FnMut(&mut Ui)) {
    let input = RawInput {
        screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, vec2(1600.0, 1000.0))),
        time: Some(time),
        events,
        ..RawInput::default()
    };
    let mut output = ctx.run_ui(input, |ui| {
        CentralPanel::default().frame(Frame::NONE).show(ui, &mut show);
    });
    output.textures_delta.clear();
    black_box(ctx.tessellate(output.shapes, output.pixels_per_point));
    black_box(output.platform_output);
}
