//! Settings as bytes, for the component that reads them.

use super::{HostPart, VirtualWasi};

/// The settings as the component reads them: see `assets/virtual/src/settings.rs`.
pub(super) fn text(settings: &VirtualWasi) -> Vec<u8> {
    let VirtualWasi { clock, files, .. } = settings;
    let mut out = Bytes::default();
    out.u64(clock.seconds);
    out.u32(clock.nanoseconds);
    out.u64(clock.monotonic);
    out.u64(clock.step);
    out.u64(settings.seed);
    out.bool(settings.is_writable);
    HostPart::ALL.into_iter().for_each(|part| out.bool(settings.hands_on(part)));
    out.bytes(settings.stdin.as_bytes());
    out.u32(settings.environment.len() as u32);
    for (name, value) in &settings.environment {
        out.bytes(name.as_bytes());
        out.bytes(value.as_bytes());
    }
    out.u32(settings.arguments.len() as u32);
    settings.arguments.iter().for_each(|argument| out.bytes(argument.as_bytes()));
    out.u32(files.len() as u32);
    for (path, bytes) in files {
        out.bytes(path.as_bytes());
        out.bytes(bytes);
    }
    out.0
}

/// Numbers, and bytes with their length in front. The settings are checked, so no length is too large.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn u32(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    fn u64(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    fn bool(&mut self, is: bool) {
        self.u32(u32::from(is));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.0.extend(bytes);
    }
}
