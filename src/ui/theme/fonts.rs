//! The two text faces and the icon face, shipped with the program so that text looks the same on every machine.

use super::size;
use egui::epaint::text::{FontData, FontDefinitions, FontTweak};
use egui::{FontFamily, FontId};
use std::sync::{Arc, LazyLock};

static MEDIUM: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("medium".into()));
static STRONG: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("strong".into()));
static MONO_STRONG: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("mono-strong".into()));
/// The icon family; see [`super::icons`].
pub static ICONS: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("icons".into()));

/// Running text of this size in points.
pub fn text(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Text a little heavier than running text: buttons, tabs.
pub fn medium(size: f32) -> FontId {
    FontId::new(size, MEDIUM.clone())
}

/// Headings and the names of things.
pub fn strong(size: f32) -> FontId {
    FontId::new(size, STRONG.clone())
}

/// Numbers, identifiers, code.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// Numbers and identifiers that lead.
pub fn mono_strong(size: f32) -> FontId {
    FontId::new(size, MONO_STRONG.clone())
}

/// An icon of this size; [`size::ICON`] stands well beside running text.
pub fn icon(size: f32) -> FontId {
    FontId::new(size, ICONS.clone())
}

/// The icon size used in rows and buttons.
pub fn icon_default() -> FontId {
    icon(size::ICON)
}

/// The faces and which of them each family uses. Every family falls back to the others, so a letter that one face lacks is
/// taken from the next.
pub fn definitions() -> FontDefinitions {
    let faces: [(&str, &'static [u8], f32); 6] = [
        ("inter", crate::sheet::INTER, 1.0),
        ("inter-medium", include_bytes!("../../../assets/fonts/Inter-Medium.otf"), 1.0),
        ("inter-strong", crate::sheet::INTER_STRONG, 1.0),
        // Scaled so that code of the same nominal size looks as large as text, not larger.
        ("mono", include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf"), 0.94),
        ("mono-strong", include_bytes!("../../../assets/fonts/JetBrainsMono-SemiBold.ttf"), 0.94),
        ("icons", include_bytes!("../../../assets/icons/Phosphor.ttf"), 1.0),
    ];
    let mut out = FontDefinitions::empty();
    for (name, bytes, scale) in faces {
        let data = FontData::from_static(bytes).tweak(FontTweak { scale, ..FontTweak::default() });
        out.font_data.insert(name.to_owned(), Arc::new(data));
    }
    for (family, chain) in [
        (FontFamily::Proportional, ["inter", "mono", "icons"].as_slice()),
        (MEDIUM.clone(), &["inter-medium", "mono", "icons"]),
        (STRONG.clone(), &["inter-strong", "mono-strong", "icons"]),
        (FontFamily::Monospace, &["mono", "inter", "icons"]),
        (MONO_STRONG.clone(), &["mono-strong", "inter-strong", "icons"]),
        (ICONS.clone(), &["icons"]),
    ] {
        out.families.insert(family, chain.iter().map(|s| (*s).to_owned()).collect());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::icons;

    #[test]
    fn every_icon_and_every_character_the_window_writes_has_a_glyph() {
        let ctx = egui::Context::default();
        ctx.set_fonts(definitions());
        let mut out = ctx.run_ui(egui::RawInput::default(), |_| {});
        out.textures_delta.clear();
        ctx.fonts_mut(|fonts| {
            for (name, glyph) in icons::ALL {
                assert!(fonts.has_glyphs(&icon(16.0), glyph), "{name} is not in the icon font");
            }
            for font in [text(13.0), medium(13.0), strong(13.0), mono(13.0), mono_strong(13.0)] {
                let wanted = "Aäßéłθжя0123 …·•→←↑↓↔≥≤≠±×µΔ∞–—‘’“”«»\u{fffd}⌘⇧⌥✓✗⏵";
                for c in wanted.chars() {
                    assert!(fonts.has_glyph(&font, c), "{c:?} is missing in {font:?}");
                }
            }
        });
    }
}
