//! The programs of `examples/`, which a user would start from: each signs a file, and openssl verifies the signature
//! with the card's certificate. The PIN goes where a person would type it.
//!
//! Two of them need the network to be made ready (crates, PyPI), which a sandbox does not have: [`prepare`] comes first.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use fs_err as fs;

use super::check::{Check, on_each, pass};
use super::pkcs11_tool::expect_verifies;
use crate::cargo::{self, workspace};
use crate::process::{self, run};
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment};
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] =
    &["gcc", "libc6-dev", "libp11-kit-dev", "openssl", "python3", "python3-pykcs11", "python3-venv"];

const CARDS: &[&str] = &[card::DEFAULT, "idemia2021"];

/// pip fetches and may compile; a machine without network must notice before the coffee is cold.
const PIP_LIMIT: Duration = Duration::from_secs(120);

/// Debian's Python, for which the packages are; another may come first in PATH.
const PYTHON: &str = "/usr/bin/python3";

pub fn checks() -> Vec<Check> {
    [
        on_each(CARDS, "examples/sign.rs (cryptoki): signs, verified by openssl", rust),
        on_each(CARDS, "examples/sign.c: signs, verified by openssl", c),
        on_each(CARDS, "examples/sign_pykcs11.py: signs, verified by openssl", pykcs11),
        on_each(CARDS, "examples/sign_python_pkcs11.py: signs, verified by openssl", python_pkcs11),
    ]
    .concat()
}

/// What the check under valgrind needs.
pub const VALGRIND_PACKAGES: &[&str] = &["gcc", "libc6-dev", "libp11-kit-dev", "openssl", "valgrind"];

pub fn valgrind_checks() -> Vec<Check> {
    let name = "valgrind: examples/sign.c, no error and nothing lost at exit";
    on_each(&[card::DEFAULT], name, c_under_valgrind)
}

/// Builds and fetches into the run's folder what the examples among `chosen` need. What fails here is told by the
/// check that misses it.
pub fn prepare(folder: &Path, chosen: &[Check]) {
    let wanted = |name: &str| chosen.iter().any(|check| check.name.contains(name));
    if wanted("sign.rs") {
        let built = cargo::cargo(&["build", "--example", "sign"])
            .and_then(|()| Ok(fs::copy(cargo::target().join("debug/examples/sign"), folder.join("sign"))?));
        if let Err(error) = built {
            println!("examples/sign.rs: {error:#}");
        }
    }
    if wanted("sign_python_pkcs11.py") {
        let log = match virtual_environment(&folder.join("python")) {
            Ok(()) => return,
            Err(error) => format!("{error:#}"),
        };
        let _ = fs::write(folder.join("pip.log"), log);
    }
}

fn virtual_environment(folder: &Path) -> Result<()> {
    let mut make = Command::new(PYTHON);
    make.args(["-m", "venv"]).arg(folder);
    run(make, "", PIP_LIMIT)?.succeed()?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "python-pkcs11"]);
    run(pip, "", PIP_LIMIT)?.succeed()?;
    Ok(())
}

/// Where [`prepare`] left something: the folder of the run, in which each check has one.
pub fn prepared(client: &ClientEnvironment, name: &str) -> PathBuf {
    client.file("..").join(name)
}

/// A file of this repository.
fn example(name: &str) -> PathBuf {
    workspace().join("examples").join(name)
}

fn rust(testbed: &mut Testbed) -> Result<StepOutcome> {
    let program = prepared(&testbed.client, "sign");
    ensure!(program.exists(), "`cargo build --example sign` failed, see above");
    signs(testbed, |client| client.command(&program.to_string_lossy()))
}

fn c(testbed: &mut Testbed) -> Result<StepOutcome> {
    compile(testbed)?;
    signs(testbed, |client| client.command(&client.file("sign").to_string_lossy()))
}

/// Under valgrind: any invalid access is an error, and so is memory that nobody points to at the end.
fn c_under_valgrind(testbed: &mut Testbed) -> Result<StepOutcome> {
    compile(testbed)?;
    signs(testbed, |client| {
        let mut command = client.command("valgrind");
        command
            .args(["--quiet", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite"])
            .arg(client.file("sign"));
        command
    })?;
    pass("no invalid access, no memory lost at the end")
}

/// As the head of the example says, and no warning is a good one.
fn compile(testbed: &Testbed) -> Result<()> {
    let mut compiler = testbed.client.command("cc");
    compiler
        .args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(workspace().join("include"));
    compiler.args(["-I", "/usr/include/p11-kit-1"]).arg(example("sign.c")).args(["-o", "sign"]);
    testbed.client.run(compiler)?.succeed()?;
    Ok(())
}

fn pykcs11(testbed: &mut Testbed) -> Result<StepOutcome> {
    signs(testbed, |client| {
        let mut command = client.command(PYTHON);
        command.arg(example("sign_pykcs11.py"));
        command
    })
}

fn python_pkcs11(testbed: &mut Testbed) -> Result<StepOutcome> {
    if let Ok(log) = process::read_lossy(&prepared(&testbed.client, "pip.log")) {
        let why = log.lines().rfind(|line| !line.is_empty()).unwrap_or_default();
        return Ok(StepOutcome::Skipped(format!("pip cannot install python-pkcs11: {why}")));
    }
    let environment = prepared(&testbed.client, "python");
    let mut version = testbed.client.command(PYTHON);
    version.args(["-c", "import sys; print('lib/python%d.%d' % sys.version_info[:2])"]);
    let library = testbed.client.run(version)?.succeed()?.stdout;
    if !environment.join(library.trim()).exists() {
        let why = format!("pip ran with the other system's Python: there is no {}", library.trim());
        return Ok(StepOutcome::Skipped(why));
    }
    let python = environment.join("bin/python");
    signs(testbed, |client| {
        let mut command = client.command(&python.to_string_lossy());
        command.arg(example("sign_python_pkcs11.py"));
        command
    })
}

/// Runs `program MODULE FILE` with the PIN as its input, and lets openssl verify what it prints.
fn signs(testbed: &Testbed, program: impl FnOnce(&ClientEnvironment) -> Command) -> Result<StepOutcome> {
    let client = &testbed.client;
    let file = client.write("text", "Un testo da firmare\n")?;
    let mut command = program(client);
    command.arg(&client.module).arg(&file);
    let said = run(command, &format!("{}\n", client.pin), CLIENT_LIMIT)?.succeed()?;
    let (_, card_id) = testbed.card.identity();
    ensure!(said.stderr.contains(&card_id), "{}", said.report("does not name the card"));
    client.write("signature.base64", &said.stdout)?;
    client.certificate_file()?;
    let openssl = |arguments: &[&str]| {
        let mut command = client.command("openssl");
        command.args(arguments);
        client.run(command)?.succeed()
    };
    openssl(&["base64", "-d", "-A", "-in", "signature.base64", "-out", "signature"])?;
    openssl(&["x509", "-in", "card.pem", "-noout", "-pubkey", "-out", "key.pem"])?;
    openssl(&["dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "text"])?
        .expect_output("Verified OK")?;
    expect_verifies(testbed, 1)?;
    ensure!(testbed.card.signature_count() == 1, "{} signatures", testbed.card.signature_count());
    pass(format!("card {card_id} named, PIN typed, signature verified"))
}
