wit_bindgen::generate!({ world: "packer", path: "../../../../wit/packing", generate_all });

use exports::techbytes::packing::table::{Guest, Parcel};
use techbytes::orders::checkout::{place, Line, Refusal};
use techbytes::packing::courier::{book, Trouble};
use techbytes::packing::labels::label;
use techbytes::toolbox::bags::{swallow, Bag};

struct Table;

impl Guest for Table {
    fn pack(user_id: String, text: String) -> Result<Parcel, String> {
        let bag = Bag::parse(&text)?;
        let weight = bag.words().iter().fold(0, |sum, word| add(sum, word.len() as u32));
        let cart: Vec<Line> =
            bag.words().into_iter().map(|sku| Line { sku, quantity: 1, unit_cents: 100 }).collect();
        let receipt = place(&user_id, &cart).map_err(|refusal| match refusal {
            Refusal::EmptyCart => "nothing to pack".to_string(),
            Refusal::Fraud(why) => why,
        })?;
        let label = label(&bag);
        let tracking = book(&label, weight).map_err(|trouble| match trouble {
            Trouble::TooHeavy => "too heavy".to_string(),
            Trouble::NobodyFree => "nobody is free".to_string(),
        })?;
        Ok(Parcel { label, contents: swallow(bag), paid_cents: receipt.total_cents, tracking })
    }
}

export!(Table);
