// Exporters of Go libraries: each on its own path, called as its documentation shows.
package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	vm "github.com/VictoriaMetrics/metrics"
	gometrics "github.com/hashicorp/go-metrics"
	armonprom "github.com/hashicorp/go-metrics/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"
	"github.com/uber-go/tally/v4"
	tallyprom "github.com/uber-go/tally/v4/prometheus"
	"go.opentelemetry.io/otel/attribute"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// clientGolang is one metric of every kind, with labels, exemplars, a native histogram and a UTF-8 name.
func clientGolang(utf8 bool) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "http_requests_total", Help: "Requests\\by \"path\"\nand code."}, []string{"path", "code"})
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "request_duration_seconds", Help: "Durations.", Buckets: prometheus.DefBuckets, NativeHistogramBucketFactor: 1.1}, []string{"path"})
	sizes := prometheus.NewSummary(prometheus.SummaryOpts{Name: "response_size_bytes", Help: "Sizes.", Objectives: map[float64]float64{0.5: 0.05, 0.99: 0.001}})
	queue := prometheus.NewGauge(prometheus.GaugeOpts{Name: "queue_length", Help: "Waiting."})
	info := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "build_info", Help: "Build.", ConstLabels: prometheus.Labels{"version": "1.2.3"}}, func() float64 { return 1 })
	registry.MustRegister(requests, seconds, sizes, queue, info)
	if utf8 {
		named := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "http.server.requests", Help: "Dots."}, []string{"http.method"})
		registry.MustRegister(named)
		named.WithLabelValues("GET").Add(2)
	}
	requests.WithLabelValues("/a \"b\"\\c\n", "200").(prometheus.ExemplarAdder).AddWithExemplar(3, prometheus.Labels{"trace_id": "abc123"})
	for i := 0; i < 50; i++ {
		seconds.WithLabelValues("/").(prometheus.ExemplarObserver).ObserveWithExemplar(float64(i)/20, prometheus.Labels{"trace_id": fmt.Sprint(i)})
		sizes.Observe(float64(i * 100))
	}
	queue.Set(-2.5)
	return registry
}

func openTelemetry() http.Handler {
	registry := prometheus.NewRegistry()
	exporter := must(otelprom.New(otelprom.WithRegisterer(registry)))
	meter := sdk.NewMeterProvider(sdk.WithReader(exporter)).Meter("example.com/meter")
	attributes := metric.WithAttributes(attribute.String("http.method", "GET"))
	must(meter.Int64Counter("http.server.requests", metric.WithUnit("{request}"), metric.WithDescription("Requests."))).Add(context.Background(), 3, attributes)
	must(meter.Float64Histogram("http.server.duration", metric.WithUnit("ms"), metric.WithDescription("Durations."))).Record(context.Background(), 12.5, attributes)
	must(meter.Int64UpDownCounter("queue.size", metric.WithUnit("By"))).Add(context.Background(), -4)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

func main() {
	mux := http.NewServeMux()
	paths := []string{}
	handle := func(name string, handler http.Handler) {
		mux.Handle("/"+name, handler)
		paths = append(paths, name)
	}
	handle("client_golang-1.25", promhttp.HandlerFor(clientGolang(false), promhttp.HandlerOpts{EnableOpenMetrics: true}))
	handle("client_golang-1.25-created", promhttp.HandlerFor(clientGolang(false), promhttp.HandlerOpts{EnableOpenMetrics: true, EnableOpenMetricsTextCreatedSamples: true}))
	handle("client_golang-1.25-utf8", promhttp.HandlerFor(clientGolang(true), promhttp.HandlerOpts{EnableOpenMetrics: true}))
	two := must(expfmt.NewOpenMetricsFormat(expfmt.OpenMetricsVersion_2_0_0))
	handle("client_golang-1.25-om2", promhttp.HandlerFor(clientGolang(true), promhttp.HandlerOpts{EnableOpenMetrics: true, AcceptedFormats: []expfmt.Format{two, expfmt.FmtOpenMetrics_1_0_0, expfmt.FmtText}}))
	handle("client_golang-1.25-default", promhttp.Handler())
	handle("otel-go-exporter-prometheus", openTelemetry())

	set := vm.NewSet()
	set.GetOrCreateCounter(`requests_total{path="/a",code="200"}`).Add(4)
	set.GetOrCreateHistogram(`request_duration_seconds{path="/a"}`).Update(0.3)
	set.GetOrCreateSummary(`response_size_bytes`).Update(120)
	set.NewGauge(`queue_length{queue="x"}`, func() float64 { return 12 })
	write := func(metadata bool) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			vm.ExposeMetadata(metadata)
			var buffer bytes.Buffer
			set.WritePrometheus(&buffer)
			vm.WriteProcessMetrics(&buffer)
			w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
			_, _ = w.Write(buffer.Bytes())
		})
	}
	handle("victoriametrics-metrics", write(false))
	handle("victoriametrics-metrics-metadata", write(true))

	reporter := tallyprom.NewReporter(tallyprom.Options{Registerer: prometheus.NewRegistry()})
	scope, _ := tally.NewRootScope(tally.ScopeOptions{Prefix: "svc", Tags: map[string]string{"env": "test"}, CachedReporter: reporter, Separator: tallyprom.DefaultSeparator}, time.Second)
	scope.Counter("requests").Inc(2)
	scope.Timer("latency").Record(30 * time.Millisecond)
	scope.Gauge("queue").Update(3)
	handle("tally-v4", reporter.HTTPHandler())

	sink := must(armonprom.NewPrometheusSink())
	must(gometrics.NewGlobal(gometrics.DefaultConfig("svc"), sink))
	gometrics.IncrCounter([]string{"requests", "total"}, 2)
	gometrics.AddSample([]string{"latency"}, 12.5)
	gometrics.SetGauge([]string{"queue"}, 3)
	handle("hashicorp-go-metrics", promhttp.Handler())

	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	for _, path := range paths {
		fmt.Printf("%s http://%s/%s\n", path, listener.Addr(), path)
	}
	fmt.Println("READY")
	must(0, http.Serve(listener, mux))
}
