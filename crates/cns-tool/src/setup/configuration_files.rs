//! The files that are wholly ours: a p11-kit module, a snippet for OpenSSL, a configuration for Java.
//!
//! Only text. A path is quoted where the format needs it.

/// What stands at the top of each of them.
const HEAD: &str = "# By `cns setup`; `cns setup --remove` takes it away.\n";

/// pkcs11.conf(5): one line is enough. No `critical`: programs go on without the card's module.
#[must_use]
pub(super) fn p11_kit(module: &str) -> String {
    format!("{HEAD}module: {module}\n")
}

/// Where a `.module` file says that its module is.
#[must_use]
pub fn p11_kit_module(text: &str) -> Option<&str> {
    let mut lines = text.lines();
    lines.find_map(|line| line.trim().strip_prefix("module")?.trim_start().strip_prefix(':')).map(str::trim)
}

/// For `OPENSSL_CONF`, or to be included in another configuration of OpenSSL: the engine of libp11 with our module.
#[must_use]
pub(super) fn openssl(module: &str) -> String {
    format!(
        "{HEAD}openssl_conf = cns_main\n\
         [cns_main]\n\
         engines = cns_engines\n\
         ssl_conf = cns_tls\n\
         [cns_engines]\n\
         pkcs11 = cns_pkcs11\n\
         [cns_pkcs11]\n\
         engine_id = pkcs11\n\
         MODULE_PATH = {module}\n\
         init = 0\n\
         [cns_tls]\n\
         system_default = cns_tls_defaults\n\
         [cns_tls_defaults]\n\
         # Cards with 1024-bit keys need this line without its #: OpenSSL refuses them by default.\n\
         # CipherString = DEFAULT@SECLEVEL=0\n"
    )
}

/// For Java's SunPKCS11.
#[must_use]
pub(super) fn java(module: &str) -> String {
    format!("{HEAD}name = CNS\nlibrary = {module}\nslotListIndex = 0\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_file_says_where_its_module_is() {
        assert_eq!(p11_kit_module(&p11_kit("/usr/lib/libcns_pkcs11.so")), Some("/usr/lib/libcns_pkcs11.so"));
        assert_eq!(p11_kit_module("# x\n module : opensc-pkcs11.so \n"), Some("opensc-pkcs11.so"));
        assert_eq!(p11_kit_module("trust-policy: yes\n"), None);
    }
}
