package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/store/postgrestest"
	"github.com/sluicegate/sluice/internal/store/redis/redistest"
)

const accountsConfig = `
virtual_keys:
  - {name: shop, provider: openai, base_url: "UPSTREAM/v1", api_key: sk-shop, formats: [chat],
     prices: {"*": {input: 1, output: 10}}, max_output: {"*": 500}}
api_keys:
  - {name: poor, key: ` + poorKey + `, member: ann, budget: 0.02}
  - {name: rich, key: ` + richKey + `, member: bob}
budgets:
  - {name: workspace, workspace: default, credit_limit: 0.07, period: month, time_zone: Asia/Shanghai}
  - {name: each-user, workspace: default, group_by: [user], credit_limit: 1, period: day}
`

const (
	poorKey = "sk-sl-poor-000000000000000000001"
	richKey = "sk-sl-rich-000000000000000000001"
)

// walletUSD pays for about forty calls of all kinds.
const walletUSD = "0.0576"

// A wallet, the budget of a key, the budget of a workspace and one of each end user: 200 calls of all
// kinds at once never spend a nano-USD more than each allows, and use them up. The rows, the
// accounts, the ledger and the provider's bill say the same.
func TestAccountsTogether(t *testing.T) {
	v := &greedyVendor{release: make(chan struct{})}
	up := httptest.NewServer(v)
	t.Cleanup(up.Close)
	s := start(t, strings.ReplaceAll(accountsConfig, "UPSTREAM", up.URL), nil)
	spendTogether(t, []*server{s}, v)
	s.stop(syscall.SIGTERM)
	s.launch()
	checkAccounts(t, []*server{s}, v)
}

// The same on three processes with PostgreSQL and Redis, one of which is killed amid the calls: what
// it had reserved counts as spent, once, and nothing is refused that the rest pays for.
func TestReplicasAccountsTogether(t *testing.T) {
	v := &greedyVendor{release: make(chan struct{})}
	up := httptest.NewServer(v)
	t.Cleanup(up.Close)
	free := sync.OnceFunc(func() { close(v.release) })
	t.Cleanup(free)
	dsn := postgrestest.Database(t)
	config := strings.ReplaceAll(accountsConfig, "UPSTREAM", up.URL) + "counters: {store: redis, url: \"" + redistest.URL(t) + "\"}\n"
	var servers []*server
	for range 3 {
		s := replica(t, dsn, config)
		s.launch()
		servers = append(servers, s)
	}
	spendTogether(t, servers, v)
	killTogether(t, servers, v, free)
}

// spendTogether makes 200 calls at once, then small ones until the wallet is used up.
func spendTogether(t *testing.T, servers []*server, v *greedyVendor) {
	t.Helper()
	if r := servers[0].post("/v1/wallets", `{"name":"prepaid"}`); r.StatusCode != http.StatusCreated {
		t.Fatal(r.body)
	}
	for i, want := range []int{http.StatusCreated, http.StatusOK} {
		if r := servers[0].post("/v1/wallets/prepaid/credits", `{"amount_usd":`+walletUSD+`,"reference":"first"}`); r.StatusCode != want {
			t.Fatalf("credit %d: %d %s", i, r.StatusCode, r.body)
		}
	}
	for _, s := range servers { // until each has learned of it
		poll(t, "the wallet", func() bool { return s.get("/v1/wallets/prepaid").json("credited_usd").Raw == walletUSD })
	}
	statuses := make([]int, 600)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 200 {
		s, call, key := servers[i%len(servers)], surfaces[i/2%len(surfaces)], []string{poorKey, richKey}[i%2]
		wg.Go(func() {
			status := spend(s.url, call.path, key, call.body)
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	wg.Wait()
	answered, refused := statuses[http.StatusOK], statuses[http.StatusPreconditionFailed]+statuses[http.StatusTooManyRequests]
	if answered < 25 || answered+refused != 200 {
		t.Errorf("%d answered, %d refused for money, of 200", answered, refused)
	}
	left := checkAccounts(t, servers, v)
	chat, small := surfaces[0], surfaces[7]
	for i, call := 0, chat; ; i++ { // what the wallet pays for passes, one call after the other
		if bound := int64(len(call.body))*1_000 + 1_000_000; call == chat && left < bound {
			call = small
		}
		if call == small && left < 20*int64(len(small.body))*1_000 {
			break
		}
		before := v.billed.Load()
		if status := spend(servers[i%len(servers)].url, call.path, richKey, call.body); status != http.StatusOK {
			t.Fatalf("refused with %d, although %d nano-USD are left", status, left)
		}
		left -= v.billed.Load() - before
	}
	if now := checkAccounts(t, servers, v); now != left {
		t.Errorf("%d nano-USD are left, the vendor's bill says %d", now, left)
	}
	if status := spend(servers[0].url, chat.path, richKey, chat.body); status != http.StatusPreconditionFailed {
		t.Errorf("a call for which %d nano-USD are too little: %d", left, status)
	}
	t.Logf("%d answered, %d refused of 200; %d nano-USD left", answered, refused, left)
}

// killTogether kills a replica while its calls are at the vendor.
func killTogether(t *testing.T, servers []*server, v *greedyVendor, free func()) {
	t.Helper()
	victim, other := servers[2], servers[0]
	if r := other.post("/v1/wallets/prepaid/credits", `{"amount_usd":0.01,"reference":"second"}`); r.StatusCode != http.StatusCreated {
		t.Fatal(r.body)
	}
	poll(t, "the credit", func() bool { return victim.get("/v1/wallets/prepaid").json("balance_usd").Float() > 0.009 })
	billed := v.billed.Load()
	var wg sync.WaitGroup
	body := strings.Replace(surfaces[0].body, "{", `{"user":"held",`, 1)
	for range 4 {
		wg.Go(func() { spend(victim.url, surfaces[0].path, richKey, body) })
	}
	poll(t, "calls in flight", func() bool { return v.held.Load() == 4 })
	var reserved int64
	explained := other.get("/v1/api-keys/rich/budgets")
	accounts := explained.json(`data.#(kind=="wallet").accounts.0`)
	accounts.Get("reservations").ForEach(func(_, r gjson.Result) bool {
		amount := nano(t, reply{body: r.Raw}, "amount_usd")
		if reserved += amount; r.Get("request_id").String() == "" || r.Get("lease_ends_at").String() == "" || r.Get("age_seconds").Float() < 0 {
			t.Errorf("a reservation without its request, age or lease: %s", r.Raw)
		}
		return true
	})
	if n := len(accounts.Get("reservations").Array()); n != 4 {
		t.Fatalf("%d reservations are told, 4 calls are in flight: %s", n, explained.body)
	}
	victim.stop(syscall.SIGKILL)
	free()
	wg.Wait()
	poll(t, "the sweep", func() bool { return other.get("/v1/wallets/prepaid").json("reserved_usd").Float() == 0 })
	victim.launch()
	v.billed.Store(billed + reserved) // what was reserved stands for what the vendor billed
	left := checkAccounts(t, servers, v)
	call, cost := surfaces[0], reserved/4
	for i := 0; left >= cost; i++ {
		if status := spend(servers[i%3].url, call.path, richKey, call.body); status != http.StatusOK {
			t.Fatalf("refused with %d after the sweep, although %d are left for a call of %d", status, left, cost)
		}
		left = checkAccounts(t, servers, v)
	}
}

// checkAccounts waits until nothing is reserved, compares accounts, rows, ledger and the vendor's
// bill, and returns what is left in the wallet.
func checkAccounts(t *testing.T, servers []*server, v *greedyVendor) (left int64) {
	t.Helper()
	for i, s := range servers {
		poll(t, "settlements", func() bool { return s.get("/v1/wallets/prepaid").json("reserved_usd").Float() == 0 })
		w, explained := s.get("/v1/wallets/prepaid"), s.get("/v1/api-keys/poor/budgets")
		billed, spent, credited := v.billed.Load(), nano(t, w, "spent_usd"), nano(t, w, "credited_usd")
		budget := explained.json(`data.#(name=="workspace").accounts.0.spent_usd`).Raw
		users, poor := int64(0), explained.json(`data.#(kind=="api_key").accounts.0`)
		explained.json(`data.#(name=="each-user").accounts`).ForEach(func(_, a gjson.Result) bool {
			users += nano(t, reply{body: a.Raw}, "spent_usd")
			return true
		})
		if spent != billed || spent > credited || nano(t, reply{body: fmt.Sprintf(`{"x":%s}`, budget)}, "x") != spent || users != spent || spent > 70_000_000 {
			t.Errorf("replica %d: the vendor billed %d, the wallet spent %d of %d, the workspace's budget %s, all users %d", i, billed, spent, credited, budget, users)
		}
		if of := nano(t, reply{body: poor.Raw}, "spent_usd"); of > 20_000_000 || of == 0 {
			t.Errorf("replica %d: the key spent %d of its budget of 20000000 nano-USD", i, of)
		}
		if r := s.get("/v1/ledger/verification"); !r.json("sound").Bool() || r.json("transactions").Int() < 20 {
			t.Errorf("replica %d: the ledger does not add up: %s", i, r.body)
		}
		left = credited - spent
	}
	return left
}

// poll waits until something is so.
func poll(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("in vain waited for ", what)
		}
	}
}
