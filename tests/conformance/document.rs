//! docs/conformance.md, printed from the tables.

use std::fmt::Write as _;

use crate::reached::Case;
use crate::standard::{FUNCTIONS, Function};
use crate::unreachable;

const HEAD: &str = "\
# Conformance

What PKCS#11 2.40 and 3.0 name as return values of each function, and what shows it. Printed by a test from its own
tables: `CNS_BLESS=1 cargo test --test conformance` writes this page, and the test fails where the page differs.

* **shown** names the situation in which the call returns the code: a row of `tests/conformance/reached`. Four codes
  come from tests over all functions: `CKR_CRYPTOKI_NOT_INITIALIZED`, `CKR_SESSION_HANDLE_INVALID`,
  `CKR_SLOT_ID_INVALID` and `CKR_FUNCTION_NOT_SUPPORTED` (`tests/conformance/main.rs`); `CKR_GENERAL_ERROR` comes of a
  panic planted in each function (`src/abi/entry/tests.rs`).
* **never** gives the reason why a code does not come.
* **besides** is a code that comes and that the standard does not name for this function.

`CKR_` is left out. A function that is not offered has only its stub's codes, as section 5.1 has it.

## Profiles

By the conditions and mandatory test cases of PKCS#11 Profiles 3.2 (sections 5.1 and 5.5), which have those of 3.0.

| Profile | Claimed | Checked by |
|---|---|---|
| Baseline Provider | by a `CKO_PROFILE` object of every token | `tests/conformance/profiles.rs` |
| Public Certificates Token | by a `CKO_PROFILE` object of every token | `tests/conformance/profiles.rs` |
| Extended Provider, Authentication Token | no: nobody asks for the claims | |
";

/// The whole page.
pub fn page(cases: &[Case]) -> String {
    let mut page = HEAD.to_owned();
    let counts = counts(cases);
    let _ = write!(
        page,
        "\n## Codes\n\n{} functions, {} codes named: {} shown, {} never; {} besides.\n",
        FUNCTIONS.len(),
        counts.0 + counts.1,
        counts.0,
        counts.1,
        counts.2
    );
    for function in FUNCTIONS {
        section(&mut page, function, cases);
    }
    page
}

/// Codes shown, codes that never come, codes besides.
fn counts(cases: &[Case]) -> (usize, usize, usize) {
    let pairs = FUNCTIONS.iter().flat_map(|function| function.codes().map(move |code| (function.name, code)));
    let (shown, never): (Vec<_>, Vec<_>) =
        pairs.partition(|(function, code)| how(function, code, cases).is_some());
    let besides = cases.iter().filter(|case| unreachable::beyond(case.function, case.code).is_some()).count();
    (shown.len(), never.len(), besides)
}

fn section(page: &mut String, function: &Function, cases: &[Case]) {
    let _ = write!(page, "\n### {} ({})\n\n", function.name, function.section);
    let mut codes: Vec<&str> = function.codes().collect();
    codes.sort_unstable();
    let (shown, never): (Vec<&str>, Vec<&str>) =
        codes.into_iter().partition(|code| how(function.name, code, cases).is_some());
    page.push_str("| Code | |\n|---|---|\n");
    for code in shown {
        let how = how(function.name, code, cases).unwrap_or_default();
        let _ = writeln!(page, "| {code} | shown: {how} |");
    }
    for code in never {
        let _ =
            writeln!(page, "| {code} | never: {} |", unreachable::reason(function.name, code).unwrap_or("?"));
    }
    for case in cases.iter().filter(|case| case.function == function.name) {
        if let Some(reason) = unreachable::beyond(case.function, case.code) {
            let _ = writeln!(page, "| {} | besides: {}: {reason} |", case.code, case.how);
        }
    }
}

/// In what situation the code comes, if it does.
pub fn how(function: &str, code: &str, cases: &[Case]) -> Option<&'static str> {
    let of_all = match code {
        "CRYPTOKI_NOT_INITIALIZED" => Some("before C_Initialize"),
        "SLOT_ID_INVALID" => Some("no such slot"),
        "FUNCTION_NOT_SUPPORTED" => Some("always"),
        "GENERAL_ERROR" => Some("a panic inside"),
        // These tests have no reader with a PIN pad.
        "FUNCTION_CANCELED" if unreachable::reason(function, code).is_none() => {
            Some("cancelled at the reader's keypad (`tests/abi/pin_pad.rs`)")
        }
        "SESSION_HANDLE_INVALID" if unreachable::reason(function, code).is_none() => Some("no such session"),
        _ => None,
    };
    of_all.or_else(|| {
        cases.iter().find(|case| case.function == function && case.code == code).map(|case| case.how)
    })
}
