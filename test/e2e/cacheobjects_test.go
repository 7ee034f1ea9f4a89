package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicegate/sluice/cache/qdrant/qdranttest"
	"github.com/sluicegate/sluice/telemetry/export/s3/s3test"
)

// TestLargeAnswersInABucket: a server whose file names a bucket stores a large answer there, encrypted, and
// only that one. Started again without what it had in memory, it serves the answer out of the bucket; a purge
// deletes the object, and the answer to another question stays.
func TestLargeAnswersInABucket(t *testing.T) {
	vectors, err := qdranttest.New()
	if err != nil {
		t.Fatal(err)
	}
	defer vectors.Close()
	bucket := s3test.New()
	storage := httptest.NewServer(bucket)
	defer storage.Close()
	s := start(t, fmt.Sprintf(`
cache:
  answers:
    store: objects
    over: 1KiB
    s3: {endpoint: %q, region: %s, bucket: %s, prefix: "sluice/", path_style: true, access_key_id: %s, secret_access_key: %q, session_token: %s}
  semantic: {index: qdrant, embedder: builtin, qdrant: {url: %q}}
`, storage.URL, s3test.Region, s3test.Name, s3test.AccessKeyID, s3test.SecretAccessKey, s3test.SessionToken, vectors.URL()), nil)
	const short = "Why is the sky so blue in summer?"
	long := "Who painted the ceiling of the chapel" + strings.Repeat(" and why did it take so many years", 60) + "?"
	large := "Who carved the doors of the cathedral" + strings.Repeat(" and how did they come to the city", 60) + "?"
	for _, text := range []string{short, long, large} {
		s.cached(text, true)
	}
	eventually(t, "both large answers are in the bucket", func() bool { return len(bucket.Names()) == 2 })
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.output)
	}
	for _, name := range bucket.Names() {
		if !strings.HasPrefix(name, "sluice/answers/") || strings.Contains(string(bucket.Objects[name]), "took") || strings.Contains(string(bucket.Objects[name]), "painted") {
			t.Errorf("%s: %.200q", name, bucket.Objects[name])
		}
	}
	snapshots, err := filepath.Glob(filepath.Join(s.dir, "data", "cache.snapshot*"))
	if err != nil || len(snapshots) == 0 {
		t.Fatalf("%v, %v", snapshots, err)
	}
	for _, f := range snapshots {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	calls := bucket.Calls
	s.launch()
	for _, text := range []string{short, long, large} {
		if r := s.cached(text, false); r.Header.Get("X-Sluice-Cache-Status") != "SEMANTIC HIT" || !strings.Contains(r.json("choices.0.message.content").String(), text) {
			t.Errorf("%.40s: %s %.200s", text, r.Header.Get("X-Sluice-Cache-Status"), r.body)
		}
	}
	if metrics := s.get("/metrics").body; !strings.Contains(metrics, `sluice_cache_objects_removed_total{result="deleted"} 0`) {
		t.Error("objects were removed, or are not counted")
	}
	id := s.cached(long, false).Header.Get("X-Sluice-Request-Id")
	origin := s.logged(id).Get("cache.origin_request_id").String()
	if r := s.post("/v1/cache/purge", `{"answer":"`+origin+`"}`); r.StatusCode != http.StatusOK || r.json("removed").Int() != 1 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	eventually(t, "the object of the purged answer is gone", func() bool { return len(bucket.Names()) == 1 })
	eventually(t, "its deletion is counted", func() bool {
		return strings.Contains(s.get("/metrics").body, `sluice_cache_objects_removed_total{result="deleted"} 1`)
	})
	if r := s.cached(long, false); strings.HasSuffix(r.Header.Get("X-Sluice-Cache-Status"), "HIT") {
		t.Errorf("the purged answer: %s", r.Header.Get("X-Sluice-Cache-Status"))
	}
	if r := s.cached(large, false); r.Header.Get("X-Sluice-Cache-Status") != "HIT" {
		t.Errorf("the other answer: %s", r.Header.Get("X-Sluice-Cache-Status"))
	}
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d\n%s", code, s.output)
	}
	if bucket.Calls != calls+3 {
		t.Errorf("%d calls of the bucket after the restart, want 2 reads and 1 deletion", bucket.Calls-calls)
	}
}
