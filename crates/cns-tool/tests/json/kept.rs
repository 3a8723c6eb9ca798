//! What `cns` wrote in `crates/interop`, with the module and a card in a real pcscd: the results that need them.

use std::collections::BTreeSet;

use serde_json::{Deserializer, Value};

use crate::schema::Schema;

const KEPT: [&str; 2] =
    [include_str!("../../../interop/kept/card.txt"), include_str!("../../../interop/kept/module.txt")];

/// A value in the place of what is another at each run.
fn filled(kept: &str) -> String {
    let day = "2026-01-01";
    let text = kept.replace('…', "1").replace("<first day>", day).replace("<last day>", day);
    let fingerprint = |bytes| vec!["00"; bytes].join(":");
    text.replace("<its SHA-256>", &fingerprint(32)).replace("<its SHA-1>", &fingerprint(20))
}

#[test]
fn results_that_need_the_module() {
    let schema = Schema::closed();
    let mut commands = BTreeSet::new();
    for kept in KEPT.map(filled) {
        for (at, _) in kept.match_indices("\n{") {
            let document = Deserializer::from_str(&kept[at..]).into_iter::<Value>().next();
            let document = document.expect("a value").expect("JSON");
            schema.expect(&document);
            assert!(document.get("error").is_none(), "{document}");
            commands.extend(document["command"].as_str().map(str::to_owned));
        }
    }
    assert_eq!(commands.into_iter().collect::<Vec<_>>(), ["cert show", "cert uri", "status", "test-login"]);
}
