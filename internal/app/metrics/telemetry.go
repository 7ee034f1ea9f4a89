package metrics

import (
	"github.com/sluicegate/sluice/internal/httpapi/intake"
	"github.com/sluicegate/sluice/telemetry/foreign"
	"github.com/sluicegate/sluice/telemetry/otlp"
	"github.com/sluicegate/sluice/telemetry/prom"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/spool"
)

// Telemetry returns the numbers of the configured parts of telemetry.
type Telemetry struct {
	Traffic      *prom.Metrics // counts the exchanges themselves
	Recorder     func() recorder.Stats
	Unidentified func() uint64 // refused calls without an identity that were counted instead of recorded
	Spool        func() spool.Stats
	Spans        func() foreign.Stats
	OTLP         func() otlp.Stats // nil without an exporter
}

func recorderMetrics(m *prom.Metrics, stats func() recorder.Stats, unidentified func() uint64) {
	m.Counter("rows_written_total", "Rows written, by table.", map[string]string{"table": "requests"}, func() uint64 { return stats().RowsWritten })
	m.Counter("rows_written_total", "Rows written, by table.", map[string]string{"table": "audit"}, func() uint64 { return stats().AuditWritten })
	counterBy(m, "rows_dropped_total", "Rows lost, by reason. It should be 0.", "reason", stats, map[string]func(recorder.Stats) uint64{
		"queue_full": func(s recorder.Stats) uint64 { return s.DroppedFull },
		"closed":     func(s recorder.Stats) uint64 { return s.DroppedClosed },
		"drain":      func(s recorder.Stats) uint64 { return s.DroppedDrain },
	})
	m.Counter("unidentified_calls_summed_total", "Refused calls without an identity that were counted instead of recorded.", nil, unidentified)
	m.Counter("bodies_shed_total", "Bodies left out of rows under pressure.", nil, func() uint64 { return stats().BodiesDropped })
	m.Counter("write_errors_total", "Failed writes to the telemetry store; they are tried again.", nil, func() uint64 { return stats().WriteErrors })
	m.Counter("rows_pruned_total", "Rows deleted by retention.", nil, func() uint64 { return stats().RowsPruned })
	m.Gauge("queue_rows", "Rows waiting to be written.", func() float64 { return float64(stats().QueueRows) })
	m.Gauge("queue_bytes", "Bytes of bodies waiting to be written.", func() float64 { return float64(stats().QueueBytes) })
	m.Gauge("write_failing_seconds", "How long rows could be written neither to the store nor to the spool; 0 = they can.", func() float64 { return stats().FailingSeconds })
	m.Gauge("audit_chain_seq", "Last link of this instance's audit chain.", func() float64 { return float64(stats().AuditSeq) })
}

func spoolMetrics(m *prom.Metrics, stats func() spool.Stats) {
	m.Gauge("spool_bytes", "Bytes written down and not yet in the store.", func() float64 { return float64(stats().Bytes) })
	m.Gauge("spool_oldest_seconds", "Age of the oldest of them.", func() float64 { return stats().OldestSeconds })
	m.Gauge("store_failing_seconds", "How long the telemetry store has been taking no rows; 0 = it works.", func() float64 { return stats().FailingSeconds })
	m.Counter("spool_batches_total", "Batches that the embedded store did not take and that went to the spool.", nil, func() uint64 { return stats().Spilled })
	m.Counter("spool_ship_errors_total", "Failed writes of the spool to the store; they are tried again.", nil, func() uint64 { return stats().ShipErrors })
	m.Counter("spool_dead_rows_total", "Rows that the store refused for good; they are kept aside, in files named .dead.", nil, func() uint64 { return stats().Dead })
}

// exportMetrics are those of the export over OTLP.
func exportMetrics(m *prom.Metrics, stats func() otlp.Stats) {
	m.Counter("otlp_exchanges_sent_total", "Exchanges exported over OTLP.", nil, func() uint64 { return stats().Sent })
	m.Counter("otlp_exchanges_dropped_total", "Exchanges not exported; the store has them all the same.", nil, func() uint64 { s := stats(); return s.DroppedFull + s.DroppedFailed })
}

// intakeMetrics are those of the spans that other programs report over OTLP.
func intakeMetrics(m *prom.Metrics, stats func() foreign.Stats, dropped func(signal string) uint64) {
	counterBy(m, "otlp_intake_spans_total", "Spans that other programs reported, by result; their exporters were told of what was not stored.", "result", stats, map[string]func(foreign.Stats) uint64{
		"stored":  func(s foreign.Stats) uint64 { return s.Stored },
		"refused": func(s foreign.Stats) uint64 { return s.Refused },
		"failed":  func(s foreign.Stats) uint64 { return s.Failed },
	})
	m.Gauge("otlp_intake_bytes", "Bytes of reported spans in flight.", func() float64 { return float64(stats().BytesInFlight) })
	for _, signal := range []string{intake.Logs, intake.Metrics} {
		m.Counter("otlp_intake_dropped_total", "Requests of OTLP exporters that were accepted and dropped, by signal.", map[string]string{"signal": signal}, func() uint64 { return dropped(signal) })
	}
}
