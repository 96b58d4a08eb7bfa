//! The clocks: the host's, or those of the settings. These stand still but for two things: a reading of the monotonic clock
//! moves it on by a step, so that a loop that waits for it comes to an end; and whoever waits for a moment has it at once, as
//! if the time had passed.

use crate::exports::wasi::clocks::{monotonic_clock, wall_clock};
use crate::exports::wasi::io::poll;
use crate::io::Pollable;
use crate::settings::state;
use crate::wasi::clocks as host;
use crate::Virtual;
use wall_clock::Datetime;

const SECOND: u64 = 1_000_000_000;

/// Reads the monotonic clock of the settings.
pub fn read() -> u64 {
    let state = state();
    let now = state.elapsed.get();
    state.elapsed.set(now.saturating_add(state.settings.step));
    now
}

/// Lets the time until this moment pass.
pub fn wait_until(moment: u64) {
    let state = state();
    let missing = moment.saturating_sub(state.elapsed.get());
    state.elapsed.set(state.elapsed.get() + missing);
    state.waited.set(state.waited.get().saturating_add(missing));
}

pub fn wall() -> Datetime {
    let state = state();
    if is_of_host() {
        return of_host(host::wall_clock::now());
    }
    let (seconds, nanoseconds) = state.settings.wall;
    let waited = state.waited.get();
    let nanoseconds = u64::from(nanoseconds) + waited % SECOND;
    Datetime {
        seconds: seconds.saturating_add(waited / SECOND + nanoseconds / SECOND),
        nanoseconds: (nanoseconds % SECOND) as u32,
    }
}

fn of_host(time: host::wall_clock::Datetime) -> Datetime {
    Datetime { seconds: time.seconds, nanoseconds: time.nanoseconds }
}

fn is_of_host() -> bool {
    state().settings.host.clocks
}

impl wall_clock::Guest for Virtual {
    fn now() -> Datetime {
        wall()
    }

    fn resolution() -> Datetime {
        if is_of_host() { of_host(host::wall_clock::resolution()) } else { Datetime { seconds: 0, nanoseconds: 1 } }
    }
}

impl monotonic_clock::Guest for Virtual {
    fn now() -> u64 {
        if is_of_host() { host::monotonic_clock::now() } else { read() }
    }

    fn resolution() -> u64 {
        if is_of_host() { host::monotonic_clock::resolution() } else { 1 }
    }

    fn subscribe_instant(when: u64) -> poll::Pollable {
        poll::Pollable::new(match is_of_host() {
            true => Pollable::Host(host::monotonic_clock::subscribe_instant(when)),
            false => Pollable::At(when),
        })
    }

    fn subscribe_duration(when: u64) -> poll::Pollable {
        poll::Pollable::new(match is_of_host() {
            true => Pollable::Host(host::monotonic_clock::subscribe_duration(when)),
            false => Pollable::At(state().elapsed.get().saturating_add(when)),
        })
    }
}
