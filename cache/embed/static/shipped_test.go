package static

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// TestShippedTableIsPinned: who changes the table changes its hash here, and the name of the
// embedder, since snapshots hold vectors under it.
func TestShippedTableIsPinned(t *testing.T) {
	const want = "8bce52d9ae0e260b7efb98529ddf2bf0eab8867131aa0c08f775ff973e1e319c"
	sum := sha256.Sum256([]byte(shipped))
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("the hash of table.bin is %s, want %s", got, want)
	}
	if len(shipped) > 8<<20 || Shipped().Tokens() < 30_000 {
		t.Errorf("%d bytes for %d tokens", len(shipped), Shipped().Tokens())
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
