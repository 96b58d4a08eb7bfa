//! What is written is read back, what does not fit is named.

mod calls;
mod json;
pub(crate) mod random;
mod tree;
mod wave;

use super::*;
use crate::component::{Case, Field, Type, TypeId, TypeKind, TypeRef};
use random::{Random, define, labels, type_ref};

fn shown(value: &Value, ty: &TypeRef) -> Vec<String> {
    check(value, ty).iter().map(ToString::to_string).collect()
}

fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), ty, docs: None }
}

fn order() -> TypeRef {
    type_ref(|t| {
        let item =
            define(t, Some("item"), TypeKind::Record(vec![field("sku", Type::String), field("quantity", Type::U8)]));
        let cart = Type::Def(define(t, None, TypeKind::List(Type::Def(item))));
        let point = define(t, Some("point"), TypeKind::Record(vec![field("x", Type::F32), field("y", Type::F32)]));
        let points = Type::Def(define(t, None, TypeKind::List(Type::Def(point))));
        let cases = vec![
            Case { name: "nothing".into(), ty: None, docs: None },
            Case { name: "polygon".into(), ty: Some(points), docs: None },
        ];
        let shape = Type::Def(define(t, Some("shape"), TypeKind::Variant(cases)));
        let named = Type::Def(define(t, None, TypeKind::Map(Type::String, Type::U8)));
        let named = Type::Def(define(t, None, TypeKind::Option(named)));
        let flags = Type::Def(define(t, Some("access"), TypeKind::Flags(labels(&["read", "write"]))));
        let fields = vec![field("cart", cart), field("shape", shape), field("named", named), field("access", flags)];
        Type::Def(define(t, Some("order"), TypeKind::Record(fields)))
    })
}

#[test]
fn defaults_are_valid() {
    for seed in 0..2000 {
        let ty = Random::new(seed).type_ref(4, true);
        assert_eq!(check(&default_value(&ty), &ty), []);
    }
    assert_eq!(check(&default_value(&order()), &order()), []);
}

#[test]
fn random_values_are_valid_for_their_own_type_only() {
    for seed in 0..2000 {
        let mut random = Random::new(seed);
        let ty = random.type_ref(4, false);
        let value = random.value(&ty);
        assert_eq!(check(&value, &ty), [], "{value:?}");
        let other = random.type_ref(3, false);
        let value_of_other = random.value(&other);
        if check(&value_of_other, &ty).is_empty() {
            // What fits without conversion has the same text in both types.
            assert!(parse_wave(&to_wave(&value_of_other), &ty).is_ok(), "{value_of_other:?}");
        }
    }
}

#[test]
fn errors_name_place_and_range() {
    let ty = order();
    let point = |x| Value::Record(vec![("x".into(), x), ("y".into(), Value::F32(0.0))]);
    let item = |quantity| Value::Record(vec![("sku".into(), Value::String("a".into())), ("quantity".into(), quantity)]);
    let value = Value::Record(vec![
        (
            "cart".into(),
            Value::List(vec![item(Value::U32(256)), item(Value::U32(255)), item(Value::String("2".into()))]),
        ),
        (
            "shape".into(),
            Value::Variant(
                "polygon".into(),
                Some(Box::new(Value::List(vec![point(Value::F32(1.0)), point(Value::F64(1.0))]))),
            ),
        ),
        ("named".into(), Value::Option(Some(Box::new(Value::Map(vec![(Value::Char('a'), Value::S8(-1))]))))),
        ("access".into(), Value::Flags(vec!["write".into(), "read".into(), "execute".into()])),
    ]);
    assert_eq!(
        shown(&value, &ty),
        [
            "cart[0].quantity: must be 0 to 255",
            "cart[1].quantity: expected u8, found u32",
            "cart[2].quantity: expected u8, found string",
            "shape.polygon[1].x: expected f32, found f64",
            "named[0].key: expected string, found char",
            "named[0].value: must be 0 to 255",
            "access: flags must be in the order of the type, each once",
            "access: access has no execute; it has read, write",
        ]
    );
    let value = Value::Record(vec![
        (
            "cart".into(),
            Value::List(vec![Value::Record(vec![
                ("sku".into(), Value::String(String::new())),
                ("price".into(), Value::U8(1)),
            ])]),
        ),
        ("named".into(), Value::Option(None)),
        ("shape".into(), Value::Variant("circle".into(), None)),
        ("access".into(), Value::Flags(Vec::new())),
    ]);
    assert_eq!(
        shown(&value, &ty),
        [
            "cart[0].quantity: is missing",
            "cart[0].price: item has no such field",
            "shape: shape has no circle; it has nothing, polygon",
        ]
    );
    let Value::Record(mut fields) = default_value(&ty) else { panic!() };
    fields.swap(0, 1);
    assert_eq!(shown(&Value::Record(fields), &ty), ["fields must be in the order of the type, each once"]);
}

#[test]
fn handles_must_be_chosen() {
    let ty = type_ref(|t| {
        let counter = define(t, Some("counter"), TypeKind::Resource);
        let renamed = define(t, Some("tally"), TypeKind::Alias(Type::Def(counter)));
        Type::Def(define(t, None, TypeKind::Borrow(renamed)))
    });
    let handle = |resource: &str| Value::Handle(Handle { number: 1, generation: 7, resource: resource.into() });
    assert_eq!(shown(&default_value(&ty), &ty), ["choose a handle of tally"]);
    assert_eq!(shown(&handle("counter"), &ty), [""; 0]);
    assert_eq!(shown(&handle("tally"), &ty), [""; 0]);
    assert_eq!(shown(&handle("blob"), &ty), ["expected borrow<tally>, found blob"]);
    let stream = type_ref(|t| Type::Def(define(t, None, TypeKind::Stream(Some(Type::U8)))));
    assert_eq!(shown(&default_value(&stream), &stream), ["stream<u8> cannot be given as a value here"]);
}

#[test]
fn hostile_types_have_small_defaults() {
    let long = type_ref(|t| Type::Def(define(t, None, TypeKind::FixedList(Type::U64, 1 << 30))));
    assert_eq!(default_value(&long).children(), 4096);
    assert_eq!(shown(&default_value(&long), &long), ["has 4096 of 1073741824 elements"]);

    let doubling =
        type_ref(|t| (0..30).fold(Type::U64, |ty, _| Type::Def(define(t, None, TypeKind::Tuple(vec![ty, ty])))));
    fn parts(value: &Value) -> usize {
        1 + (0..value.children()).map(|i| parts(&value.child(i).unwrap().1)).sum::<usize>()
    }
    let value = default_value(&doubling);
    assert!(parts(&value) < 20_000);
    let errors = shown(&value, &doubling);
    assert!(!errors.is_empty() && errors.iter().all(|e| e.contains("not filled in: expected ")), "{errors:?}");

    let endless = type_ref(|t| Type::Def(define(t, None, TypeKind::Tuple(vec![Type::Def(TypeId(0))]))));
    assert_eq!(check(&default_value(&endless), &endless).len(), 1);
    let deep = type_ref(|t| (0..100).fold(Type::U8, |ty, _| Type::Def(define(t, None, TypeKind::Tuple(vec![ty])))));
    assert_eq!(shown(&default_value(&deep), &deep), [""; 0]);
    let unknown = type_ref(|_| Type::Def(TypeId(9)));
    assert_eq!(shown(&default_value(&unknown), &unknown), ["not filled in: expected ?"]);
}

#[test]
fn typed_numbers_are_exact() {
    for (text, ty, value) in [
        ("18446744073709551615", Type::U64, Value::U64(u64::MAX)),
        (" -9223372036854775808 ", Type::S64, Value::S64(i64::MIN)),
        ("9007199254740993", Type::S64, Value::S64(9_007_199_254_740_993)),
        ("255", Type::U8, Value::U8(255)),
        ("1e3", Type::F64, Value::F64(1000.0)),
        ("-inf", Type::F32, Value::F32(f32::NEG_INFINITY)),
        ("0.1", Type::F32, Value::F32(0.1)),
        ("3.4028235e38", Type::F32, Value::F32(f32::MAX)),
    ] {
        assert_eq!(parse_number(text, ty), Ok(value), "{text}");
    }
    assert!(matches!(parse_number("nan", Type::F64), Ok(Value::F64(f)) if f.is_nan()));
    assert!(matches!(parse_number("-0", Type::F64), Ok(Value::F64(f)) if f.is_sign_negative()));
    for (text, ty, message) in [
        ("256", Type::U8, "must be a whole number, 0 to 255"),
        ("-1", Type::U64, "must be a whole number, 0 to 18446744073709551615"),
        ("1.0", Type::S8, "must be a whole number, -128 to 127"),
        ("", Type::S64, "must be a whole number, -9223372036854775808 to 9223372036854775807"),
        ("1,5", Type::F32, "must be a number, as in 1.5 or 2e-3, or nan, inf or -inf"),
        ("1e39", Type::F32, "must be -3.4028235e38 to 3.4028235e38, or inf or -inf"),
        ("1", Type::String, "is not a number"),
    ] {
        assert_eq!(parse_number(text, ty), Err(message.to_owned()), "{text}");
    }
}

#[test]
fn typed_characters_may_be_escapes() {
    for (text, c) in [("é", 'é'), (" ", ' '), ("\\", '\\'), (r"\n", '\n'), (r"\u{1f30a}", '🌊')] {
        assert_eq!(parse_char(text), Ok(Value::Char(c)));
    }
    for text in ["", "ab", r"\u{d800}", r"\n\n", r"\x"] {
        assert!(parse_char(text).is_err(), "{text}");
    }
}
