//! `C_WaitForSlotEvent` (PKCS#11 3.0 section 5.5).

use std::time::{Duration, Instant};

use cryptoki_sys::*;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Personality};

use crate::common::{READER, Stage};

fn empty_reader() -> Stage {
    Stage::over(Readers::new(&[READER]), Card::new(&Personality::cardos()).shared())
}

#[test]
fn without_blocking_there_is_an_event_or_none() {
    let stage = empty_reader();
    stage.client.slots(false).expect("slots");
    assert_eq!(stage.client.wait(CKF_DONT_BLOCK), Err(CKR_NO_EVENT));
    stage.readers.insert(READER, stage.card.clone());
    assert_eq!(stage.client.wait(CKF_DONT_BLOCK), Ok(0));
    assert_eq!(stage.client.wait(CKF_DONT_BLOCK), Err(CKR_NO_EVENT), "told once");
    stage.readers.remove(READER);
    assert_eq!(stage.client.wait(CKF_DONT_BLOCK), Ok(0));
}

#[test]
fn blocking_ends_with_a_card_that_comes_or_goes() {
    let stage = empty_reader();
    stage.client.slots(false).expect("slots");
    for coming in [true, false] {
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| stage.client.wait(0));
            std::thread::sleep(Duration::from_millis(100));
            if coming {
                stage.readers.insert(READER, stage.card.clone());
            } else {
                stage.readers.remove(READER);
            }
            assert_eq!(waiting.join().expect("no panic"), Ok(0));
        });
    }
}

/// The wait comes back to the C function now and then, so that a cancelled thread ends there; nobody sees it.
#[test]
fn blocking_lasts_until_something_happens() {
    let stage = empty_reader();
    stage.client.slots(false).expect("slots");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| stage.client.wait(0));
        std::thread::sleep(Duration::from_millis(4500));
        assert!(!waiting.is_finished(), "nothing happened");
        stage.readers.insert(READER, stage.card.clone());
        assert_eq!(waiting.join().expect("no panic"), Ok(0));
    });
}

#[test]
fn a_reader_plugged_in_with_a_card_is_an_event() {
    let stage = empty_reader();
    stage.client.slots(false).expect("slots");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| stage.client.wait(0));
        std::thread::sleep(Duration::from_millis(100));
        stage.readers.plug_in("second");
        stage.readers.insert("second", stage.card.clone());
        assert_eq!(waiting.join().expect("no panic"), Ok(1));
    });
    assert_eq!(stage.client.slots(true), Ok(vec![1]));
}

#[test]
fn finalize_wakes_who_waits() {
    let stage = empty_reader();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| stage.client.wait(0));
        std::thread::sleep(Duration::from_millis(100));
        let started = Instant::now();
        assert_eq!(stage.client.finalize(), CKR_OK);
        assert_eq!(waiting.join().expect("no panic"), Err(CKR_CRYPTOKI_NOT_INITIALIZED));
        assert!(started.elapsed() < Duration::from_secs(5));
    });
}
