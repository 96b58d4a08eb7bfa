wit_bindgen::generate!({ world: "checkout", path: "../../../../wit/payments" });

use exports::techbytes::payments::fraud_check::{Decision, Guest};

struct Checkout;

impl Guest for Checkout {
    fn check(user_id: String, amount_cents: u64) -> Decision {
        let mut score = (amount_cents / 10_000).min(90) as u32;
        if user_id.starts_with("new-") {
            score += 25;
        }
        let allowed = score < 50;
        let reason = if allowed {
            format!("user {user_id}: risk {score} is under the limit")
        } else {
            format!("user {user_id}: risk {score} is over the limit")
        };
        Decision { allowed, score, reason }
    }
}

export!(Checkout);
