package qdrant_test

import (
	"bufio"
	"context"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

func dial(t testing.TB, url string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(strings.TrimPrefix(url, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func drop(t testing.TB, url, collection string) {
	t.Helper()
	if _, err := api.NewCollectionsClient(dial(t, url)).Delete(context.Background(), &api.DeleteCollection{CollectionName: collection}); err != nil {
		t.Fatal(err)
	}
}

// exchange is one line of a transcript: what was sent to a Qdrant and what it answered.
type exchange struct {
	Step, Method  string
	Request       json.RawMessage
	Response      json.RawMessage
	Code, Message string
}

// TestReplay sends transcripts to the fake, which must give the recorded answers: our own
// transcript, and one recorded from a real server that SLUICE_QDRANT_TRANSCRIPT names.
func TestReplay(t *testing.T) {
	files := []string{"testdata/surprises.jsonl"}
	if f := os.Getenv("SLUICE_QDRANT_TRANSCRIPT"); f != "" {
		files = append(files, f)
	}
	for _, file := range files {
		t.Run(file[strings.LastIndexByte(file, '/')+1:], func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			conn := dial(t, server(t).URL())
			lines := bufio.NewScanner(f)
			lines.Buffer(nil, 1<<20)
			n := 0
			for lines.Scan() {
				var e exchange
				if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
					t.Fatal(err)
				}
				n++
				e.replay(t, conn)
			}
			if n < 10 {
				t.Errorf("only %d exchanges", n)
			}
		})
	}
}

func (e *exchange) replay(t *testing.T, conn *grpc.ClientConn) {
	t.Helper()
	name := protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(e.Method, "/"), "/", "."))
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	if err != nil {
		t.Fatal(err)
	}
	m := d.(protoreflect.MethodDescriptor)
	req, got, want := message(t, m.Input()), message(t, m.Output()), message(t, m.Output())
	if err := protojson.Unmarshal(e.Request, req); err != nil {
		t.Fatalf("%s: %v", e.Step, err)
	}
	ctx := context.Background()
	if e.Code == "DeadlineExceeded" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Microsecond)
		defer cancel()
	}
	err = conn.Invoke(ctx, e.Method, req, got)
	if e.Code != "" {
		s := status.Convert(err)
		if s.Code().String() != e.Code || e.Code != "DeadlineExceeded" && s.Message() != e.Message {
			t.Errorf("%s: got %s %q, want %s %q", e.Step, s.Code(), s.Message(), e.Code, e.Message)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", e.Step, err)
		return
	}
	if err := protojson.Unmarshal(e.Response, want); err != nil {
		t.Fatalf("%s: %v", e.Step, err)
	}
	if g, w := essence(t, got), essence(t, want); !alike(g, w) {
		t.Errorf("%s:\ngot  %v\nwant %v", e.Step, g, w)
	}
}

func message(t *testing.T, d protoreflect.MessageDescriptor) proto.Message {
	t.Helper()
	mt, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		t.Fatal(err)
	}
	return mt.New().Interface()
}

// essence returns an answer without what differs between runs (times, counters) and without
// the tuning of a server.
func essence(t *testing.T, m proto.Message) any {
	t.Helper()
	b, err := protojson.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return prune(v)
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range []string{"time", "usage", "operationId", "version", "commit", "segmentsCount", "indexedVectorsCount", "updateQueue",
			"hnswConfig", "optimizerConfig", "walConfig", "replicationFactor", "writeConsistencyFactor"} {
			delete(v, k)
		}
		for k := range v {
			v[k] = prune(v[k])
		}
		return v
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
		slices.SortStableFunc(v, byScore) // points of one score come in any order
		return v
	}
	return v
}

func byScore(a, b any) int {
	x, ok1 := a.(map[string]any)
	y, ok2 := b.(map[string]any)
	if !ok1 || !ok2 || x["id"] == nil || y["id"] == nil {
		return 0
	}
	s, _ := x["score"].(float64)
	u, _ := y["score"].(float64)
	if s != u {
		if s > u {
			return -1
		}
		return 1
	}
	i, _ := json.Marshal(x["id"])
	j, _ := json.Marshal(y["id"])
	return strings.Compare(string(i), string(j))
}

// alike compares, numbers to single precision.
func alike(a, b any) bool {
	switch x := a.(type) {
	case float64:
		y, ok := b.(float64)
		return ok && math.Abs(x-y) < 1e-6
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !alike(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k := range x {
			if !alike(x[k], y[k]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}
