package promptparts

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// TestHostileBodiesHaveNoPrompt: a body of more parts than any conversation has is not listed, and
// blocks inside of blocks are searched for cache points to a bounded depth.
func TestHostileBodiesHaveNoPrompt(t *testing.T) {
	list := []byte("[" + strings.Repeat("1,", maxParts) + "1]")
	b := New(list)
	for e := range jsonx.Elements(list) {
		b.Tool(gateway.Span{Start: e.Start, End: e.End}, "")
	}
	if p := b.Prompt(); len(p.Parts) != 0 || p.Head != 0 {
		t.Errorf("%d parts, %d of them before the messages", len(p.Parts), p.Head)
	}
	nested := []byte(strings.Repeat(`{"a":1,"cache_control":{},"content":`, 100) + "1" + strings.Repeat("}", 100))
	b = New(nested)
	b.Block(gateway.Span{End: len(nested)})
	if p := b.Prompt(); len(p.Parts) != 1 || len(p.Parts[0].Holes) != maxDepth {
		t.Errorf("%d holes", len(p.Parts[0].Holes))
	}
}
