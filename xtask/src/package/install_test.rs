//! The package in a clean system: installed with its dependencies, used, and gone without a trace.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::clean_root;
use super::clean_system::{CleanSystem, output, passed, prepared, typed};
use super::guided_start::{self, ITALIAN};
use super::layout::MODULE;
use super::tools::{dpkg_architecture, run_tool, version};
use super::{account, pictures};
use interop::chroot::{apt_get, inside};
use interop::clients::browsers::SCREEN;
use interop::debian_root;
use interop::packages;
use interop::process;
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;
use interop::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use interop::testbed::portal::Visitor;

/// Which architecture this is.
pub const PACKAGES: &[&str] = &["dpkg-dev"];
/// A terminal for a person.
const TERMINAL: &[&str] = &["tmux"];
/// What `cns setup` may make, and what must be gone with the package.
const MADE: &[&str] = &["etc/cns", "etc/firefox", "var/lib/cns", "usr/bin/cns", "usr/share/doc/cns-pkcs11"];

/// The steps outside the sandbox: a clean system, then the test inside. The pcscd, and what looks at the browsers, is this
/// system's, or that of the release the clean system has, too.
pub fn steps(report: &mut Report, package: &Path, with_pictures: bool, on: Option<&str>) {
    const NAME: &str = "the package in a clean system";
    let wishes = [wishes(), if with_pictures { pictures::PACKAGES.to_vec() } else { vec![] }].concat();
    let mut clean = None;
    report.step("a clean system", || {
        let suite = on.map_or_else(debian_root::own_release, |suite| Ok(suite.to_owned()))?;
        let reason = match on {
            None => debian_root::unavailable(&suite)?,
            Some(suite) => debian_root::for_clients(suite, &wishes)?.err(),
        };
        if let Some(reason) = reason {
            ensure!(on.is_none(), reason);
            return Ok(StepOutcome::Skipped(reason));
        }
        if on.is_none() {
            packages::ensure(wishes.iter().copied())?;
        }
        let made = clean.insert(clean_root::prepare(&suite, package)?);
        Ok(StepOutcome::Passed(made.folder().display().to_string()))
    });
    report.step(NAME, || {
        if clean.is_none() {
            return Ok(StepOutcome::Skipped("there is no clean system: see above".into()));
        }
        let code = match on {
            None => Sandbox::enter(|_| ()),
            Some(suite) => debian_root::enter(suite, &wishes, |_| ()),
        };
        match code? {
            0 => Ok(().into()),
            code => anyhow::bail!("see above (exit code {code})"),
        }
    });
}

/// What the test needs outside the clean system.
pub fn wishes() -> Vec<&'static str> {
    [packages::CARD, packages::PORTAL, PACKAGES, TERMINAL, SCREEN].concat()
}

/// The test, in a sandbox of its own.
pub fn run_inside(sandbox: &Sandbox, package: &Path, with_pictures: bool) -> Result<u8> {
    let mut report = Report::default();
    if !sandbox.private {
        report.step("install", || Ok(StepOutcome::Skipped("no mounts of our own here".into())));
        return Ok(report.close("install"));
    }
    let root = sandbox.overlay(&clean_root::base(&debian_root::own_release()?), "root")?;
    let module = format!("/usr/lib/{}/{MODULE}", dpkg_architecture("DEB_HOST_MULTIARCH")?);
    report.step("README's package: dependencies come along, everything is in its place", || {
        install(&root, package, &module)
    });
    let mut system = CleanSystem::with_cards(&mut report, sandbox, root, &module)?;
    report.step("cns inizia in a terminal, as README.it.md says: one PIN, to the sites", || {
        passed(&guided_start::answer(&system.root, &mut system.testbed, &ITALIAN)?)
    });
    report.step("cns doctor after it: all is well", || system.doctor());
    report.step("Firefox logs in with what cns inizia wrote: chooser, one PIN, three pages", || {
        system.firefox_logs_in()
    });
    if with_pictures {
        report.step("picture of the login, Italian", || pictures::login(&system.with_firefox, "it"));
    }
    report.step("cns setup --remove: every file as it was", || system.as_before());
    if with_pictures {
        report.step("pictures of cns start", || {
            pictures::start(&system.root, &system.testbed, &|| system.as_before())
        });
    }
    report.step("README's setup and doctor: sudo cns setup, cns setup, cns doctor", || {
        typed(&system.root, &account::block_of("README.md", "setup")?)?;
        system.policies_name_the_module()
    });
    report.step("cns doctor: all is well", || system.doctor());
    if with_pictures {
        report.step("pictures of cns doctor", || pictures::doctor(&system.root, &system.testbed.client));
    }
    report.step("curl logs in with the configuration of cns setup", || {
        let root = &system.root;
        passed(&system.testbed.login(Tls::V1_3, |client, tls| curl(root, client, tls))?.to_string())
    });
    report.step("cns setup --remove: every file as it was", || system.as_before());
    system.start_and_log_in(&mut report, with_pictures);
    report.step("removing the package takes everything along", || remove(&system.root));
    system.end();
    Ok(report.close("install"))
}

fn install(root: &Path, package: &Path, module: &str) -> Result<StepOutcome> {
    prepared(root)?;
    let place = root.join(account::HOME).join("target/package");
    fs::create_dir_all(&place)?;
    fs::copy(package, place.join(package.file_name().context("a package has a name")?))?;
    ensure!(!root.join("usr/sbin/pcscd").exists(), "pcscd is there before the package that needs it");
    typed(root, &account::block_of("README.md", "package")?)?;
    ensure!(root.join("usr/sbin/pcscd").exists(), "the package did not bring pcscd");
    ensure!(root.join("usr/lib/pcsc/drivers/ifd-ccid.bundle").exists(), "the package did not bring libccid");
    output(root, "sh", &["-c", &format!("cmp {module} $(dirname {module})/pkcs11/{MODULE}")])?;
    output(root, "p11-kit", &["list-modules"])?.expect_output("cns")?;
    output(root, "cns", &["--version"])?.expect_output(version())?;
    let files = output(root, "dpkg", &["-L", "cns-pkcs11"])?;
    passed(&format!("{} files and folders", files.stdout.lines().count()))
}

fn curl(root: &Path, client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    client.visit(tls, |portal| {
        fs::copy(client.certificate_file()?, root.join("tmp/card.pem"))?;
        fs::copy(portal.ca_file(), root.join("tmp/ca.pem"))?;
        let mut command = inside(root, "curl", &["--silent", "--show-error", "--fail", "--engine", "pkcs11"]);
        command.env("OPENSSL_CONF", "/etc/cns/openssl.cnf").args([
            "--cert",
            "/tmp/card.pem",
            "--cacert",
            "/tmp/ca.pem",
        ]);
        command
            .args(["--key-type", "ENG", "--key", &client.key_uri(), "--pass", &client.pin])
            .arg(portal.url());
        process::run(command, "", CLIENT_LIMIT)
    })
}

fn remove(root: &Path) -> Result<StepOutcome> {
    output(root, "cns", &["setup"])?;
    let files = output(root, "dpkg", &["-L", "cns-pkcs11"])?.stdout;
    run_tool(apt_get(root, &["purge", "cns-pkcs11"]))?;
    let there = |path: &str| {
        root.join(path.trim_start_matches('/')).symlink_metadata().is_ok_and(|found| !found.is_dir())
    };
    let left: Vec<&str> = files.lines().filter(|path| there(path)).collect();
    ensure!(left.is_empty(), "files are left: {left:?}");
    let made: Vec<&&str> = MADE.iter().filter(|path| root.join(path).exists()).collect();
    ensure!(made.is_empty(), "what `cns setup` made is left: {made:?}");
    passed(&format!("{} files and folders gone", files.lines().count()))
}
