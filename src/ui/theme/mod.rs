//! How the window looks: faces, icons, colours, sizes, and egui's style made of them. One table, dark and light.

pub mod fonts;
pub mod icons;
mod tokens;

pub use tokens::{DARK, FAMILIES, LIGHT, Tokens, Tone};

use crate::component::Family;
use crate::project::Theme;
use egui::style::{ScrollFadeStyle, ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{Context, CornerRadius, Margin, RichText, Shadow, Stroke, Style, TextStyle, ThemePreference, Visuals, vec2};

/// Sizes in points.
pub mod size {
    /// Captions, badges, units.
    pub const SMALL: f32 = 11.0;
    /// Running text.
    pub const BODY: f32 = 13.0;
    /// Headings of panels.
    pub const TITLE: f32 = 15.0;
    /// The one large line of a screen.
    pub const LARGE: f32 = 20.0;
    /// Icons beside running text.
    pub const ICON: f32 = 16.0;
    /// The height of one row.
    pub const ROW: f32 = 24.0;
    /// The corner radius of controls, nodes and cards.
    pub const RADIUS: u8 = 6;
}

/// Distances in points: the grid everything is placed on.
pub mod space {
    /// Between an icon and its word.
    pub const XS: f32 = 4.0;
    /// Between things of one row.
    pub const S: f32 = 8.0;
    /// From a panel's edge to its content.
    pub const M: f32 = 12.0;
    /// Between groups.
    pub const L: f32 = 16.0;
    /// Between sections.
    pub const XL: f32 = 24.0;
}

/// The longest a movement takes, in seconds.
pub const MOTION: f32 = 0.12;

/// Installs faces and both styles; call once, when the window is made, and then [`choose`] whenever the choice changes.
pub fn apply(ctx: &Context, choice: Theme) {
    ctx.set_fonts(fonts::definitions());
    ctx.set_style_of(egui::Theme::Dark, style(&DARK));
    ctx.set_style_of(egui::Theme::Light, style(&LIGHT));
    choose(ctx, choice);
}

/// Switches between the themes, from the next frame on.
pub fn choose(ctx: &Context, choice: Theme) {
    ctx.set_theme(match choice {
        Theme::System => ThemePreference::System,
        Theme::Dark => ThemePreference::Dark,
        Theme::Light => ThemePreference::Light,
    });
}

/// Switches movement off or on again.
pub fn set_motion(ctx: &Context, on: bool) {
    ctx.all_styles_mut(|style| style.animation_time = if on { MOTION } else { 0.0 });
}

/// The colours of the theme now in use.
pub fn tokens(ctx: &Context) -> &'static Tokens {
    match ctx.theme() {
        egui::Theme::Dark => &DARK,
        egui::Theme::Light => &LIGHT,
    }
}

/// Text in the heavier face; egui's own `strong` would only change the colour.
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).font(fonts::strong(size::BODY))
}

/// An icon as text, to stand in a button or a label.
pub fn icon(glyph: &str) -> RichText {
    RichText::new(glyph).font(fonts::icon_default())
}

/// What a family is called where its colour is explained.
pub fn family_name(family: Family) -> &'static str {
    match family {
        Family::Number => "Number",
        Family::Text => "Text",
        Family::Choice => "Choice",
        Family::Record => "Record",
        Family::Variant => "Variant",
        Family::List => "List",
        Family::Resource => "Resource",
        Family::Host => "Host",
    }
}

fn style(t: &Tokens) -> Style {
    let mut out = Style {
        text_styles: [
            (TextStyle::Small, fonts::text(size::SMALL)),
            (TextStyle::Body, fonts::text(size::BODY)),
            (TextStyle::Button, fonts::medium(size::BODY)),
            (TextStyle::Heading, fonts::strong(size::TITLE)),
            (TextStyle::Monospace, fonts::mono(size::BODY)),
        ]
        .into(),
        drag_value_text_style: TextStyle::Monospace,
        animation_time: MOTION,
        visuals: visuals(t),
        ..Style::default()
    };
    let s = &mut out.spacing;
    s.item_spacing = vec2(space::S, space::XS);
    s.window_margin = Margin::same(space::M as i8);
    s.menu_margin = Margin::same(space::XS as i8);
    s.button_padding = vec2(space::S, 3.0);
    s.indent = space::L;
    s.interact_size = vec2(32.0, size::ROW);
    s.slider_width = 120.0;
    s.slider_rail_height = 4.0;
    s.combo_width = 96.0;
    s.text_edit_width = 200.0;
    s.icon_width = 16.0;
    s.icon_width_inner = 10.0;
    s.icon_spacing = space::S;
    s.tooltip_width = 420.0;
    s.menu_width = 320.0;
    s.menu_spacing = 2.0;
    s.scroll = ScrollStyle {
        bar_width: 8.0,
        floating_width: 4.0,
        floating_allocated_width: 6.0,
        handle_min_length: 24.0,
        dormant_background_opacity: 0.0,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.0,
        dormant_handle_opacity: 0.5,
        active_handle_opacity: 0.8,
        interact_handle_opacity: 1.0,
        fade: ScrollFadeStyle { strength: 0.0, ..ScrollFadeStyle::default() },
        ..ScrollStyle::thin()
    };
    // Prose in tooltips and panels wraps; a name is shortened where a panel says so.
    out.interaction.tooltip_delay = 0.4;
    out.interaction.selectable_labels = false;
    out
}

fn visuals(t: &Tokens) -> Visuals {
    let base = if t.dark { Visuals::dark() } else { Visuals::light() };
    let radius = CornerRadius::same(size::RADIUS);
    let widget = |fill, line, text| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: line,
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let outline = Stroke::new(1.0, t.line_strong);
    let ring = Stroke::new(1.5, t.accent);
    Visuals {
        dark_mode: t.dark,
        weak_text_color: Some(t.dim),
        widgets: Widgets {
            noninteractive: widget(t.panel, Stroke::new(1.0, t.line), t.normal),
            inactive: widget(t.raised, outline, t.normal),
            hovered: widget(t.hover, outline, t.strong),
            // egui draws what has the keyboard focus with these, so the ring is here.
            active: widget(t.pressed, ring, t.strong),
            open: widget(t.hover, outline, t.strong),
        },
        selection: Selection { bg_fill: t.selected, stroke: Stroke::new(1.5, t.accent) },
        hyperlink_color: t.accent,
        faint_bg_color: t.raised,
        extreme_bg_color: t.field,
        text_edit_bg_color: Some(t.field),
        code_bg_color: t.field,
        warn_fg_color: t.warn,
        error_fg_color: t.error,
        window_corner_radius: CornerRadius::same(size::RADIUS + 2),
        window_shadow: Shadow { offset: [0, 8], blur: 24, spread: 0, color: t.shadow },
        window_fill: t.raised,
        window_stroke: Stroke::new(1.0, t.line_strong),
        window_highlight_topmost: false,
        menu_corner_radius: radius,
        panel_fill: t.panel,
        popup_shadow: Shadow { offset: [0, 4], blur: 16, spread: 0, color: t.shadow },
        resize_corner_size: 10.0,
        button_frame: true,
        collapsing_header_frame: false,
        indent_has_left_vline: true,
        striped: false,
        slider_trailing_fill: true,
        interact_cursor: None,
        image_loading_spinners: false,
        disabled_alpha: 0.55,
        ..base
    }
}
