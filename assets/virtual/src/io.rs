//! Streams, what is waited for, and errors of streams.

use crate::clocks;
use crate::exports::wasi::cli::{stderr, stdin, stdout};
use crate::exports::wasi::filesystem::types::ErrorCode;
use crate::exports::wasi::io::{error, poll, streams};
use crate::files::Node;
use crate::settings::state;
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
pub struct Error(pub ErrorCode);

impl error::GuestError for Error {
    fn to_debug_string(&self) -> String {
        format!("{:?}", self.0)
    }
}

impl error::Guest for Virtual {
    type Error = Error;
}

/// What is waited for.
pub enum Pollable {
    /// It is there.
    Ready,
    /// A moment of the monotonic clock.
    At(u64),
}

impl Pollable {
    fn moment(&self) -> u64 {
        match self {
            Self::Ready => 0,
            Self::At(moment) => *moment,
        }
    }
}

impl poll::GuestPollable for Pollable {
    fn ready(&self) -> bool {
        match self {
            Self::Ready => true,
            Self::At(moment) => *moment <= clocks::read(),
        }
    }

    fn block(&self) {
        clocks::wait_until(self.moment());
    }
}

impl poll::Guest for Virtual {
    type Pollable = Pollable;

    fn poll(of: Vec<poll::PollableBorrow<'_>>) -> Vec<u32> {
        let moments: Vec<u64> = of.iter().map(|one| one.get::<Pollable>().moment()).collect();
        // Waiting for nothing would be waiting for ever: that is a trap.
        clocks::wait_until(*moments.iter().min().unwrap());
        let now = state().elapsed.get();
        (0..).zip(&moments).filter(|(_, moment)| **moment <= now).map(|(at, _)| at).collect()
    }
}

pub enum InputStream {
    /// The one standard input.
    Stdin,
    /// A file from here on.
    File(Rc<Node>, Cell<u64>),
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
        };
        Ok(bytes)
    }
}

fn failed(code: ErrorCode) -> StreamError {
    StreamError::LastOperationFailed(error::Error::new(Error(code)))
}

impl streams::GuestInputStream for InputStream {
    fn read(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        self.next(length)
    }

    fn blocking_read(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        self.next(length)
    }

    fn skip(&self, length: u64) -> Result<u64, StreamError> {
        Ok(self.next(length)?.len() as u64)
    }

    fn blocking_skip(&self, length: u64) -> Result<u64, StreamError> {
        self.skip(length)
    }

    fn subscribe(&self) -> poll::Pollable {
        poll::Pollable::new(Pollable::Ready)
    }
}

pub enum OutputStream {
    /// Where nothing comes out again: standard output and standard error.
    Nowhere,
    /// A file from here on.
    File(Rc<Node>, Cell<u64>),
    /// The end of a file, wherever that is.
    Append(Rc<Node>),
}

impl streams::GuestOutputStream for OutputStream {
    fn check_write(&self) -> Result<u64, StreamError> {
        Ok(MOST)
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
        }
    }

    fn blocking_write_and_flush(&self, contents: Vec<u8>) -> Result<(), StreamError> {
        self.write(contents)
    }

    fn flush(&self) -> Result<(), StreamError> {
        Ok(())
    }

    fn blocking_flush(&self) -> Result<(), StreamError> {
        Ok(())
    }

    fn subscribe(&self) -> poll::Pollable {
        poll::Pollable::new(Pollable::Ready)
    }

    fn write_zeroes(&self, length: u64) -> Result<(), StreamError> {
        // More than `check_write` allows is a trap, so that nobody has memory taken by a number.
        assert!(length <= MOST);
        self.write(vec![0; length as usize])
    }

    fn blocking_write_zeroes_and_flush(&self, length: u64) -> Result<(), StreamError> {
        self.write_zeroes(length)
    }

    fn splice(&self, from: streams::InputStreamBorrow<'_>, length: u64) -> Result<u64, StreamError> {
        let bytes = from.get::<InputStream>().next(length)?;
        let length = bytes.len() as u64;
        self.write(bytes)?;
        Ok(length)
    }

    fn blocking_splice(&self, from: streams::InputStreamBorrow<'_>, length: u64) -> Result<u64, StreamError> {
        self.splice(from, length)
    }
}

impl streams::Guest for Virtual {
    type InputStream = InputStream;
    type OutputStream = OutputStream;
}

impl stdin::Guest for Virtual {
    fn get_stdin() -> streams::InputStream {
        streams::InputStream::new(InputStream::Stdin)
    }
}

impl stdout::Guest for Virtual {
    fn get_stdout() -> streams::OutputStream {
        streams::OutputStream::new(OutputStream::Nowhere)
    }
}

impl stderr::Guest for Virtual {
    fn get_stderr() -> streams::OutputStream {
        streams::OutputStream::new(OutputStream::Nowhere)
    }
}
