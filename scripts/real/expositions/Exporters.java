// Exporters of Java libraries: each on its own port, called as its documentation shows.
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.*;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.Unit;
import java.net.InetSocketAddress;
import java.time.Duration;

public class Exporters {
  static void tell(String name, int port) {
    System.out.println(name + " http://127.0.0.1:" + port + "/metrics");
  }

  static PrometheusRegistry registry(boolean utf8) {
    PrometheusRegistry r = new PrometheusRegistry();
    JvmMetrics.builder().register(r);
    Counter counter = Counter.builder().name("http_requests_total").help("Requests\\by \"path\"\nand code.").labelNames("path", "code").register(r);
    counter.labelValues("/a \"b\"\\c\n", "200").incWithExemplar(3, Labels.of("trace_id", "abc123"));
    Histogram histogram = Histogram.builder().name("request_duration").unit(Unit.SECONDS).help("Durations.").labelNames("path").register(r);
    for (int i = 0; i < 20; i++) histogram.labelValues("/").observeWithExemplar(i / 20.0, Labels.of("trace_id", "" + i));
    Summary.builder().name("response_size").unit(Unit.BYTES).help("Sizes.").quantile(0.5, 0.05).quantile(0.99, 0.001).register(r).observe(120);
    Gauge.builder().name("queue_length").help("Waiting.").register(r).set(-2.5);
    Info.builder().name("build_info").help("Build.").labelNames("version").register(r).setLabelValues("1.2.3");
    StateSet.builder().name("state").help("State.").states("up", "down").register(r).setTrue("up");
    if (utf8) Counter.builder().name("http.server.requests").help("Dots.").labelNames("http.method").register(r).labelValues("GET").inc(2);
    return r;
  }

  public static void main(String[] args) throws Exception {
    for (boolean utf8 : new boolean[] {false, true}) {
      HTTPServer server = HTTPServer.builder().hostname("127.0.0.1").port(0).registry(registry(utf8)).buildAndStart();
      tell("client_java-1.10" + (utf8 ? "-utf8" : ""), server.getPort());
    }
    PrometheusMeterRegistry micrometer = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    micrometer.counter("http.requests", "path", "/a \"b\"\\c\n").increment(3);
    micrometer.timer("request.duration", "path", "/").record(Duration.ofMillis(120));
    micrometer.summary("response.size").record(120);
    micrometer.gauge("queue.length", -2.5);
    HttpServer plain = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    plain.createContext("/metrics", exchange -> {
      String accept = exchange.getRequestHeaders().getFirst("Accept");
      boolean open = accept != null && accept.contains("openmetrics");
      String type = open ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";
      byte[] body = micrometer.scrape(type).getBytes("UTF-8");
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    plain.start();
    tell("micrometer-1.17", plain.getAddress().getPort());
    System.out.println("READY");
  }
}
