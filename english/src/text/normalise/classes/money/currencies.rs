//! The currencies: their signs and codes, and how they are called.

pub(super) struct Currency {
    pub one: &'static str,
    pub many: &'static str,
    /// The hundredth, if it is in use.
    pub minor: Option<(&'static str, &'static str)>,
}

const fn currency(
    one: &'static str,
    many: &'static str,
    minor: Option<(&'static str, &'static str)>,
) -> Currency {
    Currency { one, many, minor }
}

const CENTS: Option<(&str, &str)> = Some(("cent", "cents"));
const CENTAVOS: Option<(&str, &str)> = Some(("centavo", "centavos"));
const PENCE: Option<(&str, &str)> = Some(("penny", "pence"));

/// Signs, longest first where one begins another.
const SIGNS: &[(&str, Currency)] = &[
    ("US$", currency("US dollar", "US dollars", CENTS)),
    (
        "NZ$",
        currency("New Zealand dollar", "New Zealand dollars", CENTS),
    ),
    ("HK$", currency("Hong Kong dollar", "Hong Kong dollars", CENTS)),
    ("CA$", currency("Canadian dollar", "Canadian dollars", CENTS)),
    ("AU$", currency("Australian dollar", "Australian dollars", CENTS)),
    ("A$", currency("Australian dollar", "Australian dollars", CENTS)),
    ("C$", currency("Canadian dollar", "Canadian dollars", CENTS)),
    ("MX$", currency("Mexican peso", "Mexican pesos", CENTAVOS)),
    ("NT$", currency("Taiwan dollar", "Taiwan dollars", CENTS)),
    ("S$", currency("Singapore dollar", "Singapore dollars", CENTS)),
    ("R$", currency("real", "reais", CENTAVOS)),
    ("$US", currency("US dollar", "US dollars", CENTS)),
    ("$CA", currency("Canadian dollar", "Canadian dollars", CENTS)),
    ("$", currency("dollar", "dollars", CENTS)),
    ("£", currency("pound", "pounds", PENCE)),
    ("€", currency("euro", "euros", CENTS)),
    ("¥", currency("yen", "yen", None)),
    ("₹", currency("rupee", "rupees", Some(("paisa", "paise")))),
    ("₩", currency("won", "won", None)),
    ("₽", currency("ruble", "rubles", Some(("kopek", "kopeks")))),
    ("₺", currency("lira", "lira", Some(("kurush", "kurush")))),
    ("₪", currency("shekel", "shekels", Some(("agora", "agorot")))),
    ("₫", currency("dong", "dong", None)),
    ("₴", currency("hryvnia", "hryvnias", Some(("kopeck", "kopecks")))),
    ("₦", currency("naira", "naira", Some(("kobo", "kobo")))),
    ("₱", currency("peso", "pesos", CENTAVOS)),
    ("₿", currency("bitcoin", "bitcoins", None)),
    ("₡", currency("colón", "colones", None)),
    ("₲", currency("guaraní", "guaraníes", None)),
    ("₵", currency("cedi", "cedis", None)),
    ("₸", currency("tenge", "tenge", None)),
    ("₾", currency("lari", "lari", None)),
    ("₼", currency("manat", "manats", None)),
    ("₨", currency("rupee", "rupees", None)),
    ("฿", currency("baht", "baht", None)),
    ("¢", currency("cent", "cents", None)),
];

const CODES: &[(&str, Currency)] = &[
    ("Rs", currency("rupee", "rupees", Some(("paisa", "paise")))),
    ("USD", currency("US dollar", "US dollars", CENTS)),
    ("EUR", currency("euro", "euros", CENTS)),
    ("GBP", currency("pound", "pounds", PENCE)),
    ("JPY", currency("yen", "yen", None)),
    ("CNY", currency("yuan", "yuan", None)),
    ("RMB", currency("renminbi", "renminbi", None)),
    ("INR", currency("rupee", "rupees", Some(("paisa", "paise")))),
    ("CAD", currency("Canadian dollar", "Canadian dollars", CENTS)),
    ("AUD", currency("Australian dollar", "Australian dollars", CENTS)),
    (
        "NZD",
        currency("New Zealand dollar", "New Zealand dollars", CENTS),
    ),
    ("HKD", currency("Hong Kong dollar", "Hong Kong dollars", CENTS)),
    ("SGD", currency("Singapore dollar", "Singapore dollars", CENTS)),
    (
        "CHF",
        currency("Swiss franc", "Swiss francs", Some(("centime", "centimes"))),
    ),
    ("KRW", currency("won", "won", None)),
    ("SEK", currency("Swedish krona", "Swedish kronor", None)),
    ("NOK", currency("Norwegian krone", "Norwegian kroner", None)),
    ("DKK", currency("Danish krone", "Danish kroner", None)),
    ("PLN", currency("zloty", "zlotys", None)),
    ("RUB", currency("ruble", "rubles", None)),
    ("BRL", currency("real", "reais", None)),
    ("MXN", currency("Mexican peso", "Mexican pesos", None)),
    ("ZAR", currency("rand", "rand", None)),
    ("TRY", currency("Turkish lira", "Turkish lira", None)),
    ("AED", currency("dirham", "dirhams", None)),
    ("SAR", currency("riyal", "riyals", None)),
    ("ILS", currency("shekel", "shekels", None)),
    ("THB", currency("baht", "baht", None)),
    ("IDR", currency("rupiah", "rupiah", None)),
    ("Rp", currency("rupiah", "rupiah", None)),
    ("MYR", currency("ringgit", "ringgit", None)),
    ("RM", currency("ringgit", "ringgit", None)),
    ("VND", currency("dong", "dong", None)),
    ("NGN", currency("naira", "naira", None)),
    ("KES", currency("Kenyan shilling", "Kenyan shillings", None)),
    ("CZK", currency("koruna", "koruna", None)),
    ("HUF", currency("forint", "forints", None)),
    ("UAH", currency("hryvnia", "hryvnias", None)),
    ("kr", currency("krona", "kronor", None)),
    ("zł", currency("zloty", "zlotys", Some(("grosz", "groszy")))),
    ("Kč", currency("koruna", "koruna", None)),
    ("Php", currency("peso", "pesos", CENTAVOS)),
    ("CLP", currency("Chilean peso", "Chilean pesos", None)),
    ("EGP", currency("Egyptian pound", "Egyptian pounds", None)),
    ("PKR", currency("Pakistani rupee", "Pakistani rupees", None)),
    ("TWD", currency("Taiwan dollar", "Taiwan dollars", CENTS)),
    ("QAR", currency("riyal", "riyals", None)),
    ("KWD", currency("dinar", "dinars", None)),
    ("BTC", currency("bitcoin", "bitcoins", None)),
];

/// The sign at the start of `text`, and the rest.
pub(super) fn sign_before(text: &str) -> Option<(&'static Currency, &str)> {
    if text.starts_with("us$") {
        return sign_before(&text[2..]).map(|(_, rest)| (&SIGNS[0].1, rest));
    }
    SIGNS
        .iter()
        .find_map(|(sign, currency)| text.strip_prefix(sign).map(|rest| (currency, rest)))
}

/// The currency of a code.
pub(super) fn code(text: &str) -> Option<&'static Currency> {
    CODES
        .iter()
        .find(|(code, _)| *code == text)
        .map(|(_, currency)| currency)
}

/// The currency whose sign or code `text` is.
pub(super) fn sign_or_code(text: &str) -> Option<&'static Currency> {
    SIGNS
        .iter()
        .find(|(sign, _)| *sign == text)
        .map(|(_, currency)| currency)
        .or_else(|| code(text))
}

/// The currency whose code `text` begins with, and the rest.
pub(super) fn code_prefix(text: &str) -> Option<(&'static Currency, &str)> {
    CODES
        .iter()
        .find_map(|(code, currency)| text.strip_prefix(code).map(|rest| (currency, rest)))
}
