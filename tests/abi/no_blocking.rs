//! Who only looks waits for nobody who signs, and no slot for another. Told by order, not by time: a signature is held
//! back inside the card until all the others have had their answers.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use cryptoki_sys::*;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Holder, Personality, SharedCard};

use crate::common::{SessionGuard, Stage};
use testkit::pkcs11::mechanism;

/// Only who waits for the signature after all is waited for so long: the test then fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// A card that keeps its next signature back.
struct HeldBack {
    /// Tells that the command has reached the card.
    begun: Receiver<()>,
    /// Lets the card go on.
    go_on: Sender<()>,
    /// Tells whether it was let go on, or lost patience.
    in_time: Receiver<bool>,
}

impl HeldBack {
    fn on(card: &SharedCard) -> Self {
        let (tell_begun, begun) = channel();
        let (go_on, wait) = channel::<()>();
        let (tell_in_time, in_time) = channel();
        let hook = move |command: &[u8], _: usize| {
            if command[1] == 0x2A {
                let _ = tell_begun.send(());
                let _ = tell_in_time.send(wait.recv_timeout(PATIENCE).is_ok());
            }
            None
        };
        card.lock().expect("not poisoned").faults().set_hook(Box::new(hook));
        Self { begun, go_on, in_time }
    }

    /// Runs something while a thread's signature is under way in the card.
    fn meanwhile(self, session: &SessionGuard<'_>, look: impl FnOnce()) {
        std::thread::scope(|scope| {
            let signature =
                scope.spawn(|| session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data").map(|made| made.len()));
            self.begun.recv_timeout(PATIENCE).expect("the signature is under way");
            look();
            self.go_on.send(()).expect("the card waits");
            assert!(self.in_time.recv().expect("the card waited"), "somebody waited for the signature");
            assert_eq!(signature.join().expect("no panic"), Ok(256));
        });
    }
}

/// Two readers with a card each.
fn two_readers() -> (Stage, SharedCard) {
    let stage = Stage::over(Readers::new(&["A", "B"]), Card::new(&Personality::st2021()).shared());
    let other = Card::builder(&Personality::st2021()).holder(Holder::BIANCHI).shared();
    stage.readers.insert("A", stage.card.clone());
    stage.readers.insert("B", Arc::clone(&other));
    (stage, other)
}

/// What browsers ask again and again, of a slot and of a session in it.
fn look(stage: &Stage, slot: CK_SLOT_ID, session: &SessionGuard<'_>) {
    assert!(stage.client.is_present(slot));
    assert_eq!(session.info().expect("alive").state, CKS_RW_USER_FUNCTIONS);
    assert!(stage.client.token_info(slot).expect("a token").label.starts_with(b"CNS "));
    let certificate = session.object(CKO_CERTIFICATE);
    assert!(session.attribute(certificate, CKA_VALUE).expect("a value").len() > 1000);
    assert_eq!(session.find(&[]).expect("a search").len(), 7, "the private key too");
    assert!(stage.client.mechanisms(slot).expect("a list").contains(&CKM_RSA_PKCS_PSS));
    assert!(stage.client.slots(true).expect("a list").contains(&slot));
    let another = stage.client.open(slot);
    assert_eq!(another.info().expect("alive").state, CKS_RW_USER_FUNCTIONS);
}

#[test]
fn who_looks_at_a_slot_does_not_wait_for_its_signature() {
    let (stage, _) = two_readers();
    let session = stage.logged_in();
    let looking = stage.client.open(0);
    // The reader is asked for a reset at most every half second: the question is due.
    std::thread::sleep(Duration::from_millis(600));
    HeldBack::on(&stage.card).meanwhile(&session, || {
        for _ in 0..3 {
            look(&stage, 0, &looking);
        }
    });
}

#[test]
fn a_slot_does_not_wait_for_another() {
    let (stage, _) = two_readers();
    let (session, others) = (stage.logged_in(), stage.client.open(1));
    HeldBack::on(&stage.card).meanwhile(&session, || {
        others.login(virtual_cns::DEFAULT_PIN.as_bytes()).expect("login");
        look(&stage, 1, &others);
        others.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data").expect("a signature");
        others.logout().expect("logged in");
    });
}

/// A card that nobody has looked at yet is read while another one signs.
#[test]
fn a_first_look_does_not_wait_for_another_slot() {
    let (stage, other) = two_readers();
    let session = stage.logged_in();
    HeldBack::on(&stage.card).meanwhile(&session, || {
        assert_eq!(stage.client.slots(true), Ok(vec![0, 1]));
        stage.client.token_info(1).expect("a token");
        assert!(!other.lock().expect("not poisoned").transcript().is_empty());
    });
}

/// Reader events go on too: a card is taken out of one reader while the other signs.
#[test]
fn events_do_not_wait_for_a_signature() {
    let (stage, _) = two_readers();
    let session = stage.logged_in();
    stage.client.slots(true).expect("slots");
    while stage.client.wait(CKF_DONT_BLOCK).is_ok() {}
    HeldBack::on(&stage.card).meanwhile(&session, || {
        stage.readers.remove("B");
        assert_eq!(stage.client.wait(CKF_DONT_BLOCK), Ok(1));
        assert!(!stage.client.is_present(1));
    });
}
