package doctor

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/untrusted"
)

// Limits of inotify that a check complains below. Each folder that is watched takes one
// watch, and devup, Vite, webpack and editors all watch node_modules and more; containers
// share the limits with this machine.
const (
	fewWatches   = 65536
	fewInstances = 128
)

// checkLimits looks at how many folders may be watched for changes.
func checkLimits(m Machine) Finding {
	if m.GOOS != "linux" || m.Files == nil {
		return nothing()
	}
	watches, known := kernelNumber(m.Files, "fs/inotify/max_user_watches")
	instances, also := kernelNumber(m.Files, "fs/inotify/max_user_instances")
	var low, mend []string
	if known && watches < fewWatches {
		low = append(low, fmt.Sprintf("of %d folders", watches))
		mend = append(mend, "fs.inotify.max_user_watches=524288")
	}
	if also && instances < fewInstances {
		low = append(low, fmt.Sprintf("by %d programs", instances))
		mend = append(mend, "fs.inotify.max_user_instances=512")
	}
	if len(low) == 0 {
		return good("")
	}
	return warning("this machine allows watching "+strings.Join(low, ", ")+", which live reload soon uses up",
		"`sudo sysctl "+strings.Join(mend, " ")+"`; to keep it, put that into /etc/sysctl.d/60-inotify.conf")
}

// kernelNumber reads a number below /proc/sys.
func kernelNumber(files fs.FS, name string) (n int, known bool) {
	text, err := untrusted.ReadFileFS(files, "proc/sys/"+name, untrusted.MaxText)
	if err != nil {
		return 0, false
	}
	n, err = strconv.Atoi(strings.TrimSpace(string(text)))
	return n, err == nil
}
