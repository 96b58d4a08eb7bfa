//! Granted interfaces: each call is counted in the log and handed to the WASI implementation.

use super::host::{DECOY, Host};
use crate::grant::Capability;
use wasmtime::component::Resource;
use wasmtime_wasi::clocks::WasiClocksView;
use wasmtime_wasi::filesystem::WasiFilesystemView;
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};
use wasmtime_wasi::p2::bindings::filesystem::{preopens, types};
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddress, Network};
use wasmtime_wasi::p2::bindings::sockets::{ip_name_lookup, network};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable, FsError, FsResult, SocketError};
use wasmtime_wasi::random::WasiRandomView;
use wasmtime_wasi::sockets::WasiSocketsView;

/// Implements functions by counting and passing on: `view => trait, capability, interface { … }`.
macro_rules! counted {
    ($view:ident => $trait:path, $capability:ident, $interface:literal {
        $( fn $name:ident as $wit:literal ($($arg:ident: $ty:ty),*) -> $out:ty; )*
    } $( async { $( fn $aname:ident as $awit:literal ($($aarg:ident: $aty:ty),*) -> $aout:ty; )* } )?
      $( drop $resource:ty; )? $( more { $($more:item)* } )?) => {
        impl $trait for Host {
            $( fn $name(&mut self, $($arg: $ty),*) -> $out {
                self.log.allowed($interface, $wit, Capability::$capability);
                <_ as $trait>::$name(&mut self.$view(), $($arg),*)
            } )*
            $($( async fn $aname(&mut self, $($aarg: $aty),*) -> $aout {
                self.log.allowed($interface, $awit, Capability::$capability);
                <_ as $trait>::$aname(&mut self.$view(), $($aarg),*).await
            } )*)?
            $( fn drop(&mut self, it: Resource<$resource>) -> wasmtime::Result<()> {
                if it.rep() == DECOY {
                    return Ok(());
                }
                <_ as $trait>::drop(&mut self.$view(), it)
            } )?
            $($($more)*)?
        }
    };
}

counted!(clocks => wall_clock::Host, Clocks, "wasi:clocks/wall-clock" {
    fn now as "now"() -> wasmtime::Result<wall_clock::Datetime>;
    fn resolution as "resolution"() -> wasmtime::Result<wall_clock::Datetime>;
});

counted!(clocks => monotonic_clock::Host, Clocks, "wasi:clocks/monotonic-clock" {
    fn now as "now"() -> wasmtime::Result<u64>;
    fn resolution as "resolution"() -> wasmtime::Result<u64>;
    fn subscribe_instant as "subscribe-instant"(when: u64) -> wasmtime::Result<Resource<DynPollable>>;
    fn subscribe_duration as "subscribe-duration"(duration: u64) -> wasmtime::Result<Resource<DynPollable>>;
});

counted!(random => random::Host, Random, "wasi:random/random" {
    fn get_random_bytes as "get-random-bytes"(len: u64) -> wasmtime::Result<Vec<u8>>;
    fn get_random_u64 as "get-random-u64"() -> wasmtime::Result<u64>;
});

counted!(random => insecure::Host, Random, "wasi:random/insecure" {
    fn get_insecure_random_bytes as "get-insecure-random-bytes"(len: u64) -> wasmtime::Result<Vec<u8>>;
    fn get_insecure_random_u64 as "get-insecure-random-u64"() -> wasmtime::Result<u64>;
});

counted!(random => insecure_seed::Host, Random, "wasi:random/insecure-seed" {
    fn insecure_seed as "insecure-seed"() -> wasmtime::Result<(u64, u64)>;
});

type Descriptor = Resource<types::Descriptor>;

impl preopens::Host for Host {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Descriptor, String)>> {
        if let Some(decoy) = self.folders_or_decoy() {
            return Ok(decoy);
        }
        self.log.allowed("wasi:filesystem/preopens", "get-directories", Capability::Folders);
        preopens::Host::get_directories(&mut self.filesystem())
    }
}

impl types::Host for Host {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<types::ErrorCode> {
        self.filesystem().convert_error_code(error)
    }

    fn filesystem_error_code(
        &mut self,
        error: Resource<wasmtime_wasi::p2::IoError>,
    ) -> wasmtime::Result<Option<types::ErrorCode>> {
        types::Host::filesystem_error_code(&mut self.filesystem(), error)
    }
}

counted!(filesystem => types::HostDescriptor, Folders, "wasi:filesystem/types" {
    fn read_via_stream as "[method]descriptor.read-via-stream"(fd: Descriptor, at: u64)
        -> FsResult<Resource<DynInputStream>>;
    fn write_via_stream as "[method]descriptor.write-via-stream"(fd: Descriptor, at: u64)
        -> FsResult<Resource<DynOutputStream>>;
    fn append_via_stream as "[method]descriptor.append-via-stream"(fd: Descriptor)
        -> FsResult<Resource<DynOutputStream>>;
} async {
    fn advise as "[method]descriptor.advise"(fd: Descriptor, at: u64, len: u64, advice: types::Advice) -> FsResult<()>;
    fn sync_data as "[method]descriptor.sync-data"(fd: Descriptor) -> FsResult<()>;
    fn get_flags as "[method]descriptor.get-flags"(fd: Descriptor) -> FsResult<types::DescriptorFlags>;
    fn set_size as "[method]descriptor.set-size"(fd: Descriptor, size: u64) -> FsResult<()>;
    fn set_times as "[method]descriptor.set-times"
        (fd: Descriptor, read: types::NewTimestamp, written: types::NewTimestamp) -> FsResult<()>;
    fn read as "[method]descriptor.read"(fd: Descriptor, len: u64, at: u64) -> FsResult<(Vec<u8>, bool)>;
    fn write as "[method]descriptor.write"(fd: Descriptor, bytes: Vec<u8>, at: u64) -> FsResult<u64>;
    fn read_directory as "[method]descriptor.read-directory"(fd: Descriptor)
        -> FsResult<Resource<types::DirectoryEntryStream>>;
    fn sync as "[method]descriptor.sync"(fd: Descriptor) -> FsResult<()>;
    fn create_directory_at as "[method]descriptor.create-directory-at"(fd: Descriptor, path: String) -> FsResult<()>;
    fn stat as "[method]descriptor.stat"(fd: Descriptor) -> FsResult<types::DescriptorStat>;
    fn stat_at as "[method]descriptor.stat-at"(fd: Descriptor, how: types::PathFlags, path: String)
        -> FsResult<types::DescriptorStat>;
    fn set_times_at as "[method]descriptor.set-times-at"
        (fd: Descriptor, how: types::PathFlags, path: String, read: types::NewTimestamp, written: types::NewTimestamp)
        -> FsResult<()>;
    fn link_at as "[method]descriptor.link-at"
        (fd: Descriptor, how: types::PathFlags, path: String, new: Descriptor, new_path: String) -> FsResult<()>;
    fn open_at as "[method]descriptor.open-at"
        (fd: Descriptor, how: types::PathFlags, path: String, open: types::OpenFlags, flags: types::DescriptorFlags)
        -> FsResult<Descriptor>;
    fn readlink_at as "[method]descriptor.readlink-at"(fd: Descriptor, path: String) -> FsResult<String>;
    fn remove_directory_at as "[method]descriptor.remove-directory-at"(fd: Descriptor, path: String) -> FsResult<()>;
    fn rename_at as "[method]descriptor.rename-at"(fd: Descriptor, path: String, new: Descriptor, new_path: String)
        -> FsResult<()>;
    fn symlink_at as "[method]descriptor.symlink-at"(fd: Descriptor, to: String, path: String) -> FsResult<()>;
    fn unlink_file_at as "[method]descriptor.unlink-file-at"(fd: Descriptor, path: String) -> FsResult<()>;
    fn is_same_object as "[method]descriptor.is-same-object"(fd: Descriptor, other: Descriptor)
        -> wasmtime::Result<bool>;
    fn metadata_hash as "[method]descriptor.metadata-hash"(fd: Descriptor) -> FsResult<types::MetadataHashValue>;
    fn metadata_hash_at as "[method]descriptor.metadata-hash-at"(fd: Descriptor, how: types::PathFlags, path: String)
        -> FsResult<types::MetadataHashValue>;
} drop types::Descriptor; more {
    async fn get_type(&mut self, fd: Descriptor) -> FsResult<types::DescriptorType> {
        if fd.rep() == DECOY {
            return Ok(types::DescriptorType::Directory);
        }
        self.log.allowed("wasi:filesystem/types", "[method]descriptor.get-type", Capability::Folders);
        types::HostDescriptor::get_type(&mut self.filesystem(), fd).await
    }
});

counted!(filesystem => types::HostDirectoryEntryStream, Folders, "wasi:filesystem/types" {} async {
    fn read_directory_entry as "[method]directory-entry-stream.read-directory-entry"
        (stream: Resource<types::DirectoryEntryStream>) -> FsResult<Option<types::DirectoryEntry>>;
} drop types::DirectoryEntryStream;);

impl network::Host for Host {
    fn convert_error_code(&mut self, error: SocketError) -> wasmtime::Result<ErrorCode> {
        self.sockets().convert_error_code(error)
    }

    fn network_error_code(
        &mut self,
        error: Resource<wasmtime_wasi::p2::IoError>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        network::Host::network_error_code(&mut self.sockets(), error)
    }
}

impl network::HostNetwork for Host {
    fn drop(&mut self, network: Resource<Network>) -> wasmtime::Result<()> {
        network::HostNetwork::drop(&mut self.sockets(), network)
    }
}

impl ip_name_lookup::Host for Host {
    /// Looks up granted names only: a lookup of any other would tell it to the outside.
    fn resolve_addresses(
        &mut self,
        network: Resource<Network>,
        name: String,
    ) -> Result<Resource<ip_name_lookup::ResolveAddressStream>, SocketError> {
        let allowed = self.allowed.may_resolve(&name);
        let function = format!("resolve-addresses {}", crate::diag::display_safe_line(&name));
        self.log.count("wasi:sockets/ip-name-lookup", &function, Some(Capability::Network), allowed);
        if !allowed {
            return Err(ErrorCode::AccessDenied.into());
        }
        ip_name_lookup::Host::resolve_addresses(&mut self.sockets(), network, name)
    }
}

counted!(sockets => ip_name_lookup::HostResolveAddressStream, Network, "wasi:sockets/ip-name-lookup" {
    fn resolve_next_address as "[method]resolve-address-stream.resolve-next-address"
        (stream: Resource<ip_name_lookup::ResolveAddressStream>) -> Result<Option<IpAddress>, SocketError>;
    fn subscribe as "[method]resolve-address-stream.subscribe"
        (stream: Resource<ip_name_lookup::ResolveAddressStream>) -> wasmtime::Result<Resource<DynPollable>>;
} drop ip_name_lookup::ResolveAddressStream;);
