package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// printTable prints a title and tab-separated rows, the heads of the columns first.
func printTable(w io.Writer, title string, rows ...string) {
	fmt.Fprintf(w, "\n%s\n\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		fmt.Fprintln(t, row)
	}
	_ = t.Flush()
}

func printSmallCalls(w io.Writer, variants []*variant) {
	rows := []string{"variant\tCPU/request\tp50\tp99\trequests/s\tmemory\tCPU / bare (min–max)\t"}
	for _, v := range variants {
		cpu, memory, ratio := "–", "–", "–"
		if v.process != nil {
			cpu = micros(median(v, sample.cpuPerRequest))
			memory = fmt.Sprintf("%d MiB", median(v, func(s sample) int64 { return s.memory })>>20)
			ratio = ratioColumn(v, named(variants, "bare"), sample.cpuPerRequest)
		}
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s\t%.0f\t%s\t%s\t", v.name, cpu, micros(median(v, sample.p50)),
			micros(median(v, sample.p99)), median(v, sample.requestsPerSecond), memory, ratio))
	}
	printTable(w, "1 KB calls", rows...)
}

func printSingleClient(w io.Writer, variants []*variant) {
	rows := []string{"variant\tp50\tp99\tadded p50\tadded p99\t"}
	p50, p99 := median(variants[0], sample.p50), median(variants[0], sample.p99)
	for _, v := range variants {
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t", v.name, micros(median(v, sample.p50)), micros(median(v, sample.p99)),
			micros(median(v, sample.p50)-p50), micros(median(v, sample.p99)-p99)))
	}
	printTable(w, "1 KB calls from one client", rows...)
}

// printStreams takes the time to the first chunk from the run with one client: with several, it
// is mostly the time that a stream waits for the chunks of the others.
func printStreams(w io.Writer, single, variants []*variant) {
	rows := []string{"variant\tTTFT p50, one client\tTTFT p99, one client\tchunks/s\tCPU/chunk\tCPU / bare (min–max)\t"}
	for i, v := range variants {
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%.0f\t%.1f µs\t%s\t", v.name, micros(median(single[i], sample.firstP50)), micros(median(single[i], sample.firstP99)),
			median(v, sample.chunksPerSecond), median(v, sample.cpuPerChunk).Seconds()*1e6, ratioColumn(v, variants[0], sample.cpuPerChunk)))
	}
	printTable(w, fmt.Sprintf("streams of %d chunks (TTFT: time to the first chunk)", streamChunks), rows...)
}

// printCalls prints calls beside the bare proxy, which is the first variant.
func printCalls(w io.Writer, title string, variants []*variant) {
	rows := []string{"variant\tCPU/request\tp50\tp99\trequests/s\tCPU / bare (min–max)\t"}
	for _, v := range variants {
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s\t%.0f\t%s\t", v.name, micros(median(v, sample.cpuPerRequest)), micros(median(v, sample.p50)),
			micros(median(v, sample.p99)), median(v, sample.requestsPerSecond), ratioColumn(v, variants[0], sample.cpuPerRequest)))
	}
	printTable(w, title, rows...)
}

func printMemory(w io.Writer, m memory) {
	row := func(name string, f footprint) string {
		return fmt.Sprintf("%s\t%.1f MB\t%d\t", name, float64(f.bytes)/1e6, f.goroutines)
	}
	printTable(w, fmt.Sprintf("memory with everything on, %d idle streams", idleStreams), "\tmemory\tgoroutines\t",
		row("idle", m.before), row("streams open", m.during), row("streams closed", m.after))
}

func printGates(w io.Writer, gates []gate) {
	rows := []string{"gate\tmeasured\tlimit\t\t"}
	for _, g := range gates {
		rows = append(rows, g.row())
	}
	printTable(w, "gates", rows...)
}

func ratioColumn(v, base *variant, figure func(sample) time.Duration) string {
	all := ratios(v, base, figure)
	return fmt.Sprintf("%.2f (%.2f–%.2f)", all[len(all)/2], all[0], all[len(all)-1])
}

func micros(d time.Duration) string { return fmt.Sprintf("%d µs", d.Microseconds()) }
