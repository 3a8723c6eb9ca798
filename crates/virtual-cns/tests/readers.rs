//! In-process readers behave as pcscd does: counters, notices, transactions, the service going away.

mod common;
use common::{unhex, verify};
use std::sync::Arc;
use std::time::Duration;
use virtual_cns::in_process::{Disposition, ReaderError, Readers, Sharing};
use virtual_cns::{Card, Effect, Fault, Personality, SharedCard, When};

const CHALLENGE: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x08];

fn card() -> SharedCard {
    Card::new(&Personality::oberthur()).shared()
}

fn readers() -> (Readers, SharedCard) {
    let card = card();
    (Readers::with_card("one", Arc::clone(&card)), card)
}

#[test]
fn insertions_and_removals_are_counted() {
    let (readers, card) = readers();
    assert_eq!(readers.reader("one").unwrap().events, 1);
    assert!(!card.lock().unwrap().is_powered());
    readers.remove("one");
    readers.insert("one", card);
    let state = readers.reader("one").unwrap();
    assert_eq!((state.events, state.present, state.atr[0]), (3, true, 0x3B));
    assert_eq!(readers.connect("two", Sharing::Shared).unwrap_err(), ReaderError::UnknownReader);
}

#[test]
fn a_handle_learns_of_removal_and_of_anothers_reset() {
    let (readers, card) = readers();
    let mut mine = readers.connect("one", Sharing::Shared).unwrap();
    let other = readers.connect("one", Sharing::Shared).unwrap();
    mine.transmit(&unhex(&verify("10"))).unwrap();
    other.begin().unwrap();
    assert_eq!(mine.transmit(&CHALLENGE), Err(ReaderError::SharingViolation));
    assert_eq!(mine.begin_within(Duration::from_millis(10)), Err(ReaderError::SharingViolation));
    other.end(Disposition::Reset).unwrap();
    assert_eq!(mine.status(), Err(ReaderError::WasReset));
    assert_eq!(other.status(), Err(ReaderError::WasReset), "the one who did it, too");
    assert!(!card.lock().unwrap().is_pin_verified());
    mine.reconnect(Sharing::Shared, Disposition::Leave).unwrap();
    assert_eq!(mine.transmit(&CHALLENGE).unwrap().len(), 10);
    readers.swap("one", card);
    assert_eq!(mine.transmit(&CHALLENGE), Err(ReaderError::Removed), "the same card, put back");
    mine.reconnect(Sharing::Shared, Disposition::Leave).unwrap();
    readers.remove("one");
    assert_eq!(mine.begin(), Err(ReaderError::Removed));
    assert_eq!(mine.reconnect(Sharing::Shared, Disposition::Leave), Err(ReaderError::NoCard));
}

#[test]
fn leaving_a_card_keeps_its_login_and_dying_does_not() {
    let (readers, card) = readers();
    let mine = readers.connect("one", Sharing::Shared).unwrap();
    mine.transmit(&unhex(&verify("10"))).unwrap();
    mine.disconnect(Disposition::Leave);
    assert!(card.lock().unwrap().is_pin_verified());
    let next = readers.connect("one", Sharing::Shared).unwrap();
    drop(next);
    assert!(!card.lock().unwrap().is_pin_verified());
    readers.save_power("one");
    assert!(!card.lock().unwrap().is_powered());
}

#[test]
fn exclusive_is_exclusive() {
    let (readers, _card) = readers();
    let mine = readers.connect("one", Sharing::Exclusive).unwrap();
    assert_eq!(readers.connect("one", Sharing::Shared).unwrap_err(), ReaderError::SharingViolation);
    mine.disconnect(Disposition::Leave);
    let _shared = readers.connect("one", Sharing::Shared).unwrap();
    assert_eq!(readers.connect("one", Sharing::Exclusive).unwrap_err(), ReaderError::SharingViolation);
}

#[test]
fn transactions_wait_for_each_other() {
    let (readers, _card) = readers();
    let mine = readers.connect("one", Sharing::Shared).unwrap();
    let other = readers.connect("one", Sharing::Shared).unwrap();
    mine.begin().unwrap();
    mine.begin().unwrap();
    mine.end(Disposition::Leave).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| other.begin());
        std::thread::sleep(Duration::from_millis(20));
        assert!(!waiting.is_finished());
        mine.end(Disposition::Leave).unwrap();
        waiting.join().unwrap().unwrap();
    });
    assert_eq!(mine.end(Disposition::Leave), Err(ReaderError::NotTransacted));
}

#[test]
fn the_service_goes_and_comes_back() {
    let (readers, _card) = readers();
    let mine = readers.connect("one", Sharing::Shared).unwrap();
    readers.stop_service();
    assert_eq!(mine.transmit(&CHALLENGE), Err(ReaderError::NoService));
    assert_eq!(readers.states().unwrap_err(), ReaderError::NoService);
    readers.start_service();
    assert_eq!(mine.status(), Err(ReaderError::InvalidHandle));
    assert!(readers.reader("one").unwrap().present);
    readers.connect("one", Sharing::Shared).unwrap().transmit(&CHALLENGE).unwrap();
    readers.unplug("one");
    assert!(readers.states().unwrap().is_empty());
}

#[test]
fn waiting_for_a_change() {
    let (readers, card) = readers();
    let known = readers.changes();
    assert_eq!(readers.wait_for_change(known, Duration::from_millis(5)), Err(ReaderError::Timeout));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| readers.wait_for_change(known, Duration::from_secs(5)));
        readers.swap("one", card);
        assert!(waiting.join().unwrap().unwrap() > known);
        let waiting = scope.spawn(|| readers.wait_for_change(u64::MAX, Duration::from_secs(5)));
        std::thread::sleep(Duration::from_millis(20));
        readers.cancel_waits();
        assert_eq!(waiting.join().unwrap(), Err(ReaderError::Cancelled));
    });
}

#[test]
fn faults_reach_the_reader() {
    let (readers, card) = readers();
    let plan = |effect: Effect| {
        let mut card = card.lock().unwrap();
        card.faults().clear();
        card.faults().plan(Fault::new(When::Command(1), effect));
    };
    let attempt = || {
        let mine = readers.connect("one", Sharing::Shared).unwrap();
        mine.transmit(&CHALLENGE).unwrap();
        let struck = mine.transmit(&CHALLENGE);
        let after = mine.transmit(&CHALLENGE);
        mine.disconnect(Disposition::Leave);
        (struck.map(|answer| answer.len()), after.map(|answer| answer.len()))
    };
    plan(Effect::Answer(Vec::new()));
    assert_eq!(attempt(), (Err(ReaderError::NotTransacted), Ok(10)));
    plan(Effect::Reset);
    assert_eq!(attempt(), (Err(ReaderError::WasReset), Err(ReaderError::WasReset)));
    plan(Effect::Reinsert);
    assert_eq!(attempt(), (Err(ReaderError::Removed), Err(ReaderError::Removed)));
    assert_eq!(readers.reader("one").unwrap().events, 3);
    plan(Effect::Replace(Card::new(&Personality::cardos()).shared()));
    assert_eq!(attempt(), (Err(ReaderError::Removed), Err(ReaderError::Removed)));
    assert_eq!(readers.reader("one").unwrap().atr, Personality::cardos().atr);
    readers.insert("one", Arc::clone(&card));
    plan(Effect::Remove);
    assert_eq!(attempt(), (Err(ReaderError::Removed), Err(ReaderError::Removed)));
    assert!(!readers.reader("one").unwrap().present);
}

#[test]
fn a_hook_may_pull_the_card_in_the_middle_of_a_command() {
    let (readers, card) = readers();
    let mine = readers.connect("one", Sharing::Shared).unwrap();
    let hand = readers.clone();
    card.lock().unwrap().faults().set_hook(Box::new(move |_, _| {
        hand.remove("one");
        None
    }));
    assert_eq!(mine.transmit(&CHALLENGE), Err(ReaderError::Removed));
    assert!(!card.lock().unwrap().is_powered());
}

#[test]
fn a_reader_that_carries_short_commands_only() {
    let readers = Readers::with_card("one", Card::new(&Personality::st2021()).shared());
    readers.limit("one", 261, true);
    let mine = readers.connect("one", Sharing::Shared).unwrap();
    assert_eq!(mine.announced_limit(), Some(261));
    readers.limit("one", 255, false);
    assert_eq!(mine.announced_limit(), None);
    let mut long = vec![0x00, 0x2A, 0x80, 0x86, 0x00, 0x01, 0x01];
    long.extend([0; 259]);
    assert_eq!(mine.transmit(&long), Err(ReaderError::NotTransacted));
    assert!(mine.transmit(&CHALLENGE).is_ok());
}

#[test]
fn a_command_may_time_out_or_lose_its_reader_or_the_whole_service() {
    let (readers, card) = readers();
    let meet = |effect| {
        let mine = readers.connect("one", Sharing::Shared).unwrap();
        card.lock().unwrap().faults().plan(Fault::new(When::Always, effect));
        (mine.transmit(&CHALLENGE).unwrap_err(), mine)
    };
    let (error, mine) = meet(Effect::Timeout);
    assert_eq!(error, ReaderError::Timeout);
    assert_eq!(mine.transmit(&CHALLENGE).unwrap().len(), 10, "the card is still there");
    assert_eq!(meet(Effect::Unplug).0, ReaderError::ReaderUnavailable);
    assert_eq!(readers.reader("one").unwrap_err(), ReaderError::UnknownReader);
    readers.plug_in("one");
    readers.insert("one", Arc::clone(&card));
    assert_eq!(meet(Effect::StopService).0, ReaderError::NoService);
    readers.start_service();
    assert!(readers.holds("one", &card));
    let again = readers.connect("one", Sharing::Shared).unwrap();
    assert_eq!(again.transmit(&CHALLENGE).unwrap().len(), 10, "nothing is left of the command that was lost");
}
