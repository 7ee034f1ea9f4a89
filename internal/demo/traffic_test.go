package demo_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/internal/demo"
	"github.com/sluicegate/sluice/telemetry"
)

var until = time.Date(2026, 9, 16, 15, 0, 0, 0, time.UTC) // a Wednesday

func traffic(t *testing.T, seed uint64) demo.Traffic {
	prices, err := catalog.New()
	if err != nil {
		t.Fatal(err)
	}
	cast := demo.Cast{Workspace: "w1"}
	for i, p := range demo.People() {
		if p.Role != gateway.RoleAdmin {
			cast.Callers = append(cast.Callers, demo.Caller{Person: p, Member: string(rune('a' + i)), TeamID: "t-" + p.Team, APIKeyID: "k-" + p.APIKey})
		}
	}
	return demo.Traffic{Settings: demo.Settings{Seed: seed, Days: 7, Until: until, Cast: cast, Price: prices.Price}}
}

func all(x demo.Traffic) (rows []*telemetry.Record, judgements int) {
	for i := range x.Hours() {
		hour, found := x.Hour(i)
		rows, judgements = append(rows, hour...), judgements+len(found)
	}
	return rows, judgements
}

// TestSameSeedSameRows: rows differ by the seed alone.
func TestSameSeedSameRows(t *testing.T) {
	once, _ := all(traffic(t, 7))
	again, _ := all(traffic(t, 7))
	other, _ := all(traffic(t, 8))
	if !reflect.DeepEqual(once, again) {
		t.Error("the same seed made other rows")
	}
	if reflect.DeepEqual(once[0], other[0]) {
		t.Error("another seed made the same row")
	}
}

// TestRowsAreMarkedAndWhole: each row says that it is made up, ends before the end, is priced by the
// catalogue and has an id of its own.
func TestRowsAreMarkedAndWhole(t *testing.T) {
	rows, _ := all(traffic(t, 1))
	ids := map[string]bool{}
	for _, r := range rows {
		marked := false
		for _, m := range r.Metadata {
			marked = marked || m == telemetry.Pair{Key: demo.Mark, Value: "true"}
		}
		if !marked || r.Workspace != "w1" || r.Member == "" || r.APIKey == "" || ids[r.ID] {
			t.Fatalf("unmarked, of nobody or there twice: %+v", r)
		}
		ids[r.ID] = true
		if r.Time.Before(until.AddDate(0, 0, -7)) || r.Time.Add(r.Latency).After(until) || r.Gateway() <= 0 {
			t.Errorf("%s: at %v, %v long, %v of them in the gateway", r.ID, r.Time, r.Latency, r.Gateway())
		}
		if r.Usage != nil && (!r.Cost.Known || r.Cost.Nano == 0) != r.Cache.Status.Hit() {
			t.Errorf("%s: %s costs %+v", r.ID, r.Model, r.Cost)
		}
		if r.Cache.Status.Hit() && (r.Cost.Saved == 0 || len(r.Attempts) > 0) {
			t.Errorf("%s: a cache hit saved nothing, or was asked upstream", r.ID)
		}
		if (r.Error != nil) != (r.Outcome != telemetry.OutcomeOK) || !json.Valid(r.Request) || r.Response != nil && !json.Valid(r.Response) {
			t.Errorf("%s: %+v\n%s\n%s", r.ID, r.Error, r.Request, r.Response)
		}
	}
}

// TestEverythingHappens: a week has each kind of call that the console shows, and nights are quiet.
func TestEverythingHappens(t *testing.T) {
	rows, judgements := all(traffic(t, 1))
	seen, sessions, byHour := map[string]int{}, map[string]bool{}, map[int]int{}
	for _, r := range rows {
		seen["outcome "+r.Outcome.String()]++
		seen["cache "+r.CacheStatus()]++
		seen["verdict "+r.Verdict().String()]++
		seen["provider "+r.Provider]++
		if r.Prompt != nil {
			seen["variant "+r.Prompt.Variant]++
		}
		if r.PromptCache != nil {
			seen["prompt cache "+string(r.PromptCache.State)]++
		}
		if len(r.Redacted) > 0 {
			seen["redacted"]++
		}
		if len(r.Attempts) > 1 && r.Error == nil {
			seen["tried again"]++
		}
		if len(r.Tools) > 0 {
			seen["tools"]++
		}
		if r.Session != "" {
			sessions[r.Session] = true
		}
		byHour[r.Time.Hour()]++
	}
	if len(rows) < 2000 || len(rows) > 10_000 || len(sessions) < 100 || judgements < 50 {
		t.Errorf("%d rows, %d sessions, %d judgements", len(rows), len(sessions), judgements)
	}
	for _, kind := range []string{"outcome ok", "outcome provider_error", "outcome rate_limited", "outcome denied", "cache HIT", "cache SEMANTIC HIT", "cache SEMANTIC MISS",
		"variant ", "variant control", "variant one-sentence", "prompt cache kept", "prompt cache departed", "verdict flag", "verdict allow", "verdict deny", "provider openai", "provider anthropic", "provider google", "redacted", "tried again", "tools"} {
		if seen[kind] < 5 {
			t.Errorf("%d rows are %s", seen[kind], kind)
		}
	}
	if byHour[3]*4 > byHour[10] {
		t.Errorf("%d rows at three in the morning, %d at ten", byHour[3], byHour[10])
	}
}
