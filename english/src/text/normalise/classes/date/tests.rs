use crate::text::normalise::tests;
use tests::{american, british};

#[test]
fn reads_dates_in_words() {
    assert_eq!(
        american("On July 25, 2012, he left."),
        "On July twenty fifth, twenty twelve, he left."
    );
    assert_eq!(
        british("On July 25, 2012"),
        "On July the twenty fifth, twenty twelve"
    );
    assert_eq!(american("May 5th, 2024"), "May fifth, twenty twenty four");
    assert_eq!(american("the 4th of July"), "the fourth of July");
    assert_eq!(
        american("25 Dec. 1999."),
        "The twenty fifth of December nineteen ninety nine."
    );
    assert_eq!(american("You may 5 times"), "You may five times");
    assert_eq!(
        american("Jan. 5-10, 2020"),
        "January fifth to tenth, twenty twenty"
    );
    assert_eq!(
        american("It was Dec. 25. He slept."),
        "It was December twenty fifth. He slept."
    );
    assert_eq!(american("Mon, Jan 5"), "Monday, January fifth");
}

#[test]
fn reads_dates_in_numbers_by_dialect() {
    assert_eq!(american("2024-05-12"), "May twelfth twenty twenty four");
    assert_eq!(british("2024-05-12"), "The twelfth of May twenty twenty four");
    assert_eq!(american("5/12/2024"), "May twelfth twenty twenty four");
    assert_eq!(british("5/12/2024"), "The fifth of December twenty twenty four");
    assert_eq!(
        american("13/12/2024"),
        "The thirteenth of December twenty twenty four"
    );
    assert_eq!(american("on 5/12"), "on May twelfth");
    assert_eq!(
        american("2024-05-12T10:30:00Z"),
        "May twelfth twenty twenty four, ten thirty UTC"
    );
}

#[test]
fn reads_decades_and_eras() {
    assert_eq!(
        american("the 1980s and the '90s"),
        "the nineteen eighties and the nineties"
    );
    assert_eq!(american("the late-1800s"), "the late eighteen hundreds");
    assert_eq!(american("in 44 BC."), "in forty four B.C.");
}
