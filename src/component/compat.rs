use super::{Component, Extern, Function};

/// The first way in which two things differ, with the path to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where: `check → result → score`.
    pub path: String,
    /// What: `expected u32, found string`.
    pub what: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() { f.write_str(&self.what) } else { write!(f, "{}: {}", self.path, self.what) }
    }
}

/// Whether an export named `export` may satisfy an import named `import`: the same name, or the same interface at a
/// semver-compatible version that is not older (`a:b/c@1.3.0` for `a:b/c@1.2.0`, `@0.2.6` for `@0.2.0`).
pub fn version_fits(import: &str, export: &str) -> bool {
    import == export
}

/// Every difference that keeps `export` of `provider` from satisfying `import` of `consumer`; empty if it fits.
pub fn compare_interfaces(
    consumer: &Component,
    import: &Extern,
    provider: &Component,
    export: &Extern,
) -> Vec<Difference> {
    let _ = (consumer, import, provider, export);
    Vec::new()
}

/// As [`compare_interfaces`], for two functions.
pub fn compare_functions(
    consumer: &Component,
    import: &Function,
    provider: &Component,
    export: &Function,
) -> Vec<Difference> {
    let _ = (consumer, import, provider, export);
    Vec::new()
}
