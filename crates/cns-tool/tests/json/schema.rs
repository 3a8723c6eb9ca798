//! The JSON Schema in docs, compiled as it is, and so that it refuses members that it does not name.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

const SCHEMA: &str = include_str!("../../../../docs/cns.schema.json");

pub struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    /// As programs get it: what it does not know may be there.
    pub fn open() -> Self {
        Self::compile(serde_json::from_str(SCHEMA).unwrap())
    }

    /// For the tests: each member has its line in the schema.
    pub fn closed() -> Self {
        let mut schema = serde_json::from_str(SCHEMA).unwrap();
        close(&mut schema);
        Self::compile(schema)
    }

    fn compile(schema: Value) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        compiler.add_resource("cns.schema.json", schema).unwrap();
        let index = compiler.compile("cns.schema.json", &mut schemas).unwrap();
        Self { schemas, index }
    }

    pub fn check(&self, document: &Value) -> Result<(), String> {
        self.schemas.validate(document, self.index).map_err(|error| format!("{error:#}"))
    }

    #[track_caller]
    pub fn expect(&self, document: &Value) {
        self.check(document).unwrap_or_else(|error| panic!("{error}\n{document:#}"));
    }
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            // The root has alternatives only, and `properties` may be the name of a member.
            if members.get("properties").is_some_and(Value::is_object) && members.contains_key("type") {
                members.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn members_may_come_and_none_may_go() {
    let error = serde_json::json!({ "code": "no-card", "exit": 4, "text": "", "why": null, "next": null });
    let mut document = serde_json::json!({ "schema": 1, "command": "status", "error": error });
    let (open, closed) = (Schema::open(), Schema::closed());
    closed.expect(&document);
    document["more"] = 1.into();
    open.expect(&document);
    assert!(closed.check(&document).is_err());
    // An event with an error is no failure of the command.
    let mut event = serde_json::json!({ "schema": 1, "command": "watch", "time": "2026-07-01T00:00:00Z" });
    event["event"] = "unreadable-card".into();
    event["error"] = document["error"].clone();
    open.expect(&event);
    closed.expect(&event);
    document["error"].as_object_mut().unwrap().remove("code");
    assert!(open.check(&document).is_err());
}
