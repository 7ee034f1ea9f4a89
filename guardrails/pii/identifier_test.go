package pii

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// In a text that is a single identifier, letters separate a number with a checksum too.
func TestIdentifiers(t *testing.T) {
	s := scanner(t, Entities()...)
	for _, c := range []string{
		"f_<card|4539984210935125>", "f<card|4539984210935125>", "f-<card|4539984210935125>-1", "<card|4539984210935125>_x", "<card|4539984210935125>x", "getV2_<card|4539984210935125>",
		"pay_<card|4539_9842_1093_5125>_now", "pay<card|4539-9842-1093-5125>x", "x<card|4539984210935125>y<card|4111111111111111>z",
		"pay<iban|DE89370400440532013000>", "pay_<iban|DE89_3704_0044_0532_0130_00>_x", "de<cn_id|11010519491231002X>", "user<cn_id|110101199003077571>z",
		"sk_live_<secret|>", "", "plain_1",
		"f4539984210935126", "f14539984210935125", "paDE88370400440532013000", "xde89370400440532013000", "u110101199003077578", "i20260101123456789", "f415555267", "a123456789b",
		"4bf92f4539984210935125f0e0e4736a", "4bf92f45-3998-4210-9351-25f0e0e4736a", "f4539984210935125 is text", "f4539984210935125.", strings.Repeat("f", 113) + "4539984210935125",
	} {
		c = strings.ReplaceAll(c, "sk_live_<secret|>", "<secret|sk_live_4539984210935125>")
		text := unmark(c, Entities())
		if got := mark(text, s.Scan(nil, text)); got != c {
			t.Errorf("got  %s\nwant %s", got, c)
		}
	}
	if got := scanner(t, "email", "phone").Scan(nil, "f4539984210935125"); got != nil {
		t.Errorf("an entity that is not asked for: %v", got)
	}
}

// Random identifiers hold no personal data.
func TestRandomIdentifiers(t *testing.T) {
	s := scanner(t, "card", "iban", "cn_id")
	r := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 20_000 {
		a, b := r.Uint64(), r.Uint64()
		for _, id := range []string{
			fmt.Sprintf("%016x%016x", a, b), fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&0xffffffffffff),
			fmt.Sprintf("call_%024x", b), fmt.Sprintf("%032x%032x", a, b), fmt.Sprintf("run_%d_%x", 1_700_000_000_000+a%1e11, b), fmt.Sprintf("toolu_01%s", strings.ToUpper(fmt.Sprintf("%x", a))),
		} {
			found += len(s.Scan(nil, id))
		}
	}
	if found > 20 {
		t.Errorf("%d findings in 120,000 random identifiers", found)
	} else {
		t.Logf("%d findings in 120,000 random identifiers", found)
	}
}
