//! The messages between a client and its runner process, as they go through the pipes: a length in four bytes, then
//! the message. Both ends are the same executable, so there is one version; [`ToRunner::Hello`] says which.

use crate::call::{
    Access, CallEvent, CallRequest, Denial, Finished, JobId, Outcome, Seen, Stream, TapCall, TapCount, TapCounts,
    TapEnd, Trap,
};
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
    Phase as PhaseShape; Timing as TimingShape; TapCall as TapCallShape; Seen as SeenShape; TapEnd as TapEndShape;
    TapCounts as TapCountsShape; TapCount as TapCountShape; Value as ValueShape; Handle as HandleShape;
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
    taps: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CallEvent")]
enum CallEventShape {
    Started(JobId, Phase),
    Timed(JobId, Timing),
    Output(JobId, Stream, Vec<u8>),
    Tapped(JobId, TapCall),
    TapCounts(JobId, TapCounts),
    Finished(JobId, Finished),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TapCall")]
struct TapCallShape {
    number: u64,
    tap: u32,
    function: u32,
    depth: u32,
    started_nanos: u64,
    nanos: u64,
    arguments: Seen,
    end: TapEnd,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Seen")]
enum SeenShape {
    Values { values: Vec<Value>, shortened: bool },
    TooLarge(u32),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TapEnd")]
enum TapEndShape {
    Returned(Seen),
    Trapped,
    Cancelled,
    Stopped,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TapCounts")]
struct TapCountsShape {
    at_nanos: u64,
    cost_nanos: u64,
    counts: Vec<TapCount>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TapCount")]
struct TapCountShape {
    calls: u64,
    nanos: u64,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> CallRequest {
        let mut grants = Grants { stdout: true, ..Grants::default() };
        grants.environment.list.insert("A".into(), "1".into());
        grants.folders.list.push(Folder { host: "/tmp".into(), guest: "/data".into(), writable: true });
        let handle = Value::Handle(Handle { number: 3, generation: 1 << 40, resource: "counter".into() });
        CallRequest {
            job: JobId(7),
            bytes: Arc::from([1, 2, 3].as_slice()),
            digest: Digest::of(b"x"),
            asked_by: vec![("a:b/c".into(), vec!["d".into()])],
            grants,
            interface: None,
            function: "f".into(),
            arguments: vec![
                Value::Result(Err(Some(Box::new(Value::Variant("v".into(), None))))),
                Value::Map(vec![(Value::Char('ß'), Value::F64(-0.0))]),
                Value::Option(Some(Box::new(Value::Bytes(vec![0, 255])))),
                handle,
            ],
            taps: vec!["wirebench:tap/wire-1".into()],
        }
    }

    #[test]
    fn messages_arrive_as_they_were_sent() {
        let sent = request();
        let bytes = encode(&ToRunner::Call(Box::new(sent.clone()))).unwrap();
        let ToRunner::Call(got) = decode(&bytes).unwrap() else { panic!() };
        assert!(got.bytes.is_empty(), "bytes have a frame of their own");
        assert_eq!((got.job, got.digest, &got.grants), (sent.job, sent.digest, &sent.grants));
        assert_eq!((got.function, got.arguments, got.asked_by), (sent.function, sent.arguments, sent.asked_by));
        assert_eq!(got.taps, sent.taps);
        let denial = Denial {
            interface: "wasi:cli/stdout@0.2.0".into(),
            function: "get-stdout".into(),
            instances: vec!["a".into()],
            capability: Some(Capability::Stdout),
        };
        let finished = Finished {
            outcome: Outcome::Denied(denial),
            accesses: Vec::new(),
            instance_calls: 1,
            generation: 2,
            memory_bytes: 3,
            dropped_output_bytes: 4,
        };
        let call = TapCall {
            number: 4,
            tap: 1,
            function: 2,
            depth: 1,
            started_nanos: 5,
            nanos: 6,
            arguments: Seen::TooLarge(70_000),
            end: TapEnd::Returned(Seen::Values { values: vec![Value::U32(1)], shortened: true }),
        };
        let counts = TapCounts { at_nanos: 9, cost_nanos: 2, counts: vec![TapCount { calls: 3, nanos: 4 }] };
        for event in [
            CallEvent::Finished(JobId(7), finished),
            CallEvent::Tapped(JobId(7), call),
            CallEvent::TapCounts(JobId(7), counts),
        ] {
            let FromRunner::Event(got) = decode(&encode(&FromRunner::Event(event.clone())).unwrap()).unwrap() else {
                panic!()
            };
            assert_eq!(got, event);
        }
    }

    #[test]
    fn damaged_messages_are_refused() {
        let mut pipe = Vec::new();
        write_frame(&mut pipe, &encode(&ToRunner::Call(Box::new(request()))).unwrap(), MAX_TO_RUNNER).unwrap();
        assert!(read_frame(&mut pipe.as_slice(), MAX_TO_RUNNER).unwrap().is_some());
        assert!(read_frame(&mut [].as_slice(), MAX_TO_RUNNER).unwrap().is_none(), "the end is no damage");
        for length in 5..pipe.len() {
            assert!(read_frame(&mut &pipe[..length], MAX_TO_RUNNER).is_err());
            assert!(decode::<ToRunner>(&pipe[4..length]).is_err());
        }
        assert!(read_frame(&mut pipe.as_slice(), 8).is_err(), "longer than allowed");
        assert!(write_frame(&mut Vec::new(), &pipe, 8).is_err());
        let endless = [0xff; 16];
        assert!(read_frame(&mut endless.as_slice(), MAX_FROM_RUNNER).is_err());
        assert!(decode::<ToRunner>(&endless).is_err());
    }
}
