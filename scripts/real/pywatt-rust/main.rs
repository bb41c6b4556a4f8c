//! A module on the published Rust SDK, served as its guide shows.
use axum::{http::header, response::IntoResponse, routing::get, Router};
use pywatt_sdk::prelude::*;
use pywatt_sdk::services::server::serve_module_full;
use secrecy::SecretString;
use std::sync::atomic::{AtomicU64, Ordering};

static REQUESTS: AtomicU64 = AtomicU64::new(0);

#[derive(Clone)]
struct Nothing;

async fn count(request: axum::extract::Request, next: axum::middleware::Next) -> axum::response::Response {
    REQUESTS.fetch_add(1, Ordering::SeqCst);
    next.run(request).await
}

async fn metrics() -> impl IntoResponse {
    let body = format!(
        "# HELP http_requests_total Requests\n# TYPE http_requests_total counter\nhttp_requests_total {}\n",
        REQUESTS.load(Ordering::SeqCst)
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], body)
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let endpoints = vec![AnnouncedEndpoint { path: "/status".into(), methods: vec!["GET".into()], auth: None }];
    let state = |_: &OrchestratorInit, _: Vec<SecretString>| Nothing;
    let router = |_: AppState<Nothing>| {
        Router::new()
            .route("/status", get(|| async { "OK" }))
            .route("/health", get(|| async { axum::Json(serde_json::json!({"status": "healthy"})) }))
            .route("/ping", get(|| async { "pong" }))
            .route("/metrics", get(metrics))
            .layer(axum::middleware::from_fn(count))
    };
    serve_module_full(vec![], endpoints, state, router).await?;
    Ok(())
}
