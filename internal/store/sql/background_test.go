package sqlstore

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/store/postgrestest"
)

// A background answer is charged once, whichever of the processes on one database retrieves it first, also
// after the process that began it is gone, and a start of the one that owns the file leaves it open.
func TestBackgroundAnswerOfAnotherProcess(t *testing.T) {
	databases := map[string]func(t *testing.T) func() *Store{
		"sqlite": func(t *testing.T) func() *Store {
			path := filepath.Join(t.TempDir(), "sluice.db")
			return func() *Store { return opened(t, Open, path) }
		},
		"postgres": func(t *testing.T) func() *Store {
			dsn := gateway.NewSecret(postgrestest.Database(t))
			return func() *Store { return opened(t, OpenPostgres, dsn) }
		},
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			open := database(t)
			limit := int64(1_000_000_000)
			started := func(s *billing.Service, err error) *billing.Service {
				check(t, "Open", err)
				s.SetLimit("k", &limit)
				t.Cleanup(func() { check(t, "Close", s.Close(context.Background())) })
				return s
			}
			share := func() *billing.Service { return started(billing.OpenShared(open(), billing.Config{}), nil) }
			owning := open()
			begun := background(t, started(billing.Open(t.Context(), owning, billing.Config{})), nil)
			unlimited := background(t, share(), &gateway.Principal{Workspace: "w", APIKey: "k2"})
			restarted := started(billing.Open(t.Context(), open(), billing.Config{}))
			if spent, reserved := restarted.Spending("k"); spent != 0 || reserved != begun.Facts.Unsettled.Amount || reserved == 0 {
				t.Errorf("after a start: %d spent, %d reserved", spent, reserved)
			}
			for what, of := range map[string]*gateway.Exchange{"limited": begun, "unlimited": unlimited} {
				var wg sync.WaitGroup
				charged := make([]int, 6)
				processes := []*billing.Service{restarted, share(), share()}
				for i := range charged {
					wg.Go(func() { charged[i] = len(background(t, processes[i%3], of.Principal, of).Facts.Charges) })
				}
				wg.Wait()
				sum := 0
				for _, n := range charged {
					sum += n
				}
				if sum != 1 {
					t.Errorf("%s: %d retrievals are charged", what, sum)
				}
			}
			balances, err := owning.Balances(t.Context(), "k", "k2")
			check(t, "Balances", err)
			v, err := owning.Verify(t.Context())
			check(t, "Verify", err)
			if b := balances["k"]; b.Spent != 9_000+6_000 || b.Reserved != 0 || len(balances) != 1 || v.Reservations != 0 || !v.Sound() {
				t.Errorf("%+v, %+v", balances, v)
			}
		})
	}
}

func opened[Of any](t *testing.T, open func(context.Context, Of) (*Store, error), of Of) *Store {
	s, err := open(t.Context(), of)
	check(t, "Open", err)
	t.Cleanup(func() { s.Close() })
	return s
}

// background begins a background answer, or retrieves that of an earlier exchange.
func background(t *testing.T, s *billing.Service, by *gateway.Principal, of ...*gateway.Exchange) *gateway.Exchange {
	if by == nil {
		by = &gateway.Principal{Workspace: "w", APIKey: "k", Budgeted: true}
	}
	target := &gateway.Target{Path: "config", Provider: "mock", Prices: gateway.Prices{"*": {Input: 1_000_000_000, Output: 2_000_000_000}}}
	op, answer := gateway.OpChat, gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{"status":"queued"}`)}
	if len(of) > 0 {
		op, answer.Usage = gateway.OpRetrieve, &gateway.Usage{Input: 9, Output: 3}
	}
	req, err := responses.NewRequest(op, []byte(`{"model":"m","background":true,"input":"Hi","max_output_tokens":100}`))
	check(t, "NewRequest", err)
	if len(of) > 0 {
		req.Background = &gateway.BackgroundAnswer{Exchange: of[0].ID, ID: "resp_1", Target: target.Path, Reservation: of[0].Facts.Unsettled}
	}
	ex := gatewaytest.Exchange(t, gatewaytest.Hello, gatewaytest.WithTarget(target), gatewaytest.WithRequest(req))
	ex.Principal, ex.Target, ex.Start = by, target, time.Now()
	stream, err := s.Reserve(nil, nil).Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return gateway.Chunks(answer), nil
	})(t.Context(), ex)
	check(t, "Reserve", err)
	_, err = gatewaytest.Collect(stream)
	check(t, "Collect", err)
	return ex
}
