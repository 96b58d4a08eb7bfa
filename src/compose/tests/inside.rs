use super::*;
use crate::component::Digest;
use crate::compose::{Decomposed, Inside, Source, decompose, inside};

fn encoded(lines: &[&str]) -> (Composition, Component) {
    let composition = composed(lines);
    let bytes = encode(&composition, &library()).unwrap_or_else(|e| panic!("{e:#?}")).bytes;
    (composition, decode("shop.wasm", bytes.into()))
}

fn text(wat: &str) -> Component {
    let component = decode("whole.wat", wat.as_bytes().into());
    let errors: Vec<_> = component.diagnostics.iter().filter(|d| d.severity == crate::diag::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    component
}

/// The members of a composition with its exports named: what can be read back.
fn as_encoded(mut composition: Composition, library: &Library) -> Composition {
    composition.exports = result_exports(&composition, library).into_iter().collect();
    let members: Vec<String> = composition.members().into_iter().map(str::to_owned).collect();
    composition.instances.retain(|name, _| members.contains(name));
    composition.wires.retain(|to, _| members.contains(&to.instance));
    composition
}

#[test]
fn what_is_encoded_can_be_read_back() {
    for lines in [
        &["user", "store", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"][..],
        &["only one=user"],
        &["a=end", "b=end"],
        &["a=logger", "b=logger", "c=logger"],
        &["a=end", "step", "a t:ring/x > step t:ring/x", "step t:ring/x as t:ring/x", "a t:ring/x as inner"],
        &["b=wasi-new", "a=wasi-old", "m=mid", "s=store", "u=user", "n=user-newer", "e=end", "f=end"],
        &["store", "store t:store/kv@1.2.0 as storage"],
        &["store", "store t:store/kv@1.2.0 as t:store/kv@1.1.0"],
        &["user", "store=store-newer", "store t:store/kv@1.3.0 > user t:store/kv@1.2.0"],
        &["functions", "named", "functions double > named twice", "functions shout as say", "named run as run"],
        &[
            "a=mid",
            "b=mid",
            "s=store",
            "s t:store/kv@1.2.0 > b t:store/kv@1.2.0",
            "s t:store/kv@1.2.0 as t:store/kv@1.2.0",
            "a t:mid/api as a",
            "b t:mid/api as b",
        ],
    ] {
        let (composition, whole) = encoded(lines);
        let Decomposed { composition: found, pieces, .. } =
            decompose(&whole).unwrap_or_else(|e| panic!("{lines:?}: {e:#?}"));
        assert_eq!(found, as_encoded(composition, &library()), "{lines:?}");
        for piece in &pieces {
            assert!(library().contains_key(&piece.component.digest), "{lines:?}");
            assert!(piece.component.name.starts_with("shop/"), "{}", piece.component.name);
        }
        let again = encode(&found, &library()).unwrap().bytes;
        assert!(again == *whole.bytes, "{lines:?}: the copy has other bytes");
    }
}
