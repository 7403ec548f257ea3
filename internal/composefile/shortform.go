package composefile

import (
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/format"
	"github.com/compose-spec/compose-go/v2/types"
)

// misvalue is a text that is wrong by itself, found before the loader could say so
// without saying where.
type misvalue struct {
	value string // as it was after its variables were put in
	text  string
	hint  string
}

func (m *misvalue) Error() string { return m.text }

// shortPort passes a port in its short form on, when it can be understood.
func shortPort(value string) (any, error) {
	_, err := types.ParsePortConfig(value)
	if err == nil {
		return value, nil
	}
	bad := &misvalue{value: value, hint: `for example "3000:3000": the host's port, then the container's`}
	reason, culprit, _ := strings.Cut(err.Error(), ": ")
	switch strings.ToLower(reason) {
	case "invalid containerport", "invalid hostport":
		which := map[string]string{"invalid containerport": "container", "invalid hostport": "host"}[strings.ToLower(reason)]
		bad.text = fmt.Sprintf("%q is not a port mapping: %q is not a port of the %s (a number from 1 to 65535)", value, culprit, which)
	case "no port specified":
		bad.text = fmt.Sprintf("%q is not a port mapping: it has no port of the container", value)
	case "invalid ip address":
		bad.text = fmt.Sprintf("%q is not a port mapping: %q is not an IP address of this machine", value, culprit)
		bad.hint = `for example "127.0.0.1:3000:3000": address, the host's port, the container's`
	case "invalid proto":
		bad.text = fmt.Sprintf("%q is not a port mapping: %q is not a protocol", value, culprit)
		bad.hint = "the protocols are tcp, udp and sctp"
	default:
		bad.text = fmt.Sprintf("%q is not a port mapping", value)
		if strings.Contains(reason, "ranges") {
			bad.text += ": the two ranges are not equally long"
		}
	}
	return value, bad
}

// shortVolume passes a volume in its short form on, when it can be understood.
func shortVolume(value string) (any, error) {
	_, err := format.ParseVolume(value)
	if err == nil {
		return value, nil
	}
	return value, &misvalue{
		value: value,
		text:  fmt.Sprintf("%q is not a volume: a part of it is empty", value),
		hint:  "for example ./data:/data, the path on this machine and then in the container",
	}
}
