package gateway

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkRequest is what every exchange pays before any stage works: the body is read and,
// where something is suspected in it, its texts are listed.
func BenchmarkRequest(b *testing.B) {
	body := fmt.Sprintf(`{"model":"m","temperature":0.2,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":%q}]}`, strings.Repeat("The courier could not reach the door. ", 26))
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := NewRequest(OpChat, []byte(body), "messages"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("texts", func(b *testing.B) {
		req, _ := NewRequest(OpChat, []byte(body))
		b.ReportAllocs()
		for b.Loop() {
			if len(req.Texts()) != 2 {
				b.Fatal("texts")
			}
		}
	})
}
