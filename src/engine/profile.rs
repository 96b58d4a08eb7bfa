//! The two engines, and the clock that keeps guests interruptible.
//!
//! A component without async is compiled for an engine without concurrency support, whose calls cost a third; one
//! that the first engine's validator refuses is tried with the second, which has it. Validation comes before any
//! machine code, so the first try costs next to nothing.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, EngineWeak, WasmBacktraceDetails};

/// How often a running guest looks up, and so the longest time a stop waits for it.
const TICK: Duration = Duration::from_millis(10);

/// Both engines.
pub(super) struct Profiles {
    plain: Engine,
    concurrent: Engine,
    ticker: Ticker,
}

impl Profiles {
    pub(super) fn new() -> wasmtime::Result<Self> {
        let plain = Engine::new(&config(false))?;
        let concurrent = Engine::new(&config(true))?;
        let ticker = Ticker::start(vec![plain.weak(), concurrent.weak()])?;
        Ok(Self { plain, concurrent, ticker })
    }

    /// Compiles binary bytes; text and machine code are refused.
    pub(super) fn compile(&self, bytes: &[u8]) -> wasmtime::Result<Component> {
        Component::from_binary(&self.plain, bytes).or_else(|e| {
            // Nothing but a missing feature makes it worth to try again.
            let lacks_a_feature = e.chain().any(|cause| cause.to_string().contains("feature"));
            if lacks_a_feature { Component::from_binary(&self.concurrent, bytes) } else { Err(e) }
        })
    }

    /// Whether this engine has component-model async.
    pub(super) fn is_concurrent(&self, engine: &Engine) -> bool {
        Engine::same(engine, &self.concurrent)
    }

    /// Keeps guests interruptible until the answer is dropped.
    pub(super) fn tick(&self) -> Ticking<'_> {
        self.ticker.set(State::Ticking);
        Ticking(&self.ticker)
    }
}

fn config(concurrent: bool) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(512 << 10)
        .wasm_backtrace_details(WasmBacktraceDetails::Enable)
        // The features of `component::features`, as far as they are not the default.
        .wasm_wide_arithmetic(true)
        .wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true)
        .wasm_component_model_implements(true)
        .wasm_component_model_async(concurrent)
        .wasm_component_model_error_context(concurrent)
        .wasm_component_model_more_async_builtins(concurrent)
        .wasm_component_model_async_stackful(concurrent)
        .concurrency_support(concurrent);
    config
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The thread sleeps until it is needed.
    Parked,
    Ticking,
    /// No guest runs; the thread stays awake for so many more rounds, as waking it up would disturb a short call.
    Lingering(u8),
    Ended,
}

/// A thread that ticks while a guest runs.
struct Ticker(Arc<(Mutex<State>, Condvar)>);

impl Ticker {
    fn start(engines: Vec<EngineWeak>) -> std::io::Result<Self> {
        let shared = Arc::new((Mutex::new(State::Parked), Condvar::new()));
        let ticker = Self(Arc::clone(&shared));
        std::thread::Builder::new().name("epoch".into()).spawn(move || {
            let (state, changed) = &*shared;
            let mut now = state.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                match *now {
                    State::Ended => return,
                    State::Lingering(0) => *now = State::Parked,
                    State::Parked => now = changed.wait(now).unwrap_or_else(PoisonError::into_inner),
                    State::Ticking | State::Lingering(_) => {
                        now = changed.wait_timeout(now, TICK).unwrap_or_else(PoisonError::into_inner).0;
                        match &mut *now {
                            State::Ticking => {
                                engines.iter().filter_map(EngineWeak::upgrade).for_each(|e| e.increment_epoch());
                            }
                            State::Lingering(rounds) => *rounds = rounds.saturating_sub(1),
                            State::Parked | State::Ended => {}
                        }
                    }
                }
            }
        })?;
        Ok(ticker)
    }

    fn set(&self, state: State) {
        let before = std::mem::replace(&mut *self.0.0.lock().unwrap_or_else(PoisonError::into_inner), state);
        if before == State::Parked || state == State::Ended {
            self.0.1.notify_all();
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.set(State::Ended);
    }
}

/// Guests are interruptible as long as this lives.
pub(super) struct Ticking<'a>(&'a Ticker);

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.set(State::Lingering(100));
    }
}
