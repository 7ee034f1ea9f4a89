package exporttest

import "testing"

func TestMemory(t *testing.T) { Store(t, &Memory{}) }
