package pii

import "strings"

// vendorPrefixes are the prefixes that vendors give their credentials. Each ends with "-" or
// "_", which triggers the comparison.
var vendorPrefixes = []struct {
	prefix string
	min    int  // bytes after the prefix
	random bool // the prefix is an ordinary word: require a digit, capital or underscore
}{
	{"sk-", 14, true}, {"sk-ant-", 8, false}, {"sk-proj-", 8, false}, {"sk-or-", 8, false}, {"sk-sl-", 8, false}, {"sk-svcacct-", 8, false}, {"sk-lf-", 12, false},
	{"glpat-", 16, false}, {"xoxb-", 10, false}, {"xoxp-", 10, false}, {"xoxa-", 10, false}, {"xoxr-", 10, false}, {"xoxs-", 10, false}, {"xapp-", 10, true},
	{"xai-", 20, true}, {"pplx-", 20, true}, {"nvapi-", 20, false}, {"tvly-", 16, true}, {"pypi-", 40, false},
	{"ghp_", 20, false}, {"gho_", 20, false}, {"ghu_", 20, false}, {"ghs_", 20, false}, {"ghr_", 20, false}, {"github_pat_", 20, false},
	{"hf_", 20, false}, {"npm_", 30, false}, {"gsk_", 20, false}, {"r8_", 20, false}, {"sk_live_", 10, false}, {"sk_test_", 10, false}, {"rk_live_", 10, false},
	{"whsec_", 16, false}, {"dop_v1_", 32, false}, {"shpat_", 20, false}, {"sq0atp-", 16, false},
}

// letterPrefixes are prefixes without "-" or "_". Their first byte is the trigger.
var letterPrefixes = []struct {
	prefix string
	min    int // bytes after the prefix
}{
	{"AKIA", 16}, {"ASIA", 16}, {"AIza", 30}, {"SG.", 30}, {"ya29.", 20},
}

// secretAt reads a credential around the trigger at i and returns where to continue.
func (s *scan) secretAt(i int) int {
	t := s.text
	switch t[i] {
	case '-':
		if strings.HasPrefix(t[i:], "-----BEGIN ") {
			return s.pem(i)
		}
		return s.vendorKeyAt(i)
	case '_':
		return s.vendorKeyAt(i)
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
	for _, f := range letterPrefixes {
		if strings.HasPrefix(t[i:], f.prefix) {
			return s.token(i, i+len(f.prefix), f.min, false)
		}
	}
	return i + 1
}

// vendorKeyAt reads a credential whose prefix ends at i.
func (s *scan) vendorKeyAt(i int) int {
	t := s.text
	for _, p := range vendorPrefixes {
		start := i + 1 - len(p.prefix)
		if strings.HasSuffix(t[:i+1], p.prefix) && begins(t, start) {
			if end := s.token(start, i+1, p.min, p.random); end > i+1 {
				return end
			}
		}
	}
	return i + 1
}

// token reads the rest of a credential, from i on, and returns where to continue. The
// credential begins at start. The rest has at least min bytes; if random is set, one of them
// is a digit, a capital or an underscore.
func (s *scan) token(start, i, min int, random bool) int {
	t := s.text
	end, mixed := i, false
	if random && i >= s.wordRun[0] && i < s.wordRun[1] {
		end = s.wordRun[1]
	}
	read := end
	for end < len(t) && isTokenByte(t[end]) {
		mixed = mixed || isDigit(t[end]) || t[end] == '_' || t[end]-'A' < 26
		if end++; random && !mixed && end-i > 256 { // ordinary words
			break
		}
	}
	s.work += end - read
	if random && !mixed {
		s.wordRun = [2]int{i, end}
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

// isTokenByte reports whether b may stand in a credential.
func isTokenByte(b byte) bool { return isWord(b) || strings.IndexByte("-.~+/=", b) >= 0 }

// jwt reads a JSON web token, three parts of base64url, at i and returns where to continue.
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

// pem reads a private key at i, up to its END line or the end of the text, and returns where
// to continue.
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
