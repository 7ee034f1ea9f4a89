package sticky_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/route/condition"
	"github.com/sluicegate/sluice/gateway/route/sticky"
)

const users = 10_000

var (
	noon   = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	byUser = []condition.Field{{Source: condition.Metadata, Name: "_user"}}
)

func keeper(ttl time.Duration, arms ...sticky.Arm) *sticky.Keeper {
	return &sticky.Keeper{Fields: byUser, TTL: ttl, Arms: arms}
}

// drawn returns the name of the first arm of each user.
func drawn(t *testing.T, k *sticky.Keeper, scope string, at time.Time) []string {
	t.Helper()
	out := make([]string, users)
	for i := range out {
		order := k.Order(&gateway.Envelope{Metadata: map[string]string{"_user": "user-" + strconv.Itoa(i)}}, nil, scope, at)
		if len(order) == 0 {
			t.Fatal("not drawn")
		}
		out[i] = k.Arms[order[0]].Name
	}
	return out
}

func share(names []string, name string) float64 {
	n := 0
	for _, other := range names {
		if other == name {
			n++
		}
	}
	return float64(n) / float64(len(names))
}

// TestShares: the users divide by the weights, and an arm without a weight has none.
func TestShares(t *testing.T) {
	k := keeper(time.Hour, sticky.Arm{Name: "a", Weight: .7}, sticky.Arm{Name: "b", Weight: .2}, sticky.Arm{Name: "never"}, sticky.Arm{Name: "c", Weight: .1})
	got := drawn(t, k, "s", noon)
	for _, arm := range k.Arms {
		bound := 5 * math.Sqrt(arm.Weight*(1-arm.Weight)/users) // five standard deviations
		if s := share(got, arm.Name); math.Abs(s-arm.Weight) > bound {
			t.Errorf("%s has %.4f of the users, its weight is %.2f", arm.Name, s, arm.Weight)
		}
	}
}

// TestRemovedArm: only the users of a removed arm move, wherever it stood in the list.
func TestRemovedArm(t *testing.T) {
	all := []sticky.Arm{{Name: "a", Weight: 2}, {Name: "b", Weight: 1}, {Name: "c", Weight: 1}}
	before := drawn(t, keeper(time.Hour, all...), "s", noon)
	for _, gone := range all {
		rest := slices.DeleteFunc(slices.Clone(all), func(a sticky.Arm) bool { return a == gone })
		for i, now := range drawn(t, keeper(time.Hour, rest...), "s", noon) {
			if before[i] != gone.Name && now != before[i] {
				t.Fatalf("without %s user %d moved from %s to %s", gone.Name, i, before[i], now)
			}
		}
	}
}

// TestWindows: within its ttl a user moves at most once, after it all are drawn anew, and users do not
// move at once.
func TestWindows(t *testing.T) {
	const ttl = time.Hour
	k := keeper(ttl, sticky.Arm{Name: "a", Weight: 1}, sticky.Arm{Name: "b", Weight: 1})
	last := drawn(t, k, "s", noon)
	moves := make([]int, users)
	for step := 1; step <= 10; step++ {
		now := drawn(t, k, "s", noon.Add(time.Duration(step)*ttl/10))
		moved := 0
		for i := range now {
			if now[i] != last[i] {
				moves[i]++
				moved++
			}
		}
		if share := float64(moved) / users; share < .03 || share > .07 { // a tenth of them is drawn anew, half of those move
			t.Errorf("step %d: %.3f of the users move at once", step, share)
		}
		last = now
	}
	total := 0
	for i, n := range moves {
		if total += n; n > 1 {
			t.Fatalf("user %d moved %d times within the ttl", i, n)
		}
	}
	if share := float64(total) / users; share < .46 || share > .54 {
		t.Errorf("%.3f of the users moved within the ttl, half of them must", share)
	}
}

// TestScopes: other configs and other places in a config draw by themselves.
func TestScopes(t *testing.T) {
	k := keeper(time.Hour, sticky.Arm{Name: "a", Weight: 1}, sticky.Arm{Name: "b", Weight: 1})
	base := drawn(t, k, sticky.Scope("ws", "prod", "config"), noon)
	for _, scope := range []string{sticky.Scope("other", "prod", "config"), sticky.Scope("ws", "test", "config"), sticky.Scope("ws", "prod", "config.targets[1]")} {
		same := 0
		for i, now := range drawn(t, k, scope, noon) {
			if now == base[i] {
				same++
			}
		}
		if share := float64(same) / users; share < .46 || share > .54 {
			t.Errorf("%s: %.3f are drawn alike", scope, share)
		}
	}
}

// TestFields: what a call must have, and that values cannot stand in for each other.
func TestFields(t *testing.T) {
	field := func(source condition.Source, name string) condition.Field {
		return condition.Field{Source: source, Name: name}
	}
	all := []condition.Field{field(condition.Metadata, "_user"), field(condition.Params, "user"), field(condition.Headers, "x-Team")}
	order := func(user, param, team string) string {
		body := `{"model":"m"}`
		if param != "" {
			body = `{"model":"m","user":` + strconv.Quote(param) + `}`
		}
		req, err := gateway.NewRequest(openai.Dialect{}, gateway.OpChat, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		env := &gateway.Envelope{Header: http.Header{}, Metadata: map[string]string{"_user": user}}
		if team != "" {
			env.Header.Set("X-Team", team)
		}
		k := &sticky.Keeper{Fields: all, TTL: time.Hour}
		for i := range 64 {
			k.Arms = append(k.Arms, sticky.Arm{Name: strconv.Itoa(i), Weight: 1})
		}
		return fmt.Sprint(k.Order(env, req, "s", noon))
	}
	whole := order("ann", "u1", "red")
	if len(whole) < 64 || whole != order("ann", "u1", "red") {
		t.Errorf("not kept: %s", whole)
	}
	for _, other := range []string{order("annu1", "u1", "red"), order("ann", "u1r", "ed"), order("a", "nnu1", "red"), order("bob", "u1", "red")} {
		if other == whole {
			t.Error("other values are drawn alike")
		}
	}
	long := strings.Repeat("x", condition.MaxValue+1)
	for name, got := range map[string]string{"no user": order("", "u1", "red"), "no field": order("ann", "", "red"), "no header": order("ann", "u1", ""),
		"long entry": order(long, "u1", "red"), "long field": order("ann", long, "red"), "long header": order("ann", "u1", long)} {
		if got != "[]" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
