package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHeadsAreSigned: a head counts only as it was signed. Whoever can write the file, but has not
// the key, cannot move a head to where a cut chain ends now.
func TestHeadsAreSigned(t *testing.T) {
	at := time.UnixMicro(1_700_000_000_000_000).UTC()
	const changed = "the signature of its head is wrong"
	for _, tc := range []struct {
		name     string
		old, new string // what is replaced in the file
		key      string // of the reader; "" = the writer's
		chain    string // whose head is known then
		forged   string // the entry that is not trusted
		why      string
	}{
		{name: "as it was written", chain: "a"},
		{name: "sequence number", old: `"seq": 50`, new: `"seq": 30`, forged: "a", why: changed},
		{name: "hash", old: `"hash": "07`, new: `"hash": "08`, forged: "a", why: changed},
		{name: "time", old: `"time_us": 17`, new: `"time_us": 16`, forged: "a", why: changed},
		{name: "another chain's head", old: `"a": {`, new: `"b": {`, forged: "b", why: changed},
		{name: "no signature", old: `"signature": "`, new: `"other": "`, forged: "a", why: changed},
		{name: "short hash", old: `"hash": "07`, new: `"hash": "`, forged: "a", why: changed},
		{name: "another key", key: "other", forged: "a", why: changed},
		{name: "no JSON", old: `{`, new: ``, forged: "heads.json", why: "the file of signed heads is damaged"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path, key := filepath.Join(t.TempDir(), "heads.json"), []byte("key")
			h, err := OpenHeads(path, key)
			if err != nil {
				t.Fatal(err)
			}
			head := Head{Seq: 50, Hash: [32]byte{7}, Time: at}
			if _, err := h.Save("a", head); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(raw), tc.old) {
				t.Fatalf("%v: %s", err, raw)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(raw), tc.old, tc.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			if tc.key != "" {
				key = []byte(tc.key)
			}
			if h, err = OpenHeads(path, key); err != nil {
				t.Fatal(err)
			}
			known, forged := h.Known(), h.Forged()
			if (tc.chain == "") != (len(known) == 0) || tc.chain != "" && known[tc.chain] != head {
				t.Errorf("known: %+v", known)
			}
			if (tc.forged == "") != (len(forged) == 0) || forged[tc.forged] != tc.why {
				t.Errorf("forged: %q", forged)
			}
		})
	}
}
