//! What frontd and workerd must agree on.
