package route_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/gateway/route/routetest"
)

func TestMemory(t *testing.T) {
	routetest.Store(t, func(*testing.T) route.Store { return routetest.NewMemory() })
}

// bench is a Service with a fake clock, and a store and a directory that count their reads.
type bench struct {
	*route.Service
	store *routetest.Memory
	keys  *routetest.Directory
	mu    sync.Mutex
	now   time.Time
}

func newBench() *bench {
	return newBenchOver(func(d *routetest.Directory) route.Directory { return d })
}

func newBenchOver(keys func(*routetest.Directory) route.Directory) *bench {
	b := &bench{store: routetest.NewMemory(), keys: directory(), now: time.Unix(1_800_000_000, 0)}
	set := settings(b.store, b.keys)
	set.Keys = keys(b.keys)
	set.Now = func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now }
	b.Service = route.New(set)
	return b
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func (b *bench) put(t *testing.T, config string) {
	t.Helper()
	if _, err := b.Editor().PutConfig(context.Background(), route.Saved{Workspace: "ws", Slug: "prod", Config: json.RawMessage(config)}); err != nil {
		t.Fatal(err)
	}
}

// plan asks for the config "prod" by the request's lines.
func (b *bench) plan(t *testing.T, lines string) (*gateway.Plan, error) {
	var p *gateway.Plan
	_, err := b.Configure().Wrap(func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		p = ex.Plan
		return nil, nil
	})(context.Background(), asked(t, lines))
	return p, err
}

// Whether or not the directory tells its generation, a change of it is seen.
func TestSavedPlansAreShared(t *testing.T) {
	t.Run("generations", func(t *testing.T) { savedPlansAreShared(t, newBench()) })
	t.Run("look-ups", func(t *testing.T) {
		savedPlansAreShared(t, newBenchOver(func(d *routetest.Directory) route.Directory { return struct{ route.Directory }{d} }))
	})
}

func savedPlansAreShared(t *testing.T, b *bench) {
	b.put(t, `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"own"},{"provider":"groq"}]}`)
	get := func(lines string) *gateway.Plan {
		t.Helper()
		p, err := b.plan(t, "model: m\nconfig: prod\n"+lines)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := get("")
	if get("") != first {
		t.Error("the same request compiled again")
	}
	if n := b.store.Reads(); n > 2 { // one for the put, one for the first request
		t.Errorf("the store was read %d times", n)
	}
	for name, lines := range map[string]string{"timeout": "timeout: 5", "own key": "credential: sk-mine", "redact": "redact: email", "cache": "cache: simple"} {
		if get(lines) == first {
			t.Errorf("%s: a plan of another request was given", name)
		}
	}
	if p := get("credential: sk-mine"); p.Root.Nodes[1].Target.Credential.Reveal() != "sk-mine" {
		t.Error("the caller's own credential is not used")
	}
	if p := get(""); p.Root.Nodes[1].Target.Credential.Reveal() != "key-of-zed" {
		t.Error("the caller's credential stayed in the shared plan")
	}
	again := get("")
	for range 2 { // a change that does not concern the plan
		b.keys.Put(gateway.VirtualKey{Name: "unrelated", Provider: "mistral"})
		for range 2 { // looked up, and known by the generation
			if get("") != again {
				t.Error("compiled again though its keys are the same")
			}
		}
	}
	rotated, _ := b.keys.VirtualKey(context.Background(), "ws", "own")
	rotated.Credential = gateway.NewSecret("rotated")
	b.keys.Put(rotated)
	if p := get(""); p.Root.Nodes[0].Target.Credential.Reveal() != "rotated" {
		t.Error("a rotated virtual key is not seen")
	}
	b.keys.Put(gateway.VirtualKey{Name: "another", Provider: "groq", Credential: gateway.NewSecret("earlier by name")})
	if p := get(""); p.Root.Nodes[1].Target.VirtualKey != "another" {
		t.Error("a new first key of the vendor is not seen")
	}
	b.keys.Remove("own")
	if _, err := b.plan(t, "model: m\nconfig: prod"); err == nil || gateway.AsError(err).Param != "config.targets[0].virtual_key" {
		t.Errorf("a virtual key that is gone: %v", err)
	}
}

func TestPlansWithoutAConfigAreShared(t *testing.T) {
	b := newBench()
	get := func(lines string) *gateway.Plan {
		t.Helper()
		p, err := b.plan(t, lines)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := get("model: @own/m")
	if get("model: @own/m") != first {
		t.Error("the same request compiled again")
	}
	for _, lines := range []string{"model: @own/other", "model: @zed/m", "model: m\nvirtual-key: own", "model: m\nprovider: @own/m", "model: @own/m\ntimeout: 5",
		"model: @own/m\ncredential: sk-mine", "model: @own/m\nredact: email", "model: @own/m\ncache: simple", "model: @own/" + strings.Repeat("m", 300)} {
		if get(lines) == first {
			t.Errorf("%s: a plan of another request was given", lines)
		}
	}
	rotated, _ := b.keys.VirtualKey(context.Background(), "ws", "own")
	rotated.Credential = gateway.NewSecret("rotated")
	b.keys.Put(rotated)
	if p := get("model: @own/m"); p.Root.Target.Credential.Reveal() != "rotated" {
		t.Error("a rotated virtual key is not seen")
	}
	b.keys.Remove("own")
	if _, err := b.plan(t, "model: @own/m"); err == nil || gateway.AsError(err).Param != "model" {
		t.Errorf("a virtual key that is gone: %v", err)
	}
}

func TestSavedConfigsFollowTheStore(t *testing.T) {
	b := newBench()
	b.put(t, `{"retry":1}`)
	attempts := func() int {
		t.Helper()
		p, err := b.plan(t, "model: mock/echo\nconfig: prod")
		if err != nil {
			t.Fatal(err)
		}
		return p.Root.Target.Retry.Attempts
	}
	if attempts() != 1 {
		t.Fatal("not read")
	}
	b.put(t, `{"retry":2}`)
	if attempts() != 2 {
		t.Error("our own write is not seen at once")
	}
	// Another replica writes.
	if _, err := b.store.PutConfig(context.Background(), route.Saved{Workspace: "ws", Slug: "prod", Config: json.RawMessage(`{"retry":3}`)}); err != nil {
		t.Fatal(err)
	}
	if attempts() != 2 {
		t.Error("read again too early")
	}
	b.pass(11 * time.Second)
	if attempts() != 3 {
		t.Error("another replica's write is never seen")
	}
	b.pass(11 * time.Second)
	b.store.Fail(errors.New("store down"))
	if attempts() != 3 {
		t.Error("the store's failure stops what was known")
	}
	b.store.Fail(nil)
	if err := b.Editor().DeleteConfig(context.Background(), "ws", "prod"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.plan(t, "model: mock/echo\nconfig: prod"); err == nil || !strings.Contains(gateway.AsError(err).Public, "'prod'") || gateway.AsError(err).HTTPStatus() != 400 {
		t.Errorf("a deleted config: %v", err)
	}
}

func TestAStoreThatIsDownIsNoUnknownSlug(t *testing.T) {
	b := newBench()
	b.store.Fail(&gateway.Error{Op: "test", Kind: gateway.Unavailable, Public: "store down"})
	if _, err := b.plan(t, "model: mock/echo\nconfig: prod"); gateway.AsError(err).Kind != gateway.Unavailable {
		t.Error(err)
	}
}

func TestConfigureRefusesFirst(t *testing.T) {
	b := newBench()
	ex := asked(t, "model: mock/echo")
	ex.Request, ex.Refused = nil, gateway.InvalidField("httpapi", "messages", "bad")
	_, err := b.Configure().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		t.Error("went on")
		return nil, nil
	})(context.Background(), ex)
	if err != ex.Refused {
		t.Error(err)
	}
}

func TestWorkspacesAreApart(t *testing.T) {
	b := newBench()
	b.put(t, `{"retry":1}`)
	ex := asked(t, "model: mock/echo\nconfig: prod")
	ex.Principal.Workspace = "other"
	_, err := b.Configure().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, nil })(context.Background(), ex)
	if gateway.AsError(err).Code != "config_not_found" {
		t.Error(err)
	}
}

// TestSecretsStayOut: no error contains a credential of a config.
func TestSecretsStayOut(t *testing.T) {
	const canary = "sk-canary-0123456789"
	b := newBench()
	for _, config := range []string{
		`{"api_key":"` + canary + `","provider":"nobody"}`,
		`{"api_key":["` + canary + `"]}`,
		`{"virtual_key":"own","api_key":"` + canary + `"}`,
		`{"provider":"openai","api_key":"` + canary + `","retry":9}`,
		`{"provider":"openai","api_key":"` + canary + `",}`,
		`{"provider":"openai","api_key":"` + canary + `"} x`,
	} {
		ex := asked(t, "model: m")
		ex.Envelope.Config = config
		_, err := b.Configure().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, nil })(context.Background(), ex)
		if err == nil {
			t.Errorf("accepted %s", config)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("the error tells the credential: %v", err)
		}
	}
}

func TestParallelConfigure(t *testing.T) {
	b := newBench()
	b.put(t, `{"virtual_key":"own","retry":1}`)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				switch {
				case i == 0 && j%20 == 0:
					b.pass(11 * time.Second)
				case i == 1 && j%50 == 0:
					b.put(t, `{"virtual_key":"own","retry":`+string(rune('1'+j/50))+`}`)
				default:
					if _, err := b.plan(t, "model: m\nconfig: prod"); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}
