package cache_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

func TestExplain(t *testing.T) {
	r := newRig(t, nil)
	r.ask(chat(question))
	explain := func(text string) cache.Explanation {
		t.Helper()
		x, err := r.cache.Explain(context.Background(), r.exchange(chat(text)))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for text, tier := range map[string]string{question: "exact", strings.ToLower(question): "alias", rewording: "semantic", "Why is the sky not blue in summer?": "", "Who wrote Hamlet?": ""} {
		if x := explain(text); x.Tier != tier || x.Entry == "" || x.Partition == "" {
			t.Errorf("%q: %+v", text, x)
		}
	}
	x := explain("Why is the sky not so blue in summer?")
	if len(x.Neighbours) != 1 || x.Neighbours[0].Serves || len(x.Neighbours[0].Without) == 0 || x.Neighbours[0].Request != "ex1" || x.Promise.MaxError != .01 {
		t.Errorf("%+v", x)
	}
	if s := r.cache.Stats(); s.SemanticHits != 0 || s.Misses != 1 || len(r.cache.Report("w1").Groups) != 1 || r.cache.Report("w1").Groups[0].Requests != 1 {
		t.Errorf("explaining counted: %+v", s)
	}
	r.plan.Cache = gateway.CachePolicy{Mode: gateway.CacheFixed, Threshold: .97}
	if x := explain(rewording); x.Tier != "" || len(x.Neighbours) != 1 || !strings.Contains(x.Neighbours[0].Without[0], "threshold") {
		t.Errorf("%+v", x)
	}
	r.plan.Cache.Mode = gateway.CacheOff
	if x := explain(question); x.Reason == "" {
		t.Errorf("%+v", x)
	}
}
