//! What Windows' window says when it asks for the PIN, in the languages that are spoken where the cards come from.

/// For a PIN whose purpose is authentication, and for one that unblocks another.
const PIN: &str = "80000100";
const PUK: &str = "80000106";

/// The language, what asks for the PIN, and for the PUK. Windows takes the sentence of its own language, or else its own
/// sentence. A comma or a semicolon would end a sentence.
const PROMPTS: [(&str, &str, &str); 6] = [
    (
        "it-IT",
        "Scrivi il PIN della tua Tessera Sanitaria o CNS (da 5 a 8 cifre)",
        "Scrivi il PUK della tua Tessera Sanitaria o CNS (8 cifre)",
    ),
    (
        "en-US",
        "Type the PIN of your Italian health card or CNS (5 to 8 digits)",
        "Type the PUK of your Italian health card or CNS (8 digits)",
    ),
    (
        "en-GB",
        "Type the PIN of your Italian health card or CNS (5 to 8 digits)",
        "Type the PUK of your Italian health card or CNS (8 digits)",
    ),
    (
        "de-DE",
        "Geben Sie die PIN Ihrer Bürgerkarte (TS-CNS) ein (5 bis 8 Ziffern)",
        "Geben Sie den PUK Ihrer Bürgerkarte (TS-CNS) ein (8 Ziffern)",
    ),
    (
        "fr-FR",
        "Saisissez le code PIN de votre carte sanitaire (TS-CNS) (de 5 à 8 chiffres)",
        "Saisissez le code PUK de votre carte sanitaire (TS-CNS) (8 chiffres)",
    ),
    (
        "sl-SI",
        "Vnesite PIN svoje zdravstvene kartice (TS-CNS) (od 5 do 8 števk)",
        "Vnesite PUK svoje zdravstvene kartice (TS-CNS) (8 števk)",
    ),
];

/// The names of the values, and all languages in each as Windows wants them: `LANGUAGE,TEXT;LANGUAGE,TEXT`.
pub(crate) fn prompts() -> impl Iterator<Item = (&'static str, String)> {
    let join = |texts: [(&str, &str); PROMPTS.len()]| {
        texts.map(|(language, text)| format!("{language},{text}")).join(";")
    };
    let pin = join(PROMPTS.map(|(language, pin, _)| (language, pin)));
    let puk = join(PROMPTS.map(|(language, _, puk)| (language, puk)));
    [(PIN, pin), (PUK, puk)].into_iter()
}
