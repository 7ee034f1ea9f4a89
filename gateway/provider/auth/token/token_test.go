package token

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

func TestTokensAreFetchedAgainBeforeTheyExpire(t *testing.T) {
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	c := &Cache[string]{Now: func() time.Time { return now }}
	key := Key(gateway.NewSecret("k"))
	fetched, fails := 0, error(nil)
	get := func() string {
		v, err := c.Get(context.Background(), key, func(context.Context) (Token[string], error) {
			fetched++
			return Token[string]{"t" + string(rune('0'+fetched)), now.Add(time.Hour)}, fails
		})
		if err != nil {
			return err.Error()
		}
		return v
	}
	for _, step := range []struct {
		after   time.Duration
		fails   error
		want    string
		fetched int
	}{
		{0, nil, "t1", 1},
		{54 * time.Minute, nil, "t1", 1},
		{2 * time.Minute, errors.New("down"), "t1", 2}, // in the margin: fetched again, and the old one is good yet
		{0, nil, "t1", 2},                              // not asked again at once
		{time.Second, nil, "t3", 3},
		{56 * time.Minute, errors.New("down"), "t3", 4},
		{5 * time.Minute, errors.New("gone"), "gone", 5}, // expired
		{time.Second, nil, "gone", 5},                    // the pause has doubled
		{time.Second, nil, "t6", 6},
	} {
		now, fails = now.Add(step.after), step.fails
		if got := get(); got != step.want || fetched != step.fetched {
			t.Fatalf("after %v: %q after %d fetches, want %q after %d", step.after, got, fetched, step.want, step.fetched)
		}
	}
}

func TestOneFetchServesAllWhoWait(t *testing.T) {
	c := &Cache[int]{}
	fetched := 0
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			v, err := c.Get(context.Background(), Key(gateway.NewSecret("k")), func(context.Context) (Token[int], error) {
				fetched++
				return Token[int]{Value: 7}, nil
			})
			if v != 7 || err != nil {
				t.Errorf("%d %v", v, err)
			}
		})
	}
	all.Wait()
	if fetched != 1 {
		t.Errorf("%d fetches", fetched)
	}
}

func TestACallerWhoLeavesDoesNotBlockTheNext(t *testing.T) {
	c := &Cache[int]{}
	key := Key(gateway.NewSecret("k"))
	ctx, cancel := context.WithCancel(context.Background())
	_, err := c.Get(ctx, key, func(ctx context.Context) (Token[int], error) {
		cancel()
		return Token[int]{}, ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if v, err := c.Get(context.Background(), key, func(context.Context) (Token[int], error) { return Token[int]{Value: 1}, nil }); v != 1 || err != nil {
		t.Errorf("%d %v", v, err)
	}
}

func TestKeysDiffer(t *testing.T) {
	seen := map[[32]byte]bool{}
	for _, k := range [][32]byte{
		Key(gateway.NewSecret("ab")), Key(gateway.NewSecret("b"), "a"), Key(gateway.NewSecret(""), "a", "b"), Key(gateway.NewSecret(""), "ab"),
		Key(gateway.ServerIdentity), Key(gateway.NewSecret("identity:default")),
	} {
		if seen[k] {
			t.Error("two credentials share a token")
		}
		seen[k] = true
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	now := time.Unix(0, 0)
	c := &Cache[int]{Now: func() time.Time { return now }}
	for i := range maxKept + 10 {
		now = now.Add(time.Second)
		_, _ = c.Get(context.Background(), Key(gateway.NewSecret(time.Duration(i).String())), func(context.Context) (Token[int], error) { return Token[int]{}, nil })
	}
	if len(c.kept) > maxKept {
		t.Errorf("%d tokens are kept", len(c.kept))
	}
}
