use frontd::text::*;
use std::{io, sync::Arc};
fn main() {
    let british = std::env::args().nth(1).as_deref() == Some("b");
    let mut c = TextConfig::default();
    if std::env::args().nth(2).is_some() {
        c.espeak = None;
    }
    let f = Arc::new(TextFront::new(c));
    frontd::tools::phonemize::run(
        &f,
        if british {
            Dialect::British
        } else {
            Dialect::American
        },
        io::stdin().lock(),
        io::stdout().lock(),
    )
    .unwrap();
}
