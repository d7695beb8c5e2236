//! The kinds of streets and the points of the compass, which more than addresses look for.

use crate::text::normalise::line::Line;

/// The kind of street that an abbreviation with or without its full stop names.
pub(crate) fn street_name(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    STREETS
        .iter()
        .find(|(short, _)| *short == lower)
        .map(|(_, name)| *name)
}

/// Short forms that are kinds of streets only in an address.
pub(crate) fn in_address_name(text: &str) -> Option<&'static str> {
    IN_ADDRESS
        .iter()
        .find(|(short, _)| *short == text)
        .map(|(_, name)| *name)
}

pub(crate) fn is_street(text: &str) -> bool {
    street_name(text).is_some()
        || in_address_name(text).is_some()
        || WRITTEN_OUT.contains(&text.to_ascii_lowercase().as_str())
}

/// For the fast path.
pub(crate) fn may_abbreviate(text: &str) -> bool {
    street_name(text).is_some() || in_address_name(text).is_some()
}

/// The point that "N", "NW" or, without its last full stop, "N.W" names.
pub(crate) fn direction(text: &str) -> Option<&'static str> {
    DIRECTIONS
        .iter()
        .find(|(short, _)| *short == text)
        .map(|(_, name)| *name)
}

/// "two blocks N of Main", "5 mi. SW of town"
pub(crate) fn leads_away(line: &Line<'_>, at: usize) -> bool {
    const DISTANCES: &[&str] = &[
        "block",
        "blocks",
        "feet",
        "ft",
        "just",
        "kilometers",
        "kilometres",
        "km",
        "m",
        "mi",
        "mile",
        "miles",
        "yards",
        "yd",
    ];
    line.get(at).is_some_and(|token| direction(token.core).is_some())
        && line.next_after_dot(at).is_some_and(|next| next.core == "of")
        && at > 0
        && DISTANCES.contains(
            &line.tokens[at - 1]
                .core
                .trim_start_matches(|c: char| c.is_ascii_digit()),
        )
}

/// Kinds of streets: short, without its full stop, and written out.
pub(crate) const STREETS: &[(&str, &str)] = &[
    ("aly", "Alley"),
    ("ave", "Avenue"),
    ("av", "Avenue"),
    ("blvd", "Boulevard"),
    ("cir", "Circle"),
    ("cl", "Close"),
    ("cres", "Crescent"),
    ("ct", "Court"),
    ("dr", "Drive"),
    ("expy", "Expressway"),
    ("fwy", "Freeway"),
    ("gdns", "Gardens"),
    ("hts", "Heights"),
    ("hwy", "Highway"),
    ("ln", "Lane"),
    ("pkwy", "Parkway"),
    ("pl", "Place"),
    ("plz", "Plaza"),
    ("rd", "Road"),
    ("rte", "Route"),
    ("sq", "Square"),
    ("st", "Street"),
    ("str", "Street"),
    ("ter", "Terrace"),
    ("terr", "Terrace"),
    ("tpke", "Turnpike"),
    ("trl", "Trail"),
];

/// Kinds of streets that are so short or so rare that only a house number before them tells.
pub(crate) const IN_ADDRESS: &[(&str, &str)] = &[
    ("Byp", "Bypass"),
    ("Ctr", "Center"),
    ("Cv", "Cove"),
    ("Est", "Estate"),
    ("Ests", "Estates"),
    ("Grv", "Grove"),
    ("Hbr", "Harbor"),
    ("Lndg", "Landing"),
    ("Mdws", "Meadows"),
    ("Mnr", "Manor"),
    ("Pt", "Point"),
    ("Rdg", "Ridge"),
    ("Vw", "View"),
    ("Wk", "Walk"),
    ("Xing", "Crossing"),
];

/// Kinds of streets that are written out.
pub(crate) const WRITTEN_OUT: &[&str] = &[
    "alley",
    "avenue",
    "boulevard",
    "broadway",
    "circle",
    "close",
    "court",
    "crescent",
    "drive",
    "expressway",
    "freeway",
    "gardens",
    "grove",
    "highway",
    "lane",
    "mews",
    "parkway",
    "place",
    "plaza",
    "road",
    "square",
    "street",
    "terrace",
    "trail",
    "turnpike",
    "way",
];

/// Points of the compass.
pub(crate) const DIRECTIONS: &[(&str, &str)] = &[
    ("N", "North"),
    ("E", "East"),
    ("S", "South"),
    ("W", "West"),
    ("NE", "Northeast"),
    ("NW", "Northwest"),
    ("SE", "Southeast"),
    ("SW", "Southwest"),
    ("N.E", "Northeast"),
    ("N.W", "Northwest"),
    ("S.E", "Southeast"),
    ("S.W", "Southwest"),
];
