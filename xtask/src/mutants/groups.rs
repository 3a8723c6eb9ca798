//! Which code is broken, and which tests must notice: the reason why all of it takes hours and not days.
//!
//! The tests of a group come in stages, the quick ones first. A later stage sees only what lived through the ones before,
//! so that most mutants cost the building of one test program. What must have a chance to notice is in some stage.

/// Files of one package that the same tests are about.
pub struct Group {
    pub name: &'static str,
    pub files: &'static [&'static str],
    /// Arguments of `cargo test`: test programs, and what the names of the tests have in common.
    pub stages: &'static [&'static [&'static str]],
}

/// The unit tests, which stand beside what they test.
const UNIT: &[&str] = &["--lib"];
/// What the card is asked about keys and PINs, byte for byte.
const TRANSCRIPTS: &[&str] =
    &["--test=pin_pad", "--test=pin_commands", "--test=listing", "--test=signing", "--test=signing_refusals"];
/// All of `cns-card` but what needs a `pcscd`.
const WHOLE_CARD: &[&str] = &[
    "--lib",
    "--test=card_report",
    "--test=continuity",
    "--test=further_families",
    "--test=hostile_card",
    "--test=pin_pad",
    "--test=listing",
    "--test=logging",
    "--test=pin_commands",
    "--test=caching",
    "--test=signing",
    "--test=signing_refusals",
    "--test=signature_keyset",
    "--test=unsupported",
];
/// Each C function with each of its return values, over virtual cards.
const RETURN_VALUES: &[&str] = &["--test=conformance", "every_row_of_the_table"];
/// The C functions over virtual cards, at length, and the unit tests.
const WHOLE_MODULE: &[&str] = &["--lib", "--test=arguments", "--test=abi", "--test=conformance"];
/// What the module does to its process: how it is found and begun, forks, the log, panics.
const PROCESS: &[&str] = &["--test=process", "--test=secrets"];

/// What matters most comes first: a run may be cut.
pub const GROUPS: [Group; 6] = [
    Group {
        name: "apdu",
        files: &[
            "crates/cns-card/src/pin.rs",
            "crates/cns-card/src/iso7816/exchange.rs",
            "crates/cns-card/src/iso7816/response.rs",
            "crates/cns-card/src/iso7816/status.rs",
            "crates/cns-card/src/iso7816/command.rs",
            "crates/cns-card/src/iso7816/commands.rs",
            "crates/cns-card/src/iso7816/secret_buffer.rs",
            "crates/cns-card/src/iso7816/tlv.rs",
        ],
        stages: &[UNIT, WHOLE_CARD],
    },
    Group {
        name: "card",
        files: &[
            "crates/cns-card/src/card/pin_commands.rs",
            "crates/cns-card/src/driver/pin_command.rs",
            "crates/cns-card/src/driver/retry_counter.rs",
            "crates/cns-card/src/driver/card_driver.rs",
            "crates/cns-card/src/driver/private_key.rs",
            "crates/cns-card/src/driver/security_environment.rs",
            "crates/cns-card/src/card/private_key.rs",
            "crates/cns-card/src/driver/ace2025.rs",
            "crates/cns-card/src/driver/incard.rs",
            "crates/cns-card/src/card_session/session.rs",
            "crates/cns-card/src/card_session/read.rs",
            "crates/cns-card/src/card_session/select.rs",
            "crates/cns-card/src/card.rs",
            "crates/cns-card/src/card/public_read.rs",
        ],
        stages: &[TRANSCRIPTS, WHOLE_CARD],
    },
    Group {
        name: "boundary",
        files: &["src/abi/pointers.rs", "src/abi/template.rs", "src/abi/rv.rs", "src/abi/mechanism.rs"],
        stages: &[&["--lib", "abi::"], WHOLE_MODULE],
    },
    Group {
        name: "secrets",
        files: &[
            "crates/cns-token/src/retry_state.rs",
            "crates/cns-token/src/shared_retry_state.rs",
            "crates/cns-token/src/login_lock.rs",
            "crates/cns-token/src/signature/implicit_rejection.rs",
            "crates/cns-token/src/signature/rsa_public.rs",
            "crates/cns-token/src/signature/padding.rs",
        ],
        stages: &[UNIT],
    },
    Group {
        name: "calls",
        files: &[
            "src/model/login.rs",
            "src/model/card_io.rs",
            "src/abi/sessions.rs",
            "src/abi/signing.rs",
            "src/abi/operation.rs",
            "src/abi/encryption.rs",
            "src/abi/digest.rs",
            "src/abi/objects.rs",
            "src/abi/slots.rs",
            "src/abi/general.rs",
            "src/abi/entry.rs",
            "src/abi/interfaces.rs",
            "src/abi/panics.rs",
            "src/abi/process.rs",
            "src/abi/cancellation.rs",
        ],
        stages: &[RETURN_VALUES, PROCESS, WHOLE_MODULE],
    },
    Group {
        name: "files",
        files: &[
            "crates/cns-card/src/files/certificate.rs",
            "crates/cns-card/src/files/card_id.rs",
            "crates/cns-card/src/files/personal_data.rs",
            "crates/cns-card/src/files/object_map.rs",
            "crates/cns-card/src/atr.rs",
            "crates/cns-card/src/identify/mod.rs",
            "crates/cns-card/src/files/identity.rs",
            "crates/cns-card/src/identify/probe.rs",
            "crates/cns-card/src/card/cache_match.rs",
            "crates/cns-card/src/cached_card.rs",
        ],
        stages: &[UNIT, WHOLE_CARD],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use interop::cargo::workspace;

    #[test]
    fn every_file_is_there_and_in_one_group_of_one_package() {
        let mut seen = BTreeSet::new();
        for group in &GROUPS {
            let packages: BTreeSet<bool> =
                group.files.iter().map(|file| file.starts_with("crates/")).collect();
            assert_eq!(packages.len(), 1, "{}: the stages are of one package", group.name);
            for file in group.files {
                assert!(workspace().join(file).is_file(), "{file}");
                assert!(seen.insert(file), "{file} twice");
            }
        }
    }

    /// The C boundary is looked at as a whole: a new file of it belongs to some group.
    #[test]
    fn the_whole_boundary_is_in_some_group() {
        let listed: BTreeSet<&str> = GROUPS.iter().flat_map(|group| group.files).copied().collect();
        for entry in fs_err::read_dir(workspace().join("src/abi")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            // Only declarations, the macro that makes C functions, which the tool cannot look into, and Windows' own
            // sizes, which the compiler checks.
            if name.ends_with(".rs") && !["mod.rs", "cryptoki.rs", "packing.rs"].contains(&name.as_str()) {
                assert!(listed.contains(format!("src/abi/{name}").as_str()), "{name}");
            }
        }
    }
}
