//! A card of another country on the IDEMIA applet, with exactly the ATR of IDEMIA 2021: the same layout, certificates that
//! are not DER, and PINs that count.

use super::{Contents, LayoutInput, Personality, applet, idemia_2021};

fn layout(input: &LayoutInput) -> Contents {
    let encrypted: Vec<u8> = input.certificate.iter().map(|byte| byte ^ 0x5C).collect();
    let LayoutInput { personality, card_id, personal_data, pin, puk, .. } = *input;
    applet::layout(
        &LayoutInput {
            personality,
            card_id,
            personal_data,
            certificate: &encrypted,
            key: input.key.clone(),
            pin,
            puk,
            signature: None,
        },
        0x02,
    )
}

pub(super) const PERSONALITY: Personality = Personality {
    name: "idemia-spain",
    title: "Spanish card with the ATR of IDEMIA 2021",
    family: '-',
    series: "34",
    layout,
    ..idemia_2021::PERSONALITY
};
