package s3

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/export/s3/s3test"
)

// TestDeletion: names are listed in order below a prefix, a thousand at once, and deleted by one call, in
// both styles of addresses; what the bucket keeps is counted.
func TestDeletion(t *testing.T) {
	for _, pathStyle := range []bool{true, false} {
		d := s3test.New()
		server := httptest.NewServer(d)
		defer server.Close()
		b := bucketAt(t, server, pathStyle, s3test.SecretAccessKey)
		for n := range MaxListed + 1 {
			d.Objects[fmt.Sprintf("sluice/answers/%04d & ü", n)] = []byte("x")
		}
		d.Objects["sluice/answers/0000 held"] = []byte("x")
		d.Objects["sluice/answer"], d.Objects["answers/1"] = []byte("x"), []byte("x")
		names, more, err := b.List(t.Context(), "answers/")
		if err != nil || !more || len(names) != MaxListed || !slices.IsSorted(names) || names[0] != "answers/0000 & ü" {
			t.Fatalf("%d %v %v", len(names), more, err)
		}
		if refused, err := b.Delete(t.Context(), names); err != nil || refused != 1 {
			t.Errorf("%d refused, %v", refused, err)
		}
		names, more, err = b.List(t.Context(), "answers/")
		if err != nil || more || len(names) != 3 || names[0] != "answers/0000 held" || len(d.Objects) != 5 {
			t.Errorf("%d left, %v %v %v", len(d.Objects), names, more, err)
		}
		for _, wrong := range [][]string{nil, make([]string, MaxListed+1)} {
			if _, err := b.Delete(t.Context(), wrong); err == nil {
				t.Errorf("%d names are deleted", len(wrong))
			}
		}
		d.Fail = []int{503, 503}
		_, _, listErr := b.List(t.Context(), "answers/")
		_, deleteErr := b.Delete(t.Context(), names)
		for _, err := range []error{listErr, deleteErr} {
			if err == nil || !strings.Contains(gateway.AsError(err).Public, "503 SlowDown") {
				t.Errorf("%v", err)
			}
		}
	}
}
