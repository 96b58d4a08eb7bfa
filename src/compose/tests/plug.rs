use super::*;

fn plugged(socket: &str, plugs: &[&str], prefer: &[&str]) -> Result<Plugged, Vec<String>> {
    let plug_of = |text: &&str| {
        let (name, fixture) = text.split_once('=').unwrap_or((text, text));
        Plug { name: name.to_owned(), component: digest(fixture) }
    };
    let plugs: Vec<Plug> = plugs.iter().map(plug_of).collect();
    let prefer: Vec<String> = prefer.iter().map(|p| (*p).to_owned()).collect();
    plug(&plug_of(&socket), &plugs, &prefer, &library()).map_err(|why| why.reasons().to_vec())
}

fn wires(plugged: &Plugged) -> Vec<String> {
    plugged.composition.wires.iter().map(|(to, from)| format!("{from} > {to}")).collect()
}

#[test]
fn imports_take_what_goes_by_their_name_or_a_compatible_version() {
    let library = library();
    let one = plugged("user", &["store"], &[]).unwrap();
    assert_eq!(wires(&one), [format!("store · {KV} > user · {KV}")]);
    assert_eq!(one.composition.exports, BTreeMap::from([("run".to_owned(), port("user run"))]));
    assert_eq!((one.made.len(), one.left.as_slice()), (1, &[][..]));
    let bytes = encode(&one.composition, &library).unwrap().bytes;
    let result = decode("result.wasm", bytes.into());
    assert!(result.imports.is_empty() && result.exports.len() == 1);
    let newer = plugged("user", &["store-newer"], &[]).unwrap();
    assert_eq!(wires(&newer), [format!("store-newer · t:store/kv@1.3.0 > user · {KV}")]);
    // The exact version goes before a newer one, whatever the order.
    for plugs in [["store-newer", "store"], ["store", "store-newer"]] {
        let both = plugged("user", &plugs, &[]).unwrap();
        assert_eq!(wires(&both), [format!("store · {KV} > user · {KV}")]);
        assert_eq!(both.left, ["“store-newer” is left out: nothing takes what it exports"]);
        assert!(!both.composition.instances.contains_key("store-newer"));
    }
}

#[test]
fn plugs_are_wired_to_each_other_and_never_in_a_ring() {
    let all = plugged("caller", &["mid", "store"], &[]).unwrap();
    assert_eq!(
        wires(&all),
        [
            "mid · t:mid/api > caller · t:mid/api".to_owned(),
            format!("store · {KV} > caller · {KV}"),
            format!("store · {KV} > mid · {KV}")
        ]
    );
    let library = library();
    encode(&all.composition, &library).unwrap();
    // Two that need each other: one way is wired, and the other one stays open.
    let ring = plugged("start", &["yx", "xy"], &[]).unwrap();
    assert_eq!(wires(&ring), ["yx · t:ring/x > start · t:ring/x", "xy · t:ring/y > yx · t:ring/y"]);
    assert!(
        ring.left[0].contains("yx · t:ring/x is not wired to xy · t:ring/x: The wire would close a cycle"),
        "{:?}",
        ring.left
    );
    assert_eq!(ring.composition.validate(), Vec::<String>::new());
}

#[test]
fn where_several_could_be_taken_a_person_says_which() {
    let refused = plugged("start", &["one=end", "two=end"], &[]).unwrap_err();
    assert_eq!(
        refused,
        [
            "start · t:ring/x could be taken from any of these, so say which with --prefer: one · t:ring/x, two · t:ring/x"
        ]
    );
    for prefer in [&["two"][..], &["t:ring/x=two"], &["one", "t:ring/x=two"]] {
        let found = plugged("start", &["one=end", "two=end"], prefer).unwrap();
        assert_eq!(wires(&found), ["two · t:ring/x > start · t:ring/x"], "{prefer:?}");
    }
    // What hands an interface on takes it from the other one.
    let found = plugged("start", &["step", "end"], &["step"]).unwrap();
    assert_eq!(wires(&found), ["step · t:ring/x > start · t:ring/x", "end · t:ring/x > step · t:ring/x"]);
    let refused = plugged("start", &["end"], &["gone"]).unwrap_err();
    assert_eq!(refused, ["No plug is called “gone”, which is preferred; the plugs: end"]);
}

#[test]
fn what_does_not_fit_is_explained() {
    let refused = plugged("user", &["store-wrong", "store-2", "end"], &[]).unwrap_err();
    assert_eq!(refused[0], format!("Nothing fits: “user” needs {KV}"));
    assert!(refused.contains(&"“end” gives t:ring/x".to_owned()), "{refused:?}");
    let why = |words: &[&str]| refused.iter().any(|r| words.iter().all(|w| r.contains(w)));
    assert!(why(&["store-wrong · ", "does not fit", "string", "u32"]), "{refused:?}");
    assert!(why(&["store-2 · t:store/kv@2.0.0", "version 1.2.0 or a compatible newer one is needed"]), "{refused:?}");
    let one_of_two = plugged("both", &["end"], &[]).unwrap();
    assert_eq!(wires(&one_of_two).len(), 1);
    let some = plugged("user", &["store", "store-wrong"], &[]).unwrap();
    assert_eq!(wires(&some).len(), 1);
    assert_eq!(plugged("end", &["start"], &[]).unwrap_err()[0], "Nothing fits: “end” needs nothing");
}

#[test]
fn it_gives_what_the_wac_tool_gives() {
    use wac_graph::{CompositionGraph, EncodeOptions};
    let library = library();
    for (socket, plug) in
        [("user", "store"), ("user", "store-newer"), ("start", "end"), ("caller", "mid"), ("both", "end")]
    {
        let mut graph = CompositionGraph::new();
        let mut package = |name: &str| {
            let bytes = library[&digest(name)].bytes.to_vec();
            let package = wac_types::Package::from_bytes(name, None, bytes, graph.types_mut()).unwrap();
            graph.register_package(package).unwrap()
        };
        let (socket_id, plug_id) = (package(socket), package(plug));
        wac_graph::plug(&mut graph, vec![plug_id], socket_id).unwrap();
        let theirs = decode("theirs.wasm", graph.encode(EncodeOptions::default()).unwrap().into());
        let ours = plugged(socket, &[plug], &[]).unwrap();
        let ours = decode("ours.wasm", encode(&ours.composition, &library).unwrap().bytes.into());
        let names = |list: &[Extern]| list.iter().map(|e| e.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&ours.imports), names(&theirs.imports), "{socket} {plug}");
        assert_eq!(names(&ours.exports), names(&theirs.exports), "{socket} {plug}");
    }
}
