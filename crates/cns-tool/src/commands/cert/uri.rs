//! `cns cert uri`: RFC 7512 URIs of token, certificate and key, as the module itself names them.

use crate::card::open_card;
use crate::card::reader_selection;
use crate::context::Context;
use crate::exit::Failure;
use crate::options::{ModuleOption, ReaderOption};
use crate::pkcs11::pkcs11_module::{Pkcs11Module, TokenNames};

/// The options of `cns cert uri`.
#[derive(Debug, clap::Args)]
pub struct UriOptions {
    #[command(flatten)]
    reader: ReaderOption,
    #[command(flatten)]
    module: ModuleOption,
}

pub(super) fn run(options: &UriOptions, context: &mut Context<'_>) -> Result<(), Failure> {
    let reader = reader_selection::select_reader(options.reader.reader.as_deref(), context)?;
    // Says what is wrong with a card that the module has no token for.
    drop(open_card::open_in(&reader, context)?);
    let module = Pkcs11Module::load(options.module.module.as_deref(), context)?;
    let tokens = module.tokens_in(&reader, context.language)?;
    for token in tokens {
        let names = &token.names;
        context.output.line(&token_uri(names));
        for object in module.objects(&token, context.language)? {
            context.output.line(&format!(
                "{};id={};object={};type={}",
                token_uri(names),
                object.id.iter().map(|byte| format!("%{byte:02X}")).collect::<String>(),
                encoded(&object.label),
                object.kind
            ));
        }
    }
    Ok(())
}

fn token_uri(names: &TokenNames) -> String {
    format!(
        "pkcs11:model={};manufacturer={};serial={};token={}",
        encoded(&names.model),
        encoded(&names.manufacturer),
        encoded(&names.serial),
        encoded(&names.label)
    )
}

/// Letters, digits and `-_.` as they are, every other byte in hexadecimal: what p11-kit writes, and within RFC 7512's
/// `pk11-pchar`.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_rfc_7512_and_p11_kit_have_it() {
        let names = TokenNames {
            model: "CNS IDEMIA 2021".into(),
            manufacturer: "cns-pkcs11".into(),
            serial: "6090050000000017".into(),
            label: "CNS NICCOLO' MÜLLER".into(),
        };
        assert_eq!(
            token_uri(&names),
            "pkcs11:model=CNS%20IDEMIA%202021;manufacturer=cns-pkcs11;serial=6090050000000017;\
             token=CNS%20NICCOLO%27%20M%C3%9CLLER"
        );
    }
}
