package table_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

func TestLine(t *testing.T) {
	m := table.Model{Provider: "deepseek", ID: "v4", Mode: "chat", Context: 1_000_000, MaxOutput: 8_192, Capabilities: []string{"tools", "vision"},
		Deprecated: "2027-01-01", Successor: "v5", Agreement: table.Conflict,
		Prices: []table.Price{
			{From: "2026-08-16", Until: "2026-11-01", Amounts: table.Amounts{table.Input: 300, table.Output: 1_200}},
			{When: table.Condition{Tier: "batch", Region: "us", Over: 200_000, Hours: "1-5@01:00-04:00"}, Amounts: table.Amounts{"web_search": 10}},
			{When: table.Condition{Size: "1024x1792", Quality: "hd"}, Amounts: table.Amounts{"image": 10}},
		}}
	got, err := table.Parse(table.Line(m))
	if err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("%+v, %v", got, err)
	}
	if provider, id, ok := table.Name(table.Line(m)); provider != "deepseek" || id != "v4" || !ok {
		t.Errorf("%s %s %v", provider, id, ok)
	}
}

func TestParseRefuses(t *testing.T) {
	good := table.Line(table.Model{Provider: "p", ID: "m", Context: 5, Prices: []table.Price{{From: "2026-01-01", Amounts: table.Amounts{table.Input: 1}}}})
	for _, change := range [][2]string{{"\t5\t", "\tfive\t"}, {"input=1", "input=one"}, {"..", " "}, {"p\t", ""}, {"input=1", "over=x"}} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if _, err := table.Parse(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("openai\tgpt-5\tchat\t272000\t128000\ttools\t\t\tboth\tinput=1 output=2;2026-01-01.. tier=flex input=1")
	f.Fuzz(func(t *testing.T, line string) {
		m, err := table.Parse(line)
		if err != nil {
			return
		}
		again, err := table.Parse(table.Line(m))
		if err != nil || table.Line(again) != table.Line(m) {
			t.Errorf("%q: %v", line, err)
		}
	})
}

func TestHours(t *testing.T) {
	const hours = "1-5@00:00-01:00+10:00-24:00/6-7@00:00-24:00"
	for at, want := range map[string]bool{
		"2026-11-30T00:59:59Z":      true, // a Monday
		"2026-11-30T01:00:00Z":      false,
		"2026-11-30T23:59:59Z":      true,
		"2026-11-29T05:00:00Z":      true, // a Sunday
		"2026-11-30T05:00:00+08:00": true, // Sunday 21:00 in UTC
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := table.Hours(hours, moment); got != want || err != nil {
			t.Errorf("%s: %v, %v", at, got, err)
		}
	}
	for _, bad := range []string{"", "1-5", "0-5@00:00-01:00", "5-1@00:00-01:00", "1-8@00:00-01:00", "1-5@1:00-2:00", "1-5@noon"} {
		if _, err := table.Hours(bad, time.Now()); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}
