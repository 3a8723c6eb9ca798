//! The pages of the practice's portal.

use crate::card::certificate::CertificateDetails;
use crate::text::Language;

const STYLE: &str = "body{font:18px/1.5 sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#17324d}\
                     a.way,span.way{display:block;margin:1rem 0;padding:1rem;border:2px solid #06c;border-radius:4px;\
                     text-decoration:none;color:#06c}span.way{border-color:#bbb;color:#777}\
                     .note{background:#fff3cd;padding:.7rem 1rem}";

/// The ways to log in.
pub(super) fn chooser(language: Language, login: &str) -> String {
    let (title, cns, others) = language.pick(
        ("Accedi ai servizi", "Entra con CNS", "non fa parte di questa prova"),
        ("Log in to the services", "Log in with CNS", "not part of this practice"),
    );
    let other = |name: &str| format!("<span class=\"way\">{name} ({others})</span>");
    page(
        language,
        title,
        &format!("{}{}<a class=\"way\" href=\"{login}\">{cns}</a>", other("SPID"), other("CIE")),
    )
}

/// Behind the login.
pub(super) fn welcome(language: Language, holder: &CertificateDetails, tls: &str) -> String {
    let name = holder.tax_code().unwrap_or_default();
    let (title, text) = language.pick(
        ("Accesso riuscito", "Il portale ha riconosciuto il certificato di"),
        ("You are logged in", "The portal has recognised the certificate of"),
    );
    page(language, title, &format!("<p>{text} <strong>{}</strong> ({tls}).</p>", escaped(name)))
}

/// A browser that sent no certificate.
pub(super) fn no_certificate(language: Language) -> String {
    let (title, text) = language.pick(
        (
            "Il browser non ha mostrato un certificato",
            "Chiudi il browser, riaprilo e ripeti. Se non compare l'elenco dei certificati, esegui «cns doctor».",
        ),
        (
            "The browser showed no certificate",
            "Close the browser, open it again and repeat. If no list of certificates appears, run \"cns doctor\".",
        ),
    );
    page(language, title, &format!("<p>{text}</p>"))
}

fn page(language: Language, title: &str, body: &str) -> String {
    let note = language.pick(
        "Portale di prova dentro questo computer: nessun dato esce in rete, e la tessera è virtuale.",
        "A practice portal inside this computer: nothing leaves it, and the card is a virtual one.",
    );
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <h1>{title}</h1>{body}<p class=\"note\">{note}</p></html>\n",
        language.code()
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
