package match

import "testing"

// TestFlips holds which pairs ask about things that exclude each other, or have two in each other's
// place, in both directions.
func TestFlips(t *testing.T) {
	for _, c := range []struct {
		asked, stored       string
		contrary, exchanged bool
	}{
		{"Cancel the meeting on Monday", "The meeting of Friday, could you cancel it", true, false},
		{"Is the shop open from Monday to Friday?", "Is the shop open Monday to Friday?", false, false},
		{"Sort in ascending order", "descending sorting", true, false},
		{"What are the advantages of tea?", "Tell me about the benefits of tea", false, false},
		{"How do I close the file?", "How do I shut the file?", false, false},
		{"Is it open or closed?", "Is it open?", false, false},
		{"今天上海的天气", "明天上海的天气怎么样", true, false},
		{"Anna pays Bert", "Bert pays Anna", false, true},
		{"move money from savings to checking", "move money from checking to savings", false, true},
		{"flights from New York to San Francisco", "flights from San Francisco to New York", false, true},
		{"transfer from savings to checking", "send money to savings from checking", false, true},
		{"从北京到上海的火车", "从上海到北京的火车", false, true},
		{"tea and coffee", "coffee and tea", false, false},
		{"Lakers vs Bulls", "Bulls vs Lakers", false, false},
		{"the weather in Oslo tomorrow", "tomorrow the weather in Oslo", false, false},
		{"wash the car", "wash the car", false, false},
		{"", "", false, false},
	} {
		a, b := ReadWording(c.asked), ReadWording(c.stored)
		for _, d := range []Differences{Compare(a, b), Compare(b, a)} {
			if d.Contrary > 0 != c.contrary || d.Exchanged != c.exchanged {
				t.Errorf("%q and %q: %+v", c.asked, c.stored, d)
			}
		}
	}
}
