// Package image carries out the Dockerfile without a container engine, and starts what comes out as an engine would: each step in a
// root of its own, laid over this machine's, in name spaces for mounts, processes and network; then as the image's user, with a root
// that is read only.
package image

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"tsdb/deploy/test/tsdb"
)

// What a script in the name spaces does first: roots are folders of a tmpfs, since overlays do not lie on every file system.
const begin = `set -euo pipefail
mount --make-rprivate /
ip link set lo up
mount -t tmpfs -o mode=0755 tmpfs "$1"
cd "$1"
root() { # NAME: this machine's files, and what is written to them in a folder of its own
    mkdir -p "$1/up" "$1/work" "$1/root"
    mount -t overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" overlay "$1/root"
    mount -t proc proc "$1/root/proc"
    mount --bind /dev "$1/root/dev"
}
`

type image struct {
	script      strings.Builder
	environment []string
	user        string
	entrypoint  []string
	command     []string
	health      []string
	volumes     []string
}

func quote(words ...string) string {
	var quoted []string
	for _, word := range words {
		quoted = append(quoted, "'"+strings.ReplaceAll(word, "'", `'\''`)+"'")
	}
	return strings.Join(quoted, " ")
}

// The Dockerfile as a script. An instruction that is not known here fails the test: nothing is passed over.
func read(t *testing.T) *image {
	t.Helper()
	parsed, err := parser.Parse(strings.NewReader(tsdb.Read(t, "docker/Dockerfile")))
	if err != nil {
		t.Fatal(err)
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		t.Fatal(err)
	}
	built := &image{}
	built.script.WriteString(begin)
	tree := filepath.Join(tsdb.Deploy(), "..")
	for number, stage := range stages {
		name := fmt.Sprint(number)
		arguments := []string{}
		built.environment = nil
		fmt.Fprintf(&built.script, "root %s\n", name)
		for _, command := range stage.Commands {
			switch command := command.(type) {
			case *instructions.ArgCommand:
				for _, argument := range command.Args {
					arguments = append(arguments, argument.Key+"="+*argument.Value)
				}
			case *instructions.CopyCommand:
				from := tree
				for earlier, one := range stages[:number] {
					if one.Name == command.From {
						from = fmt.Sprintf("%d/root", earlier)
					}
				}
				target := name + "/root" + command.DestPath
				for _, source := range command.SourcePaths {
					source = strings.ReplaceAll(source, "${VERSION}", tsdb.Version(t))
					fmt.Fprintf(&built.script, "mkdir -p %s\ncp -aT %s %s\n", quote(filepath.Dir(target)), quote(filepath.Join(from, source)), quote(target))
				}
				if command.Chmod != "" {
					fmt.Fprintf(&built.script, "chmod %s %s\n", command.Chmod, quote(target))
				}
			case *instructions.RunCommand:
				fmt.Fprintf(&built.script, "env -i %s chroot %s/root /bin/sh -euc %s\n", quote(append(arguments, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")...), name, quote(strings.Join(command.CmdLine, " ")))
			case *instructions.EnvCommand:
				for _, pair := range command.Env {
					built.environment = append(built.environment, pair.Key+"="+pair.Value)
				}
			case *instructions.UserCommand:
				built.user = command.User
			case *instructions.VolumeCommand:
				built.volumes = command.Volumes
			case *instructions.HealthCheckCommand:
				built.health = command.Health.Test[1:]
			case *instructions.EntrypointCommand:
				built.entrypoint = command.CmdLine
			case *instructions.CmdCommand:
				built.command = command.CmdLine
			case *instructions.LabelCommand, *instructions.ExposeCommand, *instructions.StopSignalCommand:
				// for engines
			default:
				t.Fatalf("%s is not known here", command.Name())
			}
		}
		if number == len(stages)-1 {
			fmt.Fprintf(&built.script, "image=%s/root\n", name)
		}
	}
	return built
}

// As with docker run --read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp:exec, twice on one volume; nobody but
// this name space reaches the ports. The first start makes the token, the second one finds the data.
func (i *image) run() string {
	user, group, _ := strings.Cut(i.user, ":")
	inside := fmt.Sprintf("setpriv --reuid %s --regid %s --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all env -i %s", user, group, quote(i.environment...))
	volume := i.volumes[0]
	return fmt.Sprintf(`
mkdir volume
cp -aT "$image%[1]s" volume
mount -t tmpfs -o exec,mode=1777,size=64m tmpfs "$image/tmp"
mount -o remount,ro "$image"
mount --bind volume "$image%[1]s"
await() {
    for _ in $(seq 600); do
        ! chroot "$image" %[2]s %[3]s 2>/dev/null || return 0
        kill -0 "$node" 2>/dev/null || break
        sleep 0.2
    done
    echo "it does not get well:"; cat log; exit 1
}
begin() {
    chroot "$image" %[2]s %[4]s >out 2>log &
    node=$!
    await
    echo "well: $(tail -1 out)"
    echo "runs: $(readlink "/proc/$node/exe") as $(stat -c %%u "/proc/$node")"
}
end() {
    kill -TERM "$node"
    status=0
    wait "$node" || status=$?
    echo "ended: $status"
}
! chroot "$image" /bin/sh -c 'echo x > /opt/tsdb/x' 2>/dev/null || { echo "the root can be written"; exit 1; }
begin
token=$(sed -n 's/^token \([^ ]*\).*/\1/p' out)
curl -sS -o /dev/null -w 'without a token: %%{http_code}\n' 'http://127.0.0.1:8086/api/v1/sql?q=SELECT+1'
curl -sS -w 'written: %%{http_code}\n' -H "Authorization: Token $token" 'http://127.0.0.1:8086/write?db=home' --data-binary 'climate,room=kitchen temperature=21.5'
end
begin
curl -sS -H "Authorization: Token $token" 'http://127.0.0.1:8086/api/v1/sql?db=home&format=csv&q=SELECT+temperature+FROM+climate'
end
`, volume, inside, quote(i.health...), quote(append(i.entrypoint, i.command...)...))
}

func TestTheStepsOfTheDockerfileGiveANodeThatRuns(t *testing.T) {
	if os.Getuid() != 0 || runtime.GOOS != "linux" {
		t.Skip("SKIPPED: the Dockerfile is not carried out: that needs root on Linux")
	}
	for _, tool := range []string{"unshare", "setpriv", "ip", "curl"} {
		tsdb.Tool(t, tool)
	}
	tsdb.Tarball(t)
	folder := t.TempDir()
	inside := func(script string) ([]byte, error) {
		return exec.Command("unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "bash", "-c", script, "bash", folder).CombinedOutput()
	}
	if out, err := inside(begin + "root try"); err != nil {
		t.Skipf("SKIPPED: the Dockerfile is not carried out: no name spaces or overlays here: %v %s", err, out)
	}
	built := read(t)
	out, err := inside(built.script.String() + built.run())
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	for _, line := range []string{
		`(?m)^well: ready http://.*:8086$`,
		`(?m)^runs: .*/opt/tsdb/runtime/bin/java as 10001$`,
		`(?m)^without a token: 401$`,
		`(?m)^written: 204$`,
		`(?m)^ended: 143$`,
		`(?m)^21\.5\r?$`,
	} {
		if !regexp.MustCompile(line).Match(out) {
			t.Errorf("no line %s", line)
		}
	}
}
