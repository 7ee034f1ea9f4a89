package replay

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/cache"
)

// Vectors embeds each text once. With a folder, it remembers them between runs.
type Vectors struct {
	cache.Embedder
	path  string // "" = nothing is kept
	known map[uint64][]float32
}

// NewVectors reads what is kept in a folder; "" is none.
func NewVectors(e cache.Embedder, folder string) (*Vectors, error) {
	v := &Vectors{Embedder: e, known: map[uint64][]float32{}}
	if folder == "" {
		return v, nil
	}
	v.path = filepath.Join(folder, fmt.Sprintf("%x.vectors", hash(e.Model())))
	f, err := os.Open(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for r := bufio.NewReader(f); ; {
		var text uint64
		vector := make([]float32, e.Dim())
		err := binary.Read(r, binary.LittleEndian, &text)
		if err == nil {
			err = binary.Read(r, binary.LittleEndian, vector)
		}
		if err == io.EOF {
			return v, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w: delete it", v.path, err)
		}
		v.known[text] = vector
	}
}

func hash(text string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, text)
	return h.Sum64()
}

// Of returns the vectors of texts.
func (v *Vectors) Of(ctx context.Context, texts ...string) ([][]float32, error) {
	const batch = 64
	var missing []string
	for _, t := range texts {
		if _, known := v.known[hash(t)]; !known {
			v.known[hash(t)] = nil
			missing = append(missing, t)
		}
	}
	for at := 0; at < len(missing); at += batch {
		part := missing[at:min(at+batch, len(missing))]
		vectors, err := v.Embed(ctx, part)
		if err == nil {
			err = v.keep(part, vectors)
		}
		if err != nil {
			return nil, err
		}
	}
	vectors := make([][]float32, len(texts))
	for i, t := range texts {
		vectors[i] = v.known[hash(t)]
	}
	return vectors, nil
}

func (v *Vectors) keep(texts []string, vectors [][]float32) error {
	var b []byte
	for i, t := range texts {
		v.known[hash(t)] = vectors[i]
		b = binary.LittleEndian.AppendUint64(b, hash(t))
		b, _ = binary.Append(b, binary.LittleEndian, vectors[i])
	}
	if v.path == "" {
		return nil
	}
	f, err := os.OpenFile(v.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// Questions sets the vectors of questions.
func (v *Vectors) Questions(ctx context.Context, questions []Question) error {
	texts := make([]string, len(questions))
	for i, q := range questions {
		texts[i] = q.Text
	}
	vectors, err := v.Of(ctx, texts...)
	for i := range vectors {
		questions[i].Vector = vectors[i]
	}
	return err
}

// Similarity returns the cosine of two texts.
func (v *Vectors) Similarity(ctx context.Context, a, b string) (float64, error) {
	vectors, err := v.Of(ctx, a, b)
	if err != nil {
		return 0, err
	}
	return cosine(vectors[0], vectors[1]), nil
}
