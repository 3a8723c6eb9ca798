//! Marionette, Firefox's remote control: only to look. Keys are pressed as a person presses them.
//!
//! The scripts run with the browser's own rights, for the certificate chooser and the PIN prompt are parts of the
//! browser, which no web page's script can see. No script runs while the PIN prompt is open.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

/// Longer than any script takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// A connection to one Firefox.
#[derive(Debug)]
pub struct Marionette {
    stream: TcpStream,
    number: u64,
}

impl Marionette {
    /// Connects to the port of a Firefox that was just started, and asks for the browser's own rights.
    pub fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        let mut marionette = Self { stream, number: 0 };
        marionette.set_up()?;
        let capabilities = json!({ "alwaysMatch": { "unhandledPromptBehavior": "ignore" } });
        marionette.command("WebDriver:NewSession", &json!({ "capabilities": capabilities }))?;
        marionette.command("Marionette:SetContext", &json!({ "value": "chrome" }))?;
        Ok(marionette)
    }

    /// Runs a script that returns a value.
    pub fn script(&mut self, script: &str, arguments: &[&str]) -> Result<Value> {
        let parameters = json!({ "script": script, "args": arguments, "newSandbox": true });
        self.command("WebDriver:ExecuteScript", &parameters)
    }

    fn command(&mut self, name: &str, parameters: &Value) -> Result<Value> {
        self.number += 1;
        let message = json!([0, self.number, name, parameters]).to_string();
        self.stream.write_all(format!("{}:{message}", message.len()).as_bytes())?;
        let answer = self.set_up().with_context(|| format!("no answer to {name}"))?;
        ensure!(answer[2].is_null(), "Firefox refused {name}: {}", answer[2]);
        Ok(answer[3]["value"].clone())
    }

    /// One message: its length in decimal digits, a colon, JSON.
    fn set_up(&mut self) -> Result<Value> {
        let mut length = 0;
        loop {
            let mut byte = [0];
            self.stream.read_exact(&mut byte)?;
            match byte[0] {
                b':' => break,
                digit if digit.is_ascii_digit() && length < 100_000_000 => {
                    length = length * 10 + usize::from(digit - b'0')
                }
                other => bail!("not Marionette's protocol: {other}"),
            }
        }
        let mut message = vec![0; length];
        self.stream.read_exact(&mut message)?;
        Ok(serde_json::from_slice(&message)?)
    }
}
