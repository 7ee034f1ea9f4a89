package main

import (
	"math/rand/v2"
	"strings"
	"sync/atomic"
)

var letters atomic.Uint64

// nextLetter returns the text of a customer, about 900 bytes with an e-mail address in it. It
// never returns the same letter twice. Letters differ in their words, half of which are made-up
// names. They hold no numbers: the semantic cache tells texts with different numbers apart
// without comparing them, and here each text is to be compared with all that are stored.
func nextLetter() string {
	rng := rand.New(rand.NewPCG(letters.Add(1), 1))
	of := func(list []string) string { return list[rng.IntN(len(list))] }
	var b strings.Builder
	for b.Len() < 800 {
		b.WriteString(of(opening))
		for range 6 + rng.IntN(8) {
			b.WriteByte(' ')
			if rng.IntN(2) == 0 {
				b.WriteString(of(words))
			} else {
				b.WriteString(of(syllables) + of(syllables) + of(syllables))
			}
		}
		b.WriteString(". ")
	}
	b.WriteString("Please write to anna.smith@example.com and say what happens next.")
	return b.String()
}

var (
	opening   = strings.Split("The courier|My neighbour|Your driver|Our porter|A colleague|The parcel|This box|Nobody here|Somebody|The shop|My sister|The depot", "|")
	syllables = strings.Fields(`ba ber cor da del dor el fen gar hol in ja kel lo mar men na nor ol pe quin ra ros sel sha
		ta ter ul va ver wen yo zan`)
	words = strings.Fields(`after again along arrived asked away back because before began behind believed below beside
		better between bicycle blue book bottom bridge broken brought building called came carefully carried chair choose city
		cleaned clearly cold corner could counted cover crossed damp decided delivered desk door doubt down dropped early east
		empty enough entered evening every except fair fell field filled finally first flat floor followed forgot found friend
		front garden gate gave glass goes green ground half hall hand happened hard heard heavy held help hidden high hill hoped
		hour house however inside instead kept kitchen knew knocked label lamp large last late laughed lay leave left letter
		light likely listened little locked long looked lost lower made market marked maybe meant middle mistake moment money
		month morning moved narrow near needed never next night noise north note nothing noticed offered office often old once
		only opened opposite order other outside over owner packed page paid painted paper part past path perhaps picked piece
		place plain planned pointed post promised pulled put quickly quiet rain ran reached read ready really received red
		remained remember repaired replied returned right ring river road roof room round said same saw school seemed seen sent
		several shelf short should shouted showed side signed silent since slowly small snow soft some soon sorry south spoke
		stairs stamped stand station stayed still stood stopped storm street strong summer sure table taken talked tall tape
		tells their there thick thin thought through tired today together told tomorrow took torn toward town train tree tried
		turned twice under until upper useful village visit voice waited walked wall wanted warm watched water weather week went
		west wet while white window winter without wooden words worked worried wrapped wrong year yellow yesterday young`)
)
