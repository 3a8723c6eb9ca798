//! `cns cert uri`: RFC 7512 URIs of token, certificate and key, as the module itself names them.

use serde::Serialize;

use super::messages;
use crate::card::open_card;
use crate::card::reader_selection;
use crate::context::Context;
use crate::exit::Failure;
use crate::options::{JsonOption, ModuleOption, ReaderOption};
use crate::pkcs11::pkcs11_module::{Pkcs11Module, PublicObject, TokenNames};

/// Types of objects, as in the URI.
const CERTIFICATE: &str = "cert";
const PUBLIC_KEY: &str = "public";
const PRIVATE_KEY: &str = "private";

/// Of the names' column.
const WIDTH: usize = 14;

/// The options of `cns cert uri`.
#[derive(Debug, clap::Args)]
pub struct UriOptions {
    #[command(flatten)]
    reader: ReaderOption,
    #[command(flatten)]
    module: ModuleOption,
    /// Whether a program reads the result.
    #[command(flatten)]
    pub json: JsonOption,
}

pub(super) fn run(options: &UriOptions, context: &mut Context<'_>) -> Result<(), Failure> {
    let reader = reader_selection::select_reader(options.reader.reader.as_deref(), context)?;
    // Says what is wrong with a card that the module has no token for.
    drop(open_card::open_in(&reader, context)?);
    let module = Pkcs11Module::load(options.module.module.as_deref(), context)?;
    let mut tokens = Vec::new();
    for token in module.tokens_in(&reader, context.language)? {
        let objects = module.objects(&token, context.language)?;
        tokens.push(TokenUris {
            uri: token_uri(&token.names),
            label: token.names.label.clone(),
            objects: with_private_keys(objects).map(|object| ObjectUri::of(&object, &token.names)).collect(),
        });
    }
    if context.wants_json() {
        context.write_json(&Uris { reader: &reader, tokens });
        return Ok(());
    }
    for token in tokens {
        let language = context.language;
        context.output.field(messages::CARD.to(language), WIDTH, &token.uri);
        for object in token.objects {
            let name = match object.r#type {
                CERTIFICATE => messages::CERTIFICATE,
                PRIVATE_KEY => messages::PRIVATE_KEY,
                _ => continue,
            };
            context.output.field(name.to(language), WIDTH, &object.uri);
        }
    }
    Ok(())
}

/// The result as JSON has it.
#[derive(Serialize)]
struct Uris<'a> {
    reader: &'a str,
    tokens: Vec<TokenUris>,
}

#[derive(Serialize)]
struct TokenUris {
    uri: String,
    label: String,
    objects: Vec<ObjectUri>,
}

#[derive(Serialize)]
struct ObjectUri {
    /// As in the URI: `cert`, `public`, `private`.
    r#type: &'static str,
    label: String,
    uri: String,
}

impl ObjectUri {
    fn of(object: &PublicObject, names: &TokenNames) -> Self {
        let id: String = object.id.iter().map(|byte| format!("%{byte:02X}")).collect();
        let (token, label, kind) = (token_uri(names), encoded(&object.label), object.kind);
        let uri = format!("{token};id={id};object={label};type={kind}");
        Self { r#type: kind, label: object.label.clone(), uri }
    }
}

/// Behind each public key the private one, which is not seen before a login and has the same label and `CKA_ID`.
fn with_private_keys(objects: Vec<PublicObject>) -> impl Iterator<Item = PublicObject> {
    objects.into_iter().flat_map(|object| {
        let private =
            (object.kind == PUBLIC_KEY).then(|| PublicObject { kind: PRIVATE_KEY, ..object.clone() });
        [object].into_iter().chain(private)
    })
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

    /// Other programs want `type=private`, which nobody sees before a login.
    #[test]
    fn the_private_key_has_the_names_of_the_public_one() {
        let object = |kind| PublicObject { kind, id: vec![0x58, 0xC8], label: "RSSMRA".into() };
        let named = with_private_keys(vec![object(CERTIFICATE), object(PUBLIC_KEY)]);
        let expected = [CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY].map(object);
        assert_eq!(named.collect::<Vec<_>>(), expected);
        let names = TokenNames {
            model: "m".into(),
            manufacturer: "f".into(),
            serial: "1".into(),
            label: "CNS".into(),
        };
        let private = ObjectUri::of(&expected[2], &names);
        assert!(private.uri.ends_with(";token=CNS;id=%58%C8;object=RSSMRA;type=private"), "{}", private.uri);
    }

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
