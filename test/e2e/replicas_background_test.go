package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/store/postgrestest"
)

// TestReplicasRetrieveBackground: a background response that was begun at a replica which was killed since is
// charged once, when two others retrieve it at the same moment. The one that is started again knows.
func TestReplicasRetrieveBackground(t *testing.T) {
	v := &slowVendor{asked: map[string]int{}}
	up := httptest.NewServer(v)
	t.Cleanup(up.Close)
	dsn, config := postgrestest.Database(t), strings.ReplaceAll(slowConfig, "UPSTREAM", up.URL)
	var replicas []*server
	for range 3 {
		s := replica(t, dsn, config)
		s.launch()
		replicas = append(replicas, s)
	}
	poor := as(replicas[0].post("/v1/api-keys", `{"name":"poor","member":"poor@example.com","budget_usd":1}`).json("key").String())
	id := v.begin(t, replicas[0], poor)
	if r := replicas[1].do("GET", "/v1/responses/"+id, "", poor...); r.json("status").String() != "in_progress" {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	replicas[0].stop(syscall.SIGKILL)
	rows := make([]string, 6)
	var wg sync.WaitGroup
	for i := range rows {
		wg.Go(func() {
			r := replicas[1+i%2].do("GET", "/v1/responses/"+id, "", poor...)
			if r.json("status").String() != "completed" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
			rows[i] = r.Header.Get("X-Sluice-Request-Id")
		})
	}
	wg.Wait()
	const cost = 100*2_000 + 50*30_000
	replicas[0].launch()
	for i, s := range replicas {
		if spent := settled(t, s, "poor"); spent != cost {
			t.Errorf("replica %d: %d spent, want %d", i, spent, cost)
		}
	}
	// A retrieval that finds the response complete asks nobody, and leaves no row.
	told := func() (sum int64) {
		for i, row := range rows {
			if r := replicas[1+i%2].get("/v1/logs/" + row); r.StatusCode == http.StatusOK {
				sum += r.json("data.0.cost_nano_usd").Int()
			}
		}
		return sum
	}
	for end := time.Now().Add(5 * time.Second); told() < cost && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(500 * time.Millisecond) // for a second row that costs something
	if sum := told(); sum != cost {
		t.Errorf("the rows cost %d, want %d", sum, cost)
	}
}
