//! The one table of colours, dark and light. No other file names a colour.

use crate::component::{Class, Family};
use crate::diag::Severity;
use egui::Color32;

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// Every colour the window uses, for one of the two themes.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Whether text is light on dark.
    pub dark: bool,

    /// Behind everything: title bar, status bar, gaps.
    pub window: Color32,
    /// Docks and panels.
    pub panel: Color32,
    /// What lies on a panel: cards, menus, nodes.
    pub raised: Color32,
    /// What is typed into.
    pub field: Color32,
    /// The canvas.
    pub canvas: Color32,
    /// The canvas's grid.
    pub dots: Color32,
    /// A row or button under the pointer.
    pub hover: Color32,
    /// A button held down.
    pub pressed: Color32,
    /// A selected row or tab.
    pub selected: Color32,
    /// What a popup's or dragged thing's shadow is made of.
    pub shadow: Color32,

    /// Hairlines between areas.
    pub line: Color32,
    /// Outlines of controls and of nodes.
    pub line_strong: Color32,

    /// Names and headings.
    pub strong: Color32,
    /// Running text.
    pub normal: Color32,
    /// Labels, units, secondary text.
    pub dim: Color32,
    /// The weakest text that may be read: hints, placeholders.
    pub faint: Color32,

    /// Focus, selection, links: as a line, an icon or text.
    pub accent: Color32,
    /// The primary button's ground.
    pub accent_fill: Color32,
    /// The primary button's ground under the pointer.
    pub accent_fill_hover: Color32,
    /// Text on the accent's ground.
    pub on_accent: Color32,

    /// Something is as it should be.
    pub ok: Color32,
    /// Something needs a look.
    pub warn: Color32,
    /// Something does not work.
    pub error: Color32,
    /// Something worth knowing.
    pub info: Color32,
    /// The ground of a banner of that meaning.
    pub ok_ground: Color32,
    /// The ground of a banner of that meaning.
    pub warn_ground: Color32,
    /// The ground of a banner of that meaning.
    pub error_ground: Color32,
    /// The ground of a banner of that meaning.
    pub info_ground: Color32,

    /// The hues of the eight type families, in the order of [`FAMILIES`].
    families: [Color32; 8],
}

/// The type families in the order of their declaration.
pub const FAMILIES: [Family; 8] = [
    Family::Number,
    Family::Text,
    Family::Choice,
    Family::Record,
    Family::Variant,
    Family::List,
    Family::Resource,
    Family::Host,
];

/// What a colour, an icon and a word beside them may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Nothing special.
    Neutral,
    /// As it should be.
    Ok,
    /// Worth knowing.
    Info,
    /// Needs a look.
    Warn,
    /// Does not work.
    Error,
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warn,
            Severity::Info => Self::Info,
        }
    }
}

impl Tokens {
    /// The hue of a type family: of its ports, labels and names in WIT text.
    pub fn family(&self, family: Family) -> Color32 {
        let [number, text, choice, record, variant, list, resource, host] = self.families;
        match family {
            Family::Number => number,
            Family::Text => text,
            Family::Choice => choice,
            Family::Record => record,
            Family::Variant => variant,
            Family::List => list,
            Family::Resource => resource,
            Family::Host => host,
        }
    }

    /// The hue of what bytes are for, in the map of sizes and its legend.
    pub fn class(&self, class: Class) -> Color32 {
        match class {
            Class::Code => self.family(Family::Number),
            Class::Data => self.family(Family::Record),
            Class::Structure => self.family(Family::Host),
            Class::Debug => self.family(Family::Choice),
            Class::Custom => self.family(Family::Resource),
            Class::Unreadable => self.error,
        }
    }

    /// The ground of a tile of that class: the hue, so calm that text is readable on it.
    pub fn tile(&self, class: Class) -> Color32 {
        self.panel.lerp_to_gamma(self.class(class), if self.dark { 0.34 } else { 0.26 })
    }

    /// The colour of a meaning, for icons, lines and short words.
    pub fn tone(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Neutral => self.dim,
            Tone::Ok => self.ok,
            Tone::Info => self.info,
            Tone::Warn => self.warn,
            Tone::Error => self.error,
        }
    }

    /// The ground behind text of a meaning.
    pub fn ground(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Neutral => self.hover,
            Tone::Ok => self.ok_ground,
            Tone::Info => self.info_ground,
            Tone::Warn => self.warn_ground,
            Tone::Error => self.error_ground,
        }
    }
}

/// Light text on dark.
pub static DARK: Tokens = Tokens {
    dark: true,
    window: rgb(0x15171b),
    panel: rgb(0x1b1d21),
    raised: rgb(0x24262b),
    field: rgb(0x111316),
    canvas: rgb(0x0f1014),
    dots: rgb(0x2c2e32),
    hover: rgb(0x2b2e34),
    pressed: rgb(0x34373d),
    selected: rgb(0x2c304a),
    shadow: Color32::from_black_alpha(110),
    line: rgb(0x2e3136),
    line_strong: rgb(0x4e5159),
    strong: rgb(0xf0f2f5),
    normal: rgb(0xced1d6),
    dim: rgb(0xa9acb3),
    faint: rgb(0x9b9ea5),
    accent: rgb(0x8f9dff),
    accent_fill: rgb(0x494fcc),
    accent_fill_hover: rgb(0x555fd9),
    on_accent: rgb(0xffffff),
    ok: rgb(0x5bcc80),
    warn: rgb(0xefb146),
    error: rgb(0xff8080),
    info: rgb(0x61b9ea),
    ok_ground: rgb(0x16281d),
    warn_ground: rgb(0x2e2413),
    error_ground: rgb(0x35191b),
    info_ground: rgb(0x14262f),
    families: [
        rgb(0x6ca9ff),
        rgb(0x85b96f),
        rgb(0xd3bf38),
        rgb(0x00d2bf),
        rgb(0xd786d5),
        rgb(0xec8e38),
        rgb(0xf79fa5),
        rgb(0xbfb4f0),
    ],
};

/// Dark text on light.
pub static LIGHT: Tokens = Tokens {
    dark: false,
    window: rgb(0xeff0f3),
    panel: rgb(0xf8f9fb),
    raised: rgb(0xffffff),
    field: rgb(0xffffff),
    canvas: rgb(0xf2f3f5),
    dots: rgb(0xcfd1d5),
    hover: rgb(0xeaecf0),
    pressed: rgb(0xdbdee3),
    selected: rgb(0xe3e7fc),
    shadow: Color32::from_black_alpha(38),
    line: rgb(0xdadce0),
    line_strong: rgb(0xaeb2b9),
    strong: rgb(0x181b20),
    normal: rgb(0x34383f),
    dim: rgb(0x53575f),
    faint: rgb(0x5f636c),
    accent: rgb(0x4446cb),
    accent_fill: rgb(0x4b50d5),
    accent_fill_hover: rgb(0x3f40c4),
    on_accent: rgb(0xffffff),
    ok: rgb(0x0a6d37),
    warn: rgb(0x835100),
    error: rgb(0xb32228),
    info: rgb(0x006197),
    ok_ground: rgb(0xe3f3e8),
    warn_ground: rgb(0xfbf0db),
    error_ground: rgb(0xfdebea),
    info_ground: rgb(0xe2f1fa),
    families: [
        rgb(0x004ca9),
        rgb(0x405a39),
        rgb(0x855d00),
        rgb(0x01737f),
        rgb(0x81227e),
        rgb(0x962200),
        rgb(0xac2b5d),
        rgb(0x6359a2),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    type Rgb = [f32; 3];

    fn linear(c: Color32) -> Rgb {
        [c.r(), c.g(), c.b()].map(|v| {
            let v = f32::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// The contrast ratio of WCAG 2.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let y = |c| linear(c).iter().zip([0.2126, 0.7152, 0.0722]).map(|(v, k)| v * k).sum::<f32>() + 0.05;
        let (a, b) = (y(a), y(b));
        a.max(b) / a.min(b)
    }

    fn times(m: [[f32; 3]; 3], v: Rgb) -> Rgb {
        m.map(|row| row.iter().zip(v).map(|(k, v)| k * v).sum())
    }

    fn oklab(v: Rgb) -> Rgb {
        let lms = times(
            [
                [0.412_221_46, 0.536_332_55, 0.051_445_995],
                [0.211_903_5, 0.680_699_5, 0.107_396_96],
                [0.088_302_46, 0.281_718_85, 0.629_978_7],
            ],
            v,
        );
        times(
            [
                [0.210_454_26, 0.793_617_8, -0.004_072_047],
                [1.977_998_5, -2.428_592_2, 0.450_593_7],
                [0.025_904_037, 0.782_771_77, -0.808_675_77],
            ],
            lms.map(f32::cbrt),
        )
    }

    /// How full colour vision and its three common deficiencies see linear light (Machado, Oliveira and Fernandes 2009,
    /// severity 1).
    const EYES: [(&str, [[f32; 3]; 3], f32); 4] = [
        ("full", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], 0.10),
        (
            "protan",
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
            0.055,
        ),
        (
            "deutan",
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
            0.055,
        ),
        (
            "tritan",
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
            0.055,
        ),
    ];

    #[test]
    fn all_text_is_readable_on_every_ground_it_stands_on() {
        for t in [&DARK, &LIGHT] {
            let grounds = [t.window, t.panel, t.raised, t.field, t.canvas, t.hover, t.selected];
            let tinted = [t.ok_ground, t.warn_ground, t.error_ground, t.info_ground];
            let texts = [t.strong, t.normal, t.dim, t.faint, t.accent, t.ok, t.warn, t.error, t.info];
            for text in texts.into_iter().chain(t.families) {
                for ground in grounds {
                    let ratio = contrast(text, ground);
                    assert!(ratio >= 4.5, "dark={} {text:?} on {ground:?} has {ratio:.2}", t.dark);
                }
            }
            for text in texts {
                for ground in tinted {
                    let ratio = contrast(text, ground);
                    assert!(ratio >= 4.5, "dark={} {text:?} on {ground:?} has {ratio:.2}", t.dark);
                }
            }
            for ground in [t.accent_fill, t.accent_fill_hover] {
                assert!(contrast(t.on_accent, ground) >= 4.5);
            }
            for ground in Class::ALL.map(|c| t.tile(c)) {
                for text in [t.strong, t.normal] {
                    let ratio = contrast(text, ground);
                    assert!(ratio >= 4.5, "dark={} {text:?} on a tile {ground:?} has {ratio:.2}", t.dark);
                }
            }
            // The focus ring is no text, but has to be seen.
            for ground in grounds {
                assert!(contrast(t.accent, ground) >= 3.0);
            }
        }
    }

    #[test]
    fn families_stay_apart_for_every_kind_of_colour_vision() {
        for t in [&DARK, &LIGHT] {
            for (eye, matrix, least) in EYES {
                for (i, a) in FAMILIES.iter().enumerate() {
                    for b in FAMILIES.iter().skip(i + 1) {
                        let see = |f| oklab(times(matrix, linear(t.family(f))).map(|v| v.clamp(0.0, 1.0)));
                        let (p, q) = (see(*a), see(*b));
                        let distance = p.iter().zip(q).map(|(p, q)| (p - q).powi(2)).sum::<f32>().sqrt();
                        assert!(distance >= least, "{eye}: {a:?} and {b:?} are {distance:.3} apart, dark={}", t.dark);
                    }
                }
            }
        }
    }

    #[test]
    fn families_are_equally_light() {
        for t in [&DARK, &LIGHT] {
            let lightness = FAMILIES.map(|f| oklab(linear(t.family(f)))[0]);
            let (low, high) = lightness.iter().fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
            assert!(high - low <= 0.08, "{low} to {high}");
        }
    }
}
