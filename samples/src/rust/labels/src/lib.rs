wit_bindgen::generate!({ world: "label-writer", path: "../../../../wit/packing", generate_all });

use exports::techbytes::packing::labels::Guest;
use techbytes::toolbox::bags::Bag;

struct Writer;

impl Guest for Writer {
    fn label(contents: &Bag) -> String {
        let words = contents.words();
        match words.as_slice() {
            [] => "nothing".to_string(),
            [one] => one.clone(),
            [first, .., last] => format!("{first} to {last} ({})", words.len()),
        }
    }
}

export!(Writer);
