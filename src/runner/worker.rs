//! The thread that owns the engine: in the runner process, and in this one for quick tests.

use crate::call::{CallEvent, CallRequest, Finished, JobId, Outcome};
use crate::component::Digest;
use crate::diag::display_safe_line;
use crate::engine::{Emit, Job, Machine};
use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError};
use tokio::sync::watch;

/// The engine's recursion in a compile is bounded by its validator, but not small.
const STACK_BYTES: usize = 16 << 20;

/// Gives a component's bytes when they are needed; may wait for them.
pub(super) type Bytes = Box<dyn Fn(&CallRequest) -> Option<Arc<[u8]>> + Send>;

enum Order {
    Call(Box<CallRequest>),
    Reset(Digest),
}

/// The way to the thread. It ends when this is dropped, after the call it is in.
pub(super) struct Worker {
    orders: Sender<Order>,
    cancelled: watch::Sender<Option<JobId>>,
}

impl Worker {
    /// Starts the thread. All events go to `emit`, the end of each call last.
    pub(super) fn start(generation: u64, emit: Emit, bytes: Bytes) -> io::Result<Self> {
        let (orders, receiver) = channel();
        let (cancelled, receive_cancelled) = watch::channel(None);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new().name("engine".into()).stack_size(STACK_BYTES).spawn(move || {
            work(generation, &runtime, &receiver, &receive_cancelled, &emit, &bytes);
            // A guest's blocking read of a file may never end.
            runtime.shutdown_background();
        })?;
        Ok(Self { orders, cancelled })
    }

    /// Calls one after another.
    pub(super) fn call(&self, request: Box<CallRequest>) {
        // The thread outlives this sender.
        let _ = self.orders.send(Order::Call(request));
    }

    /// Ends the call if it is running; one that has not begun is ended as soon as it does.
    pub(super) fn cancel(&self, job: JobId) {
        self.cancelled.send_replace(Some(job));
    }

    /// Drops the live instances of this component, after the calls before.
    pub(super) fn reset(&self, digest: Digest) {
        let _ = self.orders.send(Order::Reset(digest));
    }
}

fn work(
    generation: u64,
    runtime: &tokio::runtime::Runtime,
    orders: &Receiver<Order>,
    cancelled: &watch::Receiver<Option<JobId>>,
    emit: &Emit,
    bytes: &Bytes,
) {
    let mut machine = Machine::new(generation);
    while let Ok(order) = orders.recv() {
        let request = match (order, &mut machine) {
            (Order::Call(request), _) => request,
            (Order::Reset(digest), Ok(machine)) => {
                machine.reset(digest);
                continue;
            }
            (Order::Reset(_), Err(_)) => continue,
        };
        let job = request.job;
        let finished = match &mut machine {
            Err(why) => over(Outcome::Failed(why.clone())),
            Ok(machine) => {
                let mut cancelled = cancelled.clone();
                let cancelled = async move {
                    // If nobody can cancel any more, nobody waits for the end either: then it ends, too.
                    let _ = cancelled.wait_for(|c| *c == Some(job)).await;
                };
                let call = Job { request: &request, bytes: &|| bytes(&request), emit: Arc::clone(emit) };
                let called = runtime.block_on(unwinding(machine.call(call, cancelled)));
                called.unwrap_or_else(|panic| {
                    // What the panic left behind is not to be trusted.
                    machine.forget();
                    over(Outcome::Failed(format!("the engine failed, which is a defect: {panic}")))
                })
            }
        };
        emit(CallEvent::Finished(job, finished));
    }
}

/// The end of a call that left nothing behind.
pub(super) fn over(outcome: Outcome) -> Finished {
    Finished {
        outcome,
        accesses: Vec::new(),
        instance_calls: 0,
        generation: 0,
        memory_bytes: 0,
        dropped_output_bytes: 0,
    }
}

/// A panic of the future as an error, with its message: the one place where the engine's panics end.
async fn unwinding<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(poll) => poll.map(Ok),
            Err(panic) => {
                let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
                let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
                std::task::Poll::Ready(Err(display_safe_line(&text).into_owned()))
            }
        }
    })
    .await
}

/// A lock that another thread's panic does not close.
pub(super) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
