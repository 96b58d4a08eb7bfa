//! Random types and values for tests, the same ones for the same seed.

use crate::component::{Case, Field, Label, Type, TypeDef, TypeId, TypeKind, TypeRef, TypeTable};
use crate::value::{Handle, Value};
use std::sync::Arc;

/// Names, keywords of WAVE among them.
const NAMES: [&str; 12] =
    ["a", "b-2", "some", "none", "ok", "err", "true", "inf", "nan", "HTTP-get", "long-name-with-words", "x1"];

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn names(&mut self) -> Vec<&'static str> {
        let start = self.below(NAMES.len());
        (0..1 + self.below(5)).map(|i| NAMES[(start + i) % NAMES.len()]).collect()
    }

    /// A type at most `depth` deep. With `wave_only`, only of kinds that the WAVE of the tools knows.
    pub fn type_ref(&mut self, depth: usize, wave_only: bool) -> TypeRef {
        type_ref(|table| self.ty(table, depth, wave_only))
    }

    fn ty(&mut self, table: &mut TypeTable, depth: usize, wave_only: bool) -> Type {
        let leaves = [
            Type::Bool,
            Type::S8,
            Type::S16,
            Type::S32,
            Type::S64,
            Type::U8,
            Type::U16,
            Type::U32,
            Type::U64,
            Type::F32,
            Type::F64,
            Type::Char,
            Type::String,
        ];
        if depth == 0 || self.chance(25) {
            return leaves[self.below(leaves.len())];
        }
        let mut part = |random: &mut Self| random.ty(table, depth - 1, wave_only);
        let kind = match self.below(if wave_only { 8 } else { 12 }) {
            0 => TypeKind::Record(
                self.names().into_iter().map(|n| Field { name: n.into(), ty: part(self), docs: None }).collect(),
            ),
            1 => TypeKind::Tuple((0..1 + self.below(4)).map(|_| part(self)).collect()),
            2 => TypeKind::Variant(
                self.names()
                    .into_iter()
                    .map(|n| Case { name: n.into(), ty: self.chance(70).then(|| part(self)), docs: None })
                    .collect(),
            ),
            3 => TypeKind::Enum(labels(&self.names())),
            4 => TypeKind::Flags(labels(&self.names())),
            5 => TypeKind::Option(part(self)),
            6 => TypeKind::Result { ok: self.chance(70).then(|| part(self)), err: self.chance(70).then(|| part(self)) },
            7 => TypeKind::List(part(self)),
            8 => TypeKind::FixedList(part(self), self.below(5) as u32),
            9 => TypeKind::Map([Type::String, Type::U32, Type::Char][self.below(3)], part(self)),
            10 => TypeKind::Alias(part(self)),
            _ => {
                let resource = define(table, Some("counter"), TypeKind::Resource);
                if self.chance(50) { TypeKind::Own(resource) } else { TypeKind::Borrow(resource) }
            }
        };
        Type::Def(define(table, None, kind))
    }

    /// A value of the type, often one of its extremes.
    pub fn value(&mut self, ty: &TypeRef) -> Value {
        self.of(&ty.table, ty.ty)
    }

    fn bits(&mut self) -> u64 {
        match self.below(4) {
            0 => 0,
            1 => u64::MAX,
            2 => 1 << self.below(64),
            _ => self.next(),
        }
    }

    fn float(&mut self) -> f64 {
        let extremes =
            [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.1, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e21, -2.5e-7];
        if self.chance(50) { extremes[self.below(extremes.len())] } else { f64::from_bits(self.next()) }
    }

    pub fn char(&mut self) -> char {
        let unusual = "\0\t\n\r\"'\\\u{1b}é\u{301}\u{200d}\u{202e}\u{fe0f}ไทย्🌊\u{e000}\u{10ffff}/{}[](),:%";
        let unusual: Vec<char> = unusual.chars().collect();
        match self.below(3) {
            0 => unusual[self.below(unusual.len())],
            1 => char::from_u32(self.below(0x11_0000) as u32).unwrap_or('x'),
            _ => (b' ' + self.below(95) as u8) as char,
        }
    }

    fn of(&mut self, types: &TypeTable, ty: Type) -> Value {
        let bits = self.bits();
        match types.resolve(ty) {
            Type::Bool => Value::Bool(bits & 1 == 1),
            Type::S8 => Value::S8(bits as i8),
            Type::S16 => Value::S16(bits as i16),
            Type::S32 => Value::S32(bits as i32),
            Type::S64 => Value::S64(bits as i64),
            Type::U8 => Value::U8(bits as u8),
            Type::U16 => Value::U16(bits as u16),
            Type::U32 => Value::U32(bits as u32),
            Type::U64 => Value::U64(bits),
            Type::F32 if self.chance(50) => Value::F32(f32::from_bits(self.next() as u32)),
            Type::F32 => Value::F32(self.float() as f32),
            Type::F64 => Value::F64(self.float()),
            Type::Char => Value::Char(self.char()),
            Type::String => Value::String((0..self.below(8)).map(|_| self.char()).collect()),
            Type::ErrorContext => unreachable!(),
            Type::Def(id) => self.of_kind(types, &types.get(id).unwrap().kind),
        }
    }

    fn of_kind(&mut self, types: &TypeTable, kind: &TypeKind) -> Value {
        match kind {
            TypeKind::Record(fields) => {
                Value::Record(fields.iter().map(|f| (f.name.clone(), self.of(types, f.ty))).collect())
            }
            TypeKind::Tuple(parts) => Value::Tuple(parts.iter().map(|t| self.of(types, *t)).collect()),
            TypeKind::Variant(cases) => {
                let case = &cases[self.below(cases.len())];
                Value::Variant(case.name.clone(), case.ty.map(|t| Box::new(self.of(types, t))))
            }
            TypeKind::Enum(cases) => Value::Enum(cases[self.below(cases.len())].name.clone()),
            TypeKind::Flags(labels) => {
                Value::Flags(labels.iter().filter(|_| self.chance(50)).map(|l| l.name.clone()).collect())
            }
            TypeKind::Option(ty) => Value::Option(self.chance(60).then(|| Box::new(self.of(types, *ty)))),
            TypeKind::Result { ok, .. } if self.chance(60) => {
                Value::Result(Ok(ok.map(|t| Box::new(self.of(types, t)))))
            }
            TypeKind::Result { err, .. } => Value::Result(Err(err.map(|t| Box::new(self.of(types, t))))),
            TypeKind::List(ty) if types.resolve(*ty) == Type::U8 => {
                Value::Bytes((0..self.below(6)).map(|_| self.next() as u8).collect())
            }
            TypeKind::List(ty) => Value::List((0..self.below(4)).map(|_| self.of(types, *ty)).collect()),
            TypeKind::FixedList(ty, n) => Value::List((0..*n).map(|_| self.of(types, *ty)).collect()),
            TypeKind::Map(key, value) => {
                Value::Map((0..self.below(4)).map(|_| (self.of(types, *key), self.of(types, *value))).collect())
            }
            TypeKind::Own(_) | TypeKind::Borrow(_) => {
                Value::Handle(Handle { number: self.next() as u32, generation: 0, resource: "counter".into() })
            }
            _ => unreachable!(),
        }
    }
}

pub fn labels(names: &[&str]) -> Vec<Label> {
    names.iter().map(|n| Label { name: (*n).into(), docs: None }).collect()
}

pub fn define(table: &mut TypeTable, name: Option<&str>, kind: TypeKind) -> TypeId {
    table.defs.push(TypeDef { name: name.map(str::to_owned), owner: None, docs: None, stability: None, kind });
    TypeId(table.defs.len() as u32 - 1)
}

/// A type made by `make`, with its table.
pub fn type_ref(make: impl FnOnce(&mut TypeTable) -> Type) -> TypeRef {
    let mut table = TypeTable::default();
    let ty = make(&mut table);
    TypeRef { table: Arc::new(table), ty }
}

/// Whether two values are the same, NaN and the sign of zero included.
pub fn same(a: &Value, b: &Value) -> bool {
    format!("{a:?}") == format!("{b:?}")
}
