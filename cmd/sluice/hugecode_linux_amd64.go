package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"reflect"
	"unsafe"

	"golang.org/x/sys/unix"
)

const hugePage = 2 << 20

// hugeCode moves the program's own code to huge pages: a copy of it in memory that is asked
// for in huge pages takes the place of what the file has there, in one system call, under the
// threads that run it. A request touches some hundred pages of code, and each switch between
// processes makes the processor forget where they are (docs/adr/0009).
//
// It gives the bytes that were moved: 0 where the kernel has no huge pages to give. After an
// error everything is as before.
func hugeCode() (moved int, err error) {
	setting, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil || bytes.Contains(setting, []byte("[never]")) {
		return 0, nil
	}
	here := unsafe.Pointer(reflect.ValueOf(hugeCode).Pointer())
	start, end, err := mappingOf(uintptr(here))
	if err != nil {
		return 0, err
	}
	start, end = (start+hugePage-1)&^(hugePage-1), end&^(hugePage-1)
	if start >= end {
		return 0, nil
	}
	size, code := end-start, unsafe.Add(here, int(start)-int(uintptr(here)))

	room, err := unix.MmapPtr(-1, 0, nil, size+hugePage, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return 0, fmt.Errorf("mmap: %w", err)
	}
	before := -uintptr(room) & (hugePage - 1)
	aligned := unsafe.Add(room, before)
	copied := unsafe.Slice((*byte)(aligned), size)
	err = unix.Madvise(copied, unix.MADV_HUGEPAGE)
	if err == nil {
		copy(copied, unsafe.Slice((*byte)(code), size))
		err = unix.Mprotect(copied, unix.PROT_READ|unix.PROT_EXEC)
	}
	if err == nil {
		_, err = unix.MremapPtr(aligned, size, code, size, unix.MREMAP_MAYMOVE|unix.MREMAP_FIXED)
	}
	if err != nil { // some systems let nobody write code and run it
		_ = unix.MunmapPtr(room, size+hugePage)
		return 0, err
	}
	if before > 0 {
		_ = unix.MunmapPtr(room, before) // never touched, like the rest
	}
	_ = unix.MunmapPtr(unsafe.Add(aligned, size), hugePage-before)
	return int(size), nil
}

// mappingOf finds the mapping of this process that holds an address of its code.
func mappingOf(address uintptr) (start, end uintptr, err error) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0, 0, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(maps)); lines.Scan(); {
		var perms string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &start, &end, &perms); err == nil && start <= address && address < end {
			if perms != "r-xp" {
				return 0, 0, fmt.Errorf("the code is mapped as %s", perms)
			}
			return start, end, nil
		}
	}
	return 0, 0, fmt.Errorf("no mapping holds the code")
}
