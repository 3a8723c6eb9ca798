//! A file that holds nothing but what names our module: of one piece, since a person who changes a line of it uses the
//! rest too.

use super::format::{Change, Edit, FileFormat, Refusal, without_backslashes};
use super::lines;
use super::malformed::Malformed;

/// Such a file.
pub(crate) struct OwnFile {
    /// The settings that have the module's path.
    pub(crate) settings: &'static [&'static str],
    /// Files of the system that OpenSSL is to read, too, where they are there.
    pub(crate) includes: &'static [&'static str],
    /// The whole file for a path.
    pub(crate) content: fn(&str) -> String,
    /// The same for all that another run may have written.
    pub(crate) contents: &'static [fn(&str) -> String],
}

impl FileFormat for OwnFile {
    fn modules(&self, text: &str) -> Result<Vec<String>, Malformed> {
        let mut modules: Vec<String> = Vec::new();
        for module in text.lines().filter_map(|line| self.module_in_line(line)) {
            // Each setting is for another part of the program.
            if !modules.iter().any(|known| known == module) {
                modules.push(module.to_owned());
            }
        }
        Ok(modules)
    }

    /// One that a person has filled stays that person's: only an empty one is written.
    fn add(&self, text: Option<&str>, module: &str) -> Result<Edit, Refusal> {
        if text.is_some_and(|text| !text.trim().is_empty()) {
            return Err(Refusal::InUse);
        }
        let text = (self.content)(&self.path_in_file(module));
        Ok(Edit { text: text.clone(), changes: vec![Change::inserted(text)] })
    }

    fn module_in_line<'a>(&self, line: &'a str) -> Option<&'a str> {
        self.settings.iter().find_map(|setting| value(line, setting))
    }

    fn path_in_file(&self, module: &str) -> String {
        without_backslashes(module)
    }

    fn without(&self, text: &str, ours: &str) -> Option<String> {
        (text == ours).then(String::new)
    }

    fn take_out(&self, text: &str) -> Result<Option<String>, Refusal> {
        let modules = self.our_modules(text).unwrap_or_default();
        let is_ours = |module: &String| self.contents.iter().any(|content| content(module) == text);
        Ok(modules.iter().any(is_ours).then(String::new))
    }

    fn may_be_outdated(&self) -> bool {
        true
    }

    fn is_outdated(&self, text: &str) -> bool {
        let whole = (self.content)("");
        self.settings.iter().any(|setting| has_setting(&whole, setting) != has_setting(text, setting))
            || self.includes.iter().any(|file| includes(&whole, file) != includes(text, file))
    }

    fn is_only_ours(&self) -> bool {
        true
    }
}

/// Whether a line of `text` is this setting.
pub(crate) fn has_setting(text: &str, setting: &str) -> bool {
    text.lines().any(|line| value(line, setting).is_some())
}

/// Whether a line of `text` includes this file, config(5).
pub(crate) fn includes(text: &str, file: &str) -> bool {
    let included = |line: &str| {
        let rest = line.trim().strip_prefix(".include")?.trim_start();
        Some(rest.strip_prefix('=').unwrap_or(rest).trim() == file)
    };
    text.lines().any(|line| included(line).unwrap_or_default())
}

/// The value of a line `name = value`, perhaps in quotes, without a comment after it.
fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let value = lines::content(line).trim().strip_prefix(name)?.trim_start().strip_prefix('=')?;
    Some(value.split('#').next().unwrap_or_default().trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn values_of_lines() {
        assert_eq!(value("  MODULE_PATH=/x/y # why\r\n", "MODULE_PATH"), Some("/x/y"));
        assert_eq!(value("library = \"/x y\"", "library"), Some("/x y"));
        assert_eq!(value("# library = /x", "library"), None);
        assert_eq!(value("libraryPath = /x", "library"), None);
    }
}
