package sqlstore

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/identity"
)

const (
	crashFile  = "SLUICE_TEST_CRASH_FILE" // tells the test binary to be the one that is killed
	crashBody  = `{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"Hello"}]}`
	crashUSD   = "0.5"
	crashPrice = 1_000_000_000 // 1 USD per million
	crashOwner = "sk-sl-owner000000000000000000000000000000000000"
)

// crashCost is the most that a call costs, which is what it does cost here.
var crashCost = int64(len(crashBody)+10) * crashPrice / 1_000_000

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		if err := spendUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// services are the parts that a budget needs, on one store.
type services struct {
	identity *identity.Service
	billing  *billing.Service
	spender  *gateway.Principal // of the key with a budget
}

func startServices(ctx context.Context, store *Store) (services, error) {
	var s services
	sum := sha256.Sum256([]byte("crash"))
	master, err := seal.LoadMasterKey(gateway.NewSecret(hex.EncodeToString(sum[:])), seal.MasterKeyFiles{})
	if err != nil {
		return s, err
	}
	cipher, err := seal.NewCipher(master)
	if err != nil {
		return s, err
	}
	if s.billing, err = billing.Open(ctx, store, billing.Config{Patience: time.Minute}); err != nil {
		return s, err
	}
	s.identity = identity.New(store, cipher, identity.Config{Budgets: s.billing})
	if err = s.identity.Bootstrap(ctx, gateway.NewSecret(crashOwner)); err != nil {
		return s, err
	}
	const key = "a-key-with-a-budget"
	d := identity.Declared{APIKeys: []identity.DeclaredAPIKey{{Name: "k", Key: gateway.NewSecret(key), BudgetUSD: crashUSD}}}
	if err = s.identity.Declare(ctx, d); err != nil {
		return s, err
	}
	s.spender, err = s.identity.Identify(ctx, gateway.NewSecret(key), "")
	return s, err
}

// spend makes one call. upstream is called when the call reaches the vendor, who bills it
// from then on.
func (s services) spend(ctx context.Context, id string, upstream func()) error {
	t := &gateway.Target{Path: "config", Provider: "mock", Prices: gateway.Prices{"*": {Input: crashPrice, Output: crashPrice}}}
	req, err := openai.NewRequest(gateway.OpChat, []byte(crashBody))
	if err != nil {
		return err
	}
	ex := &gateway.Exchange{ID: id, Start: time.Now(), Envelope: &gateway.Envelope{}, Principal: s.spender, Plan: gatewaytest.Plan(t), Target: t, Request: req, Facts: &gateway.Facts{}}
	stream, err := s.billing.Reserve(nil, nil).Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		upstream()
		return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Usage: &gateway.Usage{Input: int64(len(crashBody)), Output: 10}}), nil
	})(ctx, ex)
	if err != nil {
		return err
	}
	defer stream.Close()
	_, err = gatewaytest.Collect(stream)
	return err
}

func spendUntilKilled(path string) error {
	ctx := context.Background()
	store, err := Open(ctx, path)
	if err != nil {
		return err
	}
	s, err := startServices(ctx, store)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for w := range 20 {
		wg.Go(func() {
			for n := 0; ; n++ {
				// os.Stdout is not buffered: the line is out before the call goes on
				if s.spend(ctx, fmt.Sprint(os.Getpid(), "-", w, "-", n), func() { os.Stdout.WriteString("x\n") }) != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return nil
}

// Killed again and again amid parallel calls, a key never gets more upstream calls than
// its budget pays, and a restart knows of each.
func TestBudgetSurvivesKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sluice.db")
	budget, err := gateway.ParseUSD("budget", crashUSD)
	if err != nil {
		t.Fatal(err)
	}
	calls := int64(0)
	for round := range 4 {
		calls += killed(t, path, 150+100*round)
		store, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := startServices(t.Context(), store)
		if err != nil {
			t.Fatal(err)
		}
		owner, err := s.identity.Identify(t.Context(), gateway.NewSecret(crashOwner), "")
		if err != nil {
			t.Fatal(err)
		}
		k, err := s.identity.APIKey(t.Context(), owner, "k")
		if err != nil {
			t.Fatal(err)
		}
		if k.Spent < calls*crashCost {
			t.Errorf("round %d: %d calls cost %d, but the ledger knows of %d", round, calls, calls*crashCost, k.Spent)
		}
		if calls*crashCost > budget || k.Spent > budget {
			t.Errorf("round %d: %d calls cost %d (ledger: %d) of a budget of %d", round, calls, calls*crashCost, k.Spent, budget)
		}
		if err := s.billing.Close(t.Context()); err != nil {
			t.Error(err)
		}
		store.Close()
	}
	if calls == 0 {
		t.Error("no call got through")
	}
}

// killed runs the spender, kills it after some of its calls, and counts them all.
func killed(t *testing.T, path string, after int) (calls int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), crashFile+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() != "x" {
			t.Errorf("unexpected line %s", strconv.Quote(lines.Text()))
		}
		if calls++; calls == int64(after) {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait() // killed, or its budget was spent
	return calls
}
