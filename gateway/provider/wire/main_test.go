package wire

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// With servesEnv set the test binary is the server of the benchmarks: only so does their
// CPU time belong to the client alone.
const servesEnv = "WIRE_BENCH_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(servesEnv) != "" {
		serveBench()
		return
	}
	goleak.VerifyTestMain(m)
}

func serveBench() {
	l := listen()
	fmt.Println("http://" + l.Addr().String() + "/v1/chat/completions")
	_ = http.Serve(l, http.HandlerFunc(answerBench)) // until killed
}
