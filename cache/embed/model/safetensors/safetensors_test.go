package safetensors

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"
)

// file returns a file with this header and this many bytes of data.
func file(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func TestHostileFilesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":                 {nil, "the header cannot be read"},
		"header longer":         {file("{}", 0)[:9], "the header has a length of 2"},
		"huge header":           {binary.LittleEndian.AppendUint64(nil, 1<<60), "the header has a length of"},
		"no JSON":               {file("nonsense", 0), "the header is not JSON"},
		"offset behind the end": {file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 4), `tensor "a": its offsets [0 8] are outside the file`},
		"negative offset":       {file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`, 8), `tensor "a": its offsets`},
		"end before begin":      {file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`, 8), `tensor "a": its offsets`},
		"shape too large":       {file(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8), `tensor "a": it has 8 bytes`},
		"shape overflows":       {file(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 8), `tensor "a": its shape`},
		"negative shape":        {file(`{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}`, 8), `tensor "a": its shape`},
		"zero in the shape":     {file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, 8), `tensor "a": its shape`},
		"many dimensions":       {file(`{"a":{"dtype":"F32","shape":[1,1,1,1,1],"data_offsets":[0,4]}}`, 8), `tensor "a": it has 5 dimensions`},
		"entry is no object":    {file(`{"a":7}`, 8), `tensor "a": `},
	} {
		_, err := Read(bytes.NewReader(c.file), int64(len(c.file)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestValuesThatAreNoNumbersAreRefused(t *testing.T) {
	b := file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0)
	b = append(b, 0, 0, 0xC0, 0x7F)
	tensors, err := Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if err := tensors["a"].Rows(func(int, []float32) {}); err == nil {
		t.Error("a NaN was accepted")
	}
}

func FuzzRead(f *testing.F) {
	real, err := os.ReadFile("../testdata/tiny/model.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(real)
	f.Add(file(`{"a":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}}`, 8))
	f.Fuzz(func(t *testing.T, b []byte) {
		tensors, err := Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for name, tensor := range tensors {
			if err := tensor.Check(); err != nil {
				t.Errorf("%q was accepted: %v", name, err)
			}
			_ = tensor.Rows(func(int, []float32) {})
		}
	})
}
