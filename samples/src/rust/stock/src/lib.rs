wit_bindgen::generate!({ world: "market", path: "../../../../wit/stock" });

use exports::techbytes::stock::feed::{Guest, Tick};
use wit_bindgen::StreamReader;

struct Market;

fn price(symbol: &str) -> i64 { symbol.bytes().map(|b| b as i64 * 7).sum() }

impl Guest for Market {
    async fn quote(symbol: String) -> Result<Tick, String> {
        if symbol.is_empty() { return Err("no symbol".into()); }
        let cents = price(&symbol);
        Ok(Tick { symbol, cents })
    }
    async fn watch(symbols: Vec<String>) -> StreamReader<Tick> {
        let (mut tx, rx) = wit_stream::new();
        wit_bindgen::spawn_local(async move {
            let ticks = symbols.into_iter().map(|s| Tick { cents: price(&s), symbol: s }).collect();
            tx.write_all(ticks).await;
        });
        rx
    }
}

export!(Market);
