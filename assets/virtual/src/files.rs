//! Files in memory: one folder `/` with what the settings list. There are no symbolic links, and no way out.

use crate::clocks;
use crate::exports::wasi::clocks::wall_clock::Datetime;
use crate::exports::wasi::filesystem::{preopens, types};
use crate::exports::wasi::io::{error, streams};
use crate::io::{Error, InputStream, OutputStream, MOST};
use crate::settings::{start_time, state};
use crate::Virtual;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use types::{
    DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, ErrorCode, MetadataHashValue, NewTimestamp,
    OpenFlags, PathFlags,
};

/// A file or folder. It lives as long as a folder or a handle holds it.
pub struct Node {
    id: u64,
    kind: Kind,
    links: Cell<u64>,
    accessed: Cell<Datetime>,
    modified: Cell<Datetime>,
    changed: Cell<Datetime>,
}

enum Kind {
    Folder(RefCell<BTreeMap<String, Rc<Node>>>),
    File(RefCell<Contents>),
}

enum Contents {
    /// As in the settings.
    Given(&'static [u8]),
    /// Written to since, or made here.
    Own(Vec<u8>),
}

impl Contents {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Given(bytes) => bytes,
            Self::Own(bytes) => bytes,
        }
    }

    /// The bytes with this length, to write to.
    fn resized(&mut self, length: usize) -> Result<&mut Vec<u8>, ErrorCode> {
        if let Self::Given(bytes) = self {
            let kept = bytes.len().min(length);
            let mut own = Vec::new();
            own.try_reserve_exact(length).map_err(|_| ErrorCode::InsufficientSpace)?;
            own.extend_from_slice(&bytes[..kept]);
            *self = Self::Own(own);
        }
        let Self::Own(own) = self else { unreachable!() };
        own.try_reserve(length.saturating_sub(own.len())).map_err(|_| ErrorCode::InsufficientSpace)?;
        own.resize(length, 0);
        Ok(own)
    }
}

impl Node {
    fn new(kind: Kind, time: Datetime) -> Rc<Self> {
        let id = state().nodes.get();
        state().nodes.set(id + 1);
        Rc::new(Self {
            id,
            kind,
            links: Cell::new(1),
            accessed: Cell::new(time),
            modified: Cell::new(time),
            changed: Cell::new(time),
        })
    }

    fn folder(time: Datetime) -> Rc<Self> {
        Self::new(Kind::Folder(RefCell::default()), time)
    }

    fn entries(&self) -> Result<&RefCell<BTreeMap<String, Rc<Node>>>, ErrorCode> {
        match &self.kind {
            Kind::Folder(entries) => Ok(entries),
            Kind::File(_) => Err(ErrorCode::NotDirectory),
        }
    }

    fn contents(&self) -> Result<&RefCell<Contents>, ErrorCode> {
        match &self.kind {
            Kind::File(contents) => Ok(contents),
            Kind::Folder(_) => Err(ErrorCode::IsDirectory),
        }
    }

    fn is_folder(&self) -> bool {
        matches!(self.kind, Kind::Folder(_))
    }

    fn ty(&self) -> DescriptorType {
        if self.is_folder() { DescriptorType::Directory } else { DescriptorType::RegularFile }
    }

    pub fn size(&self) -> u64 {
        self.contents().map_or(0, |contents| contents.borrow().bytes().len() as u64)
    }

    /// So many bytes from there at most, and whether that was the end.
    pub fn read(&self, from: u64, length: u64) -> Result<(Vec<u8>, bool), ErrorCode> {
        let contents = self.contents()?.borrow();
        let bytes = contents.bytes();
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
        let length = length.min(MOST) as usize;
        let to = from.saturating_add(length).min(bytes.len());
        self.accessed.set(clocks::wall());
        Ok((bytes[from..to].to_vec(), to == bytes.len()))
    }

    pub fn write(&self, at: u64, new: &[u8]) -> Result<(), ErrorCode> {
        let mut contents = self.contents()?.borrow_mut();
        let end = at.checked_add(new.len() as u64).filter(|end| *end <= i32::MAX as u64);
        let end = end.ok_or(ErrorCode::FileTooLarge)? as usize;
        let length = contents.bytes().len().max(end);
        contents.resized(length)?[end - new.len()..end].copy_from_slice(new);
        self.touch();
        Ok(())
    }

    fn resize(&self, length: u64) -> Result<(), ErrorCode> {
        let mut contents = self.contents()?.borrow_mut();
        if length > i32::MAX as u64 {
            return Err(ErrorCode::FileTooLarge);
        }
        contents.resized(length as usize)?;
        self.touch();
        Ok(())
    }

    /// It was written to now.
    fn touch(&self) {
        let now = clocks::wall();
        self.modified.set(now);
        self.changed.set(now);
    }

    fn stat(&self) -> DescriptorStat {
        DescriptorStat {
            type_: self.ty(),
            link_count: self.links.get(),
            size: self.size(),
            data_access_timestamp: Some(self.accessed.get()),
            data_modification_timestamp: Some(self.modified.get()),
            status_change_timestamp: Some(self.changed.get()),
        }
    }

    fn set_times(&self, access: NewTimestamp, modification: NewTimestamp) {
        for (time, new) in [(&self.accessed, access), (&self.modified, modification)] {
            match new {
                NewTimestamp::NoChange => {}
                NewTimestamp::Now => time.set(clocks::wall()),
                NewTimestamp::Timestamp(new) => time.set(new),
            }
        }
        self.changed.set(clocks::wall());
    }

    fn hash(&self) -> MetadataHashValue {
        let Datetime { seconds, nanoseconds } = self.modified.get();
        MetadataHashValue { lower: self.id, upper: seconds.rotate_left(32) ^ u64::from(nanoseconds) ^ self.size() }
    }

    /// Whether this is that folder, or one that it lies in.
    fn holds(self: &Rc<Self>, that: &Rc<Self>) -> bool {
        let mut to_see = vec![Rc::clone(self)];
        while let Some(node) = to_see.pop() {
            if Rc::ptr_eq(&node, that) {
                return true;
            }
            if let Kind::Folder(entries) = &node.kind {
                to_see.extend(entries.borrow().values().filter(|child| child.is_folder()).cloned());
            }
        }
        false
    }

    fn add(&self, name: &str, node: Rc<Node>) -> Result<(), ErrorCode> {
        self.entries()?.borrow_mut().insert(name.to_owned(), node);
        self.touch();
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), ErrorCode> {
        if let Some(node) = self.entries()?.borrow_mut().remove(name) {
            node.links.set(node.links.get() - 1);
        }
        self.touch();
        Ok(())
    }
}

/// The folder `/`.
fn root() -> &'static Rc<Node> {
    state().root.get_or_init(|| {
        let root = Node::folder(start_time());
        for (path, bytes) in &state().settings.files {
            let mut folder = Rc::clone(&root);
            let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
            while let Some(part) = parts.next() {
                let made = match parts.peek() {
                    Some(_) => Node::folder(start_time()),
                    None => Node::new(Kind::File(RefCell::new(Contents::Given(bytes))), start_time()),
                };
                let Ok(entries) = folder.entries() else { break };
                let next = Rc::clone(entries.borrow_mut().entry(part.to_owned()).or_insert(made));
                folder = next;
            }
        }
        root
    })
}

/// What a path leads to.
struct Found {
    /// The folder it would be in, and its name there; `None` for the folder where the path began and those on the way back.
    place: Option<(Rc<Node>, String)>,
    node: Option<Rc<Node>>,
    /// Whether it must be a folder, because the path says so.
    must_be_folder: bool,
}

impl Found {
    fn node(self) -> Result<Rc<Node>, ErrorCode> {
        let node = self.node.ok_or(ErrorCode::NoEntry)?;
        if self.must_be_folder && !node.is_folder() {
            return Err(ErrorCode::NotDirectory);
        }
        Ok(node)
    }

    /// Where something of this name can be made.
    fn vacant(self) -> Result<(Rc<Node>, String), ErrorCode> {
        match (self.node, self.place) {
            (None, Some(place)) => Ok(place),
            _ => Err(ErrorCode::Exist),
        }
    }

    /// Something that can be taken from where it is.
    fn entry(self) -> Result<(Rc<Node>, String, Rc<Node>), ErrorCode> {
        let place = self.place.clone();
        let node = self.node()?;
        let (folder, name) = place.ok_or(ErrorCode::Invalid)?;
        Ok((folder, name, node))
    }
}

fn find(base: &Rc<Node>, path: &str) -> Result<Found, ErrorCode> {
    if path.is_empty() {
        return Err(ErrorCode::NoEntry);
    }
    if path.starts_with('/') {
        return Err(ErrorCode::NotPermitted);
    }
    base.entries()?;
    let must_be_folder = path.ends_with('/') || path.ends_with("/.");
    let mut way = vec![Rc::clone(base)];
    let mut parts = path.split('/').filter(|part| !part.is_empty() && *part != ".").peekable();
    while let Some(part) = parts.next() {
        let here = Rc::clone(way.last().ok_or(ErrorCode::NotPermitted)?);
        if part == ".." {
            here.entries()?;
            way.pop();
            if way.is_empty() {
                return Err(ErrorCode::NotPermitted);
            }
            continue;
        }
        let next = here.entries()?.borrow().get(part).cloned();
        if parts.peek().is_none() {
            return Ok(Found { place: Some((here, part.to_owned())), node: next, must_be_folder });
        }
        way.push(next.ok_or(ErrorCode::NoEntry)?);
    }
    Ok(Found { place: None, node: way.pop(), must_be_folder: true })
}

pub struct Descriptor {
    node: Rc<Node>,
    flags: DescriptorFlags,
}

impl Descriptor {
    fn find(&self, path: &str) -> Result<Found, ErrorCode> {
        find(&self.node, path)
    }

    /// The file, to be read.
    fn readable(&self) -> Result<&Rc<Node>, ErrorCode> {
        self.node.contents()?;
        if self.flags.contains(DescriptorFlags::READ) { Ok(&self.node) } else { Err(ErrorCode::BadDescriptor) }
    }

    /// The file, to be written to.
    fn writable(&self) -> Result<&Rc<Node>, ErrorCode> {
        self.node.contents()?;
        if self.flags.contains(DescriptorFlags::WRITE) { Ok(&self.node) } else { Err(ErrorCode::BadDescriptor) }
    }
}

fn may_write() -> Result<(), ErrorCode> {
    if state().settings.is_writable { Ok(()) } else { Err(ErrorCode::ReadOnly) }
}

impl types::GuestDescriptor for Descriptor {
    fn read_via_stream(&self, offset: u64) -> Result<streams::InputStream, ErrorCode> {
        let file = Rc::clone(self.readable()?);
        Ok(streams::InputStream::new(InputStream::File(file, Cell::new(offset))))
    }

    fn write_via_stream(&self, offset: u64) -> Result<streams::OutputStream, ErrorCode> {
        let file = Rc::clone(self.writable()?);
        Ok(streams::OutputStream::new(OutputStream::File(file, Cell::new(offset))))
    }

    fn append_via_stream(&self) -> Result<streams::OutputStream, ErrorCode> {
        let file = Rc::clone(self.writable()?);
        Ok(streams::OutputStream::new(OutputStream::Append(file)))
    }

    fn advise(&self, _: u64, _: u64, _: types::Advice) -> Result<(), ErrorCode> {
        Ok(())
    }

    fn sync_data(&self) -> Result<(), ErrorCode> {
        Ok(())
    }

    fn get_flags(&self) -> Result<DescriptorFlags, ErrorCode> {
        Ok(self.flags)
    }

    fn get_type(&self) -> Result<DescriptorType, ErrorCode> {
        Ok(self.node.ty())
    }

    fn set_size(&self, size: u64) -> Result<(), ErrorCode> {
        self.writable()?.resize(size)
    }

    fn set_times(&self, access: NewTimestamp, modification: NewTimestamp) -> Result<(), ErrorCode> {
        may_write()?;
        self.node.set_times(access, modification);
        Ok(())
    }

    fn read(&self, length: u64, offset: u64) -> Result<(Vec<u8>, bool), ErrorCode> {
        self.readable()?.read(offset, length)
    }

    fn write(&self, buffer: Vec<u8>, offset: u64) -> Result<u64, ErrorCode> {
        self.writable()?.write(offset, &buffer)?;
        Ok(buffer.len() as u64)
    }

    fn read_directory(&self) -> Result<types::DirectoryEntryStream, ErrorCode> {
        let entries = self.node.entries()?.borrow();
        let list = entries.iter().map(|(name, node)| DirectoryEntry { type_: node.ty(), name: name.clone() });
        // The last comes first, to be taken off the end.
        let list = list.rev().collect();
        Ok(types::DirectoryEntryStream::new(Entries(RefCell::new(list))))
    }

    fn sync(&self) -> Result<(), ErrorCode> {
        Ok(())
    }

    fn create_directory_at(&self, path: String) -> Result<(), ErrorCode> {
        let found = self.find(&path)?;
        if found.node.is_none() {
            may_write()?;
        }
        let (folder, name) = found.vacant()?;
        folder.add(&name, Node::folder(clocks::wall()))
    }

    fn stat(&self) -> Result<DescriptorStat, ErrorCode> {
        Ok(self.node.stat())
    }

    fn stat_at(&self, _: PathFlags, path: String) -> Result<DescriptorStat, ErrorCode> {
        Ok(self.find(&path)?.node()?.stat())
    }

    fn set_times_at(
        &self,
        _: PathFlags,
        path: String,
        access: NewTimestamp,
        modification: NewTimestamp,
    ) -> Result<(), ErrorCode> {
        let node = self.find(&path)?.node()?;
        may_write()?;
        node.set_times(access, modification);
        Ok(())
    }

    fn link_at(
        &self,
        _: PathFlags,
        old_path: String,
        new_descriptor: types::DescriptorBorrow<'_>,
        new_path: String,
    ) -> Result<(), ErrorCode> {
        let node = self.find(&old_path)?.node()?;
        node.contents().map_err(|_| ErrorCode::NotPermitted)?;
        may_write()?;
        let (folder, name) = new_descriptor.get::<Descriptor>().find(&new_path)?.vacant()?;
        node.links.set(node.links.get() + 1);
        folder.add(&name, node)
    }

    fn open_at(
        &self,
        _: PathFlags,
        path: String,
        open: OpenFlags,
        mut flags: DescriptorFlags,
    ) -> Result<types::Descriptor, ErrorCode> {
        let found = self.find(&path)?;
        let node = match found.node {
            Some(_) if open.contains(OpenFlags::CREATE | OpenFlags::EXCLUSIVE) => return Err(ErrorCode::Exist),
            Some(_) => {
                let node = found.node()?;
                if open.contains(OpenFlags::DIRECTORY) {
                    node.entries()?;
                }
                if flags.contains(DescriptorFlags::WRITE) || open.contains(OpenFlags::TRUNCATE) {
                    node.contents()?;
                    may_write()?;
                }
                if open.contains(OpenFlags::TRUNCATE) {
                    node.resize(0)?;
                }
                node
            }
            None if open.contains(OpenFlags::CREATE) => {
                if open.contains(OpenFlags::DIRECTORY) {
                    return Err(ErrorCode::Invalid);
                }
                if found.must_be_folder {
                    return Err(ErrorCode::IsDirectory);
                }
                may_write()?;
                let (folder, name) = found.vacant()?;
                let file = Node::new(Kind::File(RefCell::new(Contents::Own(Vec::new()))), clocks::wall());
                folder.add(&name, Rc::clone(&file))?;
                file
            }
            None => return Err(ErrorCode::NoEntry),
        };
        // What may be done below a folder is the same everywhere.
        flags.set(DescriptorFlags::MUTATE_DIRECTORY, node.is_folder() && state().settings.is_writable);
        Ok(types::Descriptor::new(Self { node, flags }))
    }

    fn readlink_at(&self, path: String) -> Result<String, ErrorCode> {
        self.find(&path)?.node()?;
        Err(ErrorCode::Invalid)
    }

    fn remove_directory_at(&self, path: String) -> Result<(), ErrorCode> {
        let (folder, name, node) = self.find(&path)?.entry()?;
        let is_empty = node.entries()?.borrow().is_empty();
        may_write()?;
        if is_empty { folder.remove(&name) } else { Err(ErrorCode::NotEmpty) }
    }

    fn rename_at(
        &self,
        old_path: String,
        new_descriptor: types::DescriptorBorrow<'_>,
        new_path: String,
    ) -> Result<(), ErrorCode> {
        let (old_folder, old_name, node) = self.find(&old_path)?.entry()?;
        let to = new_descriptor.get::<Descriptor>().find(&new_path)?;
        may_write()?;
        let (new_folder, new_name) = to.place.ok_or(ErrorCode::Busy)?;
        if node.is_folder() && node.holds(&new_folder) {
            return Err(ErrorCode::Invalid);
        }
        if to.must_be_folder && !node.is_folder() {
            return Err(ErrorCode::NotDirectory);
        }
        if let Some(there) = to.node {
            if Rc::ptr_eq(&there, &node) {
                return Ok(());
            }
            match (node.is_folder(), there.entries()) {
                (true, Ok(entries)) if !entries.borrow().is_empty() => return Err(ErrorCode::NotEmpty),
                (true, Err(why)) => return Err(why),
                (false, Ok(_)) => return Err(ErrorCode::IsDirectory),
                _ => {}
            }
            new_folder.remove(&new_name)?;
        }
        node.links.set(node.links.get() + 1);
        new_folder.add(&new_name, Rc::clone(&node))?;
        old_folder.remove(&old_name)
    }

    fn symlink_at(&self, _: String, _: String) -> Result<(), ErrorCode> {
        may_write()?;
        Err(ErrorCode::Unsupported)
    }

    fn unlink_file_at(&self, path: String) -> Result<(), ErrorCode> {
        let (folder, name, node) = self.find(&path)?.entry()?;
        node.contents()?;
        may_write()?;
        folder.remove(&name)
    }

    fn is_same_object(&self, other: types::DescriptorBorrow<'_>) -> bool {
        Rc::ptr_eq(&self.node, &other.get::<Descriptor>().node)
    }

    fn metadata_hash(&self) -> Result<MetadataHashValue, ErrorCode> {
        Ok(self.node.hash())
    }

    fn metadata_hash_at(&self, _: PathFlags, path: String) -> Result<MetadataHashValue, ErrorCode> {
        Ok(self.find(&path)?.node()?.hash())
    }
}

/// What is left of a folder's list, the next at the end.
pub struct Entries(RefCell<Vec<DirectoryEntry>>);

impl types::GuestDirectoryEntryStream for Entries {
    fn read_directory_entry(&self) -> Result<Option<DirectoryEntry>, ErrorCode> {
        Ok(self.0.borrow_mut().pop())
    }
}

impl types::Guest for Virtual {
    type Descriptor = Descriptor;
    type DirectoryEntryStream = Entries;

    fn filesystem_error_code(of: error::ErrorBorrow<'_>) -> Option<ErrorCode> {
        match of.get::<Error>() {
            Error::Code(code) => Some(*code),
            Error::Host(_) => None,
        }
    }
}

impl preopens::Guest for Virtual {
    fn get_directories() -> Vec<(types::Descriptor, String)> {
        let mut flags = DescriptorFlags::READ;
        flags.set(DescriptorFlags::MUTATE_DIRECTORY, state().settings.is_writable);
        vec![(types::Descriptor::new(Descriptor { node: Rc::clone(root()), flags }), "/".to_owned())]
    }
}
