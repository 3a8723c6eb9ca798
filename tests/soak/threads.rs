//! Eight threads of one program on two readers.

use std::sync::Arc;

use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Holder, Personality};

use crate::common::{Stage, apart};
use crate::{PIN, sign, times};

const THREADS: u64 = 8;
const READERS: u64 = 2;

#[test]
fn eight_threads_sign_on_two_readers() {
    // In the long form a thousand for each thread and reader.
    let each = times(25, 1000 * READERS);
    let readers = Readers::new(&["A", "B"]);
    let stage = Stage::over(readers, Card::new(&Personality::st2021()).shared());
    let other = Card::builder(&Personality::cardos()).holder(Holder::BIANCHI).shared();
    stage.readers.insert("A", Arc::clone(&stage.card));
    stage.readers.insert("B", Arc::clone(&other));
    let sessions = [stage.client.open(0), stage.client.open(1)];
    for session in &sessions {
        session.login(PIN).expect("login");
    }
    let mine = stage.card().certificate_der().to_vec();
    let certificates = [mine, other.lock().expect("sound").certificate_der().to_vec()];
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (client, certificates) = (&stage.client, &certificates);
            scope.spawn(move || {
                // Half of them stay with a reader, half go to and fro.
                for round in 0..each {
                    let slot = if thread < 4 { thread % READERS } else { (thread + round) % READERS };
                    let session = client.open(slot);
                    sign(&session, &certificates[slot as usize]).expect("a signature");
                }
            });
        }
    });
    let by_cards = stage.card().signature_count() + other.lock().expect("sound").signature_count();
    assert_eq!(by_cards as u64, THREADS * each);
    let verifies = stage.card().verify_count() + other.lock().expect("sound").verify_count();
    assert_eq!(verifies, 2, "one for each card");
    apart::say(&format!("soak: {by_cards} signatures by {THREADS} threads on {READERS} readers, 2 VERIFYs"));
}
