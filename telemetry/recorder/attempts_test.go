package recorder_test

import (
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/recorder"
)

// TestPausesAreNotTheGatewaysTime: pauses before retries are counted apart.
func TestPausesAreNotTheGatewaysTime(t *testing.T) {
	store := open(t)
	r := start(t, recorder.Config{Writer: store})
	ex := exchange(`{"model":"m","messages":[{"role":"user","content":"hi"}]}`)
	ex.Start = time.Now().Add(-10 * time.Second)
	ex.ID = ulid.MustNew(ulid.Timestamp(ex.Start), ulid.DefaultEntropy()).String() // rows are found by the time in their id
	ex.Facts.Attempts = []gateway.Attempt{
		{Target: "config", Start: ex.Start, Duration: time.Second, Wait: 3 * time.Second, Err: &gateway.Error{Kind: gateway.Upstream, Status: 503}},
		{Target: "config", Start: ex.Start.Add(4 * time.Second), Duration: time.Second, Wait: 2 * time.Second, Retry: 1, Err: &gateway.Error{Kind: gateway.Upstream, Status: 503}},
		{Target: "config", Start: ex.Start.Add(7 * time.Second), Duration: 2 * time.Second, Retry: 2, Status: 200},
	}
	if err := answer(r, ex, nil, body("hi")); err != nil {
		t.Fatal(err)
	}
	rec := one(t, store, ex.ID)
	if rec.Upstream != 4*time.Second || rec.Waited != 5*time.Second || rec.Gateway() != rec.Latency-9*time.Second {
		t.Errorf("latency %v, upstream %v, waited %v, gateway %v", rec.Latency, rec.Upstream, rec.Waited, rec.Gateway())
	}
	row := gjson.ParseBytes(rec.JSON(false))
	if ms := row.Get("gateway_ms").Num; ms < 900 || ms > 2000 || row.Get("waited_ms").Num != 5000 {
		t.Errorf("%s", row.Raw)
	}
}
