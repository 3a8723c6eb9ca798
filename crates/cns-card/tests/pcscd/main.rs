//! The PC/SC transport against a real pcscd with the vpcd reader, in a mount namespace of its own.
//!
//! Needs root (for `unshare -m`), `pcscd` and vpcd's driver; without them the test says so and passes. The client
//! library reads its socket's name from the environment once, so the test runs itself again with it set.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod desk;

use std::process::Command;
use std::time::{Duration, Instant};

use cns_card::{
    CardError, Continuity, Disposition, Occupancy, PcscTransport, PinPolicy, Recognised, Transport,
    TransportError,
};
use desk::Desk;

const ST2021: &[u8] = &[
    0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x16, 0x17, 0x01, 0x11,
    0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8D,
];

#[test]
fn through_a_real_pcscd() {
    if let Some(missing) = desk::missing() {
        eprintln!("skipped: {missing}");
        return;
    }
    let directory = desk::directory();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "scenes", "--nocapture"])
        .env("PCSCLITE_CSOCK_NAME", directory.join("run/pcscd.comm"))
        .env("CNS_CARD_TEST_DESK", &directory)
        .status()
        .unwrap();
    let _ = std::fs::remove_dir_all(directory);
    assert!(status.success());
}

#[test]
#[ignore = "run by through_a_real_pcscd"]
fn scenes() {
    let Some(directory) = std::env::var_os("CNS_CARD_TEST_DESK") else { return };
    let mut desk = Desk::new(directory.into());
    let transport = PcscTransport::new();

    no_service(&transport);
    desk.start_service();
    coming_and_going(&mut desk, &transport);
    desk.insert(ST2021);
    whole_operations(&desk, &transport);
    a_rival_holds_the_card(&desk, &transport);
    a_rival_resets_the_card(&desk, &transport);
    dispositions(&desk, &transport);
    exclusive(&desk, &transport);
    removal(&mut desk, &transport);
    service_restarted(&mut desk, &transport);
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (run(), start.elapsed())
}

fn no_service(transport: &PcscTransport) {
    assert_eq!(transport.readers(), Err(TransportError::ServiceUnavailable));
    assert_eq!(transport.reader("x"), Err(TransportError::ServiceUnavailable));
    assert_eq!(transport.connect("x").err(), Some(TransportError::ServiceUnavailable));
    let (result, took) = timed(|| transport.wait_for_change(&[], Duration::from_millis(400)));
    assert_eq!(result, Ok(()));
    assert!((400..700).contains(&took.as_millis()), "{took:?}");
}

fn coming_and_going(desk: &mut Desk, transport: &PcscTransport) {
    let readers = transport.readers().unwrap();
    assert_eq!(readers.len(), 2);
    let name = desk.reader(transport);
    assert_eq!(transport.reader(&name).unwrap().occupancy, Occupancy::Empty);
    assert_eq!(transport.reader("no such reader").unwrap().occupancy, Occupancy::NoReader);
    assert_eq!(transport.connect(&name).err(), Some(TransportError::NoCard));
    assert_eq!(transport.connect("no such reader").err(), Some(TransportError::ReaderUnavailable));

    let (result, took) = timed(|| transport.wait_for_change(&readers, Duration::from_millis(1500)));
    assert_eq!(result, Ok(()));
    assert!((1450..2500).contains(&took.as_millis()), "nothing happened, {took:?}");
    let (_, took) = timed(|| transport.wait_for_change(&[], Duration::from_secs(5)));
    assert!(took.as_millis() < 500, "readers that were not known, {took:?}");

    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| timed(|| transport.wait_for_change(&readers, Duration::from_secs(10))));
        std::thread::sleep(Duration::from_millis(300));
        desk.insert(ST2021);
        let (result, took) = waiting.join().unwrap();
        assert_eq!(result, Ok(()));
        assert!(took.as_millis() < 5000, "an insertion, {took:?}");
    });
    let first = transport.reader(&name).unwrap();
    assert_eq!(first.occupancy, Occupancy::Card);
    desk.remove();
    let second = transport.reader(&name).unwrap();
    assert_eq!(second.occupancy, Occupancy::Empty);
    assert_eq!(second.events, first.events + 1, "the counter counts insertions and removals");
}

fn whole_operations(desk: &Desk, transport: &PcscTransport) {
    let name = desk.reader(transport);
    let Recognised::Cns(mut card, files) = cns_card::open(transport, &name).unwrap() else { panic!("a CNS") };
    assert_eq!(files.card_id.unwrap().as_str(), "6030000000000019");
    let key = files.certificate.unwrap().key;
    assert_eq!(card.verify(&PinPolicy::CNS.pin(b"99999").unwrap()).err(), Some(wrong_pin(2)));
    card.verify(&PinPolicy::CNS.pin(b"12345").unwrap()).unwrap();
    let result = card.private_key_operation(key, &[1; 256]).unwrap();
    assert_eq!(result.to_vec(), vec![0xA5; 256]);
    card.close(Disposition::Leave);
}

fn wrong_pin(left: u8) -> CardError {
    CardError::PinIncorrect { left: cns_card::Retries::Left(left) }
}

fn a_rival_holds_the_card(desk: &Desk, transport: &PcscTransport) {
    let name = desk.reader(transport);
    let mut ours = transport.connect(&name).unwrap();
    let mut rivals = transport.connect(&name).unwrap();
    std::thread::scope(|scope| {
        let (held, wait) = std::sync::mpsc::channel();
        scope.spawn(move || {
            let (channel, _) = rivals.begin().unwrap();
            held.send(()).unwrap();
            std::thread::sleep(Duration::from_secs(5));
            channel.end(Disposition::Leave).unwrap();
            rivals.disconnect(Disposition::Leave);
        });
        wait.recv().unwrap();
        let (status, took) = timed(|| ours.status());
        assert_eq!(status, Ok(Continuity::Same));
        assert!(took.as_millis() < 50, "status does not wait, {took:?}");
        let (reader, took) = timed(|| transport.reader(&name));
        assert_eq!(reader.unwrap().occupancy, Occupancy::Card);
        assert!(took.as_millis() < 50, "nor does a reader's state, {took:?}");
        let (begun, took) = timed(|| ours.begin().map(|(_, continuity)| continuity));
        assert_eq!(begun, Err(TransportError::Busy));
        assert!((2900..3500).contains(&took.as_millis()), "begin waits three seconds, {took:?}");
        let (begun, took) = timed(|| ours.begin().map(|(_, continuity)| continuity));
        assert_eq!(begun, Ok(Continuity::Same), "and then the rival has finished");
        assert!(took.as_millis() < 2500, "{took:?}");
    });
    ours.disconnect(Disposition::Leave);
}

fn a_rival_resets_the_card(desk: &Desk, transport: &PcscTransport) {
    let name = desk.reader(transport);
    let mut ours = transport.connect(&name).unwrap();
    let mut rivals = transport.connect(&name).unwrap();
    assert_eq!(ours.status(), Ok(Continuity::Same));
    let (channel, _) = rivals.begin().unwrap();
    channel.end(Disposition::Reset).unwrap();
    assert_eq!(ours.status(), Ok(Continuity::WasReset));
    assert_eq!(ours.status(), Ok(Continuity::WasReset), "until the next transaction");
    assert_eq!(ours.begin().map(|(_, continuity)| continuity), Ok(Continuity::WasReset));
    assert_eq!(ours.status(), Ok(Continuity::Same));
    assert_eq!(ours.begin().map(|(_, continuity)| continuity), Ok(Continuity::Same));
    assert_eq!(ours.atr(), ST2021);
    assert_eq!(rivals.begin().map(|(_, continuity)| continuity), Ok(Continuity::WasReset));
    rivals.disconnect(Disposition::Leave);
    ours.disconnect(Disposition::Leave);
}

/// Only who asks for a reset gets one: a dropped connection and a dropped transaction leave the card.
fn dispositions(desk: &Desk, transport: &PcscTransport) {
    let name = desk.reader(transport);
    let mut watcher = transport.connect(&name).unwrap();
    drop(watcher.begin());
    let mut dropped = transport.connect(&name).unwrap();
    drop(dropped.begin().unwrap());
    drop(dropped);
    transport.connect(&name).unwrap().disconnect(Disposition::Leave);
    let panicking = std::panic::catch_unwind(|| {
        let mut connection = transport.connect(&name).unwrap();
        let _channel = connection.begin().unwrap();
        std::panic::resume_unwind(Box::new("planted"));
    });
    assert!(panicking.is_err());
    assert_eq!(watcher.status(), Ok(Continuity::Same));
    transport.connect(&name).unwrap().disconnect(Disposition::Reset);
    assert_eq!(watcher.status(), Ok(Continuity::WasReset));
    drop(watcher.begin());

    // A reset does not wait for a rival for ever either.
    let ours = transport.connect(&name).unwrap();
    let (channel, _) = watcher.begin().unwrap();
    let ((), took) = timed(|| ours.disconnect(Disposition::Reset));
    assert!((2900..3500).contains(&took.as_millis()), "{took:?}");
    channel.end(Disposition::Leave).unwrap();
    assert_eq!(watcher.status(), Ok(Continuity::Same));
    watcher.disconnect(Disposition::Leave);
}

fn exclusive(desk: &Desk, transport: &PcscTransport) {
    let name = desk.reader(transport);
    let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
    let c_name = std::ffi::CString::new(name.as_str()).unwrap();
    let rival = context.connect(&c_name, pcsc::ShareMode::Exclusive, pcsc::Protocols::ANY).unwrap();
    let (result, took) = timed(|| transport.connect(&name).err());
    assert_eq!(result, Some(TransportError::Busy));
    assert!((2900..3500).contains(&took.as_millis()), "{took:?}");
    rival.disconnect(pcsc::Disposition::LeaveCard).map_err(|(_, error)| error).unwrap();
    assert!(transport.connect(&name).is_ok());
}

fn removal(desk: &mut Desk, transport: &PcscTransport) {
    let name = desk.reader(transport);
    let mut ours = transport.connect(&name).unwrap();
    desk.remove();
    assert_eq!(ours.status(), Err(TransportError::CardRemoved));
    assert_eq!(ours.begin().err(), Some(TransportError::CardRemoved));
    desk.insert(ST2021);
    assert_eq!(ours.status(), Err(TransportError::CardRemoved), "another insertion is another connection");
    assert_eq!(ours.begin().err(), Some(TransportError::CardRemoved));
    ours.disconnect(Disposition::Leave);
    assert!(transport.connect(&name).is_ok());
}

fn service_restarted(desk: &mut Desk, transport: &PcscTransport) {
    let name = desk.reader(transport);
    let readers = transport.readers().unwrap();
    let mut ours = transport.connect(&name).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| timed(|| transport.wait_for_change(&readers, Duration::from_secs(20))));
        std::thread::sleep(Duration::from_millis(300));
        desk.kill_service();
        let (result, took) = waiting.join().unwrap();
        assert_eq!(result, Ok(()));
        assert!(took.as_secs() < 3, "the service's end wakes who waits, {took:?}");
    });
    assert_eq!(transport.readers(), Err(TransportError::ServiceUnavailable));
    assert_eq!(ours.status(), Err(TransportError::ServiceUnavailable));
    assert_eq!(ours.begin().err(), Some(TransportError::ServiceUnavailable));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| timed(|| transport.wait_for_change(&[], Duration::from_secs(20))));
        desk.start_service();
        let (result, took) = waiting.join().unwrap();
        assert_eq!(result, Ok(()));
        assert!(took.as_secs() < 5, "and so does its start, {took:?}");
    });
    desk.insert(ST2021);
    assert_eq!(transport.readers().unwrap().len(), 2);
    assert_eq!(ours.begin().err(), Some(TransportError::ServiceUnavailable));
    ours.disconnect(Disposition::Reset);
    let mut again = transport.connect(&name).unwrap();
    assert_eq!(again.begin().map(|(_, continuity)| continuity), Ok(Continuity::Same));
}
