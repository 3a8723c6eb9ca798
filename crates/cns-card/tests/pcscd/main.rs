//! The PC/SC transport against a real pcscd with the vpcd reader, in a mount namespace of its own.
//!
//! Needs root (for `unshare -m`), `pcscd` and vpcd's driver; without them the test says so and passes. The client
//! library reads its socket's name from the environment once, so the test runs itself again with it set.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod pcscd_service;

use std::process::Command;
use std::time::{Duration, Instant};

use cns_card::{
    Cancellation, CardError, Continuity, Disposition, Occupancy, OpenedCard, PcscTransport, PinPolicy,
    ReaderStatus, Transport, TransportError,
};
use pcscd_service::PcscdService;

const ST2021: &[u8] = &[
    0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x16, 0x17, 0x01, 0x11,
    0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8D,
];

#[test]
fn through_a_real_pcscd() {
    if let Some(missing) = pcscd_service::missing() {
        eprintln!("skipped: {missing}");
        return;
    }
    let directory = pcscd_service::directory();
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
    let mut pcscd = PcscdService::new(directory.into());
    let transport = PcscTransport::new();

    no_service(&transport);
    pcscd.start_service();
    coming_and_going(&mut pcscd, &transport);
    pcscd.insert(ST2021);
    whole_operations(&pcscd, &transport);
    a_rival_holds_the_card(&pcscd, &transport);
    a_rival_resets_the_card(&pcscd, &transport);
    dispositions(&pcscd, &transport);
    exclusive(&pcscd, &transport);
    eight_threads(&pcscd, &transport);
    resets_without_end(&pcscd, &transport);
    resets_are_known(&mut pcscd, &transport);
    a_long_wait(&pcscd, &transport);
    removal(&mut pcscd, &transport);
    service_restarted(&mut pcscd, &transport);
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (run(), start.elapsed())
}

fn wait(transport: &PcscTransport, known: &[ReaderStatus], timeout: Duration) -> Result<(), TransportError> {
    transport.wait_for_change(known, Some(timeout), &Cancellation::new())
}

fn no_service(transport: &PcscTransport) {
    assert_eq!(transport.readers(), Err(TransportError::ServiceUnavailable));
    assert_eq!(transport.reader("x"), Err(TransportError::ServiceUnavailable));
    assert_eq!(transport.connect("x").err(), Some(TransportError::ServiceUnavailable));
    let (result, took) = timed(|| wait(transport, &[], Duration::from_millis(400)));
    assert_eq!(result, Ok(()));
    assert!((400..700).contains(&took.as_millis()), "{took:?}");
}

fn coming_and_going(pcscd: &mut PcscdService, transport: &PcscTransport) {
    let readers = transport.readers().unwrap();
    assert_eq!(readers.len(), 2);
    let name = pcscd.reader(transport);
    assert_eq!(transport.reader(&name).unwrap().occupancy, Occupancy::Empty);
    assert_eq!(transport.reader("no such reader").unwrap().occupancy, Occupancy::NoReader);
    assert_eq!(transport.connect(&name).err(), Some(TransportError::NoCard));
    assert_eq!(transport.connect("no such reader").err(), Some(TransportError::ReaderUnavailable));

    let (result, took) = timed(|| wait(transport, &readers, Duration::from_millis(1500)));
    assert_eq!(result, Ok(()));
    assert!((1450..2500).contains(&took.as_millis()), "nothing happened, {took:?}");
    let (_, took) = timed(|| wait(transport, &[], Duration::from_secs(5)));
    assert!(took.as_millis() < 500, "readers that were not known, {took:?}");

    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| timed(|| wait(transport, &readers, Duration::from_secs(10))));
        std::thread::sleep(Duration::from_millis(300));
        pcscd.insert(ST2021);
        let (result, took) = waiting.join().unwrap();
        assert_eq!(result, Ok(()));
        assert!(took.as_millis() < 5000, "an insertion, {took:?}");
    });
    let first = transport.reader(&name).unwrap();
    assert_eq!(first.occupancy, Occupancy::Card);
    pcscd.remove();
    let second = transport.reader(&name).unwrap();
    assert_eq!(second.occupancy, Occupancy::Empty);
    assert_eq!(second.events, first.events + 1, "the counter counts insertions and removals");
}

fn whole_operations(pcscd: &PcscdService, transport: &PcscTransport) {
    let name = pcscd.reader(transport);
    let OpenedCard::Cns(mut card, files) = cns_card::open(transport, &name).unwrap() else { panic!("a CNS") };
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

fn a_rival_holds_the_card(pcscd: &PcscdService, transport: &PcscTransport) {
    let name = pcscd.reader(transport);
    let connected = Instant::now();
    let mut ours = transport.connect(&name).unwrap();
    let mut rivals = transport.connect(&name).unwrap();
    std::thread::scope(|scope| {
        let (held, wait) = std::sync::mpsc::channel();
        scope.spawn(move || {
            let (channel, _) = rivals.begin().unwrap();
            held.send(()).unwrap();
            std::thread::sleep(Duration::from_secs(5));
            channel.end(Disposition::Leave).unwrap();
            rivals.disconnect(Disposition::Leave).unwrap();
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
        let waited = connected.elapsed();
        assert!(waited.as_millis() >= 2900, "from the connection on it waits three seconds, {waited:?}");
        assert!(took.as_millis() < 3500, "and not longer, {took:?}");
        let (begun, took) = timed(|| ours.begin().map(|(_, continuity)| continuity));
        assert_eq!(begun, Ok(Continuity::Same), "and then the rival has finished");
        assert!(took.as_millis() < 2500, "{took:?}");
    });
    ours.disconnect(Disposition::Leave).unwrap();
}

fn a_rival_resets_the_card(pcscd: &PcscdService, transport: &PcscTransport) {
    let name = pcscd.reader(transport);
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
    rivals.disconnect(Disposition::Leave).unwrap();
    ours.disconnect(Disposition::Leave).unwrap();
}

/// Only who asks for a reset gets one: a dropped connection and a dropped transaction leave the card.
fn dispositions(pcscd: &PcscdService, transport: &PcscTransport) {
    let name = pcscd.reader(transport);
    let mut watcher = transport.connect(&name).unwrap();
    drop(watcher.begin());
    let mut dropped = transport.connect(&name).unwrap();
    drop(dropped.begin().unwrap());
    drop(dropped);
    transport.connect(&name).unwrap().disconnect(Disposition::Leave).unwrap();
    let panicking = std::panic::catch_unwind(|| {
        let mut connection = transport.connect(&name).unwrap();
        let _channel = connection.begin().unwrap();
        std::panic::resume_unwind(Box::new("planted"));
    });
    assert!(panicking.is_err());
    assert_eq!(watcher.status(), Ok(Continuity::Same));
    transport.connect(&name).unwrap().disconnect(Disposition::Reset).unwrap();
    assert_eq!(watcher.status(), Ok(Continuity::WasReset));
    drop(watcher.begin());

    // A reset does not wait for a rival for ever either.
    let ours = transport.connect(&name).unwrap();
    let (channel, _) = watcher.begin().unwrap();
    let (outcome, took) = timed(|| ours.disconnect(Disposition::Reset));
    assert_eq!(outcome, Err(TransportError::Busy));
    assert!((2900..3500).contains(&took.as_millis()), "{took:?}");
    channel.end(Disposition::Leave).unwrap();
    assert_eq!(watcher.status(), Ok(Continuity::Same));
    watcher.disconnect(Disposition::Leave).unwrap();
}

/// Another program, with a connection that nobody shares (scdaemon).
struct Exclusive(Option<pcsc::Card>);

impl Exclusive {
    fn on(name: &str) -> Self {
        let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
        let name = std::ffi::CString::new(name).unwrap();
        Self(Some(context.connect(&name, pcsc::ShareMode::Exclusive, pcsc::Protocols::ANY).unwrap()))
    }

    fn let_go(mut self) {
        let card = self.0.take().unwrap();
        card.disconnect(pcsc::Disposition::LeaveCard).map_err(|(_, error)| error).unwrap();
    }
}

/// Looks at the card again and again: one wait in all, no attempts afterwards, and the card at once when it is free.
fn exclusive(pcscd: &PcscdService, transport: &PcscTransport) {
    let name = pcscd.reader(transport);
    let before = transport.reader(&name).unwrap();
    assert!(!before.held_exclusively);
    let rival = Exclusive::on(&name);
    let now = transport.reader(&name).unwrap();
    assert!(now.held_exclusively);
    assert_eq!(now, before, "and it is the same card");
    let (result, took) = timed(|| transport.connect(&name).err());
    assert_eq!(result, Some(TransportError::Busy));
    assert!((2900..3500).contains(&took.as_millis()), "{took:?}");
    let attempts = pcscd.received("CONNECT");
    let (_, took) = timed(|| {
        for _ in 0..30 {
            assert_eq!(transport.connect(&name).err(), Some(TransportError::Busy));
        }
    });
    assert!(took.as_millis() < 2000, "30 looks after the first one, {took:?}");
    assert_eq!(pcscd.received("CONNECT"), attempts, "and nothing is attempted");

    rival.let_go();
    let (connection, took) = timed(|| transport.connect(&name));
    assert_eq!(connection.unwrap().begin().map(|(_, continuity)| continuity), Ok(Continuity::Same));
    assert!(took.as_millis() < 1000, "free, {took:?}");

    // The next one who holds it is waited for anew.
    let rival = Exclusive::on(&name);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| timed(|| transport.connect(&name).map(drop)));
        std::thread::sleep(Duration::from_millis(500));
        rival.let_go();
        let (result, took) = waiting.join().unwrap();
        assert_eq!(result, Ok(()));
        assert!(took.as_millis() < 2000, "it waits no longer than it must, {took:?}");
    });
}

/// Threads that take turns, as the operations of a slot do, and threads that do not.
fn eight_threads(pcscd: &PcscdService, transport: &PcscTransport) {
    let name = pcscd.reader(transport);
    for in_turn in [true, false] {
        let transport = PcscTransport::new();
        let rival = Exclusive::on(&name);
        let turn = std::sync::Mutex::new(());
        std::thread::scope(|scope| {
            let looks: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        timed(|| {
                            let _turn = in_turn.then(|| turn.lock().unwrap());
                            transport.connect(&name).err()
                        })
                    })
                })
                .collect();
            for look in looks {
                let (result, took) = look.join().unwrap();
                assert_eq!(result, Some(TransportError::Busy));
                assert!(took.as_millis() < 5000, "in turn: {in_turn}, {took:?}");
            }
        });
        rival.let_go();
    }
}

/// A begin that meets the resets of others starts again.
fn resets_without_end(pcscd: &PcscdService, transport: &PcscTransport) {
    const ROUNDS: usize = 60;
    let name = pcscd.reader(transport);
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    let mut rival = transport.connect(&name).unwrap();
                    let (channel, _) = rival.begin().unwrap();
                    channel.end(Disposition::Reset).unwrap();
                    rival.disconnect(Disposition::Leave).unwrap();
                    std::thread::sleep(Duration::from_millis(50));
                }
            });
        }
        let mut ours = transport.connect(&name).unwrap();
        let mut resets = 0;
        for _ in 0..ROUNDS {
            let (channel, continuity) = ours.begin().unwrap();
            resets += usize::from(continuity == Continuity::WasReset);
            channel.end(Disposition::Leave).unwrap();
            std::thread::sleep(Duration::from_millis(5));
        }
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(resets > ROUNDS / 10, "{resets} resets met in {ROUNDS} transactions");
    });
}

/// What `end` and `disconnect` say of a reset is so: another connection has noticed it, or not.
fn resets_are_known(pcscd: &mut PcscdService, transport: &PcscTransport) {
    let name = pcscd.reader(transport);
    let mut watcher = transport.connect(&name).unwrap();
    drop(watcher.begin().unwrap());
    let mut ours = transport.connect(&name).unwrap();
    assert_eq!(ours.begin().unwrap().0.end(Disposition::Reset), Ok(()));
    assert_eq!(watcher.status(), Ok(Continuity::WasReset));
    drop(watcher.begin().unwrap());
    assert_eq!(ours.disconnect(Disposition::Reset), Ok(()), "a reset of one's own before it is no hindrance");
    assert_eq!(watcher.status(), Ok(Continuity::WasReset));
    drop(watcher.begin().unwrap());

    // Nothing is reset beside another program's transaction, and it is not waited for longer than asked.
    let mut ours = transport.connect(&name).unwrap();
    let (channel, _) = watcher.begin().unwrap();
    ours.wait_until(Some(Instant::now()));
    let (outcome, took) = timed(|| ours.begin().err());
    assert_eq!(outcome, Some(TransportError::Busy));
    assert!(took.as_millis() < 500, "{took:?}");
    let (outcome, took) = timed(|| ours.disconnect(Disposition::Reset));
    assert_eq!(outcome, Err(TransportError::Busy));
    assert!(took.as_millis() < 500, "{took:?}");
    channel.end(Disposition::Leave).unwrap();
    assert_eq!(watcher.status(), Ok(Continuity::Same));

    // A card that is out is not verified any more.
    let mut ours = transport.connect(&name).unwrap();
    drop(ours.begin().unwrap());
    let (channel, _) = watcher.begin().unwrap();
    pcscd.remove();
    assert_eq!(channel.end(Disposition::Reset), Ok(()));
    assert_eq!(ours.disconnect(Disposition::Reset), Ok(()));
    assert_eq!(watcher.disconnect(Disposition::Reset), Ok(()));
    pcscd.insert(ST2021);
}

/// A wait without end: one context, no messages while nothing happens, ended by a cancellation; several at once.
fn a_long_wait(pcscd: &PcscdService, transport: &PcscTransport) {
    let known = transport.readers().unwrap();
    let cancellation = Cancellation::new();
    std::thread::scope(|scope| {
        let contexts = pcscd.received("ESTABLISH_CONTEXT");
        let waits: Vec<_> =
            (0..3).map(|_| scope.spawn(|| transport.wait_for_change(&known, None, &cancellation))).collect();
        std::thread::sleep(Duration::from_secs(1));
        let messages = pcscd.received("");
        std::thread::sleep(Duration::from_secs(4));
        let (quiet, opened) = (pcscd.received(""), pcscd.received("ESTABLISH_CONTEXT") - contexts);
        let waiting = waits.iter().all(|wait| !wait.is_finished());
        // Before anything is asserted: a thread that still waits would keep a failed test for ever.
        let ((), took) = timed(|| cancellation.cancel());
        assert!(waiting);
        assert_eq!(quiet, messages, "a quiet wait sends nothing");
        assert!(opened <= 3, "{opened} contexts: one for each wait, or that of a wait before");
        assert!(waits.into_iter().all(|wait| wait.join().unwrap() == Ok(())));
        assert!(took.as_millis() < 1000, "{took:?}");
    });
    let (result, took) = timed(|| transport.wait_for_change(&known, None, &cancellation));
    assert_eq!(result, Ok(()));
    assert!(took.as_millis() < 500, "cancelled before it began, {took:?}");

    // Wherever the wait is when the cancellation comes.
    for pause in 0..40 {
        let cancellation = Cancellation::new();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| transport.wait_for_change(&known, None, &cancellation));
            std::thread::sleep(Duration::from_micros(100 * pause));
            let ((), took) = timed(|| cancellation.cancel());
            assert_eq!(waiting.join().unwrap(), Ok(()));
            assert!(took.as_millis() < 1000, "after {pause} pauses, {took:?}");
        });
    }

    // Who else uses the card is no event.
    let cancellation = Cancellation::new();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| transport.wait_for_change(&known, None, &cancellation));
        let name = pcscd.reader(transport);
        std::thread::sleep(Duration::from_millis(300));
        Exclusive::on(&name).let_go();
        transport.connect(&name).unwrap().disconnect(Disposition::Leave).unwrap();
        std::thread::sleep(Duration::from_millis(700));
        assert!(!waiting.is_finished());
        cancellation.cancel();
        assert_eq!(waiting.join().unwrap(), Ok(()));
    });
}

fn removal(pcscd: &mut PcscdService, transport: &PcscTransport) {
    let name = pcscd.reader(transport);
    let mut ours = transport.connect(&name).unwrap();
    pcscd.remove();
    assert_eq!(ours.status(), Err(TransportError::CardRemoved));
    assert_eq!(ours.begin().err(), Some(TransportError::CardRemoved));
    pcscd.insert(ST2021);
    assert_eq!(ours.status(), Err(TransportError::CardRemoved), "another insertion is another connection");
    assert_eq!(ours.begin().err(), Some(TransportError::CardRemoved));
    ours.disconnect(Disposition::Leave).unwrap();
    assert!(transport.connect(&name).is_ok());
}

fn service_restarted(pcscd: &mut PcscdService, transport: &PcscTransport) {
    let name = pcscd.reader(transport);
    let readers = transport.readers().unwrap();
    let mut ours = transport.connect(&name).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| timed(|| wait(transport, &readers, Duration::from_secs(20))));
        std::thread::sleep(Duration::from_millis(300));
        pcscd.kill_service();
        let (result, took) = waiting.join().unwrap();
        assert_eq!(result, Ok(()));
        assert!(took.as_secs() < 3, "the service's end wakes who waits, {took:?}");
    });
    assert_eq!(transport.readers(), Err(TransportError::ServiceUnavailable));
    assert_eq!(ours.status(), Err(TransportError::ServiceUnavailable));
    assert_eq!(ours.begin().err(), Some(TransportError::ServiceUnavailable));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| timed(|| wait(transport, &[], Duration::from_secs(20))));
        pcscd.start_service();
        let (result, took) = waiting.join().unwrap();
        assert_eq!(result, Ok(()));
        assert!(took.as_secs() < 5, "and so does its start, {took:?}");
    });
    pcscd.insert(ST2021);
    assert_eq!(transport.readers().unwrap().len(), 2);
    assert_eq!(ours.begin().err(), Some(TransportError::ServiceUnavailable));
    let outcome = ours.disconnect(Disposition::Reset);
    assert_eq!(outcome, Err(TransportError::ServiceUnavailable), "nobody knows what became of the card");
    let mut again = transport.connect(&name).unwrap();
    assert_eq!(again.begin().map(|(_, continuity)| continuity), Ok(Continuity::Same));
}
