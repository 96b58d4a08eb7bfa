//! Where each type is used, which functions belong to a resource, and everything that has a name: found once for a
//! component, in time that grows with its size and not with its types written out. What modules take of the imports is found in `import_use`.

use super::{
    Component, Extern, Function, FunctionKind, ImportUse, Interface, Item, Type, TypeId, TypeKind, TypeTable, Used,
    World, WorldItem,
};
use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

/// A list of imports, exports or interfaces of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// [`Component::imports`].
    Imports,
    /// [`Component::exports`].
    Exports,
    /// [`Component::interfaces`], of a WIT package.
    Interfaces,
    /// What the world at this position of [`Component::worlds`] imports.
    WorldImports(u32),
    /// What the world at this position of [`Component::worlds`] exports.
    WorldExports(u32),
}

/// Where an import, an export or an interface stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternAt {
    /// The list.
    pub list: List,
    /// The position in the list.
    pub index: u32,
}

/// Where a function stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionAt {
    /// What it belongs to.
    pub owner: ExternAt,
    /// The position in [`Extern::functions`].
    pub index: u32,
}

/// Something of a component that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// A world of a WIT package, by its position.
    World(u32),
    /// An interface. Functions and types of a world have an [`Extern`] too, but are named by what they are.
    Interface(ExternAt),
    /// A function.
    Function(FunctionAt),
    /// A type.
    Type(TypeId),
}

/// Who uses a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum User {
    /// A function takes or returns it.
    Function(FunctionAt),
    /// Another type consists of it or is another name for it.
    Type(TypeId),
}

/// As what a type is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The function's parameter at this position.
    Param(u32),
    /// The function's result.
    Result,
    /// The record's field at this position.
    Field(u32),
    /// The variant's case at this position.
    Case(u32),
    /// Part of a type that has a name but no fields or cases: `type grid = list<row>`.
    Part,
    /// The type is another name for it.
    Alias,
}

/// How a resource crosses a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handle {
    /// It is given away.
    Own,
    /// It is lent for the time of the call.
    Borrow,
}

/// One use of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Use {
    /// By whom.
    pub by: User,
    /// As what.
    pub role: Role,
    /// Of a resource: as which kind of handle.
    pub handle: Option<Handle>,
    /// The other name under which it is used, where it was taken from another interface.
    pub via: Option<TypeId>,
}

/// A [`Use`] in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UseWords {
    /// The full name of the interface; `None` for the world itself.
    pub owner: Option<String>,
    /// The function or type, as a person reads it.
    pub by: String,
    /// As what: `parameter a, borrowed`.
    pub role: String,
}

/// The uses of all types of one component.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    /// Who mentions a type directly, sorted by the type; types without a name mention others like any other.
    mentions: Vec<(TypeId, User, Role)>,
    /// Functions that belong to a resource, sorted by the resource.
    members: Vec<(TypeId, FunctionAt)>,
    /// Everything with a name, in the order of the file.
    named: Vec<Named>,
    /// Of each type, what lists it first.
    homes: Vec<Option<ExternAt>>,
}

/// What is taken of imports, by where they stand.
#[derive(Debug, Clone)]
pub struct ImportUses {
    used: Arc<Used>,
    /// Of each import, its position in [`Used::imports`].
    positions: Vec<Option<usize>>,
    unused: HashSet<FunctionAt>,
}

impl ImportUses {
    /// Takes what was found out of this component.
    pub fn new(component: &Component, used: Arc<Used>) -> Self {
        let mut rest = (0..).zip(&used.imports).peekable();
        let mut positions = Vec::with_capacity(component.imports.len());
        let mut unused = HashSet::new();
        // Both have the order of the file; imported types are left out of one.
        for (import, found) in (0..).zip(&component.imports) {
            let here = rest.next_if(|(_, of)| of.name == found.name);
            positions.push(here.map(|(position, _)| position));
            let Some((_, of)) = here else { continue };
            let names: HashSet<&str> = of.unused.iter().map(String::as_str).collect();
            let owner = ExternAt { list: List::Imports, index: import };
            let places = (0..).map(|index| FunctionAt { owner, index });
            let all = places.zip(found.functions());
            unused.extend(all.filter(|(_, f)| names.contains(f.name.as_str())).map(|(at, _)| at));
        }
        Self { used, positions, unused }
    }

    /// What is taken of an import; `None` if it is not known.
    pub fn import(&self, at: ExternAt) -> Option<&ImportUse> {
        if at.list != List::Imports {
            return None;
        }
        let position = self.positions.get(at.index as usize).copied().flatten()?;
        self.used.imports.get(position)
    }

    /// Whether an imported function is never called.
    pub fn is_unused(&self, at: FunctionAt) -> bool {
        self.unused.contains(&at)
    }
}

/// Finds all uses of all types of a component.
pub fn where_used(component: &Component) -> Uses {
    let mut out = Uses { homes: vec![None; component.types.defs.len()], ..Uses::default() };
    for at in component.extern_places() {
        if let Some(found) = component.extern_at(at) {
            out.add_extern(at, found);
        }
    }
    out.named.extend((0..).take(component.worlds.len()).map(Named::World));
    let ids = (0..).map(TypeId);
    for (id, def) in ids.zip(&component.types.defs) {
        out.add_type(id, &def.kind);
        let is_listed = out.homes.get(id.0 as usize).is_some_and(Option::is_some);
        if def.name.is_some() && !is_listed {
            out.named.push(Named::Type(id));
        }
    }
    out.mentions.sort_unstable();
    out.mentions.dedup();
    out.members.sort_unstable();
    out
}

impl Uses {
    /// Everything with a name, in the order of the file: each interface is followed by its types and functions; last
    /// come worlds, and types that no interface lists.
    pub fn named(&self) -> &[Named] {
        &self.named
    }

    /// The import, export or interface that lists a type.
    pub fn home(&self, id: TypeId) -> Option<ExternAt> {
        self.homes.get(id.0 as usize).copied().flatten()
    }

    /// The constructor, methods and statics of a resource, in the order of the file. An interface that is both imported
    /// and exported has them twice.
    pub fn members(&self, resource: TypeId) -> impl Iterator<Item = FunctionAt> {
        self.members.get(span(&self.members, resource, |m| m.0)).unwrap_or_default().iter().map(|m| m.1)
    }

    /// Every use of a type, also inside of types without a name and under other names; not the resource's own `self`. The
    /// search ends when it has found `most`.
    pub fn of(&self, id: TypeId, types: &TypeTable, most: usize) -> Vec<Use> {
        let mut out = HashSet::new();
        let mut seen = HashSet::new();
        let mut waiting = VecDeque::from([(id, None, None)]);
        while let Some((id, handle, via)) = waiting.pop_front() {
            if !seen.insert((id, handle)) {
                continue;
            }
            for (_, by, role) in self.mentions.get(span(&self.mentions, id, |m| m.0)).unwrap_or_default() {
                if out.len() >= most {
                    waiting.clear();
                    break;
                }
                let User::Type(user) = *by else {
                    out.insert(Use { by: *by, role: *role, handle, via });
                    continue;
                };
                let Some(def) = types.get(user) else { continue };
                let handle = match def.kind {
                    TypeKind::Own(_) => Some(Handle::Own),
                    TypeKind::Borrow(_) => Some(Handle::Borrow),
                    _ => handle,
                };
                if def.name.is_some() {
                    out.insert(Use { by: *by, role: *role, handle, via });
                }
                if matches!(def.kind, TypeKind::Alias(_)) && def.name.is_some() {
                    waiting.push_back((user, handle, Some(user)));
                } else if def.name.is_none() {
                    waiting.push_back((user, handle, via));
                }
            }
        }
        let mut out: Vec<_> = out.into_iter().collect();
        out.sort_unstable();
        out
    }

    /// The types that are meant by `name` or `interface#name`, where the interface may be written without its package and
    /// its version. Definitions come before other names for types.
    pub fn find_types(&self, component: &Component, text: &str) -> Vec<TypeId> {
        let (interface, name) = text.rsplit_once('#').map_or((None, text), |(interface, name)| (Some(interface), name));
        let is_meant = |id: &TypeId| {
            let Some(def) = component.types.get(*id) else { return false };
            let of = def.owner.as_deref().unwrap_or_default();
            def.name.as_deref() == Some(name) && interface.is_none_or(|i| is_interface(of, i))
        };
        let named = self.named.iter().filter_map(|n| if let Named::Type(id) = n { Some(*id) } else { None });
        let mut out: Vec<_> = named.filter(is_meant).collect();
        out.sort_unstable();
        out.dedup();
        let is_other_name =
            |id: &TypeId| component.types.get(*id).is_some_and(|d| matches!(d.kind, TypeKind::Alias(_)));
        out.sort_by_key(is_other_name);
        out
    }

    fn add_extern(&mut self, at: ExternAt, found: &Extern) {
        match &found.item {
            Item::Interface(Interface { types, functions, .. }) => {
                self.named.push(Named::Interface(at));
                types.iter().for_each(|id| self.add_home(*id, at));
                let positions = (0..).map(|index| FunctionAt { owner: at, index });
                positions.zip(functions).for_each(|(at, f)| self.add_function(at, f));
            }
            Item::Function(f) => self.add_function(FunctionAt { owner: at, index: 0 }, f),
            Item::Type(id) => self.add_home(*id, at),
        }
    }

    fn add_home(&mut self, id: TypeId, at: ExternAt) {
        self.named.push(Named::Type(id));
        if let Some(home) = self.homes.get_mut(id.0 as usize) {
            home.get_or_insert(at);
        }
    }

    fn add_function(&mut self, at: FunctionAt, function: &Function) {
        self.named.push(Named::Function(at));
        let by = User::Function(at);
        let mut made = None;
        if let FunctionKind::Method(id) | FunctionKind::Static(id) | FunctionKind::Constructor(id) = function.kind {
            self.members.push((id, at));
            made = matches!(function.kind, FunctionKind::Constructor(_)).then_some(id);
        }
        let skipped = function.params.len() - function.own_params().len();
        for (i, param) in (0..).zip(&function.params).skip(skipped) {
            self.mention(param.ty, by, Role::Param(i));
        }
        // That a constructor makes its resource goes without saying.
        if let Some(ty) = function.result
            && made.is_none()
        {
            self.mention(ty, by, Role::Result);
        }
    }

    fn add_type(&mut self, id: TypeId, kind: &TypeKind) {
        let by = User::Type(id);
        match kind {
            TypeKind::Record(fields) => {
                (0..).zip(fields).for_each(|(i, f)| self.mention(f.ty, by, Role::Field(i)));
            }
            TypeKind::Variant(cases) => {
                (0..).zip(cases).filter_map(|(i, c)| Some((i, c.ty?))).for_each(|(i, ty)| {
                    self.mention(ty, by, Role::Case(i));
                });
            }
            TypeKind::Tuple(types) => types.iter().for_each(|ty| self.mention(*ty, by, Role::Part)),
            TypeKind::Option(ty) | TypeKind::List(ty) | TypeKind::FixedList(ty, _) => {
                self.mention(*ty, by, Role::Part);
            }
            TypeKind::Result { ok, err } => {
                ok.iter().chain(err).for_each(|ty| self.mention(*ty, by, Role::Part));
            }
            TypeKind::Map(key, value) => [key, value].into_iter().for_each(|ty| self.mention(*ty, by, Role::Part)),
            TypeKind::Stream(ty) | TypeKind::Future(ty) => {
                ty.iter().for_each(|ty| self.mention(*ty, by, Role::Part));
            }
            TypeKind::Own(id) | TypeKind::Borrow(id) => self.mention(Type::Def(*id), by, Role::Part),
            TypeKind::Alias(ty) => self.mention(*ty, by, Role::Alias),
            TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => {}
        }
    }

    fn mention(&mut self, ty: Type, by: User, role: Role) {
        if let Type::Def(id) = ty {
            self.mentions.push((id, by, role));
        }
    }
}

/// Whether a full name is meant by this text: all of it, or without the version, the package, or both.
fn is_interface(full: &str, text: &str) -> bool {
    let unversioned = full.split_once('@').map_or(full, |(name, _)| name);
    let own = |name: &str| name.rsplit('/').next().is_some_and(|own| own == text);
    full == text || unversioned == text || own(full) || own(unversioned)
}

/// The entries of one type in a list that is sorted by types.
fn span<T>(list: &[T], id: TypeId, of: impl Fn(&T) -> TypeId) -> Range<usize> {
    list.partition_point(|x| of(x) < id)..list.partition_point(|x| of(x) <= id)
}

impl Component {
    /// Where imports, exports and interfaces stand, in the order of the file. The interfaces of a world are those of the
    /// package and do not come again.
    pub fn extern_places(&self) -> impl Iterator<Item = ExternAt> {
        let all = |list, length: usize| (0..).take(length).map(move |index| ExternAt { list, index });
        let worlds = (0..).zip(&self.worlds).flat_map(move |(i, world): (u32, &World)| {
            let (imports, exports) = (List::WorldImports(i), List::WorldExports(i));
            all(imports, world.imports.len()).chain(all(exports, world.exports.len()))
        });
        let lists =
            [(List::Imports, &self.imports), (List::Exports, &self.exports), (List::Interfaces, &self.interfaces)];
        let lists = lists.into_iter().flat_map(move |(list, externs)| all(list, externs.len()));
        lists.chain(worlds).filter(|at| self.extern_at(*at).is_some())
    }

    /// The import, export or interface there.
    pub fn extern_at(&self, at: ExternAt) -> Option<&Extern> {
        let index = at.index as usize;
        match at.list {
            List::Imports => self.imports.get(index),
            List::Exports => self.exports.get(index),
            List::Interfaces => self.interfaces.get(index),
            List::WorldImports(world) => self.worlds.get(world as usize)?.imports.get(index)?.own(),
            List::WorldExports(world) => self.worlds.get(world as usize)?.exports.get(index)?.own(),
        }
    }

    /// A use in words: where, by what, and as what.
    pub fn use_words(&self, found: &Use) -> UseWords {
        let (owner, by, role) = match found.by {
            User::Function(at) => {
                let Some((owner, function)) = self.function_at(at) else { return UseWords::default() };
                let of = matches!(owner.item, Item::Interface(_)).then(|| owner.name.clone());
                let role = match found.role {
                    Role::Param(i) => match function.params.get(i as usize) {
                        Some(param) => format!("parameter {}", param.name),
                        None => "parameter".to_owned(),
                    },
                    _ => "result".to_owned(),
                };
                (of, function.display_name().to_owned(), role)
            }
            User::Type(id) => {
                let Some(def) = self.types.get(id) else { return UseWords::default() };
                let role = match (found.role, &def.kind) {
                    (Role::Field(i), TypeKind::Record(fields)) => fields.get(i as usize).map(|f| ("field", &f.name)),
                    (Role::Case(i), TypeKind::Variant(cases)) => cases.get(i as usize).map(|c| ("case", &c.name)),
                    _ => None,
                };
                let role = match (role, found.role) {
                    (Some((word, name)), _) => format!("{word} {name}"),
                    (None, Role::Alias) => "another name".to_owned(),
                    _ => "part".to_owned(),
                };
                (def.owner.as_deref().map(str::to_owned), def.name.clone().unwrap_or_default(), role)
            }
        };
        let handle = match found.handle {
            Some(Handle::Own) => ", owned",
            Some(Handle::Borrow) => ", borrowed",
            None => "",
        };
        UseWords { owner, by, role: role + handle }
    }

    /// The function there, and what it belongs to.
    pub fn function_at(&self, at: FunctionAt) -> Option<(&Extern, &Function)> {
        let owner = self.extern_at(at.owner)?;
        Some((owner, owner.functions().get(at.index as usize)?))
    }
}

impl WorldItem {
    /// The function or type, unless it is an interface.
    pub fn own(&self) -> Option<&Extern> {
        match self {
            WorldItem::Own(own) => Some(own),
            WorldItem::Interface(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
