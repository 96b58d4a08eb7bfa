use super::order;
use super::random::{Random, define, same, type_ref};
use crate::component::{Label, Type, TypeId, TypeKind, TypeRef, TypeTable};
use crate::value::*;

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
fn wave_errors_name_place_and_type() {
    for (text, place, message) in [
        ("", "", "expected order, found the end"),
        ("[1]", "[", "expected order, found ["),
        ("{}", "{}", "order without fields is written {:}"),
        ("{cart: [{sku: \"a\", quantity: 300}]}", "300", "must be 0 to 255"),
        ("{cart: [{sku: \"a\", quantity: 1.5}]}", "1.5", "expected u8, 0 to 255, found 1.5"),
        ("{cart: [{sku: 'a', quantity: 3}]}", "'a'", "expected string: text between \", found 'a'"),
        ("{cart: [{sku: \"a\"}]}", "{sku: \"a\"}", "field quantity: u8 of item is missing"),
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
        ("{shape: polygon}", "}", "expected ( and list<point>, found }"),
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
        ("\"\"\"\n\"\"\"", Some("")),
        ("\"\"\"\none\n\"\"\"", Some("one")),
        ("\"\"\"\r\n    one\r\n  \r\n   two \\\"\\u{e9}\\\\n\r\n  \"\"\"", Some("  one\n\n two \"é\\n")),
        ("\"\"\"\n  one\n\n  two\n  \"\"\"", None), // the empty line is not indented
        ("\"\"\"one\n\"\"\"", None),
        ("\"\"\"\none\"\"\"", None),
        ("\"it's \\'\"", Some("it's '")),
    ] {
        let ours = parse_wave(text, &string).ok();
        assert_eq!(ours, read.map(|r| Value::String(r.into())), "{text}");
        assert_eq!(ours, read_by_the_tools(text, &string).map(|t| parse_wave(&t, &string).unwrap()), "{text}");
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
    for open in ["(", "[", "{", "some(", "{a:", "\"", "//", "-", "\"\"\"\n"] {
        assert!(parse_wave(&open.repeat(100_000), &deep).unwrap_err().message.len() < 1000);
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

#[test]
fn long_values_are_broken_or_cut() {
    let item =
        |sku: &str| Value::Record(vec![("sku".into(), Value::String(sku.into())), ("quantity".into(), Value::U8(1))]);
    let value = Value::Result(Ok(Some(Box::new(Value::Record(vec![
        ("items".into(), Value::List(vec![item("short"), item("a longer name")])),
        ("none".into(), Value::List(Vec::new())),
        ("bytes".into(), Value::Bytes((0..20).collect())),
    ])))));
    assert_eq!(
        to_wave_pretty(&value, 40),
        "ok({
  items: [
    {sku: \"short\", quantity: 1},
    {sku: \"a longer name\", quantity: 1}
  ],
  none: [],
  bytes: [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    11, 12, 13, 14, 15, 16, 17, 18, 19
  ]
})"
    );
    assert_eq!(to_wave_pretty(&value, 500), to_wave(&value));
    assert_eq!(to_wave_short(&value, 20), "ok({items: [{sku: \"s…");
    assert_eq!(to_wave_short(&Value::String("ééé".into()), 4), "\"é…");
    assert_eq!(to_wave_short(&Value::U8(7), 4), "7");
}
