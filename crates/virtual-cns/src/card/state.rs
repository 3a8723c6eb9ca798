//! The state file: what a real card keeps in its persistent memory, PINs and counters, across restarts.
//!
//! One line per PIN: personality, card number, PIN number, tries, value in hexadecimal. A file may serve several
//! cards. It is replaced whole by a rename, so a crash leaves the old or the new one. The values are those of a test
//! card and no secret.

use super::Card;
use std::io;
use std::path::Path;

impl Card {
    /// Takes counters and PINs from a state file, if it knows this card, and keeps them there from now on.
    pub fn attach_state(&mut self, path: &Path) -> io::Result<()> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let own = format!("{} {} ", self.personality.name, self.card_id);
        for line in text.lines().filter_map(|line| line.strip_prefix(&own)) {
            self.restore(line)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "damaged state file"))?;
        }
        self.state = Some(path.to_owned());
        self.write_state()
    }

    fn restore(&mut self, line: &str) -> Option<()> {
        let mut fields = line.split(' ');
        let number = u8::from_str_radix(fields.next()?, 16).ok()?;
        let tries = fields.next()?.parse().ok()?;
        let value = u64::from_str_radix(fields.next()?, 16).ok()?;
        let pin = self.key_store.pins.iter_mut().find(|pin| pin.number == number)?;
        pin.tries = tries;
        pin.value = value.to_be_bytes();
        Some(())
    }

    /// Writes the state down. A card whose memory fails answers 6581.
    pub(super) fn save(&mut self) -> Result<(), u16> {
        self.write_state().map_err(|_| 0x6581)
    }

    pub(super) fn write_state(&self) -> io::Result<()> {
        let Some(path) = &self.state else { return Ok(()) };
        let own = format!("{} {} ", self.personality.name, self.card_id);
        let before = std::fs::read_to_string(path).unwrap_or_default();
        let mut text: String =
            before.lines().filter(|line| !line.starts_with(&own)).map(|line| format!("{line}\n")).collect();
        for pin in &self.key_store.pins {
            let value = u64::from_be_bytes(pin.value);
            text.push_str(&format!("{own}{:02X} {} {value:016X}\n", pin.number, pin.tries));
        }
        let mut fresh = path.as_os_str().to_owned();
        fresh.push(format!(".{}", std::process::id()));
        std::fs::write(&fresh, text)?;
        std::fs::rename(&fresh, path)
    }
}
