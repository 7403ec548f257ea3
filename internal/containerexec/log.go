package containerexec

import (
	"context"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// Logger reads what containers printed.
type Logger interface {
	ContainerLogs(context.Context, string, client.ContainerLogsOptions) (client.ContainerLogsResult, error)
}

// LastLines are the last few lines that a container without a terminal printed. Next to an error
// they are what could be read.
func LastLines(ctx context.Context, e Logger, container string) ([]string, error) {
	log, err := e.ContainerLogs(ctx, container, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Tail: "10"})
	if err != nil {
		return nil, err
	}
	defer log.Close()
	var text tail
	_, err = stdcopy.StdCopy(&text, &text, log)
	return Lines(text.kept), err
}
