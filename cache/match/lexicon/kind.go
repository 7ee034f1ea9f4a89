package lexicon

// Kind says in what way two questions differ of which only one has a marker class.
type Kind uint8

// The kinds of marker classes.
const (
	Opposite     Kind = iota // one of several things that exclude each other; the kind of most classes
	Negation                 // not, without, never
	WhWord                   // who, when, why
	Time                     // today, last, Monday, before
	Pronoun                  // whose thing it is
	Place                    // prepositions of place and direction
	Tense                    // was, did
	Language                 // of people: the answer is asked for in it, or is about it
	CodeLanguage             // of programs
	Format                   // the form of the answer
)

// kinds are the kinds of classes that are not opposites.
var kinds = map[Kind]map[string]bool{
	Negation: wordSet("not without never"),
	WhWord:   wordSet("who when where why how howlong many much what which"),
	Time: wordSet(`today yesterday tomorrow now last next current latest oldest future past thisyear lastyear nextyear before after until since
		monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december
		daily weekly monthly yearly hourly morning afternoon evening night spring summer autumn winter`),
	Pronoun:      wordSet("he she we they your"),
	Place:        wordSet("above below over under inside outside between against within beyond up down left right top bottom front back with"),
	Tense:        wordSet("was"),
	Language:     wordSet("english french german spanish italian portuguese chinese cantonese japanese korean russian arabic hindi dutch polish turkish swedish danish norwegian finnish greek hebrew thai vietnamese indonesian ukrainian czech latin"),
	CodeLanguage: wordSet("python javascript typescript java rust ruby php kotlin scala perl c++ c# sql bash powershell haskell lua matlab"),
	Format:       wordSet("json xml yaml csv html markdown latex poem essay haiku"),
}

var kindOfClass = func() map[string]Kind {
	all := map[string]Kind{}
	for kind, classes := range kinds {
		for class := range classes {
			all[class] = kind
		}
	}
	return all
}()

// KindOf returns the kind of a marker class.
func KindOf(class string) Kind { return kindOfClass[class] }

// modals are words that say whether something may, must or can be.
var modals = wordSet("can could may might must shall should will would ought need")

// Modal reports whether a word says that something may, must or can be.
func Modal(word string) bool { return modals[word] }

// prepositions tie a noun to the sentence.
var prepositions = wordSet("from to into of in on at for as by with without via through onto before after during about near")

// Preposition reports whether a word ties a noun to the sentence.
func Preposition(word string) bool { return prepositions[word] }

// joining words have the same on both sides.
var joining = wordSet("and or nor vs versus 和 与 或 跟")

// Joins reports whether what stands before and after a word may be exchanged.
func Joins(word string) bool { return joining[word] }
