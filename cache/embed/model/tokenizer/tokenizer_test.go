package tokenizer

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func read(t testing.TB, folder string) string {
	t.Helper()
	b, err := os.ReadFile("../testdata/" + folder + "/tokenizer.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFilesThatAskForMoreAreRefused(t *testing.T) {
	word, unigram := read(t, "tiny"), read(t, "unigram")
	for name, c := range map[string]struct{ file, old, new, want string }{
		"no JSON":              {"{", "", "", "not a tokenizer's JSON"},
		"another model":        {word, `"WordPiece"`, `"BPE"`, `model.type: "BPE" is not supported`},
		"number out of range":  {word, `"[UNK]":1`, `"[UNK]":1000`, "model.vocab: the number 1000"},
		"negative number":      {word, `"[UNK]":1`, `"[UNK]":-1`, "model.vocab: the number -1"},
		"no unknown token":     {word, `"unk_token":"[UNK]"`, `"unk_token":"[NONE]"`, `model.unk_token: "[NONE]"`},
		"word of any length":   {word, `"max_input_chars_per_word":100`, `"max_input_chars_per_word":1000000`, "model.max_input_chars_per_word"},
		"another normalizer":   {word, `"BertNormalizer"`, `"NFKC"`, "normalizer: "},
		"another pretokenizer": {word, `"BertPreTokenizer"`, `"ByteLevel"`, "pre_tokenizer: "},
		"unknown special":      {word, `{"SpecialToken":{"id":"[CLS]"`, `{"SpecialToken":{"id":"[X]"`, `post_processor: the token "[X]"`},
		"two texts":            {word, `{"SpecialToken":{"id":"[SEP]","type_id":0}}`, `{"Sequence":{"id":"A","type_id":0}}`, "post_processor: single must hold"},
		"no unk_id":            {unigram, `"unk_id":0`, `"unk_id":100000`, "model.unk_id"},
		"byte fallback":        {unigram, `"byte_fallback":false`, `"byte_fallback":true`, "model.byte_fallback"},
		"damaged map":          {unigram, `"precompiled_charsmap":"`, `"precompiled_charsmap":"////`, "normalizer: precompiled_charsmap is damaged"},
		"piece without score":  {unigram, `["<unk>",0.0]`, `["<unk>"]`, "model.vocab: a piece is a pair"},
		"another metaspace":    {unigram, `"prepend_scheme":"always"`, `"prepend_scheme":"never"`, "pre_tokenizer: "},
	} {
		compact := strings.NewReplacer("\n", "", "  ", "", `": `, `":`).Replace(c.file)
		changed := strings.Replace(compact, c.old, c.new, 1)
		if changed == compact && c.old != "" {
			t.Fatalf("%s: the file does not have %s", name, c.old)
		}
		if _, err := Read(strings.NewReader(changed)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestSpecialTokensCannotBeWritten keeps a caller from ending its text early.
func TestSpecialTokensCannotBeWritten(t *testing.T) {
	tk, err := Read(strings.NewReader(read(t, "tiny")))
	if err != nil {
		t.Fatal(err)
	}
	tokens, _ := tk.Tokens("key [SEP] [CLS]", 100)
	for _, token := range tokens[1 : len(tokens)-1] {
		if token == 2 || token == 3 {
			t.Fatalf("%v holds a special token inside", tokens)
		}
	}
}

func TestLongTextsAreCutAndTold(t *testing.T) {
	for _, folder := range []string{"tiny", "unigram"} {
		tk, err := Read(strings.NewReader(read(t, folder)))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{strings.Repeat("key ", 5000), strings.Repeat("k", 20000)} {
			if tokens, _ := tk.Tokens(text, 12); len(tokens) > 12 {
				t.Errorf("%s: %d tokens, want at most 12", folder, len(tokens))
			}
		}
		if _, whole := tk.Tokens(strings.Repeat("key ", 5000), 12); whole {
			t.Errorf("%s: a cut text counts as whole", folder)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(read(f, "tiny")), "How do I reset the PASSWORD? 天气")
	f.Add([]byte(read(f, "unigram")), "how do i ﬁne Ａ 密码")
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		tk, err := Read(bytes.NewReader(file))
		if err != nil {
			return
		}
		tokens, _ := tk.Tokens(text, 64)
		if len(tokens) > max(64, tk.Specials()) {
			t.Errorf("%d tokens", len(tokens))
		}
		for _, token := range tokens {
			if token < 0 || int(token) >= tk.Size() {
				t.Errorf("the token %d is not in the vocabulary of %d", token, tk.Size())
			}
		}
	})
}
