wit_bindgen::generate!({ world: "shop", path: "../../../../wit/orders", generate_all });

use exports::techbytes::orders::checkout::{Guest, Line, Receipt, Refusal};
use techbytes::payments::fraud_check::check;

struct Shop;

impl Guest for Shop {
    fn place(user_id: String, cart: Vec<Line>) -> Result<Receipt, Refusal> {
        if cart.is_empty() {
            return Err(Refusal::EmptyCart);
        }
        let total_cents = cart.iter().map(|l| l.quantity as u64 * l.unit_cents).sum();
        let verdict = check(&user_id, total_cents);
        if !verdict.allowed {
            return Err(Refusal::Fraud(verdict.reason));
        }
        Ok(Receipt { total_cents, note: format!("{} line(s); {}", cart.len(), verdict.reason) })
    }
}

export!(Shop);
