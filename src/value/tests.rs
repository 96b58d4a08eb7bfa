//! Tests of the room: what is written is read back, what does not fit is named.

use super::random::{Random, define, labels, same, type_ref};
use super::*;
use crate::component::{Case, Field, Label, Type, TypeId, TypeKind, TypeRef, TypeTable};

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
    assert_eq!(shown(&default_value(&ty), &ty), ["choose a tally"]);
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

#[test]
fn every_value_is_read_back() {
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let ty = random.type_ref(4, false);
        let value = random.value(&ty);
        let text = to_wave(&value);
        let read = parse_wave(&text, &ty).unwrap_or_else(|e| panic!("{}: {e}", e.message));
        assert!(same(&read, &value), "{text}\n{value:?}\n{read:?}");
        for width in [1, 20, 80] {
            let pretty = to_wave_pretty(&value, width);
            assert!(same(&parse_wave(&pretty, &ty).unwrap(), &value), "{pretty}");
        }
    }
}

/// The same type for the reader and writer of the WebAssembly tools.
fn of_the_tools(types: &TypeTable, ty: Type) -> wasm_wave::value::Type {
    use wasm_wave::value::Type as T;
    let part = |ty: &Type| of_the_tools(types, *ty);
    let names = |labels: &[Label]| labels.iter().map(|l| l.name.clone()).collect::<Vec<_>>();
    match types.resolve(ty) {
        Type::Bool => T::BOOL,
        Type::S8 => T::S8,
        Type::S16 => T::S16,
        Type::S32 => T::S32,
        Type::S64 => T::S64,
        Type::U8 => T::U8,
        Type::U16 => T::U16,
        Type::U32 => T::U32,
        Type::U64 => T::U64,
        Type::F32 => T::F32,
        Type::F64 => T::F64,
        Type::Char => T::CHAR,
        Type::String => T::STRING,
        Type::ErrorContext => unreachable!(),
        Type::Def(id) => match &types.get(id).unwrap().kind {
            TypeKind::Record(fields) => T::record(fields.iter().map(|f| (f.name.clone(), part(&f.ty)))).unwrap(),
            TypeKind::Tuple(parts) => T::tuple(parts.iter().map(part).collect::<Vec<_>>()).unwrap(),
            TypeKind::Variant(cases) => {
                T::variant(cases.iter().map(|c| (c.name.clone(), c.ty.as_ref().map(part)))).unwrap()
            }
            TypeKind::Enum(cases) => T::enum_ty(names(cases)).unwrap(),
            TypeKind::Flags(labels) => T::flags(names(labels)).unwrap(),
            TypeKind::Option(ty) => T::option(part(ty)),
            TypeKind::Result { ok, err } => T::result(ok.as_ref().map(part), err.as_ref().map(part)),
            TypeKind::List(ty) => T::list(part(ty)),
            other => unreachable!("{other:?}"),
        },
    }
}

fn read_by_the_tools(text: &str, ty: &TypeRef) -> Option<String> {
    let read: wasm_wave::value::Value = wasm_wave::from_str(&of_the_tools(&ty.table, ty.ty), text).ok()?;
    wasm_wave::to_string(&read).ok()
}

#[test]
fn the_tools_read_what_is_written_and_write_what_is_read() {
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let ty = random.type_ref(4, true);
        let value = random.value(&ty);
        let text = to_wave(&value);
        let theirs = read_by_the_tools(&text, &ty).unwrap_or_else(|| panic!("not read: {text}"));
        assert!(same(&parse_wave(&theirs, &ty).unwrap(), &value), "{text}\n{theirs}");
    }
}

#[test]
fn damaged_text_is_refused_as_the_tools_refuse_it() {
    let pieces = [
        "", " ", ",", "(", ")", "{", "}", "[", "]", ":", "\"", "'", "\\", "%", "-", "0", "1", ".", "e5", "some(",
        "none", "ok", "nan", "//", "\n", "\"\"\"\n", "\n\"\"\"", "\\u{41}", "x",
    ];
    for seed in 0..30000 {
        let mut random = Random::new(seed);
        let ty = random.type_ref(3, true);
        let mut text = to_wave(&random.value(&ty));
        for _ in 0..1 + random.below(3) {
            let start = text.floor_char_boundary(random.below(text.len() + 1));
            let end = text.ceil_char_boundary(start + random.below(3).min(text.len() - start));
            text.replace_range(start..end, pieces[random.below(pieces.len())]);
        }
        let ours = parse_wave(&text, &ty);
        let theirs = read_by_the_tools(&text, &ty);
        match (ours, theirs) {
            (Ok(ours), Some(theirs)) => assert!(same(&ours, &parse_wave(&theirs, &ty).unwrap()), "{text}"),
            (Err(error), None) => assert!(text.get(error.start..error.end).is_some(), "{text}: {error:?}"),
            // The tools let commas between fields be missing and pass over fields that the type does not have.
            (Err(error), Some(_)) if error.message.contains("has no") || error.message.contains(", or }") => {}
            (ours, theirs) => panic!("{text}\n{ours:?}\n{theirs:?}"),
        }
    }
}

#[test]
fn every_value_survives_json() {
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let ty = random.type_ref(4, false);
        let value = random.value(&ty);
        let json = to_json(&value);
        let read = from_json(&json, &ty).unwrap_or_else(|e| panic!("{json}: {e}"));
        assert!(same(&read, &value), "{json}\n{value:?}\n{read:?}");
    }
}

#[test]
fn json_has_one_form_for_each_value() {
    let nested = type_ref(|t| {
        let inner = Type::Def(define(t, None, TypeKind::Option(Type::U8)));
        Type::Def(define(t, None, TypeKind::Option(inner)))
    });
    let some = |value| Value::Option(Some(Box::new(value)));
    let result = Value::Result(Ok(None));
    for (value, json) in [
        (Value::U64(u64::MAX), "18446744073709551615"),
        (Value::S64(i64::MIN), "-9223372036854775808"),
        (Value::F32(0.1), "0.1"),
        (Value::F64(f64::NEG_INFINITY), r#""-inf""#),
        (Value::F64(-0.0), "-0.0"),
        (Value::Option(None), "null"),
        (some(Value::U8(1)), "1"),
        (some(Value::Option(None)), r#"{"some":null}"#),
        (some(some(Value::U8(1))), r#"{"some":1}"#),
        (result, r#"{"ok":null}"#),
        (Value::Variant("card".into(), Some(Box::new(Value::Char('é')))), r#"{"card":"é"}"#),
        (Value::Variant("cash".into(), None), r#""cash""#),
        (Value::Flags(vec!["read".into()]), r#"["read"]"#),
        (Value::Bytes(vec![0, 255]), "[0,255]"),
        (Value::Map(vec![(Value::Char('a'), Value::Bool(true))]), r#"[["a",true]]"#),
        (Value::Handle(Handle { number: 3, generation: 1, resource: "counter".into() }), r#""counter#3""#),
    ] {
        assert_eq!(to_json(&value).to_string(), json);
    }
    for (text, message) in [("2", "null or {\"some\": …}"), (r#"{"some":256}"#, "must be 0 to 255")] {
        let error = from_json(&serde_json::from_str(text).unwrap(), &nested).unwrap_err();
        assert!(error.message.contains(message), "{error}");
    }
}

#[test]
fn json_errors_name_the_place() {
    for (text, error) in [
        ("[]", "expected order, found a list of 0"),
        (r#"{"cart": [{"sku": "", "quantity": 300}]}"#, "cart[0].quantity: must be 0 to 255"),
        (r#"{"cart": [{"sku": "", "quantity": 1.5}]}"#, "cart[0].quantity: expected u8, found 1.5"),
        (r#"{"cart": [{"sku": 7}]}"#, "cart[0].sku: expected string, found 7"),
        (
            r#"{"cart": [], "shape": {"polygon": [{"x": 1, "y": "a"}]}}"#,
            "shape.polygon[0].y: expected f32, found \"a\"",
        ),
        (r#"{"cart": [], "shape": "polygon"}"#, "shape.polygon: needs a value of type list<point>"),
        (r#"{"cart": [], "shape": "circle"}"#, "shape: shape has no circle; it has nothing, polygon"),
        (r#"{"cart": [], "shape": "nothing", "named": [1], "access": []}"#, "named[0]: expected [key, value]"),
        (r#"{"cart": [], "shape": "nothing", "access": ["x"]}"#, "access: access has no x; it has read, write"),
        (r#"{"cart": [], "shape": "nothing", "access": [], "more": 1}"#, "more: order has no such field"),
    ] {
        let read = from_json(&serde_json::from_str(text).unwrap(), &order());
        assert_eq!(read.unwrap_err().to_string(), error);
    }
}

#[test]
fn wave_errors_name_place_and_type() {
    for (text, place, message) in [
        ("", "", "expected order, found the end"),
        ("[1]", "[", "expected order, found ["),
        ("{}", "{}", "write {:} for a order without fields"),
        ("{cart: [{sku: \"a\", quantity: 300}]}", "300", "must be 0 to 255"),
        ("{cart: [{sku: \"a\", quantity: 1.5}]}", "1.5", "expected u8, 0 to 255, found 1.5"),
        ("{cart: [{sku: 'a', quantity: 3}]}", "'a'", "expected string: text between \", found 'a'"),
        ("{cart: [{sku: \"a\"}]}", "{sku: \"a\"}", "field quantity of item is missing, a u8"),
        (
            "{cart: [{sku: \"\\q\"}]}",
            "\\",
            "expected an escape: \\n, \\t, \\r, \\\\, \\\", \\' or \\u{…} with the code of a character",
        ),
        ("{cart: [{sku: \"a\n\"}]}", "\"a", "a line ends inside the string; write \\n for a line feed, or use \"\"\""),
        ("{cart: [{sku: \"", "\"", "the string has no closing \""),
        ("{cart: [}", "}", "expected item, found }"),
        ("{cart: [], cart: []}", "cart", "field cart is given twice"),
        ("{kart: []}", "kart", "order has no kart; it has cart, shape, named, access"),
        ("{cart: [] shape: nothing}", "shape", "expected , or }, found shape"),
        ("{shape: none}", "none", "none is a keyword; write %none for a case of shape"),
        ("{shape: circle(1)}", "circle", "shape has no circle; it has nothing, polygon"),
        ("{shape: polygon}", "}", "expected ( and a list<point>, found }"),
        ("{shape: polygon([{x: 1, y: NaN}])}", "NaN", "expected f32, a number, nan, inf or -inf, found NaN"),
        ("{named: [(\"a\" 1)]}", "1", "expected , and the entry's value, found 1"),
        ("{access: {read, read}}", "read", "read is given twice"),
        ("{cart: [], shape: nothing, access: {}} // all\n more", "more", "expected nothing more, found more"),
    ] {
        let error = parse_wave(text, &order()).unwrap_err();
        assert_eq!((text.get(error.start..error.end), error.message.as_str()), (Some(place), message), "{text}");
    }
}

#[test]
fn wave_has_more_than_one_form() {
    let ty = order();
    let full = parse_wave("{cart: [], shape: nothing, named: none, access: {read, write}}", &ty).unwrap();
    for text in [
        "// an order\n{ access: {write,%read,}, %shape: %nothing,\r\n\tcart: [], } // done",
        "{cart:[],shape:nothing,access:{read,write}}",
    ] {
        assert_eq!(parse_wave(text, &ty).as_ref(), Ok(&full), "{text}");
    }
    let named = parse_wave("{cart: [], shape: nothing, named: [(\"a\", 1,),], access: {}}", &ty).unwrap();
    assert_eq!(to_wave(&named), "{cart: [], shape: nothing, named: some([(\"a\", 1)]), access: {}}");
    let string = type_ref(|_| Type::String);
    for (text, read) in [
        ("\"\"\"\n\"\"\"", ""),
        ("\"\"\"\none\n\"\"\"", "one"),
        ("\"\"\"\n    one\n\n   two \\\"\\u{e9}\r\n  \"\"\"", ""),
        ("\"\"\"\r\n    one\r\n  \r\n   two \\\"\\u{e9}\\\\n\r\n  \"\"\"", "  one\n\n two \"é\\n"),
        ("\"it's \\'\"", "it's '"),
    ] {
        match parse_wave(text, &string) {
            Ok(value) => assert_eq!(value, Value::String(read.into()), "{text}"),
            Err(error) => assert_eq!(error.message, "this line must be indented at least as far as the closing \"\"\""),
        }
        let theirs = read_by_the_tools(text, &string).map(|t| parse_wave(&t, &string).unwrap());
        assert_eq!(parse_wave(text, &string).ok(), theirs, "{text}");
    }
}

#[test]
fn only_what_cannot_be_seen_is_escaped() {
    for (text, written) in [
        ("it's", "\"it's\""),
        ("say \"a\\b\"", r#""say \"a\\b\"""#),
        ("a\u{202e}\u{0}\n", r#""a\u{202e}\u{0}\n""#),
        ("สวัสดี é 🌊", "\"สวัสดี é 🌊\""),
        ("\u{301}e\u{301}", "\"\\u{301}e\u{301}\""),
    ] {
        assert_eq!(to_wave(&Value::String(text.into())), written);
    }
    assert_eq!(to_wave(&Value::Char('\'')), r"'\''");
    assert_eq!(to_wave(&Value::Char('"')), "'\"'");
    assert_eq!(to_wave(&Value::F64(1e300)), "1e300");
    assert_eq!(to_wave(&Value::F64(1.0)), "1");
}

#[test]
fn deep_and_long_texts_end() {
    let deep = type_ref(|t| (0..100).fold(Type::U8, |ty, _| Type::Def(define(t, None, TypeKind::Tuple(vec![ty])))));
    let text = format!("{}7{}", "(".repeat(100), ")".repeat(100));
    let value = parse_wave(&text, &deep).unwrap();
    assert_eq!(to_wave(&value), text);
    assert_eq!(from_json(&to_json(&value), &deep), Ok(value));
    for open in ["(", "[", "{", "some(", "{a:", "\"", "//", "-", "\"\"\"\n"] {
        assert!(parse_wave(&open.repeat(100_000), &deep).is_err());
    }
    let endless = type_ref(|t| Type::Def(define(t, None, TypeKind::Tuple(vec![Type::Def(TypeId(0))]))));
    assert!(parse_wave(&"(".repeat(100_000), &endless).unwrap_err().message.contains("nested so deeply"));

    let bytes = type_ref(|t| Type::Def(define(t, None, TypeKind::List(Type::U8))));
    let value = Value::Bytes(vec![200; 300_000]);
    assert_eq!(parse_wave(&to_wave(&value), &bytes), Ok(value));
    let string = type_ref(|_| Type::String);
    let value = Value::String("a\u{202e}\n".repeat(100_000));
    assert_eq!(parse_wave(&to_wave(&value), &string), Ok(value));
}
