package match

import (
	"fmt"
	"strings"
	"testing"
)

// TestRefusal holds what is refused, and that what paraphrases may differ in is not.
func TestRefusal(t *testing.T) {
	for _, c := range []struct{ asked, stored, want string }{
		{"Why is the sky blue?", "Tell me why the sky is blue", ""},
		{"Can I get a refund?", "Can I not get a refund?", ""},
		{"Trains from Oslo to Rome", "Trains from Rome to Oslo", ""},
		{"5 MB of data", "5 Mb of data", "quotations, identifiers, addresses or capitals"},
		{"a PET scan", "a pet scan", "quotations, identifiers, addresses or capitals"},
		{"What does 👍 mean?", "What does 👎 mean?", "numbers, units or symbols"},
		{"Say it in French", "Say it in German", "languages"},
		{"Sort a list in Python", "Sort a list in Java", "programming languages"},
		{"Explain it as JSON", "Explain it as a poem", "requested formats"},
		{"用法语怎么说", "用德语怎么说", "languages"},
		{"如何重置密码", "How do I reset my password", "language of the questions"},
		{"if (a) { b(); }", "if (a) { b(); }", "one is code"},
	} {
		got := Refusal(ReadWording(c.asked), ReadWording(c.stored))
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%q and %q: %q, want %q", c.asked, c.stored, got, c.want)
		}
		if back := Refusal(ReadWording(c.stored), ReadWording(c.asked)); back != got {
			t.Errorf("%q and %q: %q, the other way round %q", c.asked, c.stored, got, back)
		}
	}
}

// TestCompare holds which differences are seen, and that both directions give the same.
func TestCompare(t *testing.T) {
	for _, c := range []struct{ asked, stored, want string }{
		{"reset my password", "reset the password please", ""},
		{"the manager called me", "the director called me", "Replaced:1"},
		{"book a table", "book a table outdoors", "Added:1"},
		{"cancel my subscription", "cancel my subscrption", "Misspelt:1"},
		{"a cat eats", "a cat eat", "Inflected:1"},
		{"who invents it", "who invented it", "Inflected:1 Tense:1"},
		{"who is he", "who was he", "Tense:1"},
		{"who wins it", "who won it", "Tense:1"},
		{"who will win it", "who wins it", "Tense:1 Modal:1"},
		{"will it rain", "is it going to rain", "Added:1 Modal:1"},
		{"will you tell me the time", "tell me the time", "Modal:1"},
		{"a painted door", "a paint door", "Inflected:1"},
		{"talk to Anna", "talk to Berta", "Replaced:1 Capitals:2"},
		{"I like tea", "I don't like tea", "Added:1 Negation:1"},
		{"wash it and then cut it", "cut it and then wash it", "Reordered:true Roles:true"},
		{"enable the lock", "disable the lock", "Replaced:1 Opposite:2"},
		{"when was he born", "where was he born", "Replaced:1 WhWord:2"},
		{"can I pay", "must I pay", "Added:1 Modal:2"},
		{"his name", "her name", "Replaced:1 Pronoun:2"},
		{"Anna pays Bert", "Bert pays Anna", "Reordered:true"},
		{"from Oslo to Rome", "from Rome to Oslo", "Reordered:true Roles:true"},
		{"", "", ""},
	} {
		a, b := ReadWording(c.asked), ReadWording(c.stored)
		for _, d := range []Differences{Compare(a, b), Compare(b, a)} {
			var got []string
			for _, f := range []string{"Replaced", "Added", "Misspelt", "Inflected", "Tense", "Capitals", "Negation", "Opposite", "WhWord", "Pronoun", "Modal", "Reordered", "Roles"} {
				all := strings.Fields(strings.Trim(fmt.Sprintf("%+v", d), "{}"))
				for _, field := range all {
					if name, value, _ := strings.Cut(field, ":"); name == f && value != "0" && value != "false" {
						got = append(got, field)
					}
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%q and %q: %q, want %q (%+v)", c.asked, c.stored, s, c.want, d)
			}
		}
	}
}
