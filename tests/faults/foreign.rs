//! Cards that are no usable CNS: whatever happens to them while a client looks, and asks to log in all the same, a code
//! comes in time, no PIN goes to what is not recognised, and the next look finds what a first one would have found.

use cryptoki_sys::*;
use virtual_cns::{Card, DEFAULT_PIN, Holder, Personality, SharedCard};

use crate::common::{READER, Stage, apart};
use crate::incidents::{self, Incident};
use crate::verdict::Calls;

#[test]
fn every_command_to_a_foreign_card_meets_every_incident() {
    let mut cases = 0;
    for personality in Personality::foreign() {
        let stage = Stage::with(personality);
        let usual = seen(&stage);
        let another = Card::builder(&Personality::st2021()).holder(Holder::BIANCHI).shared();
        for incident in incidents::all(&another) {
            for executed in [false, true].into_iter().take(1 + usize::from(incident.may_be_executed)) {
                let of = |command: usize| Case { incident: &incident, command, executed, another: &another };
                let struck = (0..).map(of).take_while(|case| case.strikes(&stage, usual));
                cases += struck.count();
            }
        }
    }
    let cards = Personality::foreign().len();
    apart::say(&format!("faults: {cases} cases on {cards} cards that are no usable CNS"));
    assert!(cases > 500, "{cases} cases");
}

struct Case<'a> {
    incident: &'a Incident,
    command: usize,
    executed: bool,
    another: &'a SharedCard,
}

impl Case<'_> {
    /// Whether the card gets so many commands.
    fn strikes(&self, stage: &Stage, usual: Result<(), CK_RV>) -> bool {
        mend(stage, true);
        stage.forget();
        self.another.lock().expect("sound").clear_transcript();
        stage.card().faults().restart_count();
        stage.card().faults().plan(self.incident.fault(self.command, self.executed));
        let calls = Calls::default();
        let _ = calls.make("C_GetTokenInfo", || stage.client.token_info(0));
        let session = calls.make("C_OpenSession", || stage.client.try_open(0, CKF_SERIAL_SESSION));
        // The one that was put in instead is a CNS: what was typed is for it, or for nobody.
        if let Some(session) = session.filter(|_| stage.readers.holds(READER, &stage.card)) {
            let _ = calls.make("C_Login", || session.login(DEFAULT_PIN.as_bytes()));
            calls.close(session);
        }
        if stage.card().faults().count() <= self.command {
            return false;
        }
        let pins = pin_commands(&stage.card()) + pin_commands(&self.another.lock().expect("sound"));
        // A TS card of ours that was issued without a certificate is a token, and has a PIN.
        calls.expect(pins <= usize::from(usual.is_ok()), || format!("{pins} PIN commands"));
        mend(stage, false);
        let next = seen(stage);
        calls.expect(next == usual, || format!("then {next:x?}, and usually {usual:x?}"));
        let said = calls.complaints();
        assert!(said.is_none(), "{} at command {}: {said:?}", self.incident.name, self.command);
        true
    }
}

/// What a look finds: a token, or the code that says why there is none.
fn seen(stage: &Stage) -> Result<(), CK_RV> {
    stage.client.token_info(0).map(drop)
}

/// As people do: service, reader and card are there again; `anew` takes the card out first.
fn mend(stage: &Stage, anew: bool) {
    stage.card().faults().clear();
    stage.readers.start_service();
    stage.readers.plug_in(READER);
    if anew || !stage.readers.holds(READER, &stage.card) {
        stage.readers.swap(READER, SharedCard::clone(&stage.card));
    }
}

fn pin_commands(card: &Card) -> usize {
    card.transcript().iter().filter(|one| matches!(one.ins, 0x20 | 0x24 | 0x2C) && one.lc > 0).count()
}
