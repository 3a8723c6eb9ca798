use serde_json::{Value, json};

use super::*;

const PATH: &str = "/usr/lib/x86_64-linux-gnu/libcns_pkcs11.so";
const NAME: &str = "Carta Nazionale dei Servizi";

fn add(text: Option<&str>, path: &str) -> Result<Edit, Refusal> {
    Policies.add(text, path)
}

fn undo(text: &str, changes: &[Change]) -> Option<String> {
    Policies.undo(text, changes)
}

fn take_out(text: &str) -> Result<Option<String>, Refusal> {
    Policies.take_out(text)
}

fn with_path(text: &str, stale: &dyn Fn(&str) -> bool, path: &str) -> Option<Edit> {
    Policies.with_path(text, stale, path)
}

fn registered_paths(text: &str) -> Result<Vec<String>, Malformed> {
    Policies.our_modules(text)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_new_file() {
    let made = add(None, PATH).unwrap().text;
    let expected = format!(
        "{{\n  \"policies\": {{\n    \"SecurityDevices\": {{\n      \"Add\": {{\n        \"{NAME}\": \"{PATH}\"\n      \
         }}\n    }}\n  }}\n}}\n"
    );
    assert_eq!(made, expected);
    assert_eq!(registered_paths(&made).unwrap(), [PATH]);
}

#[test]
fn what_is_there_stays_as_it_was_written() {
    let theirs = "{ \"policies\": {\n\t\"DisableTelemetry\":true ,\n\t\"SecurityDevices\": { \"Add\": {\n\t\t\
                  \"Other\": \"/opt/libother.so\"\n\t} }\n} }";
    let with = add(Some(theirs), PATH).unwrap().text;
    assert!(with.starts_with("{ \"policies\": {\n\t\"DisableTelemetry\":true ,\n"), "{with}");
    let add = &json(&with)["policies"]["SecurityDevices"]["Add"];
    assert_eq!(*add, json!({ "Other": "/opt/libother.so", NAME: PATH }));
    let without = take_out(&with).unwrap().unwrap();
    assert_eq!(json(&without), json(theirs));
}

#[test]
fn the_older_form_stays_one() {
    let theirs = r#"{"policies": {"SecurityDevices": {"Other": "/opt/libother.so"}}}"#;
    let with = add(Some(theirs), PATH).unwrap().text;
    let expected = json!({ "policies": { "SecurityDevices": { "Other": "/opt/libother.so", NAME: PATH } } });
    assert_eq!(json(&with), expected);
}

#[test]
fn deletions_alone_get_an_addition() {
    let theirs = r#"{"policies": {"SecurityDevices": {"Delete": ["Old"]}}}"#;
    let with = add(Some(theirs), PATH).unwrap().text;
    let expected = json!({ "Delete": ["Old"], "Add": { NAME: PATH } });
    assert_eq!(json(&with)["policies"]["SecurityDevices"], expected);
}

#[test]
fn an_earlier_path_is_exchanged_and_comes_back() {
    let old = r#"{"policies": {"SecurityDevices": {"Add": {"CNS": "/usr/local/lib/libcns_pkcs11.so"}}}}"#;
    let new = with_path(old, &|path| path.starts_with("/usr/local"), PATH).unwrap();
    assert_eq!(registered_paths(&new.text).unwrap(), [PATH]);
    assert_eq!(undo(&new.text, &new.changes).unwrap(), old);
    assert_eq!(with_path(old, &|_| false, PATH), None);
}

#[test]
fn what_was_written_is_undone_to_the_byte_whatever_was_edited_since() {
    for theirs in [
        "{}",
        "{\"policies\":{}}\n",
        "{ \"policies\": { \"DisableTelemetry\":true } }",
        "{\r\n  \"policies\": {\r\n    \"SecurityDevices\": {\"Delete\": [\"Old\"]}\r\n  }\r\n}\r\n",
        "{ \"policies\": {\n\t\"SecurityDevices\": { \"Add\": { \"Other\": \"/opt/libother.so\" } } } }",
        "{\"policies\": {\"SecurityDevices\": {\"Other\": \"/opt/libother.so\"}}}",
    ] {
        let with = add(Some(theirs), PATH).unwrap();
        let edited = with.text.replacen('{', "{ \"new\": 7,", 1).replace("7, }", "7 }").replace("7,}", "7}");
        let expected = theirs.replacen('{', "{ \"new\": 7,", 1).replace("7, }", "7 }").replace("7,}", "7}");
        let rest = undo(&edited, &with.changes).unwrap();
        assert_eq!(json(&rest), json(&expected), "{theirs}");
        if theirs.contains("Telemetry") || theirs.contains("Other") {
            assert_eq!(rest, expected);
        }
    }
}

#[test]
fn an_entry_that_was_edited_is_not_ours_any_more() {
    let with = add(None, PATH).unwrap();
    for edited in [with.text.replace(PATH, "/opt/libcns_pkcs11.so"), with.text.replace(NAME, "CNS")] {
        assert_eq!(undo(&edited, &with.changes), None, "{edited}");
    }
}

#[test]
fn names_that_are_taken() {
    let both = json!({ NAME: "/opt/a.so", format!("{NAME} (cns-pkcs11)"): "/opt/b.so" });
    let theirs = json!({ "policies": { "SecurityDevices": { "Add": both } } }).to_string();
    let with = json(&add(Some(&theirs), PATH).unwrap().text);
    let list = with["policies"]["SecurityDevices"]["Add"].as_object().unwrap();
    assert_eq!(list.len(), 3);
    assert_eq!(list[&format!("{NAME} (cns-pkcs11 2)")], PATH);
}

#[test]
fn a_name_that_stands_twice_is_refused() {
    for theirs in [
        r#"{"policies": {}, "policies": {"SecurityDevices": {"Add": {}}}}"#,
        r#"{"policies": {"SecurityDevices": {"Add": {}}, "Security\u0044evices": {}}}"#,
        r#"{"policies": {"SecurityDevices": {"Add": {"a": "/a.so", "a": "/b.so"}}}}"#,
        r#"{"policies": {"Extensions": [{"x": 1, "x": 2}]}}"#,
    ] {
        let refused = add(Some(theirs), PATH).unwrap_err();
        assert!(matches!(refused, Refusal::Malformed(Malformed::Duplicate(_))), "{theirs}");
    }
    // As Firefox reads them.
    let last =
        format!(r#"{{"policies": {{"SecurityDevices": {{"Add": {{"a": "{PATH}", "a": "/b.so"}}}}}}}}"#);
    assert_eq!(registered_paths(&last).unwrap(), Vec::<String>::new());
}

#[test]
fn a_malformed_file_is_refused() {
    for text in ["", "\u{feff}{}", "{", "{\"policies\": {,}}", "// comment\n{}", "[]", "{\"policies\": 7}"] {
        assert!(add(Some(text), PATH).is_err(), "{text}");
    }
    let odd = r#"{"policies": {"SecurityDevices": ["x"]}}"#;
    let error = add(Some(odd), PATH).unwrap_err();
    assert_eq!(error, Refusal::Malformed(Malformed::NotAnObject("SecurityDevices")));
    assert_eq!(take_out("{}"), Ok(None));
}
