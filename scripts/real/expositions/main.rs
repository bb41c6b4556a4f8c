// Exporters of Rust libraries: each on its own path, with the content type that its documentation gives.
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

fn prometheus_crate() -> String {
    use prometheus::{Encoder, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};
    let registry = Registry::new();
    let requests = IntCounterVec::new(Opts::new("http_requests_total", "Requests\\by \"path\"\nand code."), &["path", "code"]).unwrap();
    let seconds = HistogramVec::new(HistogramOpts::new("request_duration_seconds", "Durations."), &["path"]).unwrap();
    registry.register(Box::new(requests.clone())).unwrap();
    registry.register(Box::new(seconds.clone())).unwrap();
    requests.with_label_values(&["/a \"b\"\\c\n", "200"]).inc_by(3);
    for i in 0..20 {
        seconds.with_label_values(&["/"]).observe(i as f64 / 20.0);
    }
    let mut out = Vec::new();
    TextEncoder::new().encode(&registry.gather(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn prometheus_client_crate() -> String {
    use prometheus_client::encoding::text::encode;
    use prometheus_client::metrics::counter::Counter;
    use prometheus_client::metrics::exemplar::{CounterWithExemplar, HistogramWithExemplars};
    use prometheus_client::metrics::family::Family;
    use prometheus_client::metrics::gauge::Gauge;
    use prometheus_client::metrics::histogram::{exponential_buckets, Histogram};
    use prometheus_client::metrics::info::Info;
    use prometheus_client::registry::{Registry, Unit};
    let mut registry = Registry::default();
    let requests = Family::<Vec<(String, String)>, Counter>::default();
    registry.register("http_requests", "Requests\\by \"path\"\nand code", requests.clone());
    requests.get_or_create(&vec![("path".to_string(), "/a \"b\"\\c\n".to_string())]).inc_by(3);
    let traced = CounterWithExemplar::<Vec<(String, String)>>::default();
    registry.register("traced", "With exemplar", traced.clone());
    traced.inc_by(2, Some(vec![("trace_id".to_string(), "abc123".to_string())]), None);
    let seconds = Histogram::new(exponential_buckets(0.01, 2.0, 8));
    registry.register_with_unit("request_duration", "Durations", Unit::Seconds, seconds.clone());
    let exemplars = HistogramWithExemplars::<Vec<(String, String)>>::new(exponential_buckets(1.0, 2.0, 4));
    registry.register("sizes", "Sizes", exemplars.clone());
    exemplars.observe(3.0, Some(vec![("trace_id".to_string(), "abc".to_string())]), None);
    for i in 0..20 {
        seconds.observe(i as f64 / 20.0);
    }
    let queue: Gauge = Gauge::default();
    registry.register("queue_length", "Waiting", queue.clone());
    queue.set(-2);
    registry.register("build", "Build", Info::new(vec![("version", "1.2.3")]));
    let mut out = String::new();
    encode(&mut out, &registry).unwrap();
    out
}

fn main() {
    let handle = metrics_exporter_prometheus::PrometheusBuilder::new()
        .set_buckets_for_metric(metrics_exporter_prometheus::Matcher::Full("request_duration_seconds".to_string()), &[0.1, 1.0])
        .unwrap()
        .install_recorder()
        .unwrap();
    metrics::describe_counter!("http_requests_total", "Requests\\by \"path\"\nand code.");
    metrics::counter!("http_requests_total", "path" => "/a \"b\"\\c\n").increment(3);
    metrics::histogram!("request_duration_seconds").record(0.3);
    metrics::histogram!("response_size_bytes").record(120.0);
    metrics::gauge!("queue.length").set(-2.5);

    let text = "text/plain; version=0.0.4; charset=utf-8";
    let bodies = [
        ("prometheus-crate-0.14", "text/plain; version=0.0.4", prometheus_crate()),
        ("prometheus-client-crate-0.26", "application/openmetrics-text; version=1.0.0; charset=utf-8", prometheus_client_crate()),
        ("metrics-exporter-prometheus-0.18", text, handle.render()),
    ];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    for (name, ..) in &bodies {
        println!("{name} http://{}/{name}", listener.local_addr().unwrap());
    }
    println!("READY");
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        for line in lines.map_while(Result::ok) {
            if line.is_empty() {
                break;
            }
        }
        if let Some((_, content_type, body)) = bodies.iter().find(|(name, ..)| first.contains(&format!("/{name} "))) {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        }
    }
}
