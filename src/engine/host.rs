//! What stands behind a guest's imports: built from [`Grants`] alone, with nothing of this process in it.

use super::limits::Limiter;
use super::log::Log;
use super::net::{Allowed, HttpGate};
use super::output::{DeniedInput, Outlet, Pipe};
use super::taps::Taps;
use crate::call::Stream;
use crate::diag::display_safe_line;
use crate::grant::{Capability, Grants};
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::p2::bindings::cli::{environment, stderr, stdin, stdout};
use wasmtime_wasi::p2::bindings::filesystem::types::Descriptor;
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};
use wasmtime_wasi_io::streams::{DynInputStream, DynOutputStream};

/// Resources of the host that a guest may hold at once.
const TABLE_ENTRIES: usize = 10_000;

/// Random bytes that a guest may ask for at once.
const RANDOM_BYTES: u64 = 1 << 20;

/// The number of the decoy among the host's resources; real ones stay below [`TABLE_ENTRIES`].
pub(super) const DECOY: u32 = u32::MAX;

/// The state of one live instance's store.
pub(super) struct Host {
    pub(super) wasi: WasiCtx,
    pub(super) table: ResourceTable,
    pub(super) limiter: Limiter,
    pub(super) log: Log,
    pub(super) outlet: Outlet,
    pub(super) taps: Taps,
    pub(super) allowed: Allowed,
    http: WasiHttpCtx,
    http_gate: HttpGate,
    stdin: Option<MemoryInputPipe>,
    stdout: bool,
    stderr: bool,
    folders: bool,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
}

impl Host {
    /// A host that gives what is granted.
    ///
    /// # Errors
    /// Which granted folder cannot be opened, or which granted host name is not known.
    pub(super) async fn new(grants: &Grants) -> Result<Self, String> {
        let log = Log::default();
        let allowed =
            if grants.network.on { Allowed::resolve(&grants.network.list).await? } else { Allowed::default() };
        let mut wasi = WasiCtxBuilder::new();
        wasi.max_random_size(RANDOM_BYTES);
        wasi.allow_tcp(grants.network.on).allow_udp(grants.network.on).allow_ip_name_lookup(grants.network.on);
        let (check, check_log) = (allowed.clone(), log.clone());
        wasi.socket_addr_check(move |address, wanted| {
            let allowed = check.check(address, wanted, &check_log);
            Box::pin(async move { allowed })
        });
        if grants.folders.on {
            for folder in &grants.folders.list {
                let perms = if folder.writable { FsPerms::ReadWrite } else { FsPerms::ReadOnly };
                wasi.preopened_dir(&folder.host, &folder.guest, perms).map_err(|e| {
                    let why = super::outcome::root(&e);
                    format!("the folder {} cannot be opened: {why}", display_safe_line(&folder.host))
                })?;
            }
        }
        let mut table = ResourceTable::new();
        table.set_max_capacity(TABLE_ENTRIES);
        Ok(Self {
            wasi: wasi.build(),
            table,
            limiter: Limiter::new(&grants.limits),
            http_gate: HttpGate::new(&grants.http, log.clone()),
            log,
            outlet: Outlet::default(),
            taps: Taps::default(),
            allowed,
            http: WasiHttpCtx::new(),
            stdin: grants.stdin.on.then(|| MemoryInputPipe::new(grants.stdin.list.clone())),
            stdout: grants.stdout,
            stderr: grants.stderr,
            folders: grants.folders.on,
            environment: grants.environment.list.clone().into_iter().collect(),
            arguments: grants.arguments.list.clone(),
        })
    }

    fn pipe(&mut self, stream: Stream, granted: bool) -> wasmtime::Result<Resource<DynOutputStream>> {
        let pipe = Pipe { outlet: self.outlet.clone(), log: self.log.clone(), stream, granted };
        let pipe: DynOutputStream = Box::new(pipe);
        Ok(self.table.push(pipe)?)
    }

    /// What is handed over while folders are not granted: a root whose every use is denied, so that the denial names the
    /// use. Without it a guest would find no folder and end in a puzzle of its own.
    pub(super) fn folders_or_decoy(&mut self) -> Option<Vec<(Resource<Descriptor>, String)>> {
        (!self.folders).then(|| vec![(Resource::new_own(DECOY), "/".into())])
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.http_gate }
    }
}

impl stdin::Host for Host {
    fn get_stdin(&mut self) -> wasmtime::Result<Resource<DynInputStream>> {
        let stream: DynInputStream = match &self.stdin {
            Some(text) => {
                self.log.allowed("wasi:cli/stdin", "get-stdin", Capability::Stdin);
                Box::new(text.clone())
            }
            None => Box::new(DeniedInput(self.log.clone())),
        };
        Ok(self.table.push(stream)?)
    }
}

impl stdout::Host for Host {
    fn get_stdout(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.pipe(Stream::Stdout, self.stdout)
    }
}

impl stderr::Host for Host {
    fn get_stderr(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.pipe(Stream::Stderr, self.stderr)
    }
}

impl environment::Host for Host {
    fn get_environment(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        self.log.allowed("wasi:cli/environment", "get-environment", Capability::Environment);
        Ok(self.environment.clone())
    }

    fn get_arguments(&mut self) -> wasmtime::Result<Vec<String>> {
        self.log.allowed("wasi:cli/environment", "get-arguments", Capability::Arguments);
        Ok(self.arguments.clone())
    }

    fn initial_cwd(&mut self) -> wasmtime::Result<Option<String>> {
        self.log.allowed("wasi:cli/environment", "initial-cwd", Capability::Folders);
        Ok(None)
    }
}
