//! `virtual-cns run --control`: a program plans faults and counts the commands with a PIN while another uses the card.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_virtual-cns");
const SELECT_MF: [u8; 7] = [0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00];
const WRONG_PIN: &[u8] = b"\x00\x20\x00\x10\x0899999999";

/// The program, the reader its card lies in, and the connection to its control.
struct Bench {
    program: Child,
    listener: TcpListener,
    reader: TcpStream,
    control: BufReader<TcpStream>,
}

impl Bench {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let program = Command::new(PROGRAM)
            .args(["run", "st2021", "--address", &address, "--control", &free])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // It listens for its control before it puts the card in.
        let reader = listener.accept().unwrap().0;
        let control = BufReader::new(TcpStream::connect(free).unwrap());
        Bench { program, listener, reader, control }
    }

    fn say(&mut self, line: &str) -> String {
        self.control.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut answer = String::new();
        self.control.read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }

    fn send(&mut self, body: &[u8]) {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        self.reader.write_all(&[&length, body].concat()).unwrap();
    }

    fn ask(&mut self, body: &[u8]) -> Vec<u8> {
        self.send(body);
        let mut length = [0; 2];
        self.reader.read_exact(&mut length).unwrap();
        let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
        self.reader.read_exact(&mut answer).unwrap();
        answer
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[test]
fn commands_with_a_pin_are_counted_and_faults_strike_the_command_they_name() {
    let mut bench = Bench::new();
    bench.send(&[1]);
    assert_eq!(bench.say("kind"), "st2021");
    assert_eq!(bench.say("count"), "commands 0 with a PIN 0");
    assert_eq!(bench.say("fault 1 6F00"), "planned");
    assert!(bench.ask(&SELECT_MF).ends_with(&[0x90, 0x00]));
    assert_eq!(bench.ask(WRONG_PIN), [0x6F, 0x00]);
    assert_eq!(bench.say("tries"), "PIN 3 PUK 10");
    assert_eq!(bench.say("count"), "commands 2 with a PIN 1");
    // Carried out, and the answer lost.
    assert_eq!(bench.say("fault 0 6F00 executed"), "planned");
    assert_eq!(bench.ask(WRONG_PIN), [0x6F, 0x00]);
    assert_eq!(bench.say("tries"), "PIN 2 PUK 10");
    assert_eq!(bench.say("tries 3 2"), "PIN 3 PUK 2");
    assert_eq!(bench.say("tries"), "PIN 3 PUK 2");
    assert_eq!(bench.say("fault 0 6F00"), "planned");
    assert_eq!(bench.say("fault"), "no fault");
    assert!(bench.ask(&SELECT_MF).ends_with(&[0x90, 0x00]));
    assert_eq!(bench.say("fault 1 6100 always"), "planned");
    assert!(bench.ask(&SELECT_MF).ends_with(&[0x90, 0x00]));
    assert_eq!((bench.ask(&SELECT_MF), bench.ask(&SELECT_MF)), (vec![0x61, 0x00], vec![0x61, 0x00]));
    assert!(bench.say("fault 0 6F0").starts_with("error: "));
    assert!(bench.say("no such thing").starts_with("error: "));
}

#[test]
fn a_card_that_a_fault_removed_is_put_back_by_a_command() {
    let mut bench = Bench::new();
    bench.send(&[1]);
    assert_eq!(bench.say("fault 0 remove"), "planned");
    bench.send(&SELECT_MF);
    assert_eq!(bench.reader.read(&mut [0]).unwrap(), 0, "the card is gone");
    assert_eq!(bench.say("insert"), "inserted");
    bench.reader = bench.listener.accept().unwrap().0;
    bench.send(&[1]);
    assert!(bench.ask(&SELECT_MF).ends_with(&[0x90, 0x00]));
    assert_eq!(bench.say("remove"), "removed");
    assert_eq!(bench.reader.read(&mut [0]).unwrap(), 0);
    bench.control.get_mut().write_all(b"quit\n").unwrap();
    assert!(bench.program.wait().unwrap().success());
}
