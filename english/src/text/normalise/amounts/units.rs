//! The units and how they are called.

use crate::text::Dialect;

pub(crate) struct Unit {
    written: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    /// May be squared and cubed.
    pub length: bool,
    /// Also a word or a letter of its own, so that a space before it leaves doubt.
    pub ambiguous: bool,
}

impl Unit {
    pub(crate) fn name(&self, one: bool, dialect: Dialect) -> String {
        let name = if one { self.one } else { self.many };
        if dialect == Dialect::British {
            let name = name.replace("meter", "metre").replace("liter", "litre");
            return if name.starts_with("ton") {
                name.replace("ton", "tonne")
            } else {
                name
            };
        }
        name.to_owned()
    }
}

const fn unit(written: &'static [&'static str], one: &'static str, many: &'static str) -> Unit {
    Unit {
        written,
        one,
        many,
        length: false,
        ambiguous: false,
    }
}

const fn length(written: &'static [&'static str], one: &'static str, many: &'static str) -> Unit {
    Unit {
        written,
        one,
        many,
        length: true,
        ambiguous: false,
    }
}

const fn letter(written: &'static [&'static str], one: &'static str, many: &'static str) -> Unit {
    Unit {
        written,
        one,
        many,
        length: false,
        ambiguous: true,
    }
}

/// Case counts: "Gb" are gigabits and "GB" gigabytes.
const UNITS: &[Unit] = &[
    length(&["km", "kms", "Km"], "kilometer", "kilometers"),
    Unit {
        written: &["m"],
        one: "meter",
        many: "meters",
        length: true,
        ambiguous: false,
    },
    length(&["cm", "cms"], "centimeter", "centimeters"),
    length(&["mm"], "millimeter", "millimeters"),
    length(&["dm"], "decimeter", "decimeters"),
    length(&["µm"], "micrometer", "micrometers"),
    length(&["nm"], "nanometer", "nanometers"),
    length(&["mi"], "mile", "miles"),
    unit(&["nmi"], "nautical mile", "nautical miles"),
    length(&["ft"], "foot", "feet"),
    Unit {
        written: &["in"],
        one: "inch",
        many: "inches",
        length: true,
        ambiguous: true,
    },
    length(&["yd", "yds"], "yard", "yards"),
    unit(&["ly"], "light year", "light years"),
    unit(&["AU", "au"], "astronomical unit", "astronomical units"),
    unit(&["ha"], "hectare", "hectares"),
    unit(&["deg"], "degree", "degrees"),
    unit(&["ac"], "acre", "acres"),
    unit(&["kg", "kgs", "Kg", "KG"], "kilogram", "kilograms"),
    letter(&["g"], "gram", "grams"),
    unit(&["gm", "gms"], "gram", "grams"),
    unit(&["mg"], "milligram", "milligrams"),
    unit(&["µg", "mcg"], "microgram", "micrograms"),
    unit(&["lb", "lbs"], "pound", "pounds"),
    unit(&["oz"], "ounce", "ounces"),
    unit(&["cwt"], "hundredweight", "hundredweight"),
    letter(&["t"], "ton", "tons"),
    unit(&["st"], "stone", "stone"),
    letter(&["l", "L"], "liter", "liters"),
    unit(&["ml", "mL", "ML"], "milliliter", "milliliters"),
    unit(&["cl", "cL"], "centiliter", "centiliters"),
    unit(&["dl", "dL"], "deciliter", "deciliters"),
    unit(&["µl", "µL"], "microliter", "microliters"),
    unit(&["cc"], "cubic centimeter", "cubic centimeters"),
    unit(&["gal", "gals"], "gallon", "gallons"),
    unit(&["qt", "qts"], "quart", "quarts"),
    unit(&["pt", "pts"], "point", "points"),
    unit(&["tbsp", "Tbsp"], "tablespoon", "tablespoons"),
    unit(&["tsp"], "teaspoon", "teaspoons"),
    unit(&["hr", "hrs"], "hour", "hours"),
    letter(&["h"], "hour", "hours"),
    unit(&["min", "mins"], "minute", "minutes"),
    unit(&["sec", "secs"], "second", "seconds"),
    letter(&["s"], "second", "seconds"),
    unit(&["ms"], "millisecond", "milliseconds"),
    unit(&["µs", "us"], "microsecond", "microseconds"),
    unit(&["ns"], "nanosecond", "nanoseconds"),
    unit(&["wk", "wks"], "week", "weeks"),
    unit(&["mo", "mos"], "month", "months"),
    unit(&["yr", "yrs"], "year", "years"),
    unit(&["mph"], "mile per hour", "miles per hour"),
    unit(
        &["kph", "kmh", "kmph"],
        "kilometer per hour",
        "kilometers per hour",
    ),
    unit(&["mpg"], "mile per gallon", "miles per gallon"),
    unit(&["rpm", "RPM"], "revolution per minute", "revolutions per minute"),
    unit(&["bpm", "BPM"], "beat per minute", "beats per minute"),
    unit(&["fps"], "frame per second", "frames per second"),
    unit(&["kt", "kts", "kn"], "knot", "knots"),
    unit(&["B"], "byte", "bytes"),
    unit(&["kB", "KB"], "kilobyte", "kilobytes"),
    unit(&["MB"], "megabyte", "megabytes"),
    unit(&["GB"], "gigabyte", "gigabytes"),
    unit(&["TB"], "terabyte", "terabytes"),
    unit(&["PB"], "petabyte", "petabytes"),
    unit(&["KiB"], "kibibyte", "kibibytes"),
    unit(&["MiB"], "mebibyte", "mebibytes"),
    unit(&["GiB"], "gibibyte", "gibibytes"),
    unit(&["TiB"], "tebibyte", "tebibytes"),
    unit(&["kb", "Kb", "kbit"], "kilobit", "kilobits"),
    unit(&["Mb", "mb", "Mbit"], "megabit", "megabits"),
    unit(&["Gb", "gb", "Gbit"], "gigabit", "gigabits"),
    unit(&["Tb", "tb"], "terabit", "terabits"),
    unit(&["bps"], "bit per second", "bits per second"),
    unit(&["kbps", "Kbps"], "kilobit per second", "kilobits per second"),
    unit(&["mbps", "Mbps"], "megabit per second", "megabits per second"),
    unit(&["Tbps"], "terabit per second", "terabits per second"),
    unit(&["gbps", "Gbps"], "gigabit per second", "gigabits per second"),
    unit(&["KBps"], "kilobyte per second", "kilobytes per second"),
    unit(&["MBps"], "megabyte per second", "megabytes per second"),
    unit(&["GBps"], "gigabyte per second", "gigabytes per second"),
    unit(&["MP"], "megapixel", "megapixels"),
    unit(&["px"], "pixel", "pixels"),
    unit(&["dpi", "DPI"], "dot per inch", "dots per inch"),
    unit(&["Hz", "hz", "HZ"], "hertz", "hertz"),
    unit(&["kHz", "KHz", "khz"], "kilohertz", "kilohertz"),
    unit(&["MHz", "Mhz", "mhz"], "megahertz", "megahertz"),
    unit(&["GHz", "Ghz", "ghz"], "gigahertz", "gigahertz"),
    unit(&["THz"], "terahertz", "terahertz"),
    letter(&["W"], "watt", "watts"),
    unit(&["mW"], "milliwatt", "milliwatts"),
    unit(&["kW", "KW"], "kilowatt", "kilowatts"),
    unit(&["MW"], "megawatt", "megawatts"),
    unit(&["GW"], "gigawatt", "gigawatts"),
    unit(&["TW"], "terawatt", "terawatts"),
    unit(&["Wh"], "watt hour", "watt hours"),
    unit(&["kWh", "kwh", "KWh"], "kilowatt hour", "kilowatt hours"),
    unit(&["MWh"], "megawatt hour", "megawatt hours"),
    unit(&["GWh"], "gigawatt hour", "gigawatt hours"),
    unit(&["TWh"], "terawatt hour", "terawatt hours"),
    letter(&["V"], "volt", "volts"),
    unit(&["mV"], "millivolt", "millivolts"),
    unit(&["kV"], "kilovolt", "kilovolts"),
    letter(&["A"], "amp", "amps"),
    unit(&["mA"], "milliamp", "milliamps"),
    unit(&["mAh"], "milliamp hour", "milliamp hours"),
    unit(&["Ah"], "amp hour", "amp hours"),
    unit(&["Ω"], "ohm", "ohms"),
    unit(&["kΩ"], "kiloohm", "kiloohms"),
    unit(&["MΩ"], "megaohm", "megaohms"),
    unit(&["pF"], "picofarad", "picofarads"),
    unit(&["nF"], "nanofarad", "nanofarads"),
    unit(&["µF"], "microfarad", "microfarads"),
    letter(&["J"], "joule", "joules"),
    unit(&["kJ"], "kilojoule", "kilojoules"),
    unit(&["MJ"], "megajoule", "megajoules"),
    unit(&["GJ"], "gigajoule", "gigajoules"),
    unit(&["cal", "cals"], "calorie", "calories"),
    unit(&["kcal"], "kilocalorie", "kilocalories"),
    letter(&["N"], "newton", "newtons"),
    unit(&["kN"], "kilonewton", "kilonewtons"),
    unit(&["ft-lb", "ft-lbs"], "foot pound", "foot pounds"),
    unit(&["Nm"], "newton meter", "newton meters"),
    unit(&["Pa"], "pascal", "pascals"),
    unit(&["hPa"], "hectopascal", "hectopascals"),
    unit(&["kPa"], "kilopascal", "kilopascals"),
    unit(&["MPa"], "megapascal", "megapascals"),
    unit(&["psi", "PSI"], "pound per square inch", "pounds per square inch"),
    unit(&["mmHg"], "millimeter of mercury", "millimeters of mercury"),
    unit(&["GPa"], "gigapascal", "gigapascals"),
    unit(&["bar"], "bar", "bars"),
    unit(&["atm"], "atmosphere", "atmospheres"),
    unit(&["mbar"], "millibar", "millibars"),
    unit(&["hp", "HP"], "horsepower", "horsepower"),
    unit(&["dB", "db"], "decibel", "decibels"),
    unit(&["mol"], "mole", "moles"),
    unit(&["mmol"], "millimole", "millimoles"),
    unit(&["IU"], "international unit", "international units"),
    unit(&["mSv"], "millisievert", "millisieverts"),
    unit(&["µSv"], "microsievert", "microsieverts"),
    unit(&["lx"], "lux", "lux"),
    unit(&["lm"], "lumen", "lumens"),
    unit(&["bp"], "basis point", "basis points"),
    unit(&["ppm"], "part per million", "parts per million"),
    unit(&["ppb"], "part per billion", "parts per billion"),
    letter(&["K"], "kelvin", "kelvins"),
    unit(&["eV"], "electron volt", "electron volts"),
    unit(&["keV"], "kiloelectron volt", "kiloelectron volts"),
    unit(&["MeV"], "megaelectron volt", "megaelectron volts"),
    unit(&["GeV"], "gigaelectron volt", "gigaelectron volts"),
    unit(&["sqft", "ft²"], "square foot", "square feet"),
    unit(&["sqm"], "square meter", "square meters"),
];

/// The unit that is written so. Some are only known right after a digit.
pub(crate) fn find(text: &str, glued: bool) -> Option<&'static Unit> {
    if text.is_empty() || text.len() > 6 {
        return None;
    }
    let unit = UNITS.iter().find(|unit| unit.written.contains(&text))?;
    let only_glued = matches!(text, "B" | "K" | "us" | "au" | "N" | "mb" | "t");
    // "3k" and "5K" are thousands, "4B" is a billion.
    let magnitude = glued && matches!(text, "B" | "K" | "st");
    // "802.11ac"
    let never_glued = glued && text == "ac";
    (!magnitude && !never_glued && (glued || !only_glued)).then_some(unit)
}

/// The sign of a unit that stands as a word of its own.
pub(crate) fn is_unit(text: &str) -> bool {
    find(text, false).is_some()
}
