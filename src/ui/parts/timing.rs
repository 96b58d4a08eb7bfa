//! Where the time of a run went.

use super::draw;
use crate::component::Family;
use crate::measure::{Nanos, Phase, Timing};
use crate::ui::theme::{Tokens, fonts, size, space, tokens};
use egui::{Color32, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// One phase of a [`timing_bar`].
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its word, such as `compile`.
    pub label: String,
    /// How much of the whole it is, in any unit.
    pub amount: f64,
    /// The amount for a person, the number and its unit divided by a space: `1.24 ms`.
    pub text: String,
    /// Its colour.
    pub color: Color32,
}

/// The phases of a run, ready to show.
pub fn phase_segments(timings: &[Timing], t: &Tokens) -> Vec<Segment> {
    let hue = |phase| match phase {
        Phase::Read => Family::Host,
        Phase::Validate => Family::Text,
        Phase::Compile => Family::Number,
        Phase::Link => Family::Choice,
        Phase::Instantiate => Family::Record,
        Phase::Call => Family::Variant,
    };
    let segment = |timing: &Timing| Segment {
        label: timing.phase.word().to_owned(),
        amount: timing.nanos as f64,
        text: if timing.cached { "cached".to_owned() } else { Nanos(timing.nanos).to_string() },
        color: t.family(hue(timing.phase)),
    };
    timings.iter().map(segment).collect()
}

/// One stacked bar of phases in proportion, and below it every phase with its number.
pub fn timing_bar(ui: &mut Ui, name: &str, segments: &[Segment]) {
    let t = tokens(ui.ctx());
    let total: f64 = segments.iter().map(|s| s.amount.max(0.0)).sum();
    let spoken: Vec<_> = segments.iter().map(|s| format!("{} {}", s.label, s.text)).collect();
    let (bar, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, format!("{name}: {}", spoken.join(", "))));
    let bar = Rect::from_center_size(bar.center(), vec2(bar.width(), 12.0));
    ui.painter().rect_filled(bar, CornerRadius::same(3), t.field);
    let pointed = response.hover_pos();
    // A phase that took any time at all stays visible; what that costs is taken from the long ones.
    let least = 2.0;
    let shown: Vec<_> = segments.iter().filter(|s| s.amount > 0.0).collect();
    let free = bar.width() - least * shown.len() as f32;
    let mut x = bar.left();
    let mut under_pointer = None;
    for segment in shown {
        let width = least + if total > 0.0 { free * (segment.amount / total) as f32 } else { 0.0 };
        let part = Rect::from_min_max(pos2(x, bar.top()), pos2((x + width - 1.0).max(x + 1.0), bar.bottom()));
        let hovered = pointed.is_some_and(|p| (x..x + width).contains(&p.x));
        if hovered {
            under_pointer = Some(segment);
        }
        let dim = pointed.is_some() && !hovered;
        ui.painter().rect_filled(
            part,
            CornerRadius::same(2),
            segment.color.gamma_multiply(if dim { 0.5 } else { 1.0 }),
        );
        x += width;
    }
    if let Some(segment) = under_pointer {
        let share = if total > 0.0 { segment.amount / total * 100.0 } else { 0.0 };
        response.on_hover_text_at_pointer(format!("{}: {}, {share:.0} %", segment.label, segment.text));
    }
    legend(ui, segments);
}

type Line = std::sync::Arc<egui::Galley>;

/// The legend where there is no room for columns: one after the other, over as many lines as it takes.
fn flow(ui: &mut Ui, rows: Vec<(Color32, Line, Line, Line, Line)>) {
    let height = 18.0;
    let width = ui.available_width();
    let mut at = (0.0_f32, 0);
    let mut places = Vec::new();
    for (color, label, whole, rest, unit) in rows {
        let own = 14.0 + label.size().x + space::XS + whole.size().x + rest.size().x + space::XS + unit.size().x;
        if at.0 > 0.0 && at.0 + own > width {
            at = (0.0, at.1 + 1);
        }
        places.push((at, color, label, whole, rest, unit));
        at.0 += own + space::M;
    }
    let (area, _) = ui.allocate_exact_size(vec2(width, height * (at.1 + 1) as f32), Sense::hover());
    for ((x, line), color, label, whole, rest, unit) in places {
        let (left, y) = (area.left() + x, area.top() + (line as f32 + 0.5) * height);
        let swatch = Rect::from_center_size(pos2(left + 4.0, y), vec2(8.0, 8.0));
        ui.painter().rect_filled(swatch, CornerRadius::same(2), color);
        let mut x = draw::put(ui.painter(), pos2(left + 14.0, y), label) + space::XS;
        x = draw::put(ui.painter(), pos2(x, y), whole);
        x = draw::put(ui.painter(), pos2(x, y), rest) + space::XS;
        draw::put(ui.painter(), pos2(x, y), unit);
    }
}

fn legend(ui: &mut Ui, segments: &[Segment]) {
    let t = tokens(ui.ctx());
    let split = |s: &Segment| match s.text.rsplit_once(' ') {
        Some((number, unit)) => (number.to_owned(), unit.to_owned()),
        None => (s.text.clone(), String::new()),
    };
    let rows: Vec<_> = segments
        .iter()
        .map(|s| {
            let (number, unit) = split(s);
            let label = draw::line(ui, &s.label, fonts::text(size::BODY), t.normal);
            // Split at the point, so that numbers of one column stand with their points below each other.
            let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
            let whole = draw::line(ui, whole, fonts::mono(size::BODY), t.strong);
            let rest = draw::line(ui, rest, fonts::mono(size::BODY), t.strong);
            let unit = draw::line(ui, &unit, fonts::mono(size::BODY), t.dim);
            (s.color, label, whole, rest, unit)
        })
        .collect();
    let widest = |f: &dyn Fn(&(Color32, _, _, _, _)) -> f32| rows.iter().map(f).fold(0.0, f32::max);
    let label_width = widest(&|r: &(Color32, Line, Line, Line, Line)| r.1.size().x);
    let whole_width = widest(&|r| r.2.size().x);
    let rest_width = widest(&|r| r.3.size().x);
    let unit_width = widest(&|r| r.4.size().x);
    let lead = 8.0 + space::S;
    let cell = lead + label_width + space::L + whole_width + rest_width + 6.0 + unit_width;
    // As many columns as fit, read from top to bottom.
    let columns = (((ui.available_width() + space::XL) / (cell + space::XL)) as usize).clamp(1, rows.len().max(1));
    if columns == 1 && rows.len() > 3 {
        return flow(ui, rows);
    }
    let lines = rows.len().div_ceil(columns);
    let row_height = 20.0;
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), row_height * lines as f32), Sense::hover());
    for (i, (color, label, whole, rest, unit)) in rows.into_iter().enumerate() {
        let left = area.left() + (i / lines) as f32 * (cell + space::XL);
        let y = area.top() + ((i % lines) as f32 + 0.5) * row_height;
        let swatch = Rect::from_center_size(pos2(left + 4.0, y), vec2(8.0, 8.0));
        ui.painter().rect_filled(swatch, CornerRadius::same(2), color);
        draw::put(ui.painter(), pos2(left + lead, y), label);
        let point = left + lead + label_width + space::L + whole_width;
        draw::put_right(ui.painter(), pos2(point, y), whole);
        draw::put(ui.painter(), pos2(point, y), rest);
        draw::put(ui.painter(), pos2(point + rest_width + 6.0, y), unit);
    }
}
