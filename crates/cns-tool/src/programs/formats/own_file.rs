//! The files that have our name: a p11-kit module, a snippet for OpenSSL, a configuration for Java.
//!
//! Only text. A path is quoted where the format needs it.

use crate::pkcs11::module_path::is_our_module;
use crate::programs::formats::format::{Change, Edit, Refusal};
use crate::programs::formats::lines;

/// What stands at the top of each of them.
const HEAD: &str = "# By `cns setup`; `cns setup --remove` takes it away.\n";

/// pkcs11.conf(5): one line is enough. No `critical`: programs go on without the card's module.
fn p11_kit_line(module: &str) -> String {
    format!("module: {module}")
}

/// Where a `.module` file says that its module is.
#[must_use]
pub fn p11_kit_module(text: &str) -> Option<&str> {
    text.lines().find_map(p11_kit_value)
}

fn p11_kit_value(line: &str) -> Option<&str> {
    let line = lines::content(line).trim();
    line.strip_prefix("module")?.trim_start().strip_prefix(':').map(str::trim)
}

/// The `.module` file with our module, which it does not name yet.
///
/// # Errors
/// [`Refusal::Occupied`]: it names another one.
pub(crate) fn add_to_p11_kit(text: Option<&str>, module: &str) -> Result<Edit, Refusal> {
    let line = p11_kit_line(module);
    match text {
        Some(text) if !text.trim().is_empty() => {
            if let Some(other) = p11_kit_module(text) {
                return Err(Refusal::Occupied(other.to_owned()));
            }
            let end = lines::line_end(text);
            let ours = format!("{}{line}{end}", lines::end_of_last_line(text));
            Ok(Edit::inserted(format!("{text}{ours}"), ours))
        }
        _ => {
            let whole = format!("{HEAD}{line}\n");
            Ok(Edit::inserted(whole.clone(), whole))
        }
    }
}

/// The `.module` file without what was written into it.
#[must_use]
pub(crate) fn undo_p11_kit(text: &str, ours: &str) -> Option<String> {
    let line = ours.lines().find(|line| p11_kit_value(line).is_some())?;
    let head_was_ours = ours.starts_with(HEAD);
    lines::without_block(text, ours).or_else(|| {
        let rest = lines::without_block(text, line)?;
        Some(if head_was_ours { lines::without_block(&rest, HEAD).unwrap_or(rest) } else { rest })
    })
}

/// The `.module` file without the line that names our module, whoever wrote it.
#[must_use]
pub(crate) fn take_out_of_p11_kit(text: &str) -> Option<String> {
    let ours = |line: &str| p11_kit_value(line).is_some_and(is_our_module);
    let rest: String = lines::lines(text).into_iter().filter(|line| !ours(line)).collect();
    let rest = if rest == HEAD { String::new() } else { rest };
    (rest != text).then_some(rest)
}

/// For `OPENSSL_CONF`, or to be included in another configuration of OpenSSL: the engine of libp11 with our module.
#[must_use]
pub(crate) fn openssl(module: &str) -> String {
    format!(
        "{HEAD}openssl_conf = cns_main\n\
         [cns_main]\n\
         engines = cns_engines\n\
         ssl_conf = cns_tls\n\
         [cns_engines]\n\
         pkcs11 = cns_pkcs11\n\
         [cns_pkcs11]\n\
         engine_id = pkcs11\n\
         MODULE_PATH = {module}\n\
         init = 0\n\
         [cns_tls]\n\
         system_default = cns_tls_defaults\n\
         [cns_tls_defaults]\n\
         # Cards with 1024-bit keys need this line without its #: OpenSSL refuses them by default.\n\
         # CipherString = DEFAULT@SECLEVEL=0\n"
    )
}

/// For Java's SunPKCS11.
#[must_use]
pub(crate) fn java(module: &str) -> String {
    format!("{HEAD}name = CNS\nlibrary = {module}\nslotListIndex = 0\n")
}

/// The value of a line `name = value`, perhaps in quotes, without a comment after it.
#[must_use]
pub(crate) fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let value = lines::content(line).trim().strip_prefix(name)?.trim_start().strip_prefix('=')?;
    Some(value.split('#').next().unwrap_or_default().trim().trim_matches('"'))
}

/// A file of ours that a person has filled stays that person's: only an empty one is written.
///
/// # Errors
/// [`Refusal::Foreign`]: it has something in it.
pub(crate) fn whole(text: Option<&str>, content: String) -> Result<Edit, Refusal> {
    if text.is_some_and(|text| !text.trim().is_empty()) {
        return Err(Refusal::Foreign);
    }
    Ok(Edit { text: content.clone(), changes: vec![Change::inserted(content)] })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/usr/lib/libcns_pkcs11.so";

    #[test]
    fn a_module_file_says_where_its_module_is() {
        let made = add_to_p11_kit(None, PATH).unwrap().text;
        assert_eq!(made, format!("{HEAD}module: {PATH}\n"));
        assert_eq!(p11_kit_module(&made), Some(PATH));
        assert_eq!(p11_kit_module("# x\n module : opensc-pkcs11.so \n"), Some("opensc-pkcs11.so"));
        assert_eq!(p11_kit_module("trust-policy: yes\n"), None);
    }

    #[test]
    fn a_module_file_keeps_what_a_person_added() {
        let made = add_to_p11_kit(None, PATH).unwrap();
        let edited = made.text.replace("module:", "priority: 5\nmodule:") + "enable-in: firefox\n";
        let ours = &made.changes[0].now;
        assert_eq!(undo_p11_kit(&edited, ours).unwrap(), "priority: 5\nenable-in: firefox\n");
        assert_eq!(undo_p11_kit("module: other.so\n", ours), None);
        assert_eq!(
            add_to_p11_kit(Some("module: other.so\n"), PATH),
            Err(Refusal::Occupied("other.so".into()))
        );
    }

    #[test]
    fn values_of_lines() {
        assert_eq!(value("  MODULE_PATH=/x/y # why\r\n", "MODULE_PATH"), Some("/x/y"));
        assert_eq!(value("library = \"/x y\"", "library"), Some("/x y"));
        assert_eq!(value("# library = /x", "library"), None);
        assert_eq!(value("libraryPath = /x", "library"), None);
    }
}
