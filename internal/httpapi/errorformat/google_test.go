package errorformat

import "testing"

// TestGoogleStatus: every status has a name of google.rpc.Code.
func TestGoogleStatus(t *testing.T) {
	for status, want := range map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 408: "DEADLINE_EXCEEDED", 409: "ABORTED", 412: "FAILED_PRECONDITION",
		413: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 446: "INVALID_ARGUMENT", 499: "CANCELLED", 500: "INTERNAL", 501: "UNIMPLEMENTED", 502: "UNAVAILABLE", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED", 529: "UNAVAILABLE"} {
		if got := googleStatus(status); got != want {
			t.Errorf("%d is %s, want %s", status, got, want)
		}
	}
}
