//! `policies.json`: what an administrator sets for everybody's Firefox.
//!
//! Only text in, text out. The file is edited in place: what the administrator wrote, and how, stays. Firefox reads
//! two forms of `SecurityDevices`: `{"Add": {name: path}, "Delete": [name]}`, and the older `{name: path}`, which it
//! takes for the newer one as soon as there is an `Add` (Policies.sys.mjs of ESR 153). So an older one stays one.

use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use jsonc_parser::{CollectOptions, ParseOptions, ast, parse_to_ast};
use serde_json::Value;

use super::format::{Change, Edit, FileFormat, Refusal};
use super::lines;
use super::malformed::Malformed;
use super::nss_modules::free_name;
use crate::pkcs11::module_path::is_our_module;

/// A file of policies.
pub(crate) struct Policies;

impl FileFormat for Policies {
    fn modules(&self, text: &str) -> Result<Vec<String>, Malformed> {
        let root: Value = strict(text)?;
        let devices = &root["policies"]["SecurityDevices"];
        let list = devices.get("Add").unwrap_or(devices);
        let values = list.as_object().into_iter().flat_map(|list| list.values());
        Ok(values.filter_map(Value::as_str).map(str::to_owned).collect())
    }

    fn add(&self, text: Option<&str>, module: &str) -> Result<Edit, Refusal> {
        let before = text.unwrap_or(NEW);
        let root = parse(before)?;
        let (around, is_taken): (&[&str], _) = match devices(&root)? {
            Some(list) if is_older_form(&root) => (&AROUND[..2], Some(list)),
            found => (&AROUND, found),
        };
        let name = free_name(|name| is_taken.as_ref().is_some_and(|list| list.get(name).is_some()));
        let (text, piece, missing) =
            with_member(before, around, &name, module).ok_or(Malformed::NotAnObject("{}"))?;
        let member = |member: String, now: &str| Change {
            member: Some(member),
            now: now.to_owned(),
            before: String::new(),
        };
        let mut changes = vec![member(name, module), Change::inserted(piece)];
        // The deepest first, as they are taken away again.
        let made = (around.len() - missing..around.len()).rev();
        changes.extend(made.map(|depth| member(around[..=depth].join("/"), NOTHING)));
        Ok(Edit { text, changes })
    }

    /// Lines mean nothing in JSON.
    fn module_in_line<'a>(&self, _: &'a str) -> Option<&'a str> {
        None
    }

    fn with_path(&self, text: &str, stale: &dyn Fn(&str) -> bool, path: &str) -> Option<Edit> {
        let root = parse(text).ok()?;
        let mut changes = Vec::new();
        for property in devices(&root).ok()??.properties() {
            let Some((name, old)) = module(&property).filter(|(_, old)| is_our_module(old) && stale(old))
            else {
                continue;
            };
            property.set_value(CstInputValue::from(path.to_owned()));
            changes.push(Change { member: Some(name), now: path.to_owned(), before: old });
        }
        (!changes.is_empty()).then(|| Edit { text: root.to_string(), changes })
    }

    fn without(&self, _: &str, _: &str) -> Option<String> {
        None
    }

    fn undo(&self, text: &str, changes: &[Change]) -> Option<String> {
        let written: Vec<&Change> = changes.iter().filter(|change| change.member.is_some()).collect();
        let undone = undone(text, &written)?;
        // Where the very text stands, all around it stays as it is, to the byte.
        let pieces = changes.iter().filter(|change| change.member.is_none());
        for piece in pieces {
            if text.matches(&piece.now).count() == 1 {
                let rest = text.replacen(&piece.now, "", 1);
                if value(&rest).is_some_and(|rest| Some(rest) == value(&undone)) {
                    return Some(rest);
                }
            }
        }
        Some(undone)
    }

    fn take_out(&self, text: &str) -> Result<Option<String>, Refusal> {
        let root = parse(text)?;
        let Some(devices) = devices(&root)? else { return Ok(None) };
        let ours = devices
            .properties()
            .into_iter()
            .filter(|property| module(property).is_some_and(|(_, path)| is_our_module(&path)));
        let ours: Vec<CstObjectProp> = ours.collect();
        let any = !ours.is_empty();
        ours.into_iter().for_each(CstObjectProp::remove);
        Ok(any.then(|| root.to_string()))
    }

    fn is_nothing(&self, text: &str) -> bool {
        text.trim().is_empty() || value(text) == Some(Value::Object(serde_json::Map::new()))
    }
}

/// The objects around the list of modules, from the outside.
const AROUND: [&str; 3] = ["policies", "SecurityDevices", "Add"];

/// A new file, to be filled.
const NEW: &str = "{\n}\n";
/// An object that was made to hold another.
const NOTHING: &str = "{}";

/// The text with a new member in the object at `path`, the piece that was put in, and how many objects it has to hold
/// the member. Nothing else is changed.
fn with_member(text: &str, path: &[&str], name: &str, value: &str) -> Option<(String, String, usize)> {
    let tree = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let Some(ast::Value::Object(mut object)) = tree.value else { return None };
    let mut missing = path;
    while let Some((first, rest)) = missing.split_first() {
        match object.take_object(first) {
            Some(inner) => (object, missing) = (inner, rest),
            None => break,
        }
    }
    let line = text[..object.range.start].rsplit('\n').next().unwrap_or_default();
    let indent: String = line.chars().take_while(|letter| letter.is_whitespace()).collect();
    let end = lines::line_end(text);
    let inside = &text[object.range.start + 1..object.range.end - 1];
    let (at, before) = match object.properties.last() {
        // As far from what is before it as the last member is.
        Some(last) => {
            let start = text[..last.range.start].trim_end().len();
            (last.range.end, format!(",{}", &text[start..last.range.start]))
        }
        None if inside.contains('\n') => (object.range.start + 1, format!("{end}{indent}  ")),
        None => (object.range.start + 1, String::new()),
    };
    let multiline = before.contains('\n');
    let indent = before.rsplit('\n').next().filter(|_| multiline).unwrap_or_default().to_owned();
    let member = format!("{}: {}", Value::from(name), Value::from(value));
    let whole = missing.iter().enumerate().rev().fold(member, |inner, (depth, name)| {
        let (open, close) = if multiline {
            (
                format!("{end}{indent}{}", "  ".repeat(depth + 1)),
                format!("{end}{indent}{}", "  ".repeat(depth)),
            )
        } else {
            (String::new(), String::new())
        };
        format!("{}: {{{open}{inner}{close}}}", Value::from(*name))
    });
    let piece = before + &whole;
    Some((format!("{}{piece}{}", &text[..at], &text[at..]), piece, missing.len()))
}

fn undone(text: &str, written: &[&Change]) -> Option<String> {
    let root = parse(text).ok()?;
    for change in written {
        let name = change.member.as_deref()?;
        if change.now == NOTHING {
            remove_if_empty(&root, name);
            continue;
        }
        let property = devices(&root).ok()??.get(name)?;
        if module(&property)?.1 != change.now {
            return None;
        }
        if change.before.is_empty() {
            property.remove();
        } else {
            property.set_value(CstInputValue::from(change.before.clone()));
        }
    }
    Some(root.to_string())
}

fn remove_if_empty(root: &CstRootNode, path: &str) {
    let mut object = root.object_value();
    let mut found = None;
    for name in path.split('/') {
        found = object.as_ref().and_then(|object| object.get(name));
        object = found.as_ref().and_then(CstObjectProp::object_value);
    }
    let empty = object.is_some_and(|object| object.properties().is_empty());
    found.filter(|_| empty).into_iter().for_each(CstObjectProp::remove);
}

fn value(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// Firefox takes strict JSON only; the parser that keeps the layout would forgive more.
fn strict(text: &str) -> Result<Value, Malformed> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column, words) = (error.line(), error.column(), error.to_string());
        // Said already.
        let words = words.trim_end_matches(&format!(" at line {line} column {column}")).to_owned();
        Malformed::NotJson { line, column, words }
    })
}

fn parse(text: &str) -> Result<CstRootNode, Malformed> {
    strict(text)?;
    let root = CstRootNode::parse(text, &ParseOptions::default());
    let root = root.map_err(|error| Malformed::NotJson {
        line: error.line_display(),
        column: error.column_display(),
        words: error.kind().to_string(),
    })?;
    match root.value().and_then(|value| duplicate(&value)) {
        Some(name) => Err(Malformed::Duplicate(name)),
        None => Ok(root),
    }
}

/// A name that stands twice in one object: which of them is meant, the reader of the file and its writer may see
/// differently.
fn duplicate(node: &CstNode) -> Option<String> {
    if let Some(array) = node.as_array() {
        return array.elements().iter().find_map(duplicate);
    }
    let mut names = Vec::new();
    for property in node.as_object()?.properties() {
        let name = property.name()?.decoded_value().ok()?;
        if names.contains(&name) {
            return Some(name);
        }
        names.push(name);
        if let Some(found) = property.value().and_then(|value| duplicate(&value)) {
            return Some(found);
        }
    }
    None
}

/// The object whose members are name and path of a module, in whichever form; `None` if there is none.
fn devices(root: &CstRootNode) -> Result<Option<CstObject>, Malformed> {
    let object = |parent: &CstObject, name: &'static str| match parent.get(name) {
        None => Ok(None),
        Some(_) => parent.object_value(name).map(Some).ok_or(Malformed::NotAnObject(name)),
    };
    let top = root.object_value().ok_or(Malformed::NotAnObject("{}"))?;
    let Some(policies) = object(&top, "policies")? else { return Ok(None) };
    let Some(devices) = object(&policies, "SecurityDevices")? else { return Ok(None) };
    if is_older_form(root) { Ok(Some(devices)) } else { object(&devices, "Add") }
}

fn is_older_form(root: &CstRootNode) -> bool {
    let devices = root.object_value().and_then(|top| top.object_value(AROUND[0])?.object_value(AROUND[1]));
    devices.is_some_and(|devices| {
        devices.get("Add").is_none() && devices.get("Delete").is_none() && !devices.properties().is_empty()
    })
}

/// Name and path of a member of the list.
fn module(property: &CstObjectProp) -> Option<(String, String)> {
    let path = property.value()?.as_string_lit()?.decoded_value().ok()?;
    Some((property.name()?.decoded_value().ok()?, path))
}

#[cfg(test)]
mod tests;
