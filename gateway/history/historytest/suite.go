// Package historytest has the suite that every history.Store must pass.
package historytest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/history"
)

// Suite tests an empty store.
func Suite(t *testing.T, s history.Store) {
	t.Helper()
	ctx, at := context.Background(), time.Date(2026, 11, 29, 17, 0, 0, 0, time.UTC)
	row := func(id, workspace, key string, n int) history.Row {
		created := at.Add(time.Duration(n) * time.Second)
		return history.Row{ID: id, Workspace: workspace, APIKey: key, VirtualKey: "vk", Native: n%2 == 0, Items: []string{fmt.Sprint("fc_", n), "msg"}, Sealed: []byte{1, 0, byte(n)}, Created: created, Expires: created.Add(time.Hour)}
	}
	put := func(now time.Time, rows ...history.Row) {
		t.Helper()
		if err := s.PutResponses(ctx, rows, 3, now); err != nil {
			t.Fatal(err)
		}
	}
	withItem := func(workspace, key, item string, now time.Time) string {
		t.Helper()
		r, err := s.ResponseWithItem(ctx, workspace, key, item, now)
		if err != nil && gateway.AsError(err).Kind != gateway.NotFound {
			t.Fatal(err)
		}
		return r.ID
	}
	found := func(workspace, id string, now time.Time) bool {
		t.Helper()
		_, err := s.Response(ctx, workspace, id, now)
		if err != nil && gateway.AsError(err).Kind != gateway.NotFound {
			t.Fatal(err)
		}
		return err == nil
	}
	first := row("a", "ws", "k1", 0)
	put(at, first, row("a", "other", "k2", 1))
	first.Items = nil
	if got, err := s.Response(ctx, "ws", "a", at); err != nil || !reflect.DeepEqual(got, first) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := s.ResponseWithItem(ctx, "ws", "k1", "fc_0", at); err != nil || !reflect.DeepEqual(got, first) {
		t.Errorf("by an item: %+v, %v", got, err)
	}
	if withItem("other", "k2", "fc_1", at) != "a" || withItem("ws", "k2", "fc_0", at) != "" || withItem("other", "k1", "fc_0", at) != "" || withItem("ws", "k1", "fc\x00", at) != "" {
		t.Error("an item is found by another key, or in another workspace")
	}
	if found("third", "a", at) || found("ws", "b", at) || found("ws", "a\x00", at) {
		t.Error("a row is found in another workspace, or by another id")
	}
	again := row("a", "ws", "k1", 2)
	put(at, again)
	again.Items = nil
	if got, err := s.Response(ctx, "ws", "a", at); err != nil || !reflect.DeepEqual(got, again) {
		t.Errorf("replaced: %+v, %v", got, err)
	}
	for i := range 5 {
		put(at, row(fmt.Sprint("n", i), "ws", "k1", 10+i))
	}
	if found("ws", "a", at) || found("ws", "n1", at) || !found("ws", "n2", at) || !found("ws", "n4", at) || !found("other", "a", at) {
		t.Error("of each key the newest rows must be kept, and no others")
	}
	if withItem("ws", "k1", "fc_0", at) != "" || withItem("ws", "k1", "fc_11", at) != "" || withItem("ws", "k1", "fc_12", at) != "n2" || withItem("ws", "k1", "msg", at) != "" {
		t.Error("an item must be found as long as its response, and an id of several items never")
	}
	if err := s.DeleteResponse(ctx, "other", "n4"); gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("deleted in another workspace: %v", err)
	}
	if err := s.DeleteResponse(ctx, "ws", "n4"); err != nil || found("ws", "n4", at) {
		t.Errorf("not deleted: %v", err)
	}
	if withItem("ws", "k1", "fc_14", at) != "" || withItem("ws", "k1", "fc_13", at) != "n3" {
		t.Error("the items go with their response, and no others")
	}
	late := at.Add(2 * time.Hour)
	if found("ws", "n3", late) || withItem("ws", "k1", "fc_13", late) != "" {
		t.Error("an expired row is found")
	}
	put(late, row("new", "ws", "k3", 2*3600))
	if found("other", "a", at) || !found("ws", "new", late) {
		t.Error("expired rows must be removed")
	}
}
