package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/sluicegate/sluice/cache/embed/model/encoder"
)

// config is a config.json.
type config struct {
	ModelType    string  `json:"model_type"`
	Activation   string  `json:"hidden_act"`
	PositionType string  `json:"position_embedding_type"`
	Vocabulary   int     `json:"vocab_size"`
	Hidden       int     `json:"hidden_size"`
	Layers       int     `json:"num_hidden_layers"`
	Heads        int     `json:"num_attention_heads"`
	Intermediate int     `json:"intermediate_size"`
	Positions    int     `json:"max_position_embeddings"`
	Padding      int     `json:"pad_token_id"`
	Epsilon      float64 `json:"layer_norm_eps"`
}

// shape returns the encoder's shape. It refuses what the encoder does not compute.
func (c *config) shape() (encoder.Shape, error) {
	s := encoder.Shape{Vocabulary: c.Vocabulary, Hidden: c.Hidden, Layers: c.Layers, Heads: c.Heads,
		Intermediate: c.Intermediate, Positions: c.Positions, Epsilon: c.Epsilon}
	switch c.ModelType {
	case "bert":
	case "roberta", "xlm-roberta":
		if c.Padding < 0 || c.Padding > 16 {
			return s, fmt.Errorf("pad_token_id must be from 0 to 16: %d", c.Padding)
		}
		s.FirstPos = c.Padding + 1
	default:
		return s, fmt.Errorf("model_type: %.40q is not supported; bert, roberta and xlm-roberta are", c.ModelType)
	}
	if c.Activation != "gelu" {
		return s, fmt.Errorf("hidden_act: %.40q is not supported; gelu is", c.Activation)
	}
	if c.PositionType != "" && c.PositionType != "absolute" {
		return s, fmt.Errorf("position_embedding_type: %.40q is not supported; absolute is", c.PositionType)
	}
	return s, s.Check()
}

// maxSettings is the length of the longest file of settings that is read.
const maxSettings = 1 << 20

// readJSON reads a file of settings. A file that may be absent leaves to as it is.
func readJSON(folder fs.FS, name string, to any, optional bool) error {
	f, err := folder.Open(name)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSettings+1))
	switch {
	case err != nil:
	case len(content) > maxSettings:
		err = fmt.Errorf("it is larger than %d bytes", maxSettings)
	default:
		err = json.NewDecoder(bytes.NewReader(content)).Decode(to)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// settings are what stands beside config.json.
type settings struct {
	pooling encoder.Pooling
	limit   int    // tokens of a text
	prompt  string // before each text
}

// maxLimit is the most tokens that a text may have, whatever the files say: the work grows with
// the square.
const maxLimit = 512

// maxPrompt is the longest text that is put before each text, in bytes.
const maxPrompt = 1 << 10

func readSettings(folder fs.FS) (settings, error) {
	s := settings{limit: maxLimit}
	pooling := map[string]any{}
	if err := readJSON(folder, "1_Pooling/config.json", &pooling, true); err != nil {
		return s, err
	}
	for mode, on := range pooling {
		if on != true {
			continue
		}
		switch mode {
		case "pooling_mode_mean_tokens", "include_prompt":
		case "pooling_mode_cls_token":
			s.pooling = encoder.First
		default:
			return s, fmt.Errorf("1_Pooling/config.json: %.40s is not supported; mean and cls tokens are", mode)
		}
	}
	var length struct {
		Max int `json:"max_seq_length"`
	}
	if err := readJSON(folder, "sentence_bert_config.json", &length, true); err != nil {
		return s, err
	}
	if length.Max > 0 {
		s.limit = min(s.limit, length.Max)
	}
	var texts struct {
		Prompts map[string]string `json:"prompts"`
		Default *string           `json:"default_prompt_name"`
	}
	if err := readJSON(folder, "config_sentence_transformers.json", &texts, true); err != nil {
		return s, err
	}
	s.prompt = texts.Prompts["query"] // both sides of a comparison are questions
	if texts.Default != nil {
		s.prompt = texts.Prompts[*texts.Default]
	}
	if len(s.prompt) > maxPrompt {
		return s, fmt.Errorf("config_sentence_transformers.json: a prompt is longer than %d bytes", maxPrompt)
	}
	return s, nil
}

// openFile opens a file of a folder for reading at any place, at most max bytes long.
func openFile(dir *os.Root, name string, max int64) (*os.File, int64, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("it is not a file")
	case info.Size() > max:
		err = fmt.Errorf("it is larger than %d bytes", max)
	default:
		return f, info.Size(), nil
	}
	f.Close()
	return nil, 0, fmt.Errorf("%s: %w", name, err)
}
