package pii

import (
	"math/bits"
	"strings"
)

// issued are prefixes by which providers mark their credentials. The last byte is the
// anchor. random asks for a digit, capital or underscore in the rest, where the prefix alone
// is an ordinary word.
var issued = [...]struct {
	prefix string
	min    int
	random bool
}{
	{"sk-", 14, true}, {"sk-ant-", 8, false}, {"sk-proj-", 8, false}, {"sk-or-", 8, false}, {"sk-sl-", 8, false}, {"sk-svcacct-", 8, false}, {"sk-lf-", 12, false},
	{"glpat-", 16, false}, {"xoxb-", 10, false}, {"xoxp-", 10, false}, {"xoxa-", 10, false}, {"xoxr-", 10, false}, {"xoxs-", 10, false}, {"xapp-", 10, true},
	{"xai-", 20, true}, {"pplx-", 20, true}, {"nvapi-", 20, false}, {"tvly-", 16, true}, {"pypi-", 40, false},
	{"ghp_", 20, false}, {"gho_", 20, false}, {"ghu_", 20, false}, {"ghs_", 20, false}, {"ghr_", 20, false}, {"github_pat_", 20, false},
	{"hf_", 20, false}, {"npm_", 30, false}, {"gsk_", 20, false}, {"r8_", 20, false}, {"sk_live_", 10, false}, {"sk_test_", 10, false}, {"rk_live_", 10, false},
	{"whsec_", 16, false}, {"dop_v1_", 32, false}, {"shpat_", 20, false}, {"sq0atp-", 16, false},
}

// endings tell, as a set of bits, which of the prefixes have a byte as their last but one or
// as their last: two looks leave one or two of them to compare.
var endings = func() (t [2][256]uint64) {
	for k, p := range issued {
		n := len(p.prefix)
		t[0][p.prefix[n-2]] |= 1 << k
		t[1][p.prefix[n-1]] |= 1 << k
	}
	return t
}()

const _ = uint(64 - len(issued)) // so many bits there are

// fixed are credentials that begin with letters only.
var fixed = []struct {
	prefix string
	min    int
}{
	{"AKIA", 16}, {"ASIA", 16}, {"AIza", 30}, {"SG.", 30}, {"ya29.", 20},
}

// secretAt handles the mark at i.
func (s *scan) secretAt(i int) int {
	t := s.text
	switch t[i] {
	case '-':
		if strings.HasPrefix(t[i:], "-----BEGIN ") {
			return s.pem(i)
		}
		return s.issuedAt(i)
	case '_':
		return s.issuedAt(i)
	case 'J':
		if i >= 2 && t[i-2:i] == "ey" && begins(t, i-2) {
			return s.jwt(i - 2)
		}
		return i + 1
	case 'B', 'b':
		if len(t)-i > 7 && begins(t, i) && strings.EqualFold(t[i:i+7], "bearer ") {
			return s.token(i+7, i+7, 12, true)
		}
		return i + 1
	}
	if !begins(t, i) {
		return i + 1
	}
	for _, f := range fixed {
		if strings.HasPrefix(t[i:], f.prefix) {
			return s.token(i, i+len(f.prefix), f.min, false)
		}
	}
	return i + 1
}

// ya29At handles the digit at i where a credential that is known by it began before it: of
// its letters prose is full. It returns 0 if there is none.
func (s *scan) ya29At(i int) int {
	if s.text[i] != '2' || s.on&secret == 0 || i < 2 || s.text[i-2:i] != "ya" {
		return 0
	}
	return s.secretAt(i - 2)
}

func (s *scan) issuedAt(i int) int {
	t := s.text
	if i == 0 {
		return i + 1
	}
	for set := endings[0][t[i-1]] & endings[1][t[i]]; set != 0; set &= set - 1 { // in their order
		p := &issued[bits.TrailingZeros64(set)]
		start := i + 1 - len(p.prefix)
		if start >= 0 && t[start:i+1] == p.prefix && begins(t, start) {
			if end := s.token(start, i+1, p.min, p.random); end > i+1 {
				return end
			}
		}
	}
	return i + 1
}

// token reads the rest of a credential from i on; it must be min long. It returns where to
// go on.
func (s *scan) token(start, i, min int, random bool) int {
	t := s.text
	end, mixed := i, false
	if random && i >= s.dull[0] && i < s.dull[1] {
		end = s.dull[1]
	}
	read := end
	for end < len(t) && isRest(t[end]) {
		mixed = mixed || isDigit(t[end]) || t[end] == '_' || t[end]-'A' < 26
		if end++; random && !mixed && end-i > 256 { // words and hyphens
			break
		}
	}
	s.work += end - read
	if random && !mixed {
		s.dull = [2]int{i, end}
	}
	for end > i && t[end-1] == '.' {
		end--
	}
	if end-i < min || random && !mixed {
		return i
	}
	s.add(secret, start, end, .95)
	return end
}

// isRest tells what a credential is made of.
func isRest(b byte) bool { return isWord(b) || index("-.~+/=", b) >= 0 }

// jwt reads three parts of base64url.
func (s *scan) jwt(i int) int {
	t := s.text
	dots, end := 0, i
	for end < len(t) && (isWord(t[end]) || t[end] == '-' || t[end] == '.') {
		if t[end] == '.' {
			dots++
		}
		end++
	}
	for end > i && t[end-1] == '.' {
		end--
		dots--
	}
	if dots < 2 || end-i < 30 {
		s.work += end - i
		return end
	}
	s.add(secret, i, end, .95)
	return end
}

// pem reads a private key block up to its END line, or to the end of the text.
func (s *scan) pem(i int) int {
	t := s.text
	head := i + len("-----BEGIN ")
	label := strings.Index(t[head:min(len(t), head+64)], "-----")
	if label < 0 || !strings.HasSuffix(t[head:head+label], "PRIVATE KEY") && !strings.HasSuffix(t[head:head+label], "PRIVATE KEY BLOCK") {
		return head
	}
	end := len(t)
	if at := strings.Index(t[head+label+5:], "-----END "); at >= 0 {
		end = head + label + 5 + at + len("-----END ")
		if tail := strings.Index(t[end:min(len(t), end+64)], "-----"); tail >= 0 {
			end += tail + 5
		}
	}
	s.add(secret, i, end, .99)
	return end
}
