//! How much one client may have under way at once.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::HeaderMap;

use super::{auth, error::ApiError};

/// Counts the speech under way by client: by API key where there is one, else by address.
#[derive(Debug, Clone)]
pub(super) struct Clients {
    /// 0 is no limit.
    limit: usize,
    /// Whether the nearest proxy's word on the address is taken.
    trust_forwarded: bool,
    counts: Arc<Mutex<HashMap<u64, usize>>>,
    hasher: Arc<RandomState>,
}

/// A place of a client, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    client: Option<u64>,
    counts: Arc<Mutex<HashMap<u64, usize>>>,
}

impl Clients {
    #[must_use]
    pub(super) fn new(limit: usize, trust_forwarded: bool) -> Self {
        Self {
            limit,
            trust_forwarded,
            counts: Arc::default(),
            hasher: Arc::default(),
        }
    }

    /// # Errors
    /// [`ApiError::TooManyRequests`].
    pub(super) fn enter(
        &self,
        headers: &HeaderMap,
        peer: SocketAddr,
        keyed: bool,
    ) -> Result<Place, ApiError> {
        let mut place = Place {
            client: None,
            counts: Arc::clone(&self.counts),
        };
        if self.limit == 0 {
            return Ok(place);
        }
        let client = match auth::offered(headers) {
            Some(key) if keyed => self.hasher.hash_one(key),
            _ => self.hasher.hash_one(self.address(headers, peer)),
        };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(client).or_default();
        if *count >= self.limit {
            return Err(ApiError::TooManyRequests { limit: self.limit });
        }
        *count += 1;
        drop(counts);
        place.client = Some(client);
        Ok(place)
    }

    /// The nearest proxy appends the address that it sees; what stands before may be invented.
    fn address(&self, headers: &HeaderMap, peer: SocketAddr) -> IpAddr {
        let forwarded = || {
            let last = headers.get_all("x-forwarded-for").iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        let address = self
            .trust_forwarded
            .then(forwarded)
            .flatten()
            .unwrap_or(peer.ip());
        match address.to_canonical() {
            // Who has one address of a /64 has them all.
            IpAddr::V6(v6) => IpAddr::from((v6.to_bits() >> 64 << 64).to_be_bytes()),
            v4 => v4,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> SocketAddr {
        SocketAddr::new(address.parse().unwrap(), 1)
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn places_come_back() {
        let clients = Clients::new(2, false);
        let none = HeaderMap::new();
        let first = clients.enter(&none, peer("10.0.0.1"), false).unwrap();
        let _second = clients.enter(&none, peer("10.0.0.1"), false).unwrap();
        assert!(clients.enter(&none, peer("10.0.0.1"), false).is_err());
        assert!(clients.enter(&none, peer("10.0.0.2"), false).is_ok());
        drop(first);
        let _third = clients.enter(&none, peer("10.0.0.1"), false).unwrap();
        assert_eq!(clients.counts.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_client_is_a_key_or_an_address() {
        let clients = Clients::new(1, true);
        let proxied = headers(&[("x-forwarded-for", "1.1.1.1, 2.2.2.2")]);
        let _first = clients.enter(&proxied, peer("10.0.0.1"), false).unwrap();
        let invented = headers(&[
            ("x-forwarded-for", "9.9.9.9"),
            ("x-forwarded-for", "8.8.8.8,2.2.2.2"),
        ]);
        assert!(clients.enter(&invented, peer("10.0.0.1"), false).is_err());
        let other = headers(&[("x-forwarded-for", "2.2.2.2, 3.3.3.3")]);
        assert!(clients.enter(&other, peer("10.0.0.1"), false).is_ok());
        let nonsense = headers(&[("x-forwarded-for", "x")]);
        assert!(clients.enter(&nonsense, peer("10.0.0.1"), false).is_ok());

        let clients = Clients::new(1, false);
        let _one = clients
            .enter(&headers(&[("authorization", "Bearer a")]), peer("10.0.0.1"), true)
            .unwrap();
        assert!(
            clients
                .enter(&headers(&[("authorization", "Bearer b")]), peer("10.0.0.1"), true)
                .is_ok()
        );
        assert!(
            clients
                .enter(&headers(&[("authorization", "Bearer a")]), peer("10.0.0.2"), true)
                .is_err()
        );
        let _six = clients
            .enter(&HeaderMap::new(), peer("2001:db8::1"), false)
            .unwrap();
        assert!(
            clients
                .enter(&HeaderMap::new(), peer("2001:db8::ffff:1"), false)
                .is_err()
        );
    }

    #[test]
    fn no_limit_is_no_limit() {
        let clients = Clients::new(0, false);
        let places: Vec<_> = (0..100)
            .map(|_| clients.enter(&HeaderMap::new(), peer("::1"), false))
            .collect();
        assert!(places.iter().all(Result::is_ok));
    }
}
