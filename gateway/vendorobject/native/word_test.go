package native_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/vendorobject/native"
)

func TestOwnWords(t *testing.T) {
	for _, tc := range []struct{ path, id, want string }{
		{"v1/messages/batches/msgbatch_1/results", "msgbatch_1", ""},
		{"v1/messages/batches/msgbatch_1/results", "", "msgbatch_1"},
		{"v1beta/models/gemini-2.5-pro:generateContent", "", "gemini-2.5-pro"},
		{"v1beta/files/abc:download", "files/abc", ""},
		{"v1beta/files/abc:evil", "files/abc", "abc:evil"},
		{"v1/projects/p/locations/l/batchPredictionJobs/4111111111111111:cancel", "batchPredictionJobs/4111111111111111", "p l"},
		{"openai/deployments/chat-eu/images/edits", "", "chat-eu"},
		{"model/a.b:0/converse", "", "a.b:0"},
		{"v1/threads/thread_1/runs/evil/steps", "thread_1", "evil"},
		{"v1evil/models/evil", "", "v1evil evil"},
	} {
		if got := strings.Join(native.OwnWords(strings.Split(tc.path, "/"), tc.id), " "); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.path, got, tc.want)
		}
	}
}
