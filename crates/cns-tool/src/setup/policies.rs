//! `policies.json`: what an administrator sets for everybody's Firefox.
//!
//! Only text in, text out. The file is edited in place: what the administrator wrote, and how, stays. Firefox reads
//! two forms of `SecurityDevices`: `{"Add": {name: path}, "Delete": [name]}`, and the older `{name: path}`, which it
//! takes for the newer one as soon as there is an `Add` (Policies.sys.mjs of ESR 153). So an older one stays one.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};

use crate::module_path::is_our_module;

/// A file that Firefox cannot use, or that has something else where the policy belongs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It is no text.
    #[error("no UTF-8 text")]
    NotText,
    /// It is no JSON: where, and what the parser says.
    #[error("line {line}, column {column}: {words}")]
    NotJson {
        /// From 1 on.
        line: usize,
        /// From 1 on.
        column: usize,
        /// In English.
        words: String,
    },
    /// This member is there and is no object.
    #[error("{0} is no object")]
    NotAnObject(&'static str),
}

/// The policies with our module at `path`; `None` if they have it already. `text` is `None` where there is no file.
///
/// # Errors
/// [`Malformed`]: it cannot be edited without guessing.
pub(super) fn with_module(text: Option<&str>, path: &str, name: &str) -> Result<Option<String>, Malformed> {
    let root = parse(text.unwrap_or("{\n}\n"))?;
    let devices = devices(&root, true)?;
    if let Some(devices) = &devices {
        let ours = registered(devices);
        if ours == [path] {
            return Ok(None);
        }
        remove_ours(devices);
    }
    let list = match devices {
        Some(devices) => devices,
        None => member(&member(&policies(&root)?, "SecurityDevices")?, "Add")?,
    };
    let taken = list.get(name).is_some();
    let name = if taken { format!("{name} (cns-pkcs11)") } else { name.to_owned() };
    list.append(&name, CstInputValue::from(path.to_owned()));
    list.ensure_multiline();
    Ok(Some(root.to_string()))
}

/// The policies without our module; `None` if it is not in there.
///
/// # Errors
/// [`Malformed`]: it cannot be edited without guessing.
pub(super) fn without_module(text: &str) -> Result<Option<String>, Malformed> {
    let root = parse(text)?;
    let Some(devices) = devices(&root, false)? else { return Ok(None) };
    Ok(remove_ours(&devices).then(|| root.to_string()))
}

/// Where the policies say that our module is; empty if they do not name it.
///
/// # Errors
/// [`Malformed`]: Firefox does not use this file either.
pub fn registered_paths(text: &str) -> Result<Vec<String>, Malformed> {
    let root = parse(text)?;
    Ok(devices(&root, false)?.map(|devices| registered(&devices)).unwrap_or_default())
}

fn parse(text: &str) -> Result<CstRootNode, Malformed> {
    // Firefox takes strict JSON only; the other parser keeps the layout and would forgive more.
    let strict: Result<serde_json::Value, _> = serde_json::from_str(text);
    strict.map_err(|error| {
        let (line, column, words) = (error.line(), error.column(), error.to_string());
        // Told already.
        let words = words.trim_end_matches(&format!(" at line {line} column {column}")).to_owned();
        Malformed::NotJson { line, column, words }
    })?;
    let root = CstRootNode::parse(text, &ParseOptions::default());
    root.map_err(|error| Malformed::NotJson {
        line: error.line_display(),
        column: error.column_display(),
        words: error.kind().to_string(),
    })
}

fn policies(root: &CstRootNode) -> Result<CstObject, Malformed> {
    let top = root.object_value().ok_or(Malformed::NotAnObject("{}"))?;
    member(&top, "policies")
}

/// The object of this name, made if it is not there.
fn member(object: &CstObject, name: &'static str) -> Result<CstObject, Malformed> {
    let found = object.object_value_or_create(name).ok_or(Malformed::NotAnObject(name))?;
    object.ensure_multiline();
    Ok(found)
}

/// The object whose members are name and path of a module, in whichever form; `None` if there is none.
fn devices(root: &CstRootNode, strict: bool) -> Result<Option<CstObject>, Malformed> {
    let object = |parent: &CstObject, name: &'static str| match parent.get(name) {
        None => Ok(None),
        Some(_) => match parent.object_value(name) {
            None if strict => Err(Malformed::NotAnObject(name)),
            found => Ok(found),
        },
    };
    let top = root.object_value().ok_or(Malformed::NotAnObject("{}"))?;
    let Some(policies) = object(&top, "policies")? else { return Ok(None) };
    let Some(devices) = object(&policies, "SecurityDevices")? else { return Ok(None) };
    if devices.get("Add").is_some() {
        return object(&devices, "Add");
    }
    let older = devices.get("Delete").is_none() && !devices.properties().is_empty();
    Ok(older.then_some(devices))
}

fn registered(devices: &CstObject) -> Vec<String> {
    let values = devices.properties().into_iter().filter_map(|property| property.value());
    let paths = values.filter_map(|value| value.as_string_lit()?.decoded_value().ok());
    paths.filter(|path| is_our_module(path)).collect()
}

fn remove_ours(devices: &CstObject) -> bool {
    let mut removed = false;
    for property in devices.properties() {
        let path = property.value().and_then(|value| value.as_string_lit()?.decoded_value().ok());
        if path.is_some_and(|path| is_our_module(&path)) {
            property.remove();
            removed = true;
        }
    }
    removed
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const PATH: &str = "/usr/lib/x86_64-linux-gnu/libcns_pkcs11.so";
    const NAME: &str = "Carta Nazionale dei Servizi";

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_new_file() {
        let made = with_module(None, PATH, NAME).unwrap().unwrap();
        let expected = format!(
            "{{\n  \"policies\": {{\n    \"SecurityDevices\": {{\n      \"Add\": {{\n        \"{NAME}\": \"{PATH}\"\n      \
             }}\n    }}\n  }}\n}}\n"
        );
        assert_eq!(made, expected);
        assert_eq!(with_module(Some(&made), PATH, NAME), Ok(None));
    }

    #[test]
    fn what_is_there_stays_as_it_was_written() {
        let theirs = "{ \"policies\": {\n\t\"DisableTelemetry\":true ,\n\t\"SecurityDevices\": { \"Add\": {\n\t\t\
                      \"Other\": \"/opt/libother.so\"\n\t} }\n} }";
        let with = with_module(Some(theirs), PATH, NAME).unwrap().unwrap();
        assert!(with.starts_with("{ \"policies\": {\n\t\"DisableTelemetry\":true ,\n"), "{with}");
        let add = &json(&with)["policies"]["SecurityDevices"]["Add"];
        assert_eq!(*add, json!({ "Other": "/opt/libother.so", NAME: PATH }));
        let without = without_module(&with).unwrap().unwrap();
        assert_eq!(json(&without), json(theirs));
    }

    #[test]
    fn the_older_form_stays_one() {
        let theirs = r#"{"policies": {"SecurityDevices": {"Other": "/opt/libother.so"}}}"#;
        let with = with_module(Some(theirs), PATH, NAME).unwrap().unwrap();
        let expected =
            json!({ "policies": { "SecurityDevices": { "Other": "/opt/libother.so", NAME: PATH } } });
        assert_eq!(json(&with), expected);
    }

    #[test]
    fn deletions_alone_get_an_addition() {
        let theirs = r#"{"policies": {"SecurityDevices": {"Delete": ["Old"]}}}"#;
        let with = with_module(Some(theirs), PATH, NAME).unwrap().unwrap();
        let expected = json!({ "Delete": ["Old"], "Add": { NAME: PATH } });
        assert_eq!(json(&with)["policies"]["SecurityDevices"], expected);
    }

    #[test]
    fn never_twice() {
        let old = r#"{"policies": {"SecurityDevices": {"Add": {"CNS": "/usr/local/lib/libcns_pkcs11.so"}}}}"#;
        let new = with_module(Some(old), PATH, NAME).unwrap().unwrap();
        assert_eq!(registered_paths(&new).unwrap(), [PATH]);
    }

    #[test]
    fn a_malformed_file_is_refused() {
        for text in ["", "{", "{\"policies\": {,}}", "// comment\n{}", "[]", "{\"policies\": 7}"] {
            assert!(with_module(Some(text), PATH, NAME).is_err(), "{text}");
        }
        let odd = r#"{"policies": {"SecurityDevices": ["x"]}}"#;
        let error = with_module(Some(odd), PATH, NAME).unwrap_err();
        assert_eq!(error, Malformed::NotAnObject("SecurityDevices"));
        assert_eq!(without_module("{}"), Ok(None));
    }
}
