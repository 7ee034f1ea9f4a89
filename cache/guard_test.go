package cache_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

const (
	question  = "Why is the sky so blue in summer?"
	rewording = "Tell me, why is the sky so blue in summer?"
)

// TestObserve holds that near questions are never served, and that what would have been is told.
func TestObserve(t *testing.T) {
	r := newRig(t, nil)
	r.plan.Cache.Mode = gateway.CacheObserve
	r.ask(chat(question))
	for i, text := range []string{rewording, strings.ToLower(question)} {
		f, _ := r.learn(chat(text))
		if outcome(f) != "SEMANTIC MISS" || !strings.Contains(f.Cache.Reason, "observed: the answer of request ex1") {
			t.Errorf("%q: %+v", text, f.Cache)
		}
		if s := r.cache.Stats(); s.Observed != uint64(i+1) {
			t.Errorf("%d would have been served", s.Observed)
		}
	}
	report := r.cache.Report("w1")
	if report.Tally.Observed != 2 || report.Tally.WouldSave != 2*4200 || report.Tally.Saved != 0 {
		t.Errorf("%+v", report.Tally)
	}
	if g := report.Groups[0]; g.Served != 1 || g.Checked != 1 || g.Wrong != 1 { // the double answers each call otherwise
		t.Errorf("%+v", g)
	}
	if f, _ := r.ask(chat(question)); outcome(f) != "HIT exact" {
		t.Error(outcome(f))
	}
}

// TestRefreshCountsAgainstNearHit holds that a caller who asks anew reports the answer as wrong,
// once.
func TestRefreshCountsAgainstNearHit(t *testing.T) {
	r := newRig(t, nil)
	r.ask(chat(question))
	if f, _ := r.ask(chat(rewording)); outcome(f) != "SEMANTIC HIT semantic" {
		t.Fatalf("%+v", f.Cache)
	}
	refresh := func(ex *gateway.Exchange) { ex.Envelope.CacheRefresh = true }
	r.ask(chat(rewording), refresh)
	r.ask(chat(rewording), refresh)
	if g := r.cache.Report("w1").Groups[0]; g.Reported != 1 {
		t.Errorf("%+v", g)
	}
}

func TestFeedbackCountsAgainstNearHit(t *testing.T) {
	r := newRig(t, nil)
	r.ask(chat(question))
	r.ask(chat(rewording), func(ex *gateway.Exchange) { ex.Trace.ID = gateway.TraceIDFrom("tr2") })
	for i, c := range []struct {
		workspace, trace string
		want             bool
	}{{"w2", "tr2", false}, {"w1", "tr1", false}, {"w1", "tr2", true}, {"w1", "tr2", false}} {
		if got := r.cache.Reject(c.workspace, c.trace); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
}

// TestLabelsComeFree holds that misses with a near neighbour are compared, and that the group
// outlives a restart.
func TestLabelsComeFree(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache.snapshot")
	r := newRig(t, func(c *cache.Config) { c.File = file })
	r.learn(chat("How do I change the colour of the door?"))
	f, _ := r.learn(chat("How do I change the colour of the window?"))
	if f.Cache.Status.Hit() {
		t.Fatalf("%+v", f.Cache)
	}
	before := r.cache.Report("w1").Groups
	if len(before) != 1 || before[0].Other != 1 || before[0].Requests != 2 {
		t.Fatalf("%+v", before)
	}
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	after := newRig(t, func(c *cache.Config) { c.File = file }).cache.Report("w1").Groups
	if len(after) != 1 || after[0].Totals != before[0].Totals {
		t.Errorf("%+v", after)
	}
}

// TestFreshAnswerIsComparedWithSeveral holds that a miss teaches about the answers of several near
// questions, not only about the most probable one.
func TestFreshAnswerIsComparedWithSeveral(t *testing.T) {
	r := newRig(t, nil)
	for _, colour := range []string{"door", "window", "fence", "garage", "kitchen", "hall"} {
		r.learn(chat("How do I change the colour of the " + colour + "?"))
	}
	x, err := r.cache.Explain(context.Background(), r.exchange(chat("How do I change the colour of the roof?")))
	if err != nil {
		t.Fatal(err)
	}
	known := 0.0
	for _, n := range x.Neighbours {
		known += n.Group.Different
	}
	if want := 0.0 + 1 + 2 + 3 + 4 + 4; known != want {
		t.Errorf("%v comparisons, want %v", known, want)
	}
}

// TestGuardedLearns asks questions of which each near one has another answer: soon none is served.
func TestGuardedLearns(t *testing.T) {
	r := newRig(t, nil)
	r.plan.Cache.MaxError = .05
	hits := 0
	for i := range 400 {
		// The vetoes let the pair pass, and both words are as near as a rewording.
		name := fmt.Sprintf("%c%c%c", 'a'+i%26, 'a'+i/26, 'k')
		r.learn(chat("Please explain the rules of the club named " + name + " to me"))
		f, _ := r.learn(chat("Explain the rules of the club named " + name))
		if f.Cache.Status.Hit() {
			hits++
			r.ask(chat("Explain the rules of the club named "+name), func(ex *gateway.Exchange) { ex.Envelope.CacheRefresh = true })
		}
	}
	g := r.cache.Report("w1").Groups[0]
	if hits > 80 || g.Reported != hits {
		t.Errorf("%d of 400 were served although each was reported: %+v", hits, g)
	}
}

// TestSharing holds that answers stay among those who share them.
func TestSharing(t *testing.T) {
	ann := &gateway.Principal{Workspace: "w1", Team: "t1", Member: "ann", APIKey: "k1"}
	for _, c := range []struct {
		sharing gateway.CacheSharing
		other   gateway.Principal
		hit     bool
	}{
		{gateway.SharedByWorkspace, gateway.Principal{Workspace: "w1", Team: "t2", Member: "bob", APIKey: "k2"}, true},
		{gateway.SharedByTeam, gateway.Principal{Workspace: "w1", Team: "t1", Member: "bob", APIKey: "k2"}, true},
		{gateway.SharedByTeam, gateway.Principal{Workspace: "w1", Team: "t2", Member: "ann", APIKey: "k1"}, false},
		{gateway.SharedByMember, gateway.Principal{Workspace: "w1", Team: "t2", Member: "ann", APIKey: "k2"}, true},
		{gateway.SharedByMember, gateway.Principal{Workspace: "w1", Team: "t1", Member: "bob", APIKey: "k1"}, false},
		{gateway.SharedByAPIKey, gateway.Principal{Workspace: "w1", Team: "t1", Member: "ann", APIKey: "k2"}, false},
	} {
		r := newRig(t, nil)
		r.plan.Cache.Sharing = c.sharing
		named := func(ex *gateway.Exchange) { ex.Envelope.CacheNamespace, ex.Envelope.CacheScoped = "shared", true }
		r.ask(chat(question), named, func(ex *gateway.Exchange) { ex.Principal = ann })
		f, _ := r.ask(chat(question), named, func(ex *gateway.Exchange) { ex.Principal = &c.other })
		if f.Cache.Status.Hit() != c.hit {
			t.Errorf("shared by %q with %+v: %s", c.sharing, c.other, outcome(f))
		}
	}
}

// TestRefusalIsNotServedToOthers holds that a refusal in the answer's text serves the same question
// only.
func TestRefusalIsNotServedToOthers(t *testing.T) {
	r := newRig(t, nil)
	r.up.answer = `{"choices":[{"index":0,"message":{"role":"assistant","content":"I'm sorry, but I can't help with that."},"finish_reason":"stop"}]}`
	r.ask(chat(question))
	if f, _ := r.ask(chat(rewording)); f.Cache.Status.Hit() {
		t.Errorf("%+v", f.Cache)
	}
	if f, _ := r.ask(chat(question)); outcome(f) != "HIT exact" {
		t.Error(outcome(f))
	}
}
