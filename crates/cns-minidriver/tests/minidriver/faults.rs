//! A fault at every command of every entry: no panic, no more PIN commands than were asked for, and a code of the
//! specification.

use virtual_cns::{DEFAULT_PIN, DEFAULT_PUK, Effect, Fault, Personality, When};

use crate::base_csp::{BaseCsp, Kind};
use crate::stage::Stage;

/// More commands than any entry sends here; the loop ends where a fault is not reached.
const FURTHEST: usize = 60;
const NEW: &[u8] = b"73910";

/// What may be answered (specification, and winscard's own).
const CODES: [u32; 18] = [
    0x8010_0004,
    0x8010_000A,
    0x8010_000B,
    0x8010_000C,
    0x8010_000D,
    0x8010_0013,
    0x8010_0016,
    0x8010_0017,
    0x8010_001A,
    0x8010_001F,
    0x8010_0022,
    0x8010_002A,
    0x8010_0030,
    0x8010_0066,
    0x8010_0068,
    0x8010_0069,
    0x8010_006A,
    0x8010_006B,
];

/// An entry: its name, how many PIN commands it asks for, and what comes before and at the faults.
type Entry = (&'static str, [usize; 3], fn(&BaseCsp), fn(&BaseCsp) -> Result<(), u32>);

const ENTRIES: [Entry; 6] = [
    ("read", [0; 3], nothing, |csp| csp.read_file(Some("mscp"), "kxc00").map(drop)),
    ("authenticate", [1, 0, 0], nothing, |csp| in_transaction(csp, |csp| csp.authenticate(PIN))),
    ("wrong PIN", [1, 0, 0], nothing, |csp| in_transaction(csp, |csp| csp.authenticate(NEW))),
    ("sign", [0; 3], log_in, |csp| {
        csp.transaction(|csp| csp.sign(Kind::Pkcs1(Some("SHA256")), &[7; 32])).map(drop)
    }),
    ("change", [0, 1, 0], log_in, |csp| in_transaction(csp, |csp| csp.change_pin(PIN, NEW))),
    ("unblock", [0, 0, 1], nothing, |csp| {
        in_transaction(csp, |csp| csp.unblock_pin(DEFAULT_PUK.as_bytes(), NEW))
    }),
];

const PIN: &[u8] = DEFAULT_PIN.as_bytes();

fn nothing(_: &BaseCsp) {}

fn log_in(csp: &BaseCsp) {
    csp.transaction(|csp| csp.authenticate(PIN)).expect("the right PIN");
}

fn in_transaction(csp: &BaseCsp, call: impl FnOnce(&BaseCsp) -> Result<(), (u32, u32)>) -> Result<(), u32> {
    csp.transaction(call).map_err(|(code, _)| code)
}

fn effects() -> Vec<Effect> {
    let answers: [&[u8]; 7] =
        [&[], &[0x90], &[0x6F, 0x00], &[0x68, 0x81], &[0x69, 0x82], &[0x6A, 0x82], &[0x61, 0xFF]];
    let answers = answers.into_iter().map(|answer| Effect::Answer(answer.to_vec()));
    answers
        .chain([
            Effect::Append(vec![0; 70_000]),
            Effect::Reset,
            Effect::Remove,
            Effect::Reinsert,
            Effect::Timeout,
        ])
        .collect()
}

#[test]
fn a_fault_at_any_command_of_an_entry_is_survived() {
    let mut struck = 0;
    for personality in Personality::all() {
        for (name, asked, before, call) in ENTRIES {
            for effect in effects() {
                for position in 0..FURTHEST {
                    let case = format!("{}, {name}, {effect:?} at {position}", personality.name());
                    let stage = Stage::with(personality);
                    let csp = stage.csp();
                    before(&csp);
                    stage.forget();
                    stage.card().faults().clear();
                    stage.card().faults().plan(Fault::new(When::Command(position), effect.clone()));
                    let outcome = call(&csp);
                    let was_reached = stage.card().faults().count() > position;
                    check(&case, outcome, &stage, asked);
                    if !was_reached {
                        break;
                    }
                    struck += 1;
                    stage.card().faults().clear();
                    // And after it.
                    let _ = csp.read_file(None, "cardid");
                    assert_eq!(stage.pin_commands().iter().sum::<usize>().max(1), 1, "{case}");
                }
            }
        }
    }
    assert!(struck > 500, "{struck} faults struck");
}

fn check(case: &str, outcome: Result<(), u32>, stage: &Stage, asked: [usize; 3]) {
    if let Err(code) = outcome {
        assert!(CODES.contains(&code), "{case}: {code:x}");
    }
    for (sent, asked) in stage.pin_commands().into_iter().zip(asked) {
        assert!(sent <= asked, "{case}: {sent} sent, {asked} asked for");
    }
}

/// The same at the beginning: no context, or one of this card.
#[test]
fn a_fault_while_a_context_is_acquired_is_survived() {
    for personality in Personality::all() {
        for effect in effects() {
            for position in 0..FURTHEST {
                let case = format!("{}, {effect:?} at {position}", personality.name());
                let stage = Stage::with(personality);
                stage.card().faults().plan(Fault::new(When::Command(position), effect.clone()));
                let acquired = stage.try_csp();
                let was_reached = stage.card().faults().count() > position;
                check(&case, acquired.as_ref().map(drop).map_err(|code| *code), &stage, [0; 3]);
                if !was_reached {
                    break;
                }
            }
        }
    }
}
