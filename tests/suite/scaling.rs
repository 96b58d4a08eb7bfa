//! The work on a file grows with the file, not with its square: counted in bytes that are allocated, which is the same on
//! every machine. The benchmark measures the time of the same.

use crate::growing::{MOST, WAYS, look_at, most, validate, wire};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
    /// Bytes that are taken now, and the most that were; what another thread gives back counts there.
    static LIVE: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
}

#[allow(unsafe_code)] // Whoever counts allocations has to be the allocator; all it does besides is to hand on.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATED.try_with(|n| n.set(n.get() + layout.size() as u64));
        let _ = LIVE.try_with(|n| {
            n.set(n.get() + layout.size() as i64);
            PEAK.try_with(|peak| peak.set(peak.get().max(n.get())))
        });
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        let _ = LIVE.try_with(|n| n.set(n.get() - layout.size() as i64));
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Bytes that this work allocates on this thread.
fn allocated(work: impl FnOnce()) -> u64 {
    let before = ALLOCATED.get();
    work();
    ALLOCATED.get() - before
}

/// The most bytes that this work has at one time on this thread.
pub fn peak(work: impl FnOnce()) -> u64 {
    let before = LIVE.get();
    PEAK.set(before);
    work();
    u64::try_from(PEAK.get() - before).unwrap_or(0)
}

#[test]
fn the_work_on_a_file_grows_as_the_file_does() {
    let mut slow = Vec::new();
    for (way, first, make) in WAYS {
        let work = [1, 2, 4].map(|times| {
            let bytes = make(first * times).into();
            let ours = allocated(|| {
                let component = look_at(&bytes);
                assert!(component.fault().is_none(), "{way}: {:?}", component.diagnostics);
            });
            (ours, allocated(|| validate(&bytes)))
        });
        let ratio = |of: fn(&(u64, u64)) -> u64| of(&work[2]) as f64 / of(&work[0]) as f64;
        let (ours, validation) = (ratio(|w| w.0), ratio(|w| w.1));
        println!("{way:24} {work:?} {ours:.2} {validation:.2}");
        if ours > most(validation) {
            slow.push(format!("{way}: {work:?}"));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}

#[test]
fn the_work_on_a_composition_grows_as_its_wires_do() {
    let work = [200, 400, 800].map(|consumers| allocated(|| wire(consumers)));
    assert!(work[2] as f64 / work[0] as f64 <= MOST, "{work:?}");
}
