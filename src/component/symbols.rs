//! Names that compilers gave to functions, as people wrote them.

use std::borrow::Cow;
use std::fmt;
use std::panic::catch_unwind;

/// Names longer than this are left as they are, and so are those that would become longer: a short mangled name can
/// stand for an endless one.
const MAX_LEN: usize = 4_000;

/// `core::fmt::write` for `_ZN4core3fmt5write17h0123456789abcdefE`: names of Rust and C++ as they were written; any other
/// name as it is.
pub fn demangle(name: &str) -> Cow<'_, str> {
    // Every name that may be mangled starts so; this keeps the other ones cheap.
    if name.len() > MAX_LEN || !name.trim_start_matches('_').starts_with(['Z', 'R']) || !name.starts_with('_') {
        return Cow::Borrowed(name);
    }
    // Both read text of a stranger.
    match catch_unwind(|| rust(name).or_else(|| cpp(name))) {
        Ok(Some(readable)) => Cow::Owned(readable),
        _ => Cow::Borrowed(name),
    }
}

fn rust(name: &str) -> Option<String> {
    let symbol = rustc_demangle::try_demangle(name).ok()?;
    let mut out = Limited(String::new());
    fmt::write(&mut out, format_args!("{symbol:#}")).ok()?;
    Some(out.0)
}

fn cpp(name: &str) -> Option<String> {
    let symbol = cpp_demangle::Symbol::new(name).ok()?;
    let mut out = Limited(String::new());
    symbol.structured_demangle(&mut out, &cpp_demangle::DemangleOptions::new()).ok()?;
    Some(out.0)
}

/// A text that refuses to grow beyond [`MAX_LEN`].
struct Limited(String);

impl fmt::Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > MAX_LEN {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_rust_and_cpp_are_readable_and_others_stay() {
        for (given, shown) in [
            ("_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write"),
            ("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar"),
            ("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<int, std::allocator<int> >::push_back(int const&)"),
            ("main.main", "main.main"),
            ("_start", "_start"),
            ("_Zebra", "_Zebra"),
            ("memcpy", "memcpy"),
            ("", ""),
        ] {
            assert_eq!(demangle(given), shown);
        }
    }

    #[test]
    fn a_name_that_stands_for_an_endless_one_stays() {
        // Each level names the one before twice.
        let bomb = format!("_Z1fI{}E", "St4pairIS_S_E".repeat(200));
        assert!(demangle(&bomb).len() <= MAX_LEN);
        let doubling = format!("_Z1f1A{}", (0..60).map(|i| format!("PFvS{i}_S{i}_E")).collect::<String>());
        assert!(demangle(&doubling).len() <= MAX_LEN);
    }
}
