//! The vpcd protocol, against a listener that speaks as the reader does: length and body in separate writes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use virtual_cns::vpcd::Insertion;
use virtual_cns::{Card, Effect, Fault, Personality, SharedCard, When};

struct Reader {
    listener: TcpListener,
    socket: TcpStream,
}

impl Reader {
    fn with(card: &SharedCard) -> (Reader, Insertion) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let insertion = Insertion::start(Arc::clone(card), &address).unwrap();
        let socket = listener.accept().unwrap().0;
        (Reader { listener, socket }, insertion)
    }

    fn send(&mut self, body: &[u8]) {
        self.socket.write_all(&u16::try_from(body.len()).unwrap().to_be_bytes()).unwrap();
        self.socket.write_all(body).unwrap();
    }

    fn ask(&mut self, body: &[u8]) -> Vec<u8> {
        self.send(body);
        let mut length = [0; 2];
        self.socket.read_exact(&mut length).unwrap();
        let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
        self.socket.read_exact(&mut answer).unwrap();
        answer
    }

    fn is_empty(&mut self) -> bool {
        self.socket.read(&mut [0]).unwrap() == 0
    }
}

const MF: [u8; 7] = [0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00];

fn card() -> SharedCard {
    Card::new(&Personality::cardos()).shared()
}

#[test]
fn power_atr_and_commands() {
    let card = card();
    let (mut reader, insertion) = Reader::with(&card);
    assert_eq!(reader.ask(&[4]), Personality::cardos().atr);
    assert_eq!(reader.ask(&MF), [], "no power, no answer");
    reader.send(&[1]);
    assert_eq!(reader.ask(&MF), [0x90, 0x00]);
    reader.send(&[2]);
    reader.send(&[0]);
    assert_eq!(reader.ask(&MF), []);
    assert!(insertion.is_inserted());
    insertion.remove();
    assert!(reader.is_empty());
    assert!(!card.lock().unwrap().is_powered());
}

#[test]
fn the_card_stays_when_the_daemon_restarts() {
    let card = card();
    let (mut reader, _insertion) = Reader::with(&card);
    reader.send(&[1]);
    reader.ask(&MF);
    drop(reader.socket);
    reader.socket = reader.listener.accept().unwrap().0;
    assert_eq!(reader.ask(&[4]), Personality::cardos().atr);
    assert_eq!(reader.ask(&MF), [], "it lost its power");
}

#[test]
fn faults_pull_the_card() {
    let card = card();
    let other = Card::new(&Personality::athena()).shared();
    {
        let mut card = card.lock().unwrap();
        card.faults().plan(Fault::new(When::Command(0), Effect::Reinsert));
        card.faults().plan(Fault::new(When::Command(1), Effect::Replace(Arc::clone(&other))));
    }
    other.lock().unwrap().faults().plan(Fault::new(When::Command(0), Effect::Remove));
    let (mut reader, insertion) = Reader::with(&card);
    for atr in [Personality::cardos().atr, Personality::cardos().atr, Personality::athena().atr] {
        assert_eq!(reader.ask(&[4]), atr);
        reader.send(&[1]);
        reader.send(&MF);
        assert!(reader.is_empty());
        if atr != Personality::athena().atr {
            reader.socket = reader.listener.accept().unwrap().0;
        }
    }
    drop(insertion);
}

#[test]
fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    assert!(Insertion::start(card(), &free).is_err());
}
