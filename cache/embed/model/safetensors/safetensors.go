// Package safetensors reads the tensors of a file in the safetensors format: the length of a
// header in 8 bytes, little-endian; the header, a JSON object of tensors; then their bytes.
// The format is described at https://github.com/huggingface/safetensors.
package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/sluicegate/sluice/cache/embed/model/tensor"
)

// The bounds of a file.
const (
	maxHeader  = 16 << 20
	maxTensors = 1 << 14
)

// entry is one tensor in the header.
type entry struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"` // begin and end, counted from the end of the header
}

var kinds = map[string]tensor.Kind{"F32": tensor.Float32, "F16": tensor.Float16, "BF16": tensor.BFloat16}

// Read reads the header of a file of this size. Tensors of other kinds than floating-point
// numbers are left out: no weight is one. The numbers are read later, from r.
func Read(r io.ReaderAt, size int64) (map[string]*tensor.Tensor, error) {
	var length [8]byte
	if _, err := r.ReadAt(length[:], 0); err != nil {
		return nil, fmt.Errorf("the header cannot be read: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, fmt.Errorf("the header has a length of %d; the file has %d bytes, and at most %d are read", n, size, maxHeader)
	}
	header := make([]byte, n)
	if _, err := r.ReadAt(header, 8); err != nil && err != io.EOF {
		return nil, fmt.Errorf("the header cannot be read: %w", err)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(header, &entries); err != nil {
		return nil, fmt.Errorf("the header is not JSON: %w", err)
	}
	delete(entries, "__metadata__")
	if len(entries) > maxTensors {
		return nil, fmt.Errorf("it has %d tensors; at most %d are read", len(entries), maxTensors)
	}
	data := int64(8 + n)
	tensors := make(map[string]*tensor.Tensor, len(entries))
	for name, raw := range entries {
		var e entry
		if err := json.Unmarshal(raw, &e); err != nil {
			return nil, fmt.Errorf("tensor %.80q: %w", name, err)
		}
		kind, ok := kinds[e.DType]
		if !ok {
			continue
		}
		begin, end := e.Offsets[0], e.Offsets[1]
		if begin < 0 || end < begin || end > size-data {
			return nil, fmt.Errorf("tensor %.80q: its offsets %v are outside the file", name, e.Offsets)
		}
		t := &tensor.Tensor{Name: name, Kind: kind, Shape: e.Shape, Data: io.NewSectionReader(r, data+begin, end-begin)}
		if err := t.Check(); err != nil {
			return nil, fmt.Errorf("tensor %.80q: %w", name, err)
		}
		tensors[name] = t
	}
	return tensors, nil
}
