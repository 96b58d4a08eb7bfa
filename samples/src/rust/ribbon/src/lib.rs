wit_bindgen::generate!({ world: "ribbon", path: "../../../../wit/packing", generate_all });

use exports::techbytes::packing::labels::Guest;
use techbytes::toolbox::bags::Bag;

struct Ribbon;

impl Guest for Ribbon {
    fn label(contents: &Bag) -> String {
        format!("~ {} ~", techbytes::packing::labels::label(contents))
    }
}

export!(Ribbon);
