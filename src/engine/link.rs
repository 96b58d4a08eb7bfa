//! Grants turned into a linker: granted interfaces and plumbing are linked, everything else is a named denial.

use super::host::Host;
use crate::diag::display_safe_line;
use crate::grant::{Capability, Grants, Policy, policy};
use std::fmt;
use wasmtime::Engine;
use wasmtime::component::types::{ComponentInstance, ComponentItem};
use wasmtime::component::{Component, HasData, HasSelf, Linker, LinkerInstance, ResourceTable, ResourceType};
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::p2::bindings::{cli, clocks, filesystem, random, sockets};
use wasmtime_wasi::sockets::{WasiSockets, WasiSocketsView};
use wasmtime_wasi_http::p2::bindings::http;
use wasmtime_wasi_http::{WasiHttp, WasiHttpView};
use wasmtime_wasi_io::bindings::wasi::io;

/// Raised into a guest that calls what it may not.
#[derive(Debug, Clone)]
pub(super) struct Denied {
    /// The import's full name.
    pub(super) interface: String,
    pub(super) function: String,
    pub(super) capability: Option<Capability>,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{} is not granted", self.interface, self.function)
    }
}

impl std::error::Error for Denied {}

/// A linker for this component and these grants. Nothing is linked that the component does not import.
///
/// # Errors
/// What cannot be provided, not even as a denial.
pub(super) fn link(
    engine: &Engine,
    component: &Component,
    grants: &Grants,
    taps: &[String],
    concurrent: bool,
) -> Result<Linker<Host>, String> {
    let mut linker = Linker::new(engine);
    // One interface may be imported at two versions, which are the same implementation.
    linker.allow_shadowing(true);
    let mut stubs = Stubs { engine, seen: Vec::new(), concurrent };
    for (name, import) in component.component_type().imports(engine) {
        let refused =
            |e: wasmtime::Error| format!("the import `{}` cannot be provided: {e:#}", display_safe_line(name));
        if let ComponentItem::ComponentInstance(instance) = &import.ty
            && let Some(tap) = taps.iter().position(|tap| tap == name)
        {
            let mut linked = linker.instance(name).map_err(refused)?;
            super::taps::link(&mut linked, instance, engine, tap as u32).map_err(refused)?;
            continue;
        }
        if let ComponentItem::ComponentInstance(instance) = &import.ty
            && is_any_allowed(name, instance, engine, grants)
            && let Some(linked) = provide(&mut linker, name).map_err(refused)?
        {
            let mut linked = linker.instance(&linked).map_err(refused)?;
            for (function, item) in instance.exports(engine) {
                match &item.ty {
                    ComponentItem::Resource(ty) => stubs.seen.push(*ty),
                    ComponentItem::ComponentFunc(_) if !is_allowed(name, function, grants) => {
                        stubs.item(&mut linked, function, &item.ty, Some(name)).map_err(refused)?;
                    }
                    _ => {}
                }
            }
            continue;
        }
        stubs.item(&mut linker.root(), name, &import.ty, None).map_err(refused)?;
    }
    Ok(linker)
}

fn is_allowed(interface: &str, function: &str, grants: &Grants) -> bool {
    if only_hands_over(interface, function) {
        return true;
    }
    match policy(interface, function) {
        Policy::Grant(capability) => grants.allows(capability),
        Policy::Plumbing => true,
        Policy::NotProvided => false,
    }
}

/// Whether the function gives a handle, or says what kind it is, and does nothing else. Runtimes fetch the standard streams and the folders at their
/// start, whatever they do later: the handles are always given, and [`Host`] denies their use where it is not granted.
fn only_hands_over(interface: &str, function: &str) -> bool {
    matches!(
        (wasi_02(interface), function),
        (Some("wasi:cli/stdin"), "get-stdin")
            | (Some("wasi:cli/stdout"), "get-stdout")
            | (Some("wasi:cli/stderr"), "get-stderr")
            | (Some("wasi:filesystem/preopens"), "get-directories")
            | (Some("wasi:filesystem/types"), "[method]descriptor.get-type")
    )
}

/// Whether any function of this import may be called. An interface of types only counts as its functions would.
fn is_any_allowed(name: &str, instance: &ComponentInstance, engine: &Engine, grants: &Grants) -> bool {
    if wasi_02(name) == Some("wasi:filesystem/types") {
        return true; // its resource is what the folders are handed over as
    }
    let mut functions = instance.exports(engine).filter_map(|(function, item)| match item.ty {
        ComponentItem::ComponentFunc(_) => Some(function),
        _ => None,
    });
    let first = functions.next();
    is_allowed(name, first.unwrap_or_default(), grants) || functions.any(|f| is_allowed(name, f, grants))
}

/// The interface's name without its version, if it is one of the WASI 0.2 releases.
fn wasi_02(name: &str) -> Option<&str> {
    let (base, version) = name.split_once('@')?;
    let patch = version.strip_prefix("0.2.")?;
    (!patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit())).then_some(base)
}

struct HasTable;

impl HasData for HasTable {
    type Data<'a> = &'a mut ResourceTable;
}

/// The release of WASI 0.2 under whose names the implementations link themselves; imports of all others match them.
const LINKED_RELEASE: &str = "0.2.12";

/// Links the real interface and says under which name; `None` if there is none.
fn provide(l: &mut Linker<Host>, name: &str) -> wasmtime::Result<Option<String>> {
    type Own = HasSelf<Host>;
    let Some(base) = wasi_02(name) else { return Ok(None) };
    match base {
        "wasi:io/error" => io::error::add_to_linker::<Host, HasTable>(l, |h| &mut h.table)?,
        "wasi:io/poll" => io::poll::add_to_linker::<Host, HasTable>(l, |h| &mut h.table)?,
        "wasi:io/streams" => io::streams::add_to_linker::<Host, HasTable>(l, |h| &mut h.table)?,
        "wasi:cli/exit" => cli::exit::add_to_linker::<Host, WasiCli>(l, Host::cli)?,
        "wasi:cli/terminal-input" => cli::terminal_input::add_to_linker::<Host, WasiCli>(l, Host::cli)?,
        "wasi:cli/terminal-output" => cli::terminal_output::add_to_linker::<Host, WasiCli>(l, Host::cli)?,
        "wasi:cli/terminal-stdin" => cli::terminal_stdin::add_to_linker::<Host, WasiCli>(l, Host::cli)?,
        "wasi:cli/terminal-stdout" => cli::terminal_stdout::add_to_linker::<Host, WasiCli>(l, Host::cli)?,
        "wasi:cli/terminal-stderr" => cli::terminal_stderr::add_to_linker::<Host, WasiCli>(l, Host::cli)?,
        "wasi:cli/stdin" => cli::stdin::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:cli/stdout" => cli::stdout::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:cli/stderr" => cli::stderr::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:cli/environment" => cli::environment::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:clocks/wall-clock" => clocks::wall_clock::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:clocks/monotonic-clock" => clocks::monotonic_clock::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:random/random" => random::random::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:random/insecure" => random::insecure::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:random/insecure-seed" => random::insecure_seed::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:filesystem/preopens" => filesystem::preopens::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:filesystem/types" => filesystem::types::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:sockets/network" => {
            let mut options = sockets::network::LinkOptions::default();
            options.network_error_code(true);
            sockets::network::add_to_linker::<Host, WasiSockets>(l, &options, Host::sockets)?;
        }
        "wasi:sockets/instance-network" => {
            sockets::instance_network::add_to_linker::<Host, WasiSockets>(l, Host::sockets)?
        }
        "wasi:sockets/tcp" => sockets::tcp::add_to_linker::<Host, WasiSockets>(l, Host::sockets)?,
        "wasi:sockets/tcp-create-socket" => {
            sockets::tcp_create_socket::add_to_linker::<Host, WasiSockets>(l, Host::sockets)?
        }
        "wasi:sockets/udp" => sockets::udp::add_to_linker::<Host, WasiSockets>(l, Host::sockets)?,
        "wasi:sockets/udp-create-socket" => {
            sockets::udp_create_socket::add_to_linker::<Host, WasiSockets>(l, Host::sockets)?
        }
        "wasi:sockets/ip-name-lookup" => sockets::ip_name_lookup::add_to_linker::<Host, Own>(l, |h| h)?,
        "wasi:http/types" => {
            let options = http::types::LinkOptions::default();
            http::types::add_to_linker::<Host, WasiHttp>(l, &options, Host::http)?;
        }
        "wasi:http/outgoing-handler" => http::outgoing_handler::add_to_linker::<Host, WasiHttp>(l, Host::http)?,
        _ => return Ok(None),
    }
    Ok(Some(format!("{base}@{LINKED_RELEASE}")))
}

/// Makes denials for what is not linked, so that the component can still be instantiated.
struct Stubs<'a> {
    engine: &'a Engine,
    /// Resource types that an import before has defined; a type that repeats one of them needs no definition, and
    /// another one would not fit.
    seen: Vec<ResourceType>,
    concurrent: bool,
}

impl Stubs<'_> {
    fn item(
        &mut self,
        into: &mut LinkerInstance<'_, Host>,
        name: &str,
        item: &ComponentItem,
        interface: Option<&str>,
    ) -> wasmtime::Result<()> {
        match item {
            ComponentItem::ComponentFunc(ty) => {
                let interface = interface.unwrap_or(name);
                let capability = match policy(interface, name) {
                    Policy::Grant(capability) => Some(capability),
                    Policy::Plumbing | Policy::NotProvided => None,
                };
                let denied = Denied { interface: interface.to_owned(), function: name.to_owned(), capability };
                if ty.async_() && self.concurrent {
                    into.func_new_concurrent(name, move |host, _, _, _| {
                        host.with(|mut store| {
                            store.get().log.count(&denied.interface, &denied.function, denied.capability, false)
                        });
                        let denied = denied.clone();
                        Box::pin(async move { Err(denied.into()) })
                    })
                } else {
                    into.func_new(name, move |store, _, _, _| {
                        store.data().log.count(&denied.interface, &denied.function, denied.capability, false);
                        Err(denied.clone().into())
                    })
                }
            }
            ComponentItem::ComponentInstance(instance) => {
                let mut inner = into.instance(name)?;
                for (export, item) in instance.exports(self.engine) {
                    self.item(&mut inner, export, &item.ty, Some(interface.unwrap_or(name)))?;
                }
                Ok(())
            }
            ComponentItem::Resource(ty) if !self.seen.contains(ty) => {
                self.seen.push(*ty);
                let number = u32::try_from(self.seen.len())?;
                into.resource(name, ResourceType::host_dynamic(number), |_, _| Ok(()))
            }
            ComponentItem::Resource(_) | ComponentItem::Type(_) => Ok(()),
            ComponentItem::Module(_) => wasmtime::bail!("it is a core module"),
            ComponentItem::Component(_) => wasmtime::bail!("it is a component"),
            ComponentItem::CoreFunc(_) => wasmtime::bail!("it is a core function"),
        }
    }
}
