package clickhousetest

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Grafana expands a panel's SQL as Grafana and its ClickHouse plugin would: the macros that
// shipped dashboards use, then the variables. An unknown macro or variable is an error.
type Grafana struct {
	From, To time.Time
	Interval time.Duration
	Vars     map[string][]string
}

var macro = regexp.MustCompile(`\$__(\w+)`)

// Expand returns the SQL that the server gets.
func (g Grafana) Expand(sql string) (string, error) {
	for at := 0; ; {
		m := macro.FindStringSubmatchIndex(sql[at:])
		if m == nil {
			break
		}
		begin, end, name := at+m[0], at+m[1], sql[at+m[2]:at+m[3]]
		var args string
		if end < len(sql) && sql[end] == '(' {
			n := closing(sql[end:])
			if n < 0 {
				return "", fmt.Errorf("$__%s: the parenthesis is not closed", name)
			}
			args, end = sql[end+1:end+n], end+n+1
		}
		text, err := g.macro(name, strings.TrimSpace(args))
		if err != nil {
			return "", err
		}
		sql = sql[:begin] + text + sql[end:]
		at = begin // arguments may hold macros
	}
	return g.variables(sql)
}

// closing is the position of the parenthesis that closes the first one.
func closing(s string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func (g Grafana) macro(name, arg string) (string, error) {
	seconds := max(int64(g.Interval/time.Second), 1)
	switch name {
	case "timeFilter":
		return fmt.Sprintf("%s >= toDateTime(%d) AND %s <= toDateTime(%d)", arg, g.From.Unix(), arg, g.To.Unix()), nil
	case "timeFilter_ms":
		return fmt.Sprintf("%s >= fromUnixTimestamp64Milli(%d) AND %s <= fromUnixTimestamp64Milli(%d)", arg, g.From.UnixMilli(), arg, g.To.UnixMilli()), nil
	case "timeInterval":
		return fmt.Sprintf("toStartOfInterval(toDateTime(%s), INTERVAL %d second)", arg, seconds), nil
	case "fromTime":
		return fmt.Sprintf("toDateTime(%d)", g.From.Unix()), nil
	case "toTime":
		return fmt.Sprintf("toDateTime(%d)", g.To.Unix()), nil
	case "interval_s":
		return fmt.Sprint(seconds), nil
	}
	return "", fmt.Errorf("unknown macro $__%s", name)
}

var variable = regexp.MustCompile(`\$\{(\w+)(?::(\w+))?\}|\$(\w+)`)

func (g Grafana) variables(sql string) (string, error) {
	var err error
	out := variable.ReplaceAllStringFunc(sql, func(s string) string {
		m := variable.FindStringSubmatch(s)
		name, format := m[1]+m[3], m[2]
		values, ok := g.Vars[name]
		if !ok || format != "" && format != "singlequote" {
			err = fmt.Errorf("unknown variable or format %s", s)
		}
		if format == "singlequote" {
			quoted := make([]string, len(values))
			for i, v := range values {
				quoted[i] = "'" + strings.ReplaceAll(v, "'", `\'`) + "'"
			}
			return strings.Join(quoted, ",")
		}
		return strings.Join(values, ",")
	})
	return out, err
}
