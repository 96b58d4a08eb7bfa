//! Streams, what is waited for, and errors of streams: of the settings, or around those of the host.

use crate::clocks;
use crate::exports::wasi::cli::{stderr, stdin, stdout};
use crate::exports::wasi::filesystem::types::ErrorCode;
use crate::exports::wasi::io::{error, poll, streams};
use crate::files::Node;
use crate::settings::state;
use crate::wasi::cli as host_cli;
use crate::wasi::io as host;
use crate::Virtual;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;
use streams::StreamError;

/// No answer is longer, however much is asked for.
pub const MOST: u64 = 1 << 20;

/// Why a stream failed.
pub enum Error {
    Code(ErrorCode),
    /// A stream of the host's.
    Host(host::error::Error),
}

impl error::GuestError for Error {
    fn to_debug_string(&self) -> String {
        match self {
            Self::Code(code) => format!("{code:?}"),
            Self::Host(error) => error.to_debug_string(),
        }
    }
}

impl error::Guest for Virtual {
    type Error = Error;
}

/// What is waited for.
pub enum Pollable {
    /// It is there.
    Ready,
    /// A moment of the monotonic clock of the settings.
    At(u64),
    /// What the host knows of.
    Host(host::poll::Pollable),
}

impl poll::GuestPollable for Pollable {
    fn ready(&self) -> bool {
        match self {
            Self::Ready => true,
            Self::At(moment) => *moment <= clocks::read(),
            Self::Host(pollable) => pollable.ready(),
        }
    }

    fn block(&self) {
        match self {
            Self::Ready => {}
            Self::At(moment) => clocks::wait_until(*moment),
            Self::Host(pollable) => pollable.block(),
        }
    }
}

impl poll::Guest for Virtual {
    type Pollable = Pollable;

    fn poll(of: Vec<poll::PollableBorrow<'_>>) -> Vec<u32> {
        let of: Vec<&Pollable> = of.iter().map(|one| one.get::<Pollable>()).collect();
        let of_host = of.iter().filter_map(|one| if let Pollable::Host(pollable) = one { Some(pollable) } else { None });
        let of_host: Vec<_> = of_host.collect();
        // Waiting for nothing would be waiting for ever: that is a trap there.
        if of_host.len() == of.len() {
            return host::poll::poll(&of_host);
        }
        let now = state().elapsed.get();
        let is_there = |one: &&Pollable| match one {
            Pollable::Ready => true,
            Pollable::At(moment) => *moment <= now,
            Pollable::Host(pollable) => pollable.ready(),
        };
        let mut there: Vec<bool> = of.iter().map(is_there).collect();
        if !there.contains(&true) {
            // A moment is there at once if it is waited for, so the host is not waited for beside it.
            let moment = |one: &&Pollable| if let Pollable::At(moment) = one { Some(*moment) } else { None };
            let first = of.iter().filter_map(moment).min().unwrap();
            clocks::wait_until(first);
            there = of.iter().map(|one| moment(one) == Some(first)).collect();
        }
        (0..).zip(there).filter(|(_, there)| *there).map(|(at, _)| at).collect()
    }
}

pub enum InputStream {
    /// The one standard input.
    Stdin,
    /// A file from here on.
    File(Rc<Node>, Cell<u64>),
    Host(host::streams::InputStream),
}

impl InputStream {
    /// The next bytes, which are passed then.
    fn next(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        let length = length.min(MOST);
        let bytes = match self {
            Self::Stdin => {
                let rest = &state().settings.stdin[state().stdin_read.get()..];
                if rest.is_empty() {
                    return Err(StreamError::Closed);
                }
                let bytes = &rest[..rest.len().min(length as usize)];
                state().stdin_read.set(state().stdin_read.get() + bytes.len());
                bytes.to_vec()
            }
            Self::File(file, at) => {
                let (bytes, is_end) = file.read(at.get(), length).map_err(failed)?;
                if bytes.is_empty() && is_end {
                    return Err(StreamError::Closed);
                }
                at.set(at.get() + bytes.len() as u64);
                bytes
            }
            Self::Host(stream) => stream.read(length).map_err(of_host)?,
        };
        Ok(bytes)
    }

    /// Waits until there is something to read, or an end to know of.
    fn wait(&self) {
        if let Self::Host(stream) = self {
            stream.subscribe().block();
        }
    }
}

fn failed(code: ErrorCode) -> StreamError {
    StreamError::LastOperationFailed(error::Error::new(Error::Code(code)))
}

fn of_host(error: host::streams::StreamError) -> StreamError {
    match error {
        host::streams::StreamError::LastOperationFailed(error) => {
            StreamError::LastOperationFailed(error::Error::new(Error::Host(error)))
        }
        host::streams::StreamError::Closed => StreamError::Closed,
    }
}

impl streams::GuestInputStream for InputStream {
    fn read(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        self.next(length)
    }

    fn blocking_read(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        match self {
            Self::Host(stream) => stream.blocking_read(length.min(MOST)).map_err(of_host),
            _ => self.next(length),
        }
    }

    fn skip(&self, length: u64) -> Result<u64, StreamError> {
        Ok(self.next(length)?.len() as u64)
    }

    fn blocking_skip(&self, length: u64) -> Result<u64, StreamError> {
        Ok(self.blocking_read(length)?.len() as u64)
    }

    fn subscribe(&self) -> poll::Pollable {
        poll::Pollable::new(match self {
            Self::Host(stream) => Pollable::Host(stream.subscribe()),
            _ => Pollable::Ready,
        })
    }
}

pub enum OutputStream {
    /// Where nothing comes out again.
    Nowhere,
    /// A file from here on.
    File(Rc<Node>, Cell<u64>),
    /// The end of a file, wherever that is.
    Append(Rc<Node>),
    Host(host::streams::OutputStream),
}

impl streams::GuestOutputStream for OutputStream {
    fn check_write(&self) -> Result<u64, StreamError> {
        match self {
            Self::Host(stream) => stream.check_write().map_err(of_host),
            _ => Ok(MOST),
        }
    }

    fn write(&self, contents: Vec<u8>) -> Result<(), StreamError> {
        match self {
            Self::Nowhere => Ok(()),
            Self::File(file, at) => {
                file.write(at.get(), &contents).map_err(failed)?;
                at.set(at.get() + contents.len() as u64);
                Ok(())
            }
            Self::Append(file) => file.write(file.size(), &contents).map_err(failed),
            Self::Host(stream) => stream.write(&contents).map_err(of_host),
        }
    }

    fn blocking_write_and_flush(&self, contents: Vec<u8>) -> Result<(), StreamError> {
        match self {
            Self::Host(stream) => stream.blocking_write_and_flush(&contents).map_err(of_host),
            _ => self.write(contents),
        }
    }

    fn flush(&self) -> Result<(), StreamError> {
        match self {
            Self::Host(stream) => stream.flush().map_err(of_host),
            _ => Ok(()),
        }
    }

    fn blocking_flush(&self) -> Result<(), StreamError> {
        match self {
            Self::Host(stream) => stream.blocking_flush().map_err(of_host),
            _ => Ok(()),
        }
    }

    fn subscribe(&self) -> poll::Pollable {
        poll::Pollable::new(match self {
            Self::Host(stream) => Pollable::Host(stream.subscribe()),
            _ => Pollable::Ready,
        })
    }

    fn write_zeroes(&self, length: u64) -> Result<(), StreamError> {
        // More than `check_write` allows is a trap, so that nobody has memory taken by a number.
        assert!(length <= MOST);
        match self {
            Self::Host(stream) => stream.write_zeroes(length).map_err(of_host),
            _ => self.write(vec![0; length as usize]),
        }
    }

    fn blocking_write_zeroes_and_flush(&self, length: u64) -> Result<(), StreamError> {
        match self {
            Self::Host(stream) => stream.blocking_write_zeroes_and_flush(length).map_err(of_host),
            _ => self.write_zeroes(length),
        }
    }

    fn splice(&self, from: streams::InputStreamBorrow<'_>, length: u64) -> Result<u64, StreamError> {
        // No more than can be written is taken, so that nothing is lost on the way.
        let length = length.min(self.check_write()?);
        let bytes = from.get::<InputStream>().next(length)?;
        let length = bytes.len() as u64;
        self.write(bytes)?;
        Ok(length)
    }

    fn blocking_splice(&self, from: streams::InputStreamBorrow<'_>, length: u64) -> Result<u64, StreamError> {
        if let Self::Host(stream) = self {
            stream.subscribe().block();
        }
        from.get::<InputStream>().wait();
        self.splice(from, length)
    }
}

impl streams::Guest for Virtual {
    type InputStream = InputStream;
    type OutputStream = OutputStream;
}

impl stdin::Guest for Virtual {
    fn get_stdin() -> streams::InputStream {
        streams::InputStream::new(match state().settings.host.stdin {
            true => InputStream::Host(host_cli::stdin::get_stdin()),
            false => InputStream::Stdin,
        })
    }
}

impl stdout::Guest for Virtual {
    fn get_stdout() -> streams::OutputStream {
        streams::OutputStream::new(match state().settings.host.stdout {
            true => OutputStream::Host(host_cli::stdout::get_stdout()),
            false => OutputStream::Nowhere,
        })
    }
}

impl stderr::Guest for Virtual {
    fn get_stderr() -> streams::OutputStream {
        streams::OutputStream::new(match state().settings.host.stderr {
            true => OutputStream::Host(host_cli::stderr::get_stderr()),
            false => OutputStream::Nowhere,
        })
    }
}
