package pii

import (
	"math/rand/v2"
	"path"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/internal/goldentest"
)

func scanner(t testing.TB, entities ...string) *Scanner {
	t.Helper()
	s, err := New(entities...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// unmark removes the marks <entity|value>.
func unmark(marked string, entities []string) string {
	for _, e := range entities {
		for {
			i := strings.Index(marked, "<"+e+"|")
			if i < 0 {
				break
			}
			rest := marked[i+len(e)+2:]
			j := strings.IndexByte(rest, '>')
			marked = marked[:i] + rest[:j] + rest[j+1:]
		}
	}
	return marked
}

func mark(text string, spans []Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start] + "<" + s.Entity + "|" + text[s.Start:s.End] + ">")
		at = s.End
	}
	return b.String() + text[at:]
}

// TestGolden reads testdata: each file holds texts with the spans of the entity that it is
// named after.
func TestGolden(t *testing.T) {
	goldentest.Run(t, "testdata/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		s := scanner(t, path.Base(t.Name()))
		out := &txtar.Archive{Comment: in.Comment}
		for _, f := range in.Files {
			text := unmark(string(f.Data), Entities())
			out.Files = append(out.Files, txtar.File{Name: f.Name, Data: []byte(mark(text, s.Scan(nil, text)))})
		}
		return out
	})
}

func TestOverlap(t *testing.T) {
	all := scanner(t, Entities()...)
	for _, c := range []string{
		"邮箱<email|a@163.com>或手机<cn_mobile|13800138000>",
		"<email|13800138000@qq.com>",
		"id <cn_id|110101199003077578> card <card|4111 1111 1111 1111> ssn <ssn|123-45-6789> ip <ip|10.0.0.1> tel <phone|415-555-2671>",
		"<iban|DE89 3704 0044 0532 0130 00>",
		"key <secret|sk-abcdef4111111111111111> [EMAIL_1] [CARD_<card|4111111111111111>] [SECRET]",
	} {
		text := unmark(c, Entities())
		if got := mark(text, all.Scan(nil, text)); got != c {
			t.Errorf("got  %s\nwant %s", got, c)
		}
	}
}

func TestMobileIsPhoneWithoutItsOwnEntity(t *testing.T) {
	got := scanner(t, "phone").Scan(nil, "手机13800138000")
	if len(got) != 1 || got[0].Entity != "phone" || got[0].Start != 6 {
		t.Fatalf("%+v", got)
	}
	if got := scanner(t, "cn_mobile").Scan(nil, "415-555-2671"); len(got) != 0 {
		t.Fatalf("%+v", got)
	}
}

func TestLabelIsContext(t *testing.T) {
	s := scanner(t, "phone")
	if got := s.ScanUnder(nil, "home_phone", "4155552671"); len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	if got := s.ScanUnder(nil, "order", "4155552671"); len(got) != 0 {
		t.Fatalf("%+v", got)
	}
}

// Numbers below minPhoneDigits with fewer than four groups are skipped: no validator may
// accept one.
func TestShortNumbersAreNoEntity(t *testing.T) {
	all := scanner(t, Entities()...)
	r := rand.New(rand.NewPCG(1, 2))
	before := []string{"", "+", "tel +", "phone ", "phone 00", "(", "ssn ", "卡号", "call ", "+("}
	after := []string{".", "", " ext. 5", "x12", ")", "X", " - 4"}
	few := []string{"415555", "138001", "030123", "86138", "123", "0", "62170", "4.2", "415-555", "(415) 55", "13 80 01", "030/123", "00 86", "1 1 1"}
	for range 20_000 {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			b.WriteString(strconv.Itoa(r.IntN(1000)) + []string{" ", "-", ".", "/", ") ", "(", " - ", ""}[r.IntN(8)])
		}
		few = append(few, strings.TrimRight(b.String(), " -./()"))
	}
	looked := 0
	for _, digits := range few {
		start := strings.IndexAny(digits, "0123456789")
		for _, before := range before {
			text := before + digits + after[r.IntN(len(after))]
			s := scan{text: text, on: all.on, triggers: all.triggers}
			var n number
			n.read(text, len(before)+start)
			if n.n == 0 || n.n > 3 || n.group[n.n-1].total >= minPhoneDigits {
				continue
			}
			if looked++; s.cnID(&n) || s.ipv4(&n) || s.card(&n) || s.ssn(&n) || s.mobile(&n) || s.phone(&n) {
				t.Fatalf("%q: %+v", text, s.spans)
			}
		}
	}
	if looked < 100_000 {
		t.Error(looked)
	}
}

func TestUnknownEntity(t *testing.T) {
	_, err := New("email", "emial")
	if err == nil || !strings.Contains(err.Error(), `"emial"`) || !strings.Contains(err.Error(), "cn_mobile") {
		t.Fatal(err)
	}
	if s := scanner(t); len(s.Scan(nil, "alice@example.com")) != 0 {
		t.Fatal("no entities, yet a finding")
	}
}

func TestKeepsSpansOfTheCaller(t *testing.T) {
	s := scanner(t, Entities()...)
	dst := []Span{{Entity: "x", Start: 3, End: 99}}
	for _, text := range []string{"a@example.com", "ａ@example.com"} {
		if got := s.Scan(dst, text); len(got) != 2 || got[0].Entity != "x" || got[1].Start != 0 {
			t.Fatalf("%+v", got)
		}
	}
}
