package nodetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A test program that was killed leaves its node's directory; the next one removes it, and no other's.
func TestSweepRemovesWhatEndedProgramsLeft(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	folder := func(name string) string {
		path := filepath.Join(os.TempDir(), name)
		if err := os.MkdirAll(filepath.Join(path, "shard-0"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	left := folder(fmt.Sprintf("%s%d-1", sharedPrefix, ended.Process.Pid))
	kept := []string{
		folder(fmt.Sprintf("%s%d-1", sharedPrefix, os.Getpid())),
		folder(sharedPrefix + "dashboards"),
		folder(fmt.Sprintf("other-%d-1", ended.Process.Pid)),
	}
	sweep()
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", left, err)
	}
	for _, path := range kept {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}
