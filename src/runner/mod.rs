//! The child process around the engine, and its clients.
//!
//! [`Process`] starts this same program as `wirebench runner`, with an empty environment, and talks to it through its
//! pipes; [`serve`] is the other end. [`InProcess`] has the engine on a thread instead. Both are
//! [`crate::call::Caller`]s and behave alike.

mod client;
mod in_process;
mod process;
mod protocol;
mod serve;
mod worker;

pub use in_process::InProcess;
pub use process::Process;
pub use serve::serve;
