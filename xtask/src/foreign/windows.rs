//! The Windows build under wine: a C program that uses the DLL, the tests of what only Windows does, and the command.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use fs_err as fs;

use super::toolchain::{Toolchain, WINDOWS, folder};
use super::wine::{LIMIT, WinePrefix};
use interop::cargo::{cargo, workspace};
use interop::process::{self, ProgramOutput};
use interop::report::StepOutcome;

/// The C programs.
const SOURCES: &str = "tests/windows";

/// Builds everything, the programs for [`super::cards`] included.
pub(super) fn build(toolchain: &Toolchain) -> Result<()> {
    let mut command = toolchain.cargo("build", WINDOWS, &folder());
    command.args(["--package", "cns-pkcs11", "--package", "cns-tool", "--package", "cns-minidriver"]);
    ensure!(interop::programs::status(&mut command)?.success(), "the Windows build failed");
    exports("cns_pkcs11.dll", &["C_GetFunctionList", "C_GetInterface", "C_GetInterfaceList"])?;
    exports("cnscm.dll", &["CardAcquireContext"])?;
    compile(&["bcryptprimitives"], "bcryptprimitives.dll", &["-shared", "-ladvapi32"])?;
    compile(&["module"], "module.exe", &[])?;
    compile(&["card"], "card.exe", &[])?;
    compile(&["cardmod_check"], "cardmod_check", &["-fsyntax-only"])?;
    let files = fs::read_dir(workspace().join(SOURCES))?.map(|entry| Ok(entry?.file_name().into_string()));
    let names: Vec<String> = files.filter_map(|name: Result<_>| name.ok()?.ok()).collect();
    let names = names.iter().filter_map(|name| name.strip_suffix(".c"));
    let minidriver: Vec<&str> = names.filter(|name| name.starts_with("minidriver")).collect();
    compile(&minidriver, "minidriver.exe", &["-lwinscard", "-lws2_32", "-ladvapi32"])?;
    // The card of that program is a process of its own.
    cargo(&["build", "--package", "virtual-cns"])
}

/// Where all that is.
pub(super) fn built() -> PathBuf {
    folder().join(WINDOWS).join("debug")
}

/// Runs it without any reader.
pub(super) fn run(toolchain: &Toolchain) -> Result<StepOutcome> {
    let environment = ClientEnvironment(WinePrefix { folder: folder().join("wine"), built: built() });
    let log = built().join("module.log");
    let _ = fs::remove_file(&log);
    let said =
        environment.wine("module.exe", &["cns_pkcs11.dll"], &[("CNS_PKCS11_LOG", "module.log:debug")])?;
    let said = said.succeed()?.expect_output(" checks, 0 failures")?;
    print!("{}", said.stdout);
    let lines = fs::read_to_string(&log)?;
    ensure!(lines.contains("C_GetSlotList CKR_OK"), "the log does not tell of C_GetSlotList:\n{lines}");
    tests(toolchain, &environment)?;
    command(&environment)?;
    let checks = said.stdout.lines().last().unwrap_or_default().trim().to_owned();
    Ok(StepOutcome::Passed(format!("{checks} in C; cns in Italian and English; {}", toolchain.name())))
}

/// A wine without any reader.
struct ClientEnvironment(WinePrefix);

impl ClientEnvironment {
    fn wine(&self, program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<ProgramOutput> {
        let mut command = self.0.program(Command::new("wine"), program, arguments);
        command.current_dir(&self.0.built).envs(environment.iter().copied());
        process::run(command, "", LIMIT)
    }
}

/// Compiles a C program with every warning an error.
fn compile(sources: &[&str], result: &str, options: &[&str]) -> Result<()> {
    let mut command = Command::new("x86_64-w64-mingw32-gcc");
    command.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-I/usr/include/p11-kit-1", "-Iinclude"]);
    command.arg("-o").arg(built().join(result));
    command.args(sources.iter().map(|name| Path::new(SOURCES).join(name).with_extension("c"))).args(options);
    ensure!(
        interop::programs::status(command.current_dir(workspace()))?.success(),
        "{result} does not compile"
    );
    Ok(())
}

/// Fails unless a library exports these functions and no other.
fn exports(library: &str, functions: &[&str]) -> Result<()> {
    let mut command = Command::new("x86_64-w64-mingw32-objdump");
    command.arg("-p").arg(built().join(library));
    let said = process::run(command, "", LIMIT)?.succeed()?;
    let table = said.stdout.split("[Ordinal/Name Pointer] Table").nth(1).unwrap_or_default();
    let lines = table.lines().skip(1).take_while(|line| line.contains('['));
    let mut names: Vec<&str> = lines.filter_map(|line| line.split_whitespace().last()).collect();
    names.sort_unstable();
    ensure!(names == functions, "{library} exports {names:?}");
    Ok(())
}

/// The cache's files: its tests for every system, run on this one.
fn tests(toolchain: &Toolchain, environment: &ClientEnvironment) -> Result<()> {
    let mut command = toolchain.cargo("test", WINDOWS, &folder());
    command.args(["--package", "cns-cache", "--test", "every_system"]);
    command.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", "wine").envs(environment.0.settings());
    ensure!(interop::programs::status(&mut command)?.success(), "the tests of cns-cache fail under wine");
    Ok(())
}

/// The command in both languages; there is no reader, and it must say so.
fn command(environment: &ClientEnvironment) -> Result<()> {
    let cns = |arguments: &[&str]| environment.wine("cns.exe", arguments, &[]);
    let version = format!("cns {}", env!("CARGO_PKG_VERSION"));
    cns(&["--version"])?.succeed()?.expect_output(&version)?;
    for (language, service, browser) in [
        ("it", "servizio delle smart card", "la tessera si usa tramite Windows"),
        ("en", "smart card service", "the card is used through Windows"),
    ] {
        let guide = cns(&["--lang", language, "guide", "readers"])?.succeed()?;
        ensure!(guide.stdout.len() > 500, "cns guide readers says next to nothing: {}", guide.stdout);
        let doctor = cns(&["--lang", language, "doctor"])?;
        ensure!(
            doctor.status.is_some_and(|status| status.code() == Some(1)),
            "cns doctor finds nothing wrong without a reader"
        );
        let doctor = doctor.expect_output(service)?.expect_output(browser)?;
        // The module lies beside the command, as it does when it is installed.
        doctor.expect_output("cns_pkcs11.dll")?;
    }
    Ok(())
}
