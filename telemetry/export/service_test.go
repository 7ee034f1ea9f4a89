package export_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/export"
	"github.com/sluicegate/sluice/telemetry/export/exporttest"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	manager = &gateway.Principal{Workspace: "ws1", Member: "m9", Role: gateway.RoleManager}
	member  = &gateway.Principal{Workspace: "ws1", Member: "m1", MemberRef: "ann", Role: gateway.RoleMember}
	blind   = &gateway.Principal{Workspace: "ws1", Member: "m9", Role: gateway.RoleManager, Scopes: []gateway.Permission{gateway.LogsExport}} // sees no bodies
)

// records is a Reader in memory. Each page waits for gate, if there is one.
type records struct {
	rows []*telemetry.Record // newest first
	gate chan struct{}

	mu    sync.Mutex
	pages int
	most  int // rows of a page
}

func (m *records) Logs(ctx context.Context, q telemetry.Query) (p telemetry.Page, err error) {
	if m.gate != nil {
		select {
		case <-m.gate:
		case <-ctx.Done():
			return p, ctx.Err()
		}
	}
	after, err := listing.ParseCursor(q.Cursor)
	if err != nil {
		return p, err
	}
	for _, r := range m.rows {
		if !q.Match(r) || after != nil && (r.Time.After(after.Time) || r.Time.Equal(after.Time) && r.ID >= after.ID) {
			continue
		}
		if len(p.Records) == q.Limit {
			p.Next = p.Records[q.Limit-1].Position().Cursor()
			break
		}
		one := *r
		if !q.Bodies {
			one.Request, one.Response = nil, nil
		}
		p.Records = append(p.Records, &one)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pages++
	m.most = max(m.most, len(p.Records))
	return p, nil
}

func (m *records) Analytics(_ context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	sum := telemetry.NewAnalyticsSum(&q)
	for _, r := range m.rows {
		if q.Match(r) {
			sum.Record(r)
		}
	}
	return sum.Rows()
}

func generated(n int) *records {
	m := &records{}
	g := telemetrytest.NewGenerator(7, telemetrytest.Begin())
	for range n {
		m.rows = append(m.rows, g.Record())
	}
	telemetrytest.Newest(m.rows)
	return m
}

// office is a service on stores in memory.
type office struct {
	*export.Service
	t     *testing.T
	dir   string
	store *exporttest.Memory
}

func open(t *testing.T, reader *records, with ...func(*export.Config)) *office {
	o := &office{t: t, dir: filepath.Join(t.TempDir(), "exports"), store: &exporttest.Memory{}}
	cfg := export.Config{Store: o.store, Reader: reader, Dir: o.dir, Node: "a", NewID: func(at time.Time) string { return ulid.MustNew(ulid.Timestamp(at), ulid.DefaultEntropy()).String() },
		Lease: 5 * time.Second, Poll: 10 * time.Millisecond}
	for _, f := range with {
		f(&cfg)
	}
	o.Service = export.New(cfg)
	t.Cleanup(func() { o.Close(context.Background()) })
	return o
}

// begin makes a job and queues it.
func (o *office) begin(by *gateway.Principal, j export.Job) string {
	o.t.Helper()
	j, err := o.Create(o.t.Context(), by, j)
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.StartJob(o.t.Context(), by, j.ID); err != nil {
		o.t.Fatal(err)
	}
	return j.ID
}

// await waits until a job has a status.
func (o *office) await(id string, want export.Status) export.Job {
	o.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		j, err := o.store.Export(o.t.Context(), id)
		if err != nil {
			o.t.Fatal(err)
		}
		if j.Status == want {
			return j
		}
		if j.Status.Ended() || time.Now().After(deadline) {
			o.t.Fatalf("%+v is not %s", j, want)
		}
	}
}

// file reads the file of a job as somebody who may.
func (o *office) file(by *gateway.Principal, id string) string {
	o.t.Helper()
	j, err := o.Ready(o.t.Context(), by, id)
	if err != nil {
		o.t.Fatal(err)
	}
	f, err := o.Open(&j)
	if err != nil {
		o.t.Fatal(err)
	}
	defer f.Close()
	raw, err := os.ReadFile(f.Name())
	if err != nil {
		o.t.Fatal(err)
	}
	return string(raw)
}

func kindOf(err error) gateway.Kind {
	if err == nil {
		return 255
	}
	return gateway.AsError(err).Kind
}

// TestScope: a job has the rows of its workspace that match, and of a member who sees no others its own.
func TestScope(t *testing.T) {
	reader := generated(1300)
	o := open(t, reader)
	o.Start()
	for _, c := range []struct {
		by    *gateway.Principal
		model string
		only  string
	}{{manager, "", ""}, {manager, "gpt-5", ""}, {member, "", "m1"}} {
		var filter export.Filter
		if c.model != "" {
			filter.Model = []string{c.model}
		}
		id := o.begin(c.by, export.Job{Fields: []string{"id"}, Filter: filter})
		j := o.await(id, export.Success)
		var want strings.Builder
		n := int64(0)
		for _, r := range reader.rows {
			if r.Workspace == "ws1" && (c.model == "" || r.Model == c.model || r.Served == c.model) && (c.only == "" || r.Member == c.only) {
				want.WriteString(`{"id":"` + r.ID + `"}` + "\n")
				n++
			}
		}
		if got := o.file(c.by, id); got != want.String() || j.Rows != n || j.Total != n || j.Bytes != int64(want.Len()) {
			t.Errorf("%s, model %q: %d rows of %d, %d bytes, total %d", c.by.Role, c.model, j.Rows, n, j.Bytes, j.Total)
		}
	}
	if reader.pages < 3 || reader.most > 500 {
		t.Errorf("%d pages of up to %d rows", reader.pages, reader.most)
	}
}

// TestRights: who may not see what a job exports neither makes, starts nor downloads it.
func TestRights(t *testing.T) {
	o := open(t, generated(200))
	o.Start()
	for what, j := range map[string]export.Job{"bodies": {Bodies: true}, "fields": {Fields: []string{"id", "response"}}, "text": {Filter: export.Filter{Text: "refund"}}} {
		if _, err := o.Create(t.Context(), blind, j); kindOf(err) != gateway.Forbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := o.Create(t.Context(), member, export.Job{Filter: export.Filter{Member: []string{"m2"}}}); kindOf(err) != gateway.Invalid {
		t.Errorf("somebody else's rows: %v", err)
	}
	id := o.begin(manager, export.Job{Bodies: true, Format: export.JSONL})
	o.await(id, export.Success)
	if got := o.file(manager, id); !strings.Contains(got, `"request":{"model":"gpt-5"`) {
		t.Errorf("no bodies in %.300s", got)
	}
	for by, want := range map[*gateway.Principal]gateway.Kind{blind: gateway.Forbidden, member: gateway.NotFound,
		{Workspace: "ws2", Member: "m9", Role: gateway.RoleManager}: gateway.NotFound} {
		if _, err := o.Ready(t.Context(), by, id); kindOf(err) != want {
			t.Errorf("%+v downloads: %v", by, err)
		}
	}
	viewer := &gateway.Principal{Workspace: "ws1", Member: "m8", Role: gateway.RoleViewer}
	if _, err := o.Ready(t.Context(), viewer, id); err != nil {
		t.Errorf("a viewer downloads: %v", err)
	}
	if _, err := o.Delete(t.Context(), viewer, id); kindOf(err) != gateway.Forbidden {
		t.Errorf("a viewer deletes: %v", err)
	}
	demoted := *manager
	demoted.Role = gateway.RoleMember
	if _, err := o.Ready(t.Context(), &demoted, id); kindOf(err) != gateway.Forbidden {
		t.Errorf("a member who was a manager downloads everybody's rows: %v", err)
	}
	if _, err := o.Update(t.Context(), manager, id, func(*export.Job) {}); kindOf(err) != gateway.Conflict {
		t.Errorf("a job with a file is changed: %v", err)
	}
}

// TestBadJobs names the field of what cannot be exported.
func TestBadJobs(t *testing.T) {
	o := open(t, generated(1), func(c *export.Config) { c.Limits.Rows = 10 })
	for _, c := range []struct {
		job   export.Job
		field string
	}{
		{export.Job{Format: "xml"}, "format"}, {export.Job{Destination: "s3"}, "destination"}, {export.Job{Destination: "ftp"}, "destination"},
		{export.Job{Fields: []string{"id", "passwords"}}, "fields"}, {export.Job{Fields: []string{"id", "id"}}, "fields"},
		{export.Job{Description: strings.Repeat("x", 1001)}, "description"}, {export.Job{Filter: export.Filter{Limit: 11}}, "filters.limit"},
		{export.Job{Filter: export.Filter{Status: []int{7}}}, "status"}, {export.Job{Filter: export.Filter{Text: "  "}}, "text"}, {export.Job{Filter: export.Filter{Since: time.Unix(9, 0), Until: time.Unix(1, 0)}}, "until"},
	} {
		if _, err := o.Create(t.Context(), manager, c.job); kindOf(err) != gateway.Invalid || gateway.AsError(err).Param != c.field {
			t.Errorf("%+v: %v", c.job, err)
		}
	}
}

// TestLimits: a file ends at a limit, and says at which.
func TestLimits(t *testing.T) {
	for what, c := range map[string]struct {
		limits export.Limits
		filter export.Filter
		cut    string
		rows   int64
	}{
		"rows":     {limits: export.Limits{Rows: 7}, cut: "rows", rows: 7},
		"bytes":    {limits: export.Limits{Bytes: 1}, cut: "bytes"},
		"a choice": {filter: export.Filter{Limit: 5}, rows: 5},
	} {
		o := open(t, generated(400), func(cfg *export.Config) { cfg.Limits = c.limits })
		o.Start()
		j := o.await(o.begin(manager, export.Job{Filter: c.filter, Format: export.CSV}), export.Success)
		if j.Cut != c.cut || c.rows > 0 && j.Rows != c.rows || j.Rows > 150 {
			t.Errorf("%s: %d rows, cut %q", what, j.Rows, j.Cut)
		}
	}
}

// TestCancel: a job that is stopped ends soon and leaves no file, and can begin anew.
func TestCancel(t *testing.T) {
	reader := generated(2000)
	reader.gate = make(chan struct{})
	o := open(t, reader, func(c *export.Config) { c.Lease = 200 * time.Millisecond })
	o.Start()
	id := o.begin(manager, export.Job{})
	reader.gate <- struct{}{} // one page
	if _, err := o.Cancel(t.Context(), manager, id); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Cancel(t.Context(), manager, id); kindOf(err) != gateway.Conflict {
		t.Errorf("stopped twice: %v", err)
	}
	if _, err := o.Ready(t.Context(), manager, id); kindOf(err) != gateway.Conflict {
		t.Errorf("the file of a job that was stopped: %v", err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if left, _ := os.ReadDir(o.dir); len(left) == 0 {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("%v is left", left)
		}
	}
	close(reader.gate)
	if _, err := o.StartJob(t.Context(), manager, id); err != nil {
		t.Fatal(err)
	}
	if j := o.await(id, export.Success); j.Rows == 0 {
		t.Errorf("%+v", j)
	}
}

// TestRestart: a job whose server stops goes on with the next one; one whose server dies again and
// again fails.
func TestRestart(t *testing.T) {
	reader := generated(3000)
	reader.gate = make(chan struct{})
	o := open(t, reader)
	o.Start()
	id := o.begin(manager, export.Job{})
	reader.gate <- struct{}{}
	if err := o.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if j, _ := o.store.Export(t.Context(), id); j.Status != export.Queued || j.Tries != 0 {
		t.Fatalf("after a stop: %+v", j)
	}
	close(reader.gate)
	for range 2 { // it dies with the lease
		if _, ok, _ := o.store.ClaimExport(t.Context(), "a", 1, time.Hour); !ok {
			t.Fatal("nothing to claim")
		}
		if err := o.store.ReleaseExports(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(o.dir, id+".jsonl.part"), []byte("half a row"), 0o600); err != nil {
		t.Fatal(err)
	}
	next := open(t, reader, func(c *export.Config) { c.Store, c.Dir = o.store, o.dir })
	next.store, next.dir = o.store, o.dir
	next.Start()
	if j := next.await(id, export.Success); j.Tries != 3 {
		t.Errorf("%+v", j)
	}
	if left, _ := filepath.Glob(filepath.Join(o.dir, "*.part")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	dying := export.Job{ID: ulid.Make().String(), Workspace: "ws1", Member: "m9", Format: export.JSONL, Destination: export.ToFile, Status: export.Queued, Tries: 3}
	if err := o.store.AddExport(t.Context(), dying); err != nil {
		t.Fatal(err)
	}
	if j := next.await(dying.ID, export.Failed); !strings.Contains(j.Reason, "server stopped 3 times") {
		t.Errorf("%+v", j)
	}
}

// TestRetention: files go when they expire, or with their job.
func TestRetention(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	o := open(t, generated(50), func(c *export.Config) {
		c.Limits.Retention = time.Hour
		c.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	})
	o.Start()
	expired, deleted := o.begin(manager, export.Job{}), o.begin(manager, export.Job{})
	kept := o.begin(manager, export.Job{})
	for _, id := range []string{expired, deleted, kept} {
		o.await(id, export.Success)
	}
	if err := o.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Delete(t.Context(), manager, deleted); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	now = now.Add(2 * time.Hour)
	mu.Unlock()
	if _, err := o.Ready(t.Context(), manager, expired); kindOf(err) != gateway.NotFound {
		t.Errorf("an expired file: %v", err)
	}
	young, _ := o.store.Export(t.Context(), kept)
	young.ExpiresAt = now.Add(time.Hour)
	if err := o.store.ReplaceExport(t.Context(), young, export.Success); err != nil {
		t.Fatal(err)
	}
	stranger := filepath.Join(o.dir, "notes.csv")
	if err := os.WriteFile(stranger, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o.Sweep(t.Context())
	left, _ := filepath.Glob(filepath.Join(o.dir, "*"))
	if len(left) != 2 || !strings.Contains(strings.Join(left, " "), kept) || !strings.Contains(strings.Join(left, " "), "notes.csv") {
		t.Errorf("left are %v", left)
	}
}

// TestText: only exchanges whose texts have the words are exported.
func TestText(t *testing.T) {
	reader := generated(300)
	var want []string
	for i, r := range reader.rows {
		if r.Workspace == "ws1" && i%7 == 0 {
			r.Request = []byte(`{"messages":[{"content":"A REFUND, please"}]}`)
			want = append(want, r.ID)
		}
	}
	o := open(t, reader)
	o.Start()
	id := o.begin(manager, export.Job{Format: export.CSV, Fields: []string{"id"}, Filter: export.Filter{Text: "refund please"}})
	if j := o.await(id, export.Success); j.Rows != int64(len(want)) || j.Total != -1 {
		t.Errorf("%+v", j)
	}
	if got := o.file(manager, id); got != "id\n"+strings.Join(want, "\n")+"\n" {
		t.Errorf("%s", got)
	}
}
