package static

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// TestShippedTableIsPinned: who changes the table changes its hash here, and the name of the
// embedder, since snapshots hold vectors under it.
func TestShippedTableIsPinned(t *testing.T) {
	const want = "04217a89f203ff1473414bc67503b004f602573d49968c602b0eb9bb63b2def9"
	sum := sha256.Sum256(packed)
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("the hash of table.bin.gz is %s, want %s", got, want)
	}
	if len(packed) > 8<<20 || Shipped().Tokens() < 30_000 {
		t.Errorf("%d bytes for %d tokens", len(packed), Shipped().Tokens())
	}
}

// TestShippedTableKnowsMeaning compares words that are spelt differently.
func TestShippedTableKnowsMeaning(t *testing.T) {
	for _, c := range []struct{ word, near, far string }{
		{"car", "automobile", "cat"}, {"buy", "purchase", "bug"}, {"doctor", "physician", "factor"}, {"cancel", "terminate", "cancer"},
		{"医生", "大夫", "学生"}, {"电脑", "计算机", "电影"}, {"价格", "价钱", "性格"},
	} {
		near, far := cosine(c.word, c.near), cosine(c.word, c.far)
		if near < far+.1 {
			t.Errorf("%s: %.2f to %s, %.2f to %s", c.word, near, c.near, far, c.far)
		}
	}
}
