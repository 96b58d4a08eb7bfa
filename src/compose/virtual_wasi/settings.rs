//! Settings as bytes, for the component that reads them.

use super::{HostPart, VirtualClock, VirtualWasi};
use std::collections::{BTreeMap, BTreeSet};

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

/// What those bytes say; which groups are given is not among it. `None` if they say something else.
pub(super) fn read(bytes: &[u8]) -> Option<VirtualWasi> {
    let mut from = Reader(bytes);
    let seconds = from.u64()?;
    let nanoseconds = from.u32()?;
    let clock = VirtualClock { seconds, nanoseconds, monotonic: from.u64()?, step: from.u64()? };
    let seed = from.u64()?;
    let is_writable = from.bool()?;
    let mut host = BTreeSet::new();
    for part in HostPart::ALL {
        if from.bool()? {
            host.insert(part);
        }
    }
    let stdin = from.text()?;
    // A number that is too large finds nothing more to read.
    let environment = (0..from.u32()?).map(|_| Some((from.text()?, from.text()?))).collect::<Option<_>>()?;
    let arguments = (0..from.u32()?).map(|_| from.text()).collect::<Option<_>>()?;
    let files = (0..from.u32()?).map(|_| Some((from.text()?, from.bytes()?.to_vec())));
    let files = files.collect::<Option<BTreeMap<_, _>>>()?;
    let groups = BTreeSet::new();
    let all = VirtualWasi { groups, host, environment, arguments, clock, seed, stdin, files, is_writable };
    from.0.is_empty().then_some(all)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn bool(&mut self) -> Option<bool> {
        Some(self.u32()? != 0)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()?;
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }
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
