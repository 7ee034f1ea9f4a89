package model

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache/cachetest"
)

// minCosine is how near a vector must be to that of the reference implementation.
const minCosine = .995

// TestRealModel compares a real model with the reference implementation. SLUICE_TEST_MODEL is
// its folder, whose name is that of a golden file in testdata.
func TestRealModel(t *testing.T) {
	dir := os.Getenv("SLUICE_TEST_MODEL")
	if dir == "" {
		t.Skip("SLUICE_TEST_MODEL does not name the folder of a model")
	}
	m, err := Open(dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	cachetest.Embedder(t, m)
	worst := 1.0
	golden(t, filepath.Base(dir), func(text string, numbers []string) {
		got, err := m.Embed(t.Context(), []string{text})
		if err != nil {
			t.Fatal(err)
		}
		c := cosine(got[0], reference(t, numbers))
		t.Logf("%.5f %s", c, text)
		if worst = min(worst, c); c < minCosine {
			t.Errorf("%q: cosine %.4f to the reference implementation, want at least %g", text, c, minCosine)
		}
	})
	t.Logf("worst cosine %.5f; weights in memory %.1f MB; %s of processor time for a sentence of 12 tokens, %s in a batch of 32",
		worst, float64(m.Bytes())/1e6, timed(t, m, 1), timed(t, m, 32))
}

// timed returns the processor time for one sentence, in batches of n.
func timed(t *testing.T, m *Model, n int) time.Duration {
	const sentence = "how do i change the password of my bank account" // 10 words, 12 tokens
	texts := make([]string, n)
	for i := range texts {
		texts[i] = sentence
	}
	if tokens, _ := m.tokens(sentence); len(tokens) != 12 {
		t.Logf("%d tokens", len(tokens))
	}
	const rounds = 320
	start := processorTime()
	for range rounds / n {
		if _, err := m.Embed(t.Context(), texts); err != nil {
			t.Fatal(err)
		}
	}
	return (processorTime() - start) / rounds
}

// processorTime is that of this process: other programs of the machine do not count.
func processorTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
