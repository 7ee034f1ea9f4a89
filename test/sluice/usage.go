package sluice

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process has used, read from /proc. Those that were launched before it on the
// same directory count.
type Usage struct {
	CPU      time.Duration // user and system time
	RSS      int64         // resident bytes now
	PeakRSS  int64         // the most that there were
	DataSize int64         // bytes in its data directory
}

// Usage measures the process.
func (p *Process) Usage() (Usage, error) {
	var u Usage
	pid := strconv.Itoa(p.cmd.Process.Pid)
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return u, err
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:])) // proc(5): the name may hold spaces
	if len(fields) < 13 {
		return u, fmt.Errorf("unreadable /proc/%s/stat", pid)
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err1 != nil || err2 != nil {
		return u, fmt.Errorf("unreadable /proc/%s/stat", pid)
	}
	const tick = time.Second / 100 // USER_HZ is 100 on every Linux that Go runs on
	u.CPU = time.Duration(user+system) * tick
	if u.RSS, u.PeakRSS, err = memory(pid); err != nil {
		return u, err
	}
	u.CPU += p.past.CPU
	u.PeakRSS = max(u.PeakRSS, p.past.PeakRSS)
	u.DataSize = size(filepath.Join(p.Dir, "data"))
	return u, nil
}

// memory reads VmRSS and VmHWM.
func memory(pid string) (now, peak int64, err error) {
	f, err := os.Open("/proc/" + pid + "/status")
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 || fields[2] != "kB" {
			continue
		}
		kib, err := strconv.ParseInt(fields[1], 10, 64)
		switch {
		case err != nil:
		case fields[0] == "VmRSS:":
			now = kib << 10
		case fields[0] == "VmHWM:":
			peak = kib << 10
		}
	}
	return now, peak, lines.Err()
}

// size sums the files below dir. Files that go away meanwhile count as nothing.
func size(dir string) (sum int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
