package main

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/embed/static"
)

// teacher is a model whose knowledge goes into the table.
type teacher struct {
	name       string
	vocabulary func(tokens []string) []string // the tokens to take, from frequent to rare
}

var teachers = []teacher{{"all-MiniLM-L6-v2", english}, {"multilingual-e5-small", chinese}}

// english takes the tokens that have a Latin letter or a digit.
func english(tokens []string) (taken []string) {
	for _, token := range tokens {
		piece := strings.TrimPrefix(token, static.Continues)
		if piece != "" && strings.Trim(piece, "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
			taken = append(taken, token)
		}
	}
	return taken
}

const (
	chineseTokens = 8000
	longestToken  = 6   // of Chinese, in characters; static.Table looks for no longer ones
	wordStart     = "▁" // as XLM-RoBERTa's tokenizer has it; Chinese is written without spaces
)

// chinese takes the most frequent tokens of ideographs only.
func chinese(tokens []string) (taken []string) {
	seen := map[string]bool{}
	for _, token := range tokens {
		word := strings.TrimPrefix(token, wordStart)
		other := strings.IndexFunc(word, func(r rune) bool { return !static.IsIdeograph(r) }) >= 0
		if word == "" || other || len([]rune(word)) > longestToken || seen[word] || len(taken) == chineseTokens {
			continue
		}
		seen[word] = true
		taken = append(taken, word)
	}
	return taken
}

// embed embeds each token as a text, and subtracts the mean.
func embed(ctx context.Context, vectors *replay.Vectors, tokens []string) ([][]float64, error) {
	texts := make([]string, len(tokens))
	for i, token := range tokens {
		texts[i] = strings.TrimPrefix(token, static.Continues)
	}
	embedded, err := vectors.Of(ctx, texts...)
	if err != nil {
		return nil, err
	}
	rows := make([][]float64, len(embedded))
	mean := make([]float64, vectors.Dim())
	for i, v := range embedded {
		rows[i] = make([]float64, len(v))
		for j, x := range v {
			rows[i][j] = float64(x)
			mean[j] += float64(x) / float64(len(embedded))
		}
	}
	for _, row := range rows {
		for j := range row {
			row[j] -= mean[j]
		}
	}
	return rows, nil
}
