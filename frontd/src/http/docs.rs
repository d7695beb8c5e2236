//! `/openapi.json` and Swagger UI, made from the code.

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::Response,
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document, Server,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{captions, config, download, error, events, health, lexicon, models, speech, voices};

/// Swagger UI styles itself inline.
const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dexterous TTS",
        description = "Kokoro speech behind an API that OpenAI's clients know. English; MP3 and WAV.\n\n\
            Every error has a body in two shapes at once: `error`, as OpenAI's clients read it, and `detail`, as clients of \
            Kokoro servers do. `code` is stable. Every response has an `X-Request-Id`.",
    ),
    paths(
        speech::speech,
        captions::captions,
        voices::list,
        voices::combine,
        lexicon::get,
        lexicon::put,
        models::list,
        models::one,
        models::audio,
        models::test,
        download::get,
        download::delete,
        config::config,
        health::health,
        health::live,
        health::ready,
        health::metrics,
    ),
    components(schemas(error::ErrorBody, events::Event<'_>, voices::LegacyVoiceList, crate::captions::Subtitles)),
    modifiers(&Keys),
    security(("key" = [])),
    tags(
        (name = "speech", description = "Text to sound"),
        (name = "voices", description = "Voices and mixes of them"),
        (name = "lexicon", description = "How names and jargon are said"),
        (name = "models", description = "What clients look for first"),
        (name = "downloads", description = "Finished files, kept for a while"),
        (name = "studio", description = "For the web page"),
        (name = "health", description = "For those who run the server"),
    )
)]
struct Api;

struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("One of API_KEYS; not needed where none are set."))
            .build();
        if let Some(components) = &mut document.components {
            components.add_security_scheme("key", SecurityScheme::Http(scheme));
        }
    }
}

/// The document; addresses begin with `root_path`.
pub(super) fn document(root_path: &str) -> Document {
    let mut document = Api::openapi();
    document.servers = Some(vec![Server::new(if root_path.is_empty() {
        "/"
    } else {
        root_path
    })]);
    document
}

/// `/openapi.json` and `/docs`.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(root_path: &str) -> Router<S> {
    let ui = SwaggerUi::new("/docs")
        .url("/openapi.json", document(root_path))
        .config(Config::from(format!("{root_path}/openapi.json")));
    Router::new().merge(ui).layer(middleware::from_fn(policy))
}

async fn policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, PAGE);
    response
}

#[cfg(test)]
mod tests {
    use common::limits::SPEEDS;

    use super::{super::request::VOLUMES, document};

    /// The attributes that the document is made from take literals only.
    #[test]
    fn ranges_of_the_document_are_those_in_force() {
        let document = serde_json::to_value(document("")).unwrap();
        let fields = &document["components"]["schemas"]["SpeechRequest"]["properties"];
        for (field, range) in [("speed", SPEEDS), ("volume_multiplier", VOLUMES)] {
            let told =
                [&fields[field]["minimum"], &fields[field]["maximum"]].map(|bound| bound.as_f64().unwrap());
            assert_eq!(told, [*range.start(), *range.end()].map(f64::from), "{field}");
        }
    }
}
