//! A world of its own for a component: what it learns from WASI's clocks, random numbers, environment, standard streams
//! and files comes from settings alone, so the same calls always get the same answers. Where the settings say so, standard
//! streams and clocks are the host's: the resources are then its own around those of the host, so that they go together with
//! what is not the host's.
#![no_std]

extern crate alloc;

mod clocks;
mod files;
mod io;
mod random;
mod settings;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

wit_bindgen::generate!({
    world: "wirebench:virtual-wasi/everything",
    path: "../../samples/.build/virtual",
    generate_all,
});

use exports::wasi::cli;
use settings::state;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

struct Virtual;
export!(Virtual);

/// A component has one thread.
struct Single<T>(T);

unsafe impl<T> Sync for Single<T> {}

impl cli::environment::Guest for Virtual {
    fn get_environment() -> Vec<(String, String)> {
        state().settings.environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn get_arguments() -> Vec<String> {
        state().settings.arguments.iter().map(|argument| (*argument).to_owned()).collect()
    }

    fn initial_cwd() -> Option<String> {
        Some("/".to_owned())
    }
}

impl cli::exit::Guest for Virtual {
    fn exit(status: Result<(), ()>) {
        match status {
            Ok(()) => exit_with_success(),
            Err(()) => exit_with_failure(),
        }
    }

    fn exit_with_code(code: u8) {
        match code {
            0 => exit_with_success(),
            _ => exit_with_failure(),
        }
    }
}

// Nothing but a trap leaves a component, so the trap's backtrace has to tell the two apart.

#[inline(never)]
fn exit_with_success() -> ! {
    core::arch::wasm32::unreachable()
}

#[inline(never)]
fn exit_with_failure() -> ! {
    core::hint::black_box(1);
    core::arch::wasm32::unreachable()
}

/// There is no terminal, so there never is a handle of one.
enum Never {}

impl cli::terminal_input::GuestTerminalInput for Never {}
impl cli::terminal_output::GuestTerminalOutput for Never {}

impl cli::terminal_input::Guest for Virtual {
    type TerminalInput = Never;
}

impl cli::terminal_output::Guest for Virtual {
    type TerminalOutput = Never;
}

impl cli::terminal_stdin::Guest for Virtual {
    fn get_terminal_stdin() -> Option<cli::terminal_input::TerminalInput> {
        None
    }
}

impl cli::terminal_stdout::Guest for Virtual {
    fn get_terminal_stdout() -> Option<cli::terminal_output::TerminalOutput> {
        None
    }
}

impl cli::terminal_stderr::Guest for Virtual {
    fn get_terminal_stderr() -> Option<cli::terminal_output::TerminalOutput> {
        None
    }
}
