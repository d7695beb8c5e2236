use super::*;

pub(super) fn american(text: &str) -> String {
    read(text, Dialect::American, &all())
}

pub(super) fn british(text: &str) -> String {
    read(text, Dialect::British, &all())
}

/// Every class, units too.
fn all() -> Options {
    Options {
        unit_normalization: true,
        ..Options::default()
    }
}

fn read(text: &str, dialect: Dialect, options: &Options) -> String {
    let mut input = Spanned::default();
    input.push_verbatim(text, 0);
    normalise(&input, dialect, options).text().to_owned()
}

fn check(cases: &[(&str, &str)]) {
    for (written, said) in cases {
        assert_eq!(american(written), *said, "{written}");
    }
}

#[test]
fn leaves_prose_alone() {
    for prose in [
        "“I came—I saw,” he said; ‘it’s good’ … (or so he thought).",
        "We can all begin freely—a slight preference is natural enough.",
        "One paragraph.\n\nAnother one!",
        "'Tis the season; rock 'n' roll at five o'clock, y'all.",
        "In Part I think, as with Elizabeth I think; Malcolm X. and vitamin C.",
    ] {
        assert_eq!(american(prose), prose);
    }
}

#[test]
fn tells_years_from_cardinals() {
    check(&[
        ("He was born in 1984.", "He was born in nineteen eighty four."),
        (
            "He had 1984 books.",
            "He had one thousand nine hundred eighty four books.",
        ),
        (
            "In 2000, 2000 people came.",
            "In two thousand, two thousand people came.",
        ),
        ("in 1066 they came", "in ten sixty six they came"),
        ("1035 stones", "One thousand thirty five stones"),
        ("3,497 people", "Three thousand four hundred ninety seven people"),
        (
            "1914–18 and 1939-45",
            "Nineteen fourteen to eighteen and nineteen thirty nine to forty five",
        ),
        ("the code is 4821", "the code is four eight two one"),
        ("Room 1408", "Room fourteen oh eight"),
        ("Dial 911 now", "Dial nine one one now"),
        ("an RTX 4090", "an RTX forty ninety"),
    ]);
}

#[test]
fn reads_titles_streets_and_numbers_in_context() {
    check(&[
        (
            "Dr. Smith lives on Elm Dr. near St. Mary's St. in St. Louis.",
            "Doctor Smith lives on Elm Drive near Saint Mary's Street in Saint Louis.",
        ),
        (
            "He met Dr. Who on Baker St. It was late.",
            "He met Doctor Who on Baker Street. It was late.",
        ),
        (
            "Mr. and Mrs. Bennet and Ms Jones",
            "Mister and Misses Bennet and Ms. Jones",
        ),
        ("No. 5 is best. He said no.", "Number five is best. He said no."),
        (
            "the 2nd Lt. and Gen. Lee, Sr.",
            "the second Lieutenant and General Lee, Senior",
        ),
        ("221B Baker St., London", "Two twenty one B Baker Street, London"),
        (
            "350 Fifth Ave., New York, NY 10118",
            "Three fifty Fifth Avenue, New York, New York one zero one one eight",
        ),
        (
            "e.g. this, i.e. that, etc. and so on",
            "For example this, that is that, etc. and so on",
        ),
        (
            "Roe v. Wade; ca. 1850; b. 1920",
            "Roe versus Wade; circa eighteen fifty; born nineteen twenty",
        ),
        ("the U.S. Army; r.s.v.p.", "the U.S. Army; RSVP"),
        (
            "pp. 3-5, Fig. 3, Vol. II",
            "Pages three to five, Figure three, Volume two",
        ),
    ]);
}

#[test]
fn reads_money() {
    check(&[
        (
            "$1.5M, £3.50, €15.99 and ₹500",
            "One point five million dollars, three pounds and fifty pence, fifteen euros and ninety nine cents and five hundred rupees",
        ),
        ("-$6.9 million", "Minus six point nine million dollars"),
        ("$5-10 million", "Five to ten million dollars"),
        ("a $100-million deal", "a one hundred million dollar deal"),
        (
            "50€, 10 USD, EUR 5.50, Rs. 20",
            "Fifty euros, ten US dollars, five euros and fifty cents, twenty rupees",
        ),
        ("$0.02/1K tokens", "Two cents per one thousand tokens"),
        ("1.000,50 €", "One thousand euros and fifty cents"),
        ("$1.01 and £0.01", "One dollar and one cent and one penny"),
    ]);
    assert_eq!(
        british("50p and £101"),
        "Fifty pence and one hundred and one pounds"
    );
}

#[test]
fn reads_measures() {
    check(&[
        ("16GB or 16Gb", "Sixteen gigabytes or sixteen gigabits"),
        (
            "60 km/h at -5°C (23 °F)",
            "Sixty kilometers per hour at minus five degrees Celsius (twenty three degrees Fahrenheit)",
        ),
        (
            "20 m², 5 m/s², 3 sq ft",
            "Twenty square meters, five meters per second squared, three square feet",
        ),
        ("1 kg and 2 kg", "One kilogram and two kilograms"),
        ("a 5km run", "a five kilometer run"),
        (
            "5 ft 10 in tall, 5'10\" tall",
            "Five feet ten inches tall, five feet ten tall",
        ),
        ("10\" x 12\"", "Ten inches by twelve inches"),
        ("5-10% or 3 %", "Five to ten percent or three percent"),
        (
            "40.7° N; 45°",
            "Forty point seven degrees north; forty five degrees",
        ),
        ("1 1/2 hrs", "One and one half hours"),
    ]);
    assert_eq!(
        british("3 km, 2 l, 5 tons"),
        "Three kilometres, two litres, five tons"
    );
}

#[test]
fn reads_times_ratios_and_ranges() {
    check(&[
        (
            "3:45, 10:35 pm, 13:42, 1 a.m.",
            "Three forty five, ten thirty five PM, thirteen forty two, one AM",
        ),
        ("He left at 5 p.m. She stayed.", "He left at five PM. She stayed."),
        ("9am-5pm EST", "Nine AM to five PM EST"),
        (
            "3:1, 16:9, John 3:16-18",
            "Three to one, sixteen to nine, John three sixteen to eighteen",
        ),
        ("a score of 3-2", "a score of three two"),
        ("10 – 20 and 10 - 20", "Ten to twenty and ten, twenty"),
        ("Mon-Fri, A-Z", "Monday to Friday, A to Z"),
    ]);
}

#[test]
fn reads_mathematics() {
    check(&[
        ("x² + y² = z²", "X squared plus y squared equals z squared"),
        ("E = mc²", "E equals mc squared"),
        ("6.02e23", "Six point zero two times ten to the twenty third"),
        ("2.3×10^-8", "Two point three times ten to the minus eight"),
        (
            "~50, >100, ≤ 5",
            "About fifty, greater than one hundred, less than or equal to five",
        ),
        (
            "½, 2½ and 3 1/2",
            "One half, two and a half and three and one half",
        ),
        ("π ≈ 3.14", "Pi is approximately three point one four"),
    ]);
}

#[test]
fn reads_codes_names_and_odd_words() {
    check(&[
        (
            "COVID-19, B2A23C, CO2",
            "COVID nineteen, B two A twenty three C, C O two",
        ),
        (
            "C++, C#, .NET, Node.js",
            "C plus plus, C sharp, dot NET, Node dot JS",
        ),
        (
            "camelCase snake_case getHTTPResponse",
            "Camel Case snake case get HTTP Response",
        ),
        ("iPhone eBay McDonald YouTube", "I Phone E Bay McDonald You Tube"),
        ("Sooooo goooood, yesss, hmmmm", "So good, yes, hmm"),
        ("Hahahaha", "Ha ha ha"),
        ("TCP/IP, AT&T, and/or, w/o", "TCP IP, A.T. and T, and or, without"),
        (
            "#OpenSource @john_doe",
            "Hashtag Open Source at john underscore doe",
        ),
        (
            "1080p, 1920x1080, 3x faster",
            "Ten eighty P, nineteen twenty by ten eighty, three x faster",
        ),
        (
            "v1.2.3, 127.0.0.1:80",
            "Version one point two point three, one two seven dot zero dot zero dot one colon eight zero",
        ),
        (
            "21st-century, 1920s-era, 20-year-old",
            "Twenty first century, nineteen twenties era, twenty year old",
        ),
        ("AC/DC -> DC", "AC DC to DC"),
    ]);
}

#[test]
fn each_option_switches_its_class_alone() {
    let text = "12kg at www.a.com or b@c.de, item(s), call 555-123-4567 & go";
    let with = |change: fn(&mut Options)| {
        let mut options = all();
        change(&mut options);
        read(text, Dialect::American, &options)
    };
    let whole = "Twelve kilograms at WWW dot a dot com or b at c dot DE, items, call five five five, one two three, four five six seven and go";
    assert_eq!(with(|_| ()), whole);
    for (changed, from, to) in [
        (
            with(|o| o.unit_normalization = false),
            "Twelve kilograms",
            "Twelve KG",
        ),
        (
            with(|o| o.optional_pluralization_normalization = false),
            "items",
            "item S",
        ),
        (with(|o| o.replace_remaining_symbols = false), " and go", " go"),
        (
            with(|o| o.phone_normalization = false),
            "five five five, one two three, four five six seven",
            "five hundred fifty five one hundred twenty three four five six seven",
        ),
    ] {
        assert_eq!(changed, whole.replace(from, to));
    }
    assert_eq!(
        with(|o| o.url_normalization = options::Urls::Signless),
        whole.replace("WWW dot a dot com", "WWW a com")
    );
    assert_eq!(
        with(|o| o.email_normalization = false),
        whole.replace("b at c dot DE", "B C de")
    );
    assert_eq!(
        with(|o| o.normalize = false),
        "12kg at www.a.com or b@c.de, item(s), call 555-123-4567 & go"
    );
}
