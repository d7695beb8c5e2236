//! Lines in, normalised lines out: a look at the normaliser without the rest. `--british` for the other dialect,
//! `--units` to read units. "⏎" stands for the end of a line within a text.

use std::io::{BufRead, stdin};

use english::text::{
    Dialect,
    normalise::{Options, normalise},
    spanned::Spanned,
};

fn main() {
    let given = |flag: &str| std::env::args().any(|argument| argument == flag);
    let dialect = if given("--british") {
        Dialect::British
    } else {
        Dialect::American
    };
    let options = Options {
        unit_normalization: given("--units"),
        ..Options::default()
    };
    for line in stdin().lock().lines().map_while(Result::ok) {
        let mut input = Spanned::default();
        input.push_verbatim(&line.replace('⏎', "\n"), 0);
        println!(
            "{}",
            normalise(&input, dialect, &options).text().replace('\n', "⏎")
        );
    }
}
