package main

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// states sums up a dump of goroutines: how many stand where, and who started them.
func states(dump string) string {
	counts := map[string]int{}
	for _, g := range strings.Split(dump, "\n\n") {
		if !strings.HasPrefix(strings.TrimSpace(g), "goroutine ") {
			continue
		}
		var at []string
		for _, line := range strings.Split(g, "\n") {
			call, _, ok := strings.Cut(line, "(")
			if by, created := strings.CutPrefix(line, "created by "); created {
				by, _, _ = strings.Cut(by, " in goroutine")
				at = append(at, "by "+by)
			} else if ok && !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "goroutine ") && !inRuntime.MatchString(call) && len(at) < 3 {
				at = append(at, call)
			}
		}
		counts[strings.Join(at, " < ")]++
	}
	var b strings.Builder
	for _, place := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) }) {
		fmt.Fprintf(&b, "%5d  %s\n", counts[place], place)
	}
	return b.String()
}

var inRuntime = regexp.MustCompile(`^(runtime|internal/poll|sync|net)\.`)
