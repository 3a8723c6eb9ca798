//! How the shared library is linked. Nothing is generated here.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // Programs unload modules while threads or exit handlers may still come back to them: stay in memory.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        // The function lists are resolved at load time and read-only from then on.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,relro,-z,now");
    }
}
