//! What the front ends say about the tries of PIN and PUK at one moment.

use cryptoki_sys::*;
use serde_json::Value;

use crate::command::{Keyboard, cns};
use crate::common::Stage;
use crate::common::pin_commands::told;

/// All of it.
#[derive(Debug)]
pub(crate) struct Sayings {
    /// `C_GetTokenInfo`, twice: what is known does not fade.
    pub(crate) flags: [CK_FLAGS; 2],
    /// `cns status --json`.
    pub(crate) pin: Left,
    pub(crate) puk: Left,
    /// `cns doctor --json`.
    pub(crate) findings: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    Known(u8),
    Blocked,
    Unknown,
}

impl Sayings {
    pub(crate) fn of(stage: &Stage) -> Self {
        let status = json(stage, &["status", "--json"]);
        let card = &status["readers"][0]["card"];
        let (pin, puk) = (left(&card["pin_tries"]), left(&card["puk_tries"]));
        let doctor = json(stage, &["doctor", "--json"]);
        let findings =
            doctor["findings"].as_array().expect("findings").iter().filter(|row| row["area"] == "pin");
        let flags = [(); 2].map(|()| told(stage.client.token_info(0)).expect("a token").flags);
        Self { flags, pin, puk, findings: findings.cloned().collect() }
    }

    /// `cns doctor` says the same as `cns status`, and the exit code's verdict fits.
    pub(crate) fn doctor_agrees(&self, wrong: u8, is_kept: Option<bool>) {
        let (finding, verdict) = match self.pin {
            Left::Blocked => ("pin-locked", "problem"),
            Left::Known(1) => ("pin-last-try", "warning"),
            Left::Known(_) => ("pin-tries", "ok"),
            Left::Unknown => ("pin-tries-unknown", "not-applicable"),
        };
        let found = self.findings.iter().find(|row| row["finding"] == finding);
        let found = found.unwrap_or_else(|| panic!("no {finding}: {self:?}"));
        assert_eq!(found["verdict"], verdict, "{self:?}");
        match self.pin {
            Left::Known(1) if is_kept.is_some() => {
                assert_eq!(found["protected"].as_bool(), is_kept, "{self:?}")
            }
            Left::Known(left) if left > 1 => assert_eq!(found["left"], left, "{self:?}"),
            Left::Unknown => assert_eq!(found["wrong"], wrong, "{self:?}"),
            _ => {}
        }
        let puk = match self.puk {
            Left::Blocked => vec!["puk-locked"],
            Left::Known(1) => vec!["puk-last-try"],
            _ => vec![],
        };
        let found = self.findings.iter().filter_map(|row| row["finding"].as_str());
        assert_eq!(found.filter(|finding| finding.starts_with("puk")).collect::<Vec<_>>(), puk, "{self:?}");
    }

    /// The flags of the PIN say the same as `cns status`.
    pub(crate) fn flags_agree(&self, wrong: u8) {
        for flags in self.flags {
            let has = |flag| flags & flag != 0;
            assert_eq!(has(CKF_USER_PIN_LOCKED), self.pin == Left::Blocked, "locked: {self:?}");
            assert_eq!(has(CKF_USER_PIN_FINAL_TRY), self.pin == Left::Known(1), "final try: {self:?}");
            let is_low = match self.pin {
                Left::Blocked => false,
                Left::Known(left) => left < 3 || wrong > 0,
                Left::Unknown => wrong > 0,
            };
            assert_eq!(has(CKF_USER_PIN_COUNT_LOW), is_low, "count low: {self:?}");
        }
    }

    /// The flags of the PUK, where no command asks for its count.
    pub(crate) fn puk_flags_agree(&self) {
        for flags in self.flags {
            let has = |flag| flags & flag != 0;
            assert_eq!(has(CKF_SO_PIN_LOCKED), self.puk == Left::Blocked, "PUK locked: {self:?}");
            assert_eq!(has(CKF_SO_PIN_FINAL_TRY), self.puk == Left::Known(1), "PUK final try: {self:?}");
        }
    }
}

fn json(stage: &Stage, arguments: &[&str]) -> Value {
    let (out, err, _) = cns(&stage.readers, arguments, &mut Keyboard::nobody());
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{out}{err}"))
}

fn left(value: &Value) -> Left {
    match (value["state"].as_str(), value["left"].as_u64()) {
        (Some("known"), Some(left)) => Left::Known(u8::try_from(left).expect("few tries")),
        (Some("blocked"), Some(0)) => Left::Blocked,
        (Some("unknown"), None) => Left::Unknown,
        _ => panic!("tries: {value}"),
    }
}
