//! The messages between a client and its runner process, as they go through the pipes: a length in four bytes, then
//! the message. Both ends are the same executable, so there is one version; [`ToRunner::Hello`] says which.

use crate::call::{Access, CallEvent, CallRequest, Denial, Finished, JobId, Outcome, Stream, Trap};
use crate::component::Digest;
use crate::grant::{AddressRule, Capability, Folder, Grants, HttpRule, Limits, Listed};
use crate::measure::{Phase, Timing};
use crate::value::{Handle, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::Arc;

/// The longest message to a runner; a component's bytes are one.
pub(super) const MAX_TO_RUNNER: usize = 512 << 20;

/// The longest message from a runner.
pub(super) const MAX_FROM_RUNNER: usize = 64 << 20;

/// What a client says.
#[derive(Serialize, Deserialize)]
pub(super) enum ToRunner {
    /// The first message: who speaks, and after which generation the new instances' generations start.
    Hello { version: String, generation: u64 },
    /// Make this call. Its bytes are not in it.
    Call(Box<CallRequest>),
    /// The answer to [`FromRunner::Need`]: the next frame is the component's bytes, nothing around them.
    Bytes(Digest),
    /// End this call.
    Cancel(JobId),
    /// Drop the live instances of this component.
    Reset(Digest),
}

/// What a runner says.
#[derive(Serialize, Deserialize)]
pub(super) enum FromRunner {
    Event(CallEvent),
    /// The call cannot go on without the bytes of its component.
    Need(Digest),
}

/// Writes one frame.
pub(super) fn write_frame(out: &mut impl Write, payload: &[u8], limit: usize) -> io::Result<()> {
    let length = u32::try_from(payload.len()).ok().filter(|_| payload.len() <= limit);
    let length = length.ok_or_else(|| io::Error::other("the message is too long"))?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(payload)?;
    out.flush()
}

/// Reads one frame; `None` at the end of the stream.
pub(super) fn read_frame(from: &mut impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(e) => return Err(e),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > limit {
        return Err(io::Error::other("the message is too long"));
    }
    // Grows as bytes arrive: the length is the other side's word.
    let mut payload = Vec::new();
    from.take(length as u64).read_to_end(&mut payload)?;
    if payload.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(payload))
}

/// The bytes of a message.
pub(super) fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(message).map_err(io::Error::other)
}

/// The message in these bytes.
pub(super) fn decode<T: DeserializeOwned>(payload: &[u8]) -> io::Result<T> {
    postcard::from_bytes(payload).map_err(io::Error::other)
}

/// Lets the core's types, which know no serialisation, travel in the shape of the structs below.
macro_rules! carried {
    ($($ty:ident as $shape:ident;)*) => {$(
        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $shape::serialize(self, to)
            }
        }
        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $shape::deserialize(from)
            }
        }
    )*};
}

carried! {
    JobId as JobIdShape; Digest as DigestShape; CallRequest as CallRequestShape; CallEvent as CallEventShape;
    Finished as FinishedShape; Outcome as OutcomeShape; Trap as TrapShape; Denial as DenialShape;
    Access as AccessShape; Stream as StreamShape; Grants as GrantsShape; Capability as CapabilityShape;
    Folder as FolderShape; AddressRule as AddressRuleShape; HttpRule as HttpRuleShape; Limits as LimitsShape;
    Phase as PhaseShape; Timing as TimingShape; Value as ValueShape; Handle as HandleShape;
}

impl<T: Serialize> Serialize for Listed<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.on, &self.list).serialize(to)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (on, list) = Deserialize::deserialize(from)?;
        Ok(Self { on, list })
    }
}

fn no_bytes() -> Arc<[u8]> {
    Arc::from([])
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "JobId")]
struct JobIdShape(u64);

#[derive(Serialize, Deserialize)]
#[serde(remote = "Digest")]
struct DigestShape([u8; 32]);

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallRequest")]
struct CallRequestShape {
    job: JobId,
    #[serde(skip, default = "no_bytes")]
    bytes: Arc<[u8]>,
    digest: Digest,
    asked_by: Vec<(String, Vec<String>)>,
    grants: Grants,
    interface: Option<String>,
    function: String,
    arguments: Vec<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallEvent")]
enum CallEventShape {
    Started(JobId, Phase),
    Timed(JobId, Timing),
    Output(JobId, Stream, Vec<u8>),
    Finished(JobId, Finished),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Finished")]
struct FinishedShape {
    outcome: Outcome,
    accesses: Vec<Access>,
    instance_calls: u64,
    generation: u64,
    memory_bytes: u64,
    dropped_output_bytes: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Outcome")]
enum OutcomeShape {
    Returned(Option<Value>),
    Trapped(Trap),
    Denied(Denial),
    LimitReached(String),
    Cancelled,
    Failed(String),
    RunnerLost(String),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Trap")]
struct TrapShape {
    message: String,
    frames: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Denial")]
struct DenialShape {
    interface: String,
    function: String,
    instances: Vec<String>,
    capability: Option<Capability>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Access")]
struct AccessShape {
    interface: String,
    function: String,
    capability: Option<Capability>,
    allowed: bool,
    count: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Stream")]
enum StreamShape {
    Stdout,
    Stderr,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Grants")]
struct GrantsShape {
    stdout: bool,
    stderr: bool,
    stdin: Listed<String>,
    environment: Listed<BTreeMap<String, String>>,
    arguments: Listed<Vec<String>>,
    folders: Listed<Vec<Folder>>,
    clocks: bool,
    random: bool,
    network: Listed<Vec<AddressRule>>,
    http: Listed<Vec<HttpRule>>,
    limits: Limits,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Capability")]
enum CapabilityShape {
    Stdout,
    Stderr,
    Stdin,
    Environment,
    Arguments,
    Folders,
    Clocks,
    Random,
    Network,
    Http,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Folder")]
struct FolderShape {
    host: String,
    guest: String,
    writable: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AddressRule")]
struct AddressRuleShape {
    host: String,
    port: Option<u16>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "HttpRule")]
struct HttpRuleShape {
    scheme: String,
    host: String,
    port: Option<u16>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Limits")]
struct LimitsShape {
    memory_bytes: u64,
    output_bytes: u64,
    call_millis: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Phase")]
enum PhaseShape {
    Read,
    Validate,
    Compile,
    Link,
    Instantiate,
    Call,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Timing")]
struct TimingShape {
    phase: Phase,
    nanos: u64,
    cached: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Handle")]
struct HandleShape {
    number: u32,
    generation: u64,
    resource: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Value")]
enum ValueShape {
    Bool(bool),
    S8(i8),
    S16(i16),
    S32(i32),
    S64(i64),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    F32(f32),
    F64(f64),
    Char(char),
    String(String),
    Bytes(Vec<u8>),
    List(Vec<Value>),
    Tuple(Vec<Value>),
    Record(Vec<(String, Value)>),
    Variant(String, Option<Box<Value>>),
    Enum(String),
    Option(Option<Box<Value>>),
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
    Flags(Vec<String>),
    Map(Vec<(Value, Value)>),
    Handle(Handle),
    Opaque(String),
}
