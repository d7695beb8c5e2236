//! What a client may ask for. The web page learns it from `GET /web/config`.

use std::ops::RangeInclusive;

/// Times the usual speed: of a request, of a `[rate:…]` tag, and of both together.
pub const SPEEDS: RangeInclusive<f32> = 0.25..=4.0;
