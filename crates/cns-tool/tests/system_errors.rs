//! What the system says when it cannot read, write or connect, in the person's language.
#![cfg(target_os = "linux")]

use std::io;

use cns_tool::host::SystemError;
use cns_tool::text::Language;

/// By the numbers of Linux, so that nothing of ours says which kind each is.
const ERRORS: [(&str, i32); 13] = [
    ("EACCES", 13),
    ("EPERM", 1),
    ("EROFS", 30),
    ("ENOSPC", 28),
    ("EDQUOT", 122),
    ("ENOENT", 2),
    ("EISDIR", 21),
    ("ENOTDIR", 20),
    ("EBUSY", 16),
    ("ECONNREFUSED", 111),
    ("ETIMEDOUT", 110),
    ("ENETUNREACH", 101),
    ("EIO", 5),
];

#[test]
fn errors_of_the_system() {
    let mut told = String::new();
    for language in Language::ALL {
        for (name, number) in ERRORS {
            let error = io::Error::from_raw_os_error(number);
            told += &format!("{name}: {}.\n", SystemError::from(error).text(language));
        }
        told.push('\n');
    }
    insta::assert_snapshot!("system-errors", told);
}
