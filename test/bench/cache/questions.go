package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"

	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/decide/suite"
)

// readCLINC draws a stream of the data set.
func readCLINC(o options) ([]replay.Question, error) {
	b, err := os.ReadFile(o.clinc)
	if err != nil {
		return nil, err
	}
	var parts map[string][][2]string // text, intent
	if err := json.Unmarshal(b, &parts); err != nil {
		return nil, fmt.Errorf("%s: %w", o.clinc, err)
	}
	var all []replay.Question
	for _, name := range []string{"train", "val", "test", "oos_train", "oos_val", "oos_test"} {
		for i, row := range parts[name] {
			q := replay.Question{Text: row[0], Answer: row[1]}
			if row[1] == "oos" {
				q.Answer = name + strconv.Itoa(i)
			}
			all = append(all, q)
		}
	}
	if len(all) < o.count {
		return nil, fmt.Errorf("%s has %d questions; the stream needs %d", o.clinc, len(all), o.count)
	}
	r := rand.New(rand.NewPCG(o.seed, 1))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:o.count], nil
}

// heldOut are the needs that the models were not trained on.
func heldOut() []suite.Need {
	return slices.DeleteFunc(suite.Needs(), func(n suite.Need) bool { return !n.HeldOut })
}

// ownStream draws a stream of the suite.
func ownStream(o options) (questions []replay.Question) {
	for _, q := range suite.Stream(heldOut(), o.count/2, rand.New(rand.NewPCG(o.seed, 2))) {
		questions = append(questions, replay.Question{Text: q.Text, Answer: q.Answer})
	}
	return questions
}
