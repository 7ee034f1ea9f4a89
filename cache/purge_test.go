package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

func TestPurgeByCondition(t *testing.T) {
	const asked = "Why is the sky blue?"
	call := func(ex *gateway.Exchange) {
		ex.ID = "01ORIGIN"
		ex.Principal = &gateway.Principal{Workspace: "w1", Member: "01MEMBER", MemberRef: "ann@example.com"}
		ex.Envelope.Metadata = map[string]string{"tags": "blue,red", "team": "sky"}
		ex.Facts.Prompt = &gateway.PromptFact{ID: "01PROMPT", Version: 3}
	}
	for _, c := range []struct {
		name    string
		filter  cache.PurgeFilter
		removes bool
	}{
		{"all", cache.PurgeFilter{All: true}, true},
		{"answer", cache.PurgeFilter{Answer: "01ORIGIN"}, true},
		{"another answer", cache.PurgeFilter{Answer: "01OTHER"}, false},
		{"tag", cache.PurgeFilter{Tag: "red"}, true},
		{"part of a tag", cache.PurgeFilter{Tag: "re"}, false},
		{"metadata", cache.PurgeFilter{Tag: "team=sky"}, true},
		{"model", cache.PurgeFilter{Model: "m"}, true},
		{"another model", cache.PurgeFilter{Model: "n"}, false},
		{"prompt", cache.PurgeFilter{Prompt: "01PROMPT"}, true},
		{"prompt version", cache.PurgeFilter{Prompt: "01PROMPT", PromptVersion: 3}, true},
		{"another prompt version", cache.PurgeFilter{Prompt: "01PROMPT", PromptVersion: 2}, false},
		{"member by id", cache.PurgeFilter{Member: "01MEMBER"}, true},
		{"member by name", cache.PurgeFilter{Member: "ann@example.com"}, true},
		{"too young", cache.PurgeFilter{OlderThan: time.Hour}, false},
		{"old enough", cache.PurgeFilter{OlderThan: time.Minute}, true},
		{"one of two conditions", cache.PurgeFilter{Tag: "red", Model: "n"}, false},
		{"both conditions", cache.PurgeFilter{Tag: "red", Model: "m", OlderThan: time.Minute}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, nil)
			r.ask(chat(asked), call)
			r.clock.Add(2 * time.Minute)
			if n, err := r.cache.Count("w1", c.filter); err != nil || (n.Answers == 1) != c.removes || (n.Bytes > 0) != c.removes {
				t.Errorf("counted %+v, %v", n, err)
			}
			n, err := r.cache.Purge(context.Background(), "w1", c.filter)
			if err != nil || n == 1 != c.removes {
				t.Errorf("%d removed, %v", n, err)
			}
			if f, _ := r.ask(chat(asked), call); f.Cache.Status.Hit() == c.removes {
				t.Error(outcome(f))
			}
		})
	}
}

// TestPurgeSelectsWhatIsUnderWay purges while an answer that the filter selects is on its way.
func TestPurgeSelectsWhatIsUnderWay(t *testing.T) {
	for _, c := range []struct {
		filter cache.PurgeFilter
		stored bool
	}{{cache.PurgeFilter{Model: "m"}, false}, {cache.PurgeFilter{Model: "n"}, true}} {
		r := newRig(t, nil)
		ex := r.exchange(chat("Who wrote Hamlet?"))
		s, err := r.chain(context.Background(), ex)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.cache.Purge(context.Background(), "w1", c.filter); err != nil {
			t.Fatal(err)
		}
		for _, err = s.Next(); err == nil; _, err = s.Next() {
		}
		s.Close()
		if ex.Facts.Cache.Stored != c.stored {
			t.Errorf("%+v: stored is %v", c.filter, ex.Facts.Cache.Stored)
		}
	}
}

func TestPurgeFilterRefused(t *testing.T) {
	r := newRig(t, nil)
	r.ask(chat("Why is the sky blue?"))
	for field, filter := range map[string]cache.PurgeFilter{
		"filter": {}, "all": {All: true, Model: "m"}, "prompt_version": {PromptVersion: 2}, "older_than": {OlderThan: -time.Hour},
	} {
		_, err := r.cache.Purge(context.Background(), "w1", filter)
		if e := gateway.AsError(err); err == nil || e.Kind != gateway.Invalid || e.Param != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if f, _ := r.ask(chat("Why is the sky blue?")); !f.Cache.Status.Hit() {
		t.Error("a refused purge removed an answer")
	}
}
