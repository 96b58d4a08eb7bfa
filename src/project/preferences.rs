//! What belongs to the user and not to a project: theme, window, recent files. Every part is read on its own, so that a
//! broken one costs only itself.

use crate::diag::{Diagnostic, Subject};
use serde_json::{Map, Value};

/// A larger file is not read.
const MAX_BYTES: usize = 1 << 20;
/// As many recent files are kept.
const MAX_RECENT: usize = 12;

/// Which colours the window has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Theme {
    Dark,
    Light,
    /// As the operating system says.
    #[default]
    System,
}

/// What belongs to the user and not to a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Preferences {
    /// Which colours the window has.
    pub theme: Theme,
    /// Paths of files and projects, last opened first.
    pub recent: Vec<String>,
    /// The window's inner size in points; `None` is the usual one.
    pub window: Option<[f32; 2]>,
    /// Whether nothing should move by itself.
    pub reduced_motion: bool,
    /// How large everything is drawn: 1 is the usual size.
    pub ui_scale: f32,
    /// What the loaded file had beyond what this version knows; it is saved again.
    pub unknown: Map<String, Value>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            recent: Vec::new(),
            window: None,
            reduced_motion: false,
            ui_scale: 1.0,
            unknown: Map::new(),
        }
    }
}

impl Theme {
    /// All themes, in the order in which they are shown.
    pub const ALL: [Theme; 3] = [Theme::Dark, Theme::Light, Theme::System];

    /// Its word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Theme::Dark => "dark",
            Theme::Light => "light",
            Theme::System => "system",
        }
    }
}

impl Preferences {
    /// Puts a file that was just opened first among the recent ones.
    pub fn opened(&mut self, path: &str) {
        self.recent.retain(|p| p != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(MAX_RECENT);
    }
}

/// The bytes of the preferences file.
pub fn save_preferences(preferences: &Preferences) -> Vec<u8> {
    let mut file = preferences.unknown.clone();
    file.insert("theme".into(), preferences.theme.word().into());
    file.insert("recent".into(), preferences.recent.clone().into());
    if let Some(window) = preferences.window {
        file.insert("window".into(), Value::Array(window.into_iter().map(super::decimal).collect()));
    }
    file.insert("reduced-motion".into(), preferences.reduced_motion.into());
    file.insert("ui-scale".into(), super::decimal(preferences.ui_scale));
    super::to_bytes(Value::Object(file))
}

/// Reads the preferences file; whatever is broken in it is as usual, with a warning.
pub fn load_preferences(bytes: &[u8]) -> (Preferences, Vec<Diagnostic>) {
    let mut preferences = Preferences::default();
    let file = (bytes.len() <= MAX_BYTES).then(|| serde_json::from_slice(bytes).ok()).flatten();
    let Some(Value::Object(mut file)) = file else {
        let message = "The preferences file cannot be read, so everything is as on the first start";
        return (preferences, vec![Diagnostic::warning(Subject::Project, message)]);
    };
    let mut warnings = Vec::new();
    let mut take = |key: &str, set: &mut dyn FnMut(&Value) -> Option<()>| {
        if file.remove(key).is_some_and(|value| set(&value).is_none()) {
            let message = format!("“{key}” in the preferences cannot be used; it is as usual");
            warnings.push(Diagnostic::warning(Subject::Project, message));
        }
    };
    take("theme", &mut |v| {
        preferences.theme = Theme::ALL.into_iter().find(|t| Some(t.word()) == v.as_str())?;
        Some(())
    });
    take("recent", &mut |v| {
        let paths: Option<Vec<String>> = v.as_array()?.iter().map(|p| p.as_str().map(str::to_owned)).collect();
        paths?.iter().rev().for_each(|path| preferences.opened(path));
        Some(())
    });
    take("window", &mut |v| {
        let [w, h] = v.as_array()?.as_slice() else { return None };
        let side = |v: &Value| v.as_f64().map(|n| n as f32).filter(|n| (100.0..=20_000.0).contains(n));
        preferences.window = Some([side(w)?, side(h)?]);
        Some(())
    });
    take("reduced-motion", &mut |v| {
        preferences.reduced_motion = v.as_bool()?;
        Some(())
    });
    take("ui-scale", &mut |v| {
        preferences.ui_scale = v.as_f64().map(|n| n as f32).filter(|n| (0.5..=3.0).contains(n))?;
        Some(())
    });
    preferences.unknown = file;
    (preferences, warnings)
}
