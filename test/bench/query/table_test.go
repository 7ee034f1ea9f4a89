package query

import (
	"fmt"
	"time"
)

// line is what was measured of one question.
type line struct {
	question string
	target   time.Duration // of the 95th percentile; 0: none
	of       []figure      // by store
}

// figure is what one store needed.
type figure struct{ p50, p95 time.Duration }

// print prints one table. A figure beyond its target is marked.
func print(stores []string, lines []line) {
	fmt.Printf("\n%-58s%10s", "question", "target p95")
	for _, name := range stores {
		fmt.Printf("%16s p50%8s ", name, "p95")
	}
	for _, l := range lines {
		target := ""
		if l.target > 0 {
			target = l.target.String()
		}
		fmt.Printf("\n%-58s%10s", l.question, target)
		for _, f := range l.of {
			mark := " "
			if l.target > 0 && f.p95 > l.target {
				mark = "!"
			}
			fmt.Printf("%20s%8s%s", rounded(f.p50), rounded(f.p95), mark)
		}
	}
	fmt.Println()
}
