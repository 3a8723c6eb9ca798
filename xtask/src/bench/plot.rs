//! The picture: commands, bytes and milliseconds at the pace of a contact card, for the limit and each module.
//!
//! Written as SVG by hand: bars on a logarithmic scale need no library, and no font is embedded.

use std::fmt::Write as _;

use super::limit;
use super::results::Figure;
use super::scenario::{Pace, Row, Scenario};
use super::table::Measured;

/// The card of the picture: classic, RSA-2048.
const CARD: &str = "st2021";

const SCENARIOS: &[Scenario] = &[
    Scenario::ColdList,
    Scenario::SecondList,
    Scenario::FirstSignature,
    Scenario::LaterSignature,
    Scenario::TenSignatures,
    Scenario::FirefoxLogin,
];

/// One of the three scales.
struct Panel {
    title: &'static str,
    part: fn(&Figure) -> f64,
    /// The powers of ten it reaches from and to.
    from: f64,
    to: f64,
}

const PANELS: &[Panel] = &[
    Panel { title: "commands to the card", part: |figure| figure.commands, from: 0.0, to: 3.0 },
    Panel { title: "bytes to and from it", part: |figure| figure.bytes, from: 1.0, to: 5.0 },
    Panel { title: "milliseconds, contact card", part: |figure| figure.value, from: 1.0, to: 5.0 },
];

/// Colours that stay apart for people who do not see red and green apart.
const COLOURS: &[&str] = &["#9aa0a6", "#0060a9", "#e08214"];

const LABELS: f64 = 215.0;
const PANEL: f64 = 262.0;
const GAP: f64 = 18.0;
/// Of a panel: the rest is for the number behind the longest bar.
const SCALE: f64 = 205.0;
const BAR: f64 = 13.0;
const GROUP: f64 = 3.0 * BAR + 17.0;
const TOP: f64 = 74.0;

/// The picture as SVG.
pub fn picture(measured: &Measured) -> String {
    let groups: Vec<(Scenario, [Option<Figure>; 3])> = SCENARIOS
        .iter()
        .map(|scenario| Row { pace: Pace::Contact, scenario: *scenario, card: CARD })
        .filter_map(|row| {
            let figures = [limit::of(row, measured.results), measured.own(row), measured.other(row)];
            figures[1].map(|_| (row.scenario, figures))
        })
        .collect();
    let height = TOP + GROUP * super::results::count(groups.len()) + 18.0;
    let width = LABELS + 3.0 * (PANEL + GAP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    legend(&mut svg, measured);
    for (number, Panel { title, part, from, to }) in PANELS.iter().enumerate() {
        let left = LABELS + super::results::count(number) * (PANEL + GAP);
        let scale = |value: f64| ((value.max(10f64.powf(*from)).log10() - from) / (to - from)) * SCALE;
        let _ = writeln!(svg, "<text x=\"{left}\" y=\"46\" font-weight=\"bold\">{title}</text>");
        let mut power = *from;
        while power <= *to {
            let x = left + scale(10f64.powf(power));
            line(&mut svg, x, height - 14.0);
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"64\" text-anchor=\"middle\" fill=\"#666666\" font-size=\"10\">{}</text>",
                10f64.powf(power)
            );
            power += 1.0;
        }
        for (group, (_, figures)) in groups.iter().enumerate() {
            for (bar, figure) in figures.iter().enumerate() {
                let y = TOP + super::results::count(group) * GROUP + super::results::count(bar) * BAR;
                bar_of(&mut svg, left, y, COLOURS[bar], figure.as_ref().map(part), scale);
            }
        }
    }
    for (group, (scenario, _)) in groups.iter().enumerate() {
        let y = TOP + super::results::count(group) * GROUP + 1.5 * BAR + 3.0;
        let _ = writeln!(svg, "<text x=\"10\" y=\"{y:.1}\">{}</text>", scenario.title());
    }
    svg + "</svg>\n"
}

fn legend(svg: &mut String, measured: &Measured) {
    let names = ["limit", &measured.contenders[0].name, &measured.contenders[1].name];
    let mut x = 10.0;
    for (name, colour) in names.iter().zip(COLOURS) {
        let _ = writeln!(svg, "<rect x=\"{x}\" y=\"12\" width=\"12\" height=\"12\" fill=\"{colour}\"/>");
        let _ = writeln!(svg, "<text x=\"{}\" y=\"22\">{name}</text>", x + 18.0);
        x += 40.0 + 7.5 * super::results::count(name.len());
    }
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"22\" fill=\"#666666\">ST 2021, RSA-2048, certificate of 1885 bytes; logarithmic</text>"
    );
}

fn line(svg: &mut String, x: f64, bottom: f64) {
    let _ = writeln!(
        svg,
        "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" stroke=\"#dddddd\"/>",
        TOP - 6.0
    );
}

/// A bar with its number behind it; a dash where there is none.
fn bar_of(svg: &mut String, left: f64, y: f64, colour: &str, value: Option<f64>, scale: impl Fn(f64) -> f64) {
    let length = value.map_or(0.0, |value| scale(value).max(1.5));
    let number = value.map_or("–".to_owned(), |value| format!("{value:.0}"));
    let _ = writeln!(
        svg,
        "<rect x=\"{left:.1}\" y=\"{y:.1}\" width=\"{length:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
        BAR - 2.0
    );
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"10\">{number}</text>",
        left + length + 4.0,
        y + BAR - 4.0
    );
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::bench::contender::Contender;
    use crate::bench::results::Results;

    #[test]
    fn every_figure_has_its_bar_and_what_fails_has_none() {
        let contenders =
            ["this module", "OpenSC"].map(|name| Contender::new(name, Path::new("/bin/sh")).unwrap());
        let mut results = Results::default();
        let rows = [Scenario::ColdList, Scenario::LaterSignature].map(|scenario| Row {
            pace: Pace::Contact,
            scenario,
            card: CARD,
        });
        let figure = |commands| Figure { commands, bytes: 4321.0, value: 765.0, busy: 765.0 };
        results.add(rows[0], 0, Ok(figure(10.0)));
        results.add(rows[0], 1, Ok(figure(77.0)));
        results.add(rows[1], 0, Ok(figure(1.0)));
        results.add(rows[1], 1, Err("CKR_DEVICE_ERROR".into()));
        let picture = picture(&Measured { results: &results, contenders: &contenders });
        // Two groups of three bars on three scales, three colours in the legend, the ground.
        assert_eq!(picture.matches("<rect").count(), 2 * 3 * 3 + 3 + 1);
        assert_eq!(picture.matches(">–<").count(), 3);
        assert!(
            picture.contains(">77<") && picture.contains("a later signature") && !picture.contains("NaN")
        );
    }
}
