//! Who is heard when.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use serde_json::json;

use harness::{Server, prose, wav};

#[test]
fn a_short_request_does_not_wait_for_long_ones() {
    let server = Server::start(&[]);
    let long = wav(&prose(150)); // About 1,700 words, eleven minutes.
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let mut body = server.speak(&long).unwrap();
            body.read_exact(&mut [0; 4096]).unwrap();
            std::thread::spawn(move || body.read_to_end(&mut Vec::new()))
        })
        .collect();
    let before = server.status()["fleet"]["workers"].clone();
    let start = Instant::now();
    let mut body = server.speak(&wav("Here I am.")).unwrap();
    body.read_exact(&mut [0; 4096]).unwrap();
    let first = start.elapsed();
    println!("first audio beside two long ones: {first:?}");
    assert!(
        readers.iter().any(|reader| !reader.is_finished()),
        "the long ones were over: {before}"
    );
    assert!(first < Duration::from_secs(3), "{first:?}");
    for reader in readers {
        reader.join().unwrap().unwrap();
    }
}

#[test]
fn of_two_hundred_at_once_each_is_served_or_told_when_to_come_back() {
    let server = Server::start(&[("MAX_QUEUE", "16")]);
    let expected = server.speech(&json!({ "input": prose(2), "response_format": "wav", "stream": false }));
    let (served, refused) = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..200)
            .map(|_| {
                scope.spawn(|| {
                    let body =
                        json!({ "input": prose(2), "response_format": "wav", "stream": false }).to_string();
                    let request = ureq::Agent::new_with_config(
                        ureq::Agent::config_builder().http_status_as_error(false).build(),
                    );
                    let mut response = request
                        .post(format!("{}/v1/audio/speech", server.url))
                        .content_type("application/json")
                        .send(body)
                        .unwrap();
                    match response.status().as_u16() {
                        200 => {
                            let bytes = response
                                .body_mut()
                                .with_config()
                                .limit(1 << 30)
                                .read_to_vec()
                                .unwrap();
                            assert_eq!(bytes, expected);
                            true
                        }
                        503 => {
                            let after = response.headers()["retry-after"]
                                .to_str()
                                .unwrap()
                                .parse::<u64>()
                                .unwrap();
                            assert!((1..=120).contains(&after), "{after}");
                            let text = response.body_mut().read_to_string().unwrap();
                            assert!(text.contains("queue_full"), "{text}");
                            false
                        }
                        other => panic!("{other}"),
                    }
                })
            })
            .collect();
        let mut slowest = Duration::ZERO;
        while clients.iter().any(|client| !client.is_finished()) {
            let start = Instant::now();
            assert_eq!(server.get("/health").0, 200);
            slowest = slowest.max(start.elapsed());
        }
        println!("/health under load: at most {slowest:?}");
        let results: Vec<bool> = clients.into_iter().map(|client| client.join().unwrap()).collect();
        (
            results.iter().filter(|served| **served).count(),
            results.iter().filter(|served| !**served).count(),
        )
    });
    println!("{served} served, {refused} refused");
    assert!(served >= 16, "{served}");
    assert_eq!(served + refused, 200);
    server.wait_until_quiet();
}
